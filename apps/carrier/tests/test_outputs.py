"""What a step sends is stored before its input is acknowledged, and is what the stream holds."""

import json

from carrier.wire.copies import Outgoing
from carrier.wire.ids import digest, output_id
from carrier.wire.publisher import publish
from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until

CONTRACT = "parcel.consigned.v1"


async def test_an_input_waits_while_its_output_cannot_be_stored(start: Started, stage: Stage) -> None:
    await start()
    await limit(stage, 1)
    await stage.send(CONTRACT, CONSIGNED)
    [notice] = await until(some(lambda: stage.notices("outage")))
    assert (notice["step"], notice["reason"]) == ("collect", "output-not-stored")
    info = await stage.consumer(stage.names.events, stage.names.durable("collect", CONTRACT))
    assert info["ack_floor"]["stream_seq"] == 0
    await limit(stage, -1)
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert await stage.notices("retry") == []
    assert await stage.dead_letters() == []


async def test_a_message_that_stands_under_the_id_of_an_output_is_an_alert(start: Started, stage: Stage) -> None:
    await start()
    own = output_id("/shipping/dispatch", "4711", "carrier__collect", "parcel.collected.v1")
    taken = digest("/carrier/collect", own)
    subject = f"{stage.names.event('order.placed.v1')}.0"
    await publish(stage.client, Outgoing(subject, taken, [("Nats-Msg-Id", taken)], b"{}"), 10)
    await stage.send(CONTRACT, CONSIGNED, id="4711")
    [alert] = await until(some(lambda: stage.notices("alert")))
    assert alert["reason"] == "duplicate-differs"
    assert "parcel.collected.v1" in alert["message"]


async def limit(stage: Stage, messages: int) -> None:
    """How many messages the stream of events takes; full, it refuses."""
    answer = await stage.client.request(f"$JS.API.STREAM.INFO.{stage.names.events}", b"", timeout=5)
    config = json.loads(answer.data)["config"] | {"max_msgs": messages}
    subject = f"$JS.API.STREAM.UPDATE.{stage.names.events}"
    await stage.client.request(subject, json.dumps(config).encode(), timeout=5)
