"""What a stream takes for a duplicate is compared with what it holds, as far as the app's rights let it be read."""

import logging
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from carrier.wire.copies import Outgoing
from carrier.wire.duplicates import DuplicateCheck
from carrier.wire.notices import Notices
from carrier.wire.publisher import PubAck, publish
from tests.conftest import Started
from tests.stage import LONGEST_WAIT, Stage


@dataclass
class Judged:
    """What came of a check."""

    alerts: list[str]
    warnings: list[str]


class Case:
    """A message of a contract, and others on its stream."""

    def __init__(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        self._stage, self._caplog = stage, caplog
        subject = f"{stage.names.event('parcel.collected.v1')}.0"
        self.own = Outgoing(subject, "own", [("Nats-Msg-Id", "own")], b'{"own":true}')
        elsewhere = f"{stage.names.event('order.placed.v1')}.0"
        self.elsewhere = replace(self.own, subject=elsewhere, payload=b"{}")
        self.another = replace(self.own, payload=b"{}")
        self.later = replace(self.own, message_id="later", lines=[("Nats-Msg-Id", "later")])

    async def send(self, message: Outgoing) -> PubAck:
        return await publish(self._stage.client, message, 10)

    async def judged(self, ack: PubAck, last_of: str | None) -> Judged:
        told: list[str] = []

        async def tell(subject: str, payload: bytes) -> None:
            told.append(payload.decode())

        check = DuplicateCheck(self._stage.client, "$JS.API", Notices(tell, self._stage.names), last_of)
        with self._caplog.at_level(logging.WARNING, "carrier.duplicates"):
            check.check(self.own, ack)
            await check.finished(LONGEST_WAIT)
        records = [one for one in self._caplog.records if one.name == "carrier.duplicates"]
        return Judged(told, [one.getMessage() for one in records if one.levelno == logging.WARNING])


@pytest_asyncio.fixture
async def case(start: Started, stage: Stage, caplog: pytest.LogCaptureFixture) -> Case:
    """The steps are not there: what is stored is the test's alone."""
    await (await start()).stop()
    return Case(stage, caplog)


@pytest.fixture(params=["any message", "the last on its subject"])
def last_of(request: pytest.FixtureRequest, stage: Stage) -> str | None:
    """Under both kinds of rights."""
    return None if request.param == "any message" else stage.names.events


async def test_is_silent_when_the_stream_holds_the_same(case: Case, last_of: str | None) -> None:
    await case.send(case.own)
    ack = await case.send(case.own)
    assert ack.duplicate
    assert await case.judged(ack, last_of) == Judged([], [])


async def test_is_an_alert_when_the_stream_holds_another_payload(case: Case, last_of: str | None) -> None:
    await case.send(case.another)
    ack = await case.send(case.own)
    judged = await case.judged(ack, last_of)
    assert ["duplicate-differs" in one for one in judged.alerts] == [True]


async def test_is_an_alert_when_it_stands_on_another_subject(case: Case, last_of: str | None) -> None:
    await case.send(case.elsewhere)
    ack = await case.send(case.own)
    judged = await case.judged(ack, last_of)
    assert [f"{ack.stream}/{ack.seq}" in one for one in judged.alerts] == [True]


async def test_is_an_alert_when_its_own_subject_has_older_ones_alone(case: Case, last_of: str | None) -> None:
    await case.send(case.later)
    await case.send(case.elsewhere)
    ack = await case.send(case.own)
    assert len((await case.judged(ack, last_of)).alerts) == 1


async def test_is_not_compared_when_its_subject_has_something_younger(case: Case, stage: Stage) -> None:
    await case.send(case.elsewhere)
    await case.send(case.later)
    ack = await case.send(case.own)
    judged = await case.judged(ack, stage.names.events)
    assert judged.alerts == []
    assert [one.endswith(f"has something younger than {ack.stream}/{ack.seq}") for one in judged.warnings] == [True]
    assert len((await case.judged(ack, None)).alerts) == 1


async def test_is_not_compared_in_a_stream_that_may_not_be_read(case: Case, stage: Stage) -> None:
    ack = PubAck(stage.names.dead_letters, 1, True)
    judged = await case.judged(ack, stage.names.events)
    assert judged == Judged(
        [], [f"a duplicate was not compared with what is stored: it may not be read in {stage.names.dead_letters}"]
    )


async def test_is_not_compared_when_it_is_gone(case: Case, stage: Stage) -> None:
    judged = await case.judged(PubAck(stage.names.events, 4711, True), None)
    assert judged.alerts == []
    assert [one.endswith("/4711 is gone") for one in judged.warnings] == [True]
