"""A handler that fails is called again, later each time, and its message set aside in the end."""

import asyncio
import dataclasses
import json
import urllib.parse
from typing import Any

import pytest
from pydantic import BaseModel

from carrier.parcels import collect, steps
from carrier.wire import processing
from carrier.wire.copies import Outgoing
from carrier.wire.ids import lane_of
from carrier.wire.publisher import publish
from carrier.wire.retry import RetryPolicy
from carrier.wire.settlement import Settlement
from carrier.wire.step import Handler, Step
from carrier.wire.work import Work
from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until

CONTRACT = "parcel.consigned.v1"
QUICK = RetryPolicy(attempts=3, initial_delay=0.01, max_delay=0.02)


def handled_by(handler: Handler, **options: Any) -> tuple[Step, ...]:
    """The carrier with another first step."""
    first, *others = steps()
    return (dataclasses.replace(first, handler=handler, **options), *others)


class Van:
    """Breaks down so often, then collects."""

    def __init__(self, failures: int) -> None:
        self.calls, self._failures = 0, failures

    async def collect(self, parcel: Any) -> BaseModel | None:
        self.calls += 1
        if self.calls <= self._failures:
            raise RuntimeError(f"no van for {getattr(parcel, 'recipient', 'anybody')}")
        return await collect(parcel)


async def test_a_passing_fault_is_over_after_some_attempts(start: Started, stage: Stage) -> None:
    van = Van(2)
    await start(declared=handled_by(van.collect), retry=QUICK)
    await stage.send(CONTRACT, CONSIGNED, id="4711")
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert van.calls == 3
    assert await stage.dead_letters() == []
    first, second = await until(some(lambda: stage.notices("retry"), 2))
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert first["step"] == "collect"
    assert first["nextAt"].endswith("Z")
    assert first["event"]["id"] == "4711"
    assert first["event"]["keys"] == {"/orderId": "o-1", "/parcelId": "box-1"}
    assert first["message"] == "no van for ***"


async def test_attempts_used_up_set_the_message_aside(start: Started, stage: Stage) -> None:
    van = Van(99)
    await start(declared=handled_by(van.collect), retry=QUICK)
    await stage.send(CONTRACT, CONSIGNED)
    [letter] = await until(some(stage.dead_letters))
    assert van.calls == 3
    assert letter.header("x-dead-letter-reason") == "retries-exhausted"
    assert letter.header("x-attempt") == "3"
    assert letter.header("x-dlq-error-type") == "RuntimeError"
    assert urllib.parse.unquote(letter.header("x-dlq-error-message") or "") == "no van for ***"
    assert "test_retries.py" in (letter.header("x-dlq-error-stack") or "")
    assert len(letter.header("x-dlq-fingerprint") or "") == 16
    [alert] = await until(some(lambda: stage.notices("alert")))
    assert alert["reason"] == "retries-exhausted"
    assert alert["producer"] == {"app": "shipping", "version": "1.2.3"}


async def test_a_long_wait_holds_no_place_and_carries_the_attempts(start: Started, stage: Stage) -> None:
    class Slow(RetryPolicy):
        def delay(self, attempt: int) -> float:
            return 5.5

    await start(declared=handled_by(Van(99).collect), retry=Slow(attempts=3))
    await stage.send(CONTRACT, CONSIGNED, correlationid="f-1")
    [waiting] = await until(some(lambda: stage.stored(stage.names.delayed)))
    assert waiting.subject == stage.names.schedule(waiting.header("Nats-Msg-Id") or "")
    assert waiting.header("x-attempt") == "1"
    assert (waiting.header("Nats-Schedule") or "").startswith("@at 20")
    assert waiting.header("Nats-Schedule-Target") == f"{stage.names.redrive('collect')}.{lane_of('f-1', 32)}"
    assert waiting.data == CONSIGNED
    durable = stage.names.durable("collect", CONTRACT)
    await until(lambda: stage.settled(stage.names.events, durable))


async def test_a_delayed_retry_goes_on_with_its_attempts(start: Started, stage: Stage) -> None:
    van = Van(99)
    await start(declared=handled_by(van.collect), retry=QUICK)
    more = [("x-attempt", "2"), ("x-original-subject", "evt.parcel.consigned.v1.3"), ("x-original-seq", "77")]
    await send_back(stage, [*stage.headers(CONTRACT), *more])
    [letter] = await until(some(stage.dead_letters))
    assert van.calls == 1
    assert letter.header("x-attempt") == "3"
    assert letter.header("x-original-seq") == "77"
    assert letter.header("x-original-subject") == "evt.parcel.consigned.v1.3"


async def test_what_a_step_does_not_emit_is_set_aside_at_once(start: Started, stage: Stage) -> None:
    async def wrong(parcel: Any) -> Any:
        return parcel

    await start(declared=handled_by(wrong), retry=QUICK)
    await stage.send(CONTRACT, CONSIGNED)
    [letter] = await until(some(stage.dead_letters))
    assert letter.header("x-dead-letter-reason") == "terminal-error"
    assert letter.header("x-dlq-error-type") == "TROUPE_OUTPUT_UNDECLARED"


async def test_a_handler_that_outlives_its_time_is_tried_again(start: Started, stage: Stage) -> None:
    calls = []

    async def stuck(parcel: Any) -> BaseModel | None:
        calls.append(parcel)
        if len(calls) == 1:
            await asyncio.Event().wait()
        return await collect(parcel)

    await start(declared=handled_by(stuck, timeout=0.1), retry=QUICK)
    await stage.send(CONTRACT, CONSIGNED)
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    [notice] = await until(some(lambda: stage.notices("retry")))
    assert "did not end within 0.1 s" in notice["message"]


async def test_a_fault_of_the_runtime_itself_hands_the_message_back(
    start: Started, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Settlement.done
    faults = [RuntimeError("out of order")]

    async def faulty(self: Settlement, work: Work) -> str:
        if faults:
            raise faults.pop()
        return await done(self, work)

    monkeypatch.setattr(Settlement, "done", faulty)
    monkeypatch.setattr(processing, "SHORT_WAIT", 0.05)
    await start()
    await stage.send(CONTRACT, CONSIGNED)
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    durable = stage.names.durable("collect", CONTRACT)
    await until(lambda: stage.settled(stage.names.events, durable))
    assert faults == []
    assert await stage.dead_letters() == []


async def send_back(stage: Stage, lines: list[tuple[str, str]]) -> None:
    """As the platform does, to the first step alone."""

    subject = f"{stage.names.redrive('collect')}.0"
    body = json.dumps(CONSIGNED).encode()
    await publish(stage.client, Outgoing(subject, "", lines, body), 10)
