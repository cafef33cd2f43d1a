"""How a message leaves a step: done, tried again, or set aside. Effects come before the answer to the broker."""

import asyncio
import logging
import time

from carrier.errors import (
    CarrierError,
    ContractViolationError,
    MessageTooLargeError,
    UndeclaredOutputError,
)
from carrier.wire.attempts import Attempts
from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.dead_letter import Failure, dead_letter
from carrier.wire.duplicates import DuplicateCheck
from carrier.wire.envelope import Limits
from carrier.wire.names import Names
from carrier.wire.notices import Notices, event_record, producer_record
from carrier.wire.publisher import publish
from carrier.wire.retry import SHORT_WAIT, RetryPolicy, delayed_copy
from carrier.wire.times import rfc3339
from carrier.wire.work import Refused, Work

COPY_TIMEOUT = 10.0
OUTAGE_DELAY = 1.0
REMIND = 10.0
PAUSE = 1.0

HOPELESS = (UndeclaredOutputError, ContractViolationError, MessageTooLargeError)

log = logging.getLogger("carrier.step")


class Settlement:
    """What every step of an app shares to settle its messages. Each way out answers with its outcome."""

    def __init__(
        self,
        client: WireClient,
        names: Names,
        version: str,
        limits: Limits,
        notices: Notices,
        duplicates: DuplicateCheck,
        retry: RetryPolicy,
    ) -> None:
        self._client, self._names, self._version, self._limits = client, names, version, limits
        self._notices, self._duplicates, self._retry = notices, duplicates, retry
        self._reminded_at = -REMIND
        self.attempts = Attempts()

    async def done(self, work: Work) -> str:
        await work.delivery.ack()
        self.attempts.forget(work.delivery)
        return "done"

    async def unsent(self, work: Work, error: CarrierError) -> str:
        """An output could not be stored: no fault of the message, so no attempt."""
        return await self._hand_back(work, OUTAGE_DELAY, "output-not-stored", error)

    async def unknown_here(self, work: Work) -> str:
        """A newer build of the step consumes it: that one gets it."""
        await work.delivery.nak(SHORT_WAIT)
        return "handed-back"

    async def refused(self, work: Work, refusal: Refused) -> str:
        return await self._set_aside(work, refusal.reason, refusal.error, 0)

    async def failed(self, work: Work, error: Exception) -> str:
        """The handler failed, or what it returned cannot be sent."""
        if isinstance(error, HOPELESS):
            return await self._set_aside(work, "terminal-error", error, work.attempt)
        if work.attempt >= self._retry.attempts:
            return await self._set_aside(work, "retries-exhausted", error, work.attempt)
        delay, now = self._retry.delay(work.attempt), time.time()
        self.attempts.failed(work.delivery)
        if delay <= SHORT_WAIT:
            await work.delivery.nak(delay)
        else:
            unstored = await self._store(self._delayed(work, now, now + delay))
            if unstored is not None:
                return await self._hand_back(work, SHORT_WAIT, "retry-not-stored", unstored)
            await work.delivery.ack()
            self.attempts.forget(work.delivery)
        next_at = rfc3339(now + delay)
        await self._tell("retry", work, "retry", error, attempt=work.attempt, nextAt=next_at)
        log.warning(
            "%s failed, attempt %d of %d; next at %s: %s",
            self._names.step(work.durable.step.name),
            work.attempt,
            self._retry.attempts,
            next_at,
            work.text(error),
        )
        return "retried"

    async def _set_aside(self, work: Work, reason: str, error: BaseException, attempts: int) -> str:
        """The copy is stored before the original is terminated."""
        contract, step = work.contract, work.durable.step.name
        failure = Failure(
            step=step,
            reason=reason,
            error=error,
            message=work.text(error),
            attempts=attempts,
            version=self._version,
            type=work.event.type if work.event is not None else None,
            sensitive=None if contract is None else contract.sensitive,
        )
        unstored = await self._store(dead_letter(work.delivery, failure, self._names))
        if unstored is not None:
            return await self._hand_back(work, SHORT_WAIT, "dead-letter-not-stored", unstored)
        await work.delivery.term(reason)
        self.attempts.forget(work.delivery)
        await self._tell("alert", work, reason, error)
        producer = (producer_record(work.attributes) or {"app": "an unknown sender"})["app"]
        log.error("%s dead-lettered a message of %s: %s: %s", self._names.step(step), producer, reason, failure.message)
        return "dead-lettered"

    def _delayed(self, work: Work, now: float, at: float) -> Outgoing:
        key = work.event.partition_key if work.event is not None else work.delivery.subject
        return delayed_copy(
            work.delivery, self._names, work.durable.step.name, work.attempt, key, self._limits.lanes, now, at
        )

    async def _store(self, copy: Outgoing) -> CarrierError | None:
        """Why the copy is not stored; None when it is."""
        try:
            ack = await publish(self._client, copy, COPY_TIMEOUT)
        except CarrierError as error:
            return error
        if ack.duplicate:
            self._duplicates.check(copy, ack)
        return None

    async def _hand_back(self, work: Work, delay: float, reason: str, error: CarrierError) -> str:
        """The broker does not take what is due. Said once in a while: it is the same for every message."""
        await work.delivery.nak(delay)
        if time.monotonic() - self._reminded_at > REMIND:
            self._reminded_at = time.monotonic()
            await self._tell("outage", work, reason, error)
            log.error("%s hands messages back: %s: %s", self._names.step(work.durable.step.name), reason, error)
        # Its place stays taken as long: an outage must not run through the backlog.
        await asyncio.sleep(PAUSE)
        return "handed-back"

    async def _tell(self, kind: str, work: Work, reason: str, error: BaseException, **more: object) -> None:
        attributes, contract = work.attributes, work.contract
        keys = contract.keys_of(work.data) if contract is not None else None
        await self._notices.publish(
            kind,
            work.durable.step.name,
            reason,
            work.text(error),
            event=event_record(attributes, keys),
            producer=producer_record(attributes),
            **more,
        )
