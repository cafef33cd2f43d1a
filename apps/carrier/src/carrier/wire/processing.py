"""Takes each message through validate, handle, publish all outputs, ack. A crash in between repeats the work."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from faststream import BaseMiddleware, ContextRepo
from faststream.message import StreamMessage
from faststream.nats.message import NatsMessage
from nats.aio.msg import Msg

from carrier.errors import CarrierError, HandlerTimeoutError, OutageError
from carrier.telemetry import Telemetry
from carrier.wire.client import WireClient
from carrier.wire.delivery import Delivery
from carrier.wire.duplicates import DuplicateCheck
from carrier.wire.ensure import Topology
from carrier.wire.envelope import Envelope, Output
from carrier.wire.instance import Tally
from carrier.wire.publisher import publish
from carrier.wire.retry import SHORT_WAIT
from carrier.wire.settlement import Settlement
from carrier.wire.topology import Durable
from carrier.wire.work import Refused, Work

PUBLISH_TIMEOUT = 20.0
log = logging.getLogger("carrier.step")
Call = Callable[[], Awaitable[Any]]


class Processing:
    """What the steps of an app do with what their durables hand out."""

    def __init__(
        self,
        client: WireClient,
        durables: Mapping[str, Durable],
        envelopes: Mapping[str, Envelope],
        tallies: Mapping[str, Tally],
        settlement: Settlement,
        topology: Topology,
        duplicates: DuplicateCheck,
        telemetry: Telemetry,
    ) -> None:
        self._client, self._durables, self._envelopes, self._tallies = client, durables, envelopes, tallies
        self._settlement, self._topology = settlement, topology
        self._duplicates, self._telemetry = duplicates, telemetry

    def middleware(self, message: Msg | None, /, *, context: ContextRepo) -> BaseMiddleware[Any, Any]:
        """For FastStream: what stands around each handler."""
        return _Around(message, context=context, processing=self)

    async def run(self, message: StreamMessage[Msg], handler: Call) -> None:
        """Never raises. Each message is answered, whatever goes wrong, and none before its outputs are stored."""
        raw = message.raw_message
        durable = self._durables[raw.metadata.consumer]
        delivery = await self._client.pulls[durable.name].begun(raw)
        if delivery is None:
            return
        try:
            await self._process(delivery, durable, message, handler)
        except Exception:
            log.exception("a message of %s was not settled as it should be", durable.name)
            await delivery.nak(SHORT_WAIT)

    async def _process(self, delivery: Delivery, durable: Durable, message: StreamMessage[Msg], handler: Call) -> None:
        work = Work(delivery, durable, self._settlement.attempts.next(delivery))
        model: Any = None
        fault: Exception | None = None
        try:
            model = work.receive()
        except Exception as error:
            fault = error
        with self._telemetry.process(work) as span:
            fault = fault or await self._try(work, message, model, handler)
            outcome, fault = await self._settle(work, fault)
            sentence = None if fault is None else work.text(fault)
            span.end(outcome, sentence, fault)
        self._tallies[durable.step.name].add(outcome, time.monotonic() - work.started_at, sentence)

    async def _settle(self, work: Work, fault: Exception | None) -> tuple[str, Exception | None]:
        """How it ended, and what went wrong."""
        if fault is None:
            return await self._settlement.done(work), None
        if isinstance(fault, OutageError):
            return await self._settlement.unsent(work, fault), fault
        if not isinstance(fault, Refused):
            return await self._settlement.failed(work, fault), fault
        if fault.reason == "contract-unknown" and await self._is_known_to_newer(work):
            return await self._settlement.unknown_here(work), fault
        return await self._settlement.refused(work, fault), fault.error

    async def _try(self, work: Work, message: StreamMessage[Msg], model: Any, handler: Call) -> Exception | None:
        try:
            await self._handle(work, message, model, handler)
        except Exception as error:
            return error
        return None

    async def _handle(self, work: Work, message: StreamMessage[Msg], model: Any, handler: Call) -> None:
        step = work.durable.step

        async def decoded(_: StreamMessage[Msg]) -> Any:
            return model

        message.set_decoder(decoded)
        try:
            result = await asyncio.wait_for(handler(), step.timeout)
        except asyncio.TimeoutError as error:
            raise HandlerTimeoutError(f"{step.name} did not end within {step.timeout:g} s.") from error
        assert work.event is not None
        outputs = self._envelopes[step.name].seal(work.event, result)
        stored = await asyncio.gather(*(self._send(work, output) for output in outputs), return_exceptions=True)
        for failure in stored:
            if isinstance(failure, BaseException):
                raise failure

    async def _send(self, work: Work, output: Output) -> None:
        with self._telemetry.send(work, output) as span:
            outgoing = output.traced(*span.trace)
            try:
                ack = await publish(self._client, outgoing, PUBLISH_TIMEOUT)
            except CarrierError as error:
                span.end(None, str(error), error)
                raise
            span.end(None, None, None)
        if ack.duplicate:
            self._duplicates.check(outgoing, ack)

    async def _is_known_to_newer(self, work: Work) -> bool:
        """During a rolling deployment a newer build of the step may consume what this one does not know."""
        if work.durable.contract is not None:
            return False
        try:
            manifest = await self._topology.manifest(work.durable.stream, work.durable.name)
        except CarrierError:
            return True
        return work.attributes.get("type") in [*manifest.get("consumes", []), *manifest.get("direct", [])]


class _Around(BaseMiddleware[Any, Any]):
    def __init__(self, message: Msg | None, /, *, context: ContextRepo, processing: Processing) -> None:
        super().__init__(message, context=context)
        self._processing = processing

    async def consume_scope(
        self, call_next: Callable[[StreamMessage[Any]], Awaitable[Any]], msg: StreamMessage[Any]
    ) -> None:
        assert isinstance(msg, NatsMessage)
        await self._processing.run(msg, lambda: call_next(msg))
