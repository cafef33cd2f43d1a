"""A parcel's way through the three steps."""

import pytest

from carrier.wire.ids import digest, lane_of, output_id
from tests.conftest import Started
from tests.stage import ADDRESS, CONSIGNED, DISPATCHED, Stage, some, until

DELIVERED = "parcel.delivered.v1"


async def test_brings_a_parcel_from_its_sender_to_its_end(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED)
    [delivered] = await until(some(lambda: stage.events(DELIVERED)))
    assert delivered.data == {"orderId": "o-1", "parcelId": "box-1"}
    [collected] = await stage.events("parcel.collected.v1")
    assert collected.data == {"orderId": "o-1", "parcelId": "box-1", "depot": "south", "deliverTo": ADDRESS}
    [sorted_one] = await stage.events("parcel.sorted.v1")
    assert sorted_one.data["route"] == "US-12345"
    assert await stage.dead_letters() == []


async def test_takes_parcels_of_orders_too(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.dispatched.v1", DISPATCHED)
    [delivered] = await until(some(lambda: stage.events(DELIVERED)))
    assert delivered.data == {"orderId": "o-1", "parcelId": "par-1"}


async def test_returns_a_parcel_that_nobody_lives_for(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.consigned.v1", {**CONSIGNED, "deliverTo": {**ADDRESS, "postalCode": "00000"}})
    [returned] = await until(some(lambda: stage.events("parcel.returned.v1")))
    assert returned.data == {"orderId": "o-1", "parcelId": "box-1", "reason": "address-unknown"}
    assert await stage.events(DELIVERED) == []


async def test_writes_every_header_of_the_wire(start: Started, stage: Stage) -> None:
    await start()
    await stage.send(
        "parcel.consigned.v1",
        CONSIGNED,
        source="/fulfilment/orders",
        id="4711",
        correlationid="o-1/carrier/1",
        parentflowid="o-1 of %C3%A4",
    )
    [collected] = await until(some(lambda: stage.events("parcel.collected.v1")))
    lines = dict(collected.lines)
    assert lines.pop("ce-time").endswith("Z")
    own = output_id("/fulfilment/orders", "4711", "carrier__collect", "parcel.collected.v1")
    assert lines == {
        "ce-specversion": "1.0",
        "ce-type": "parcel.collected.v1",
        "ce-source": "/carrier/collect",
        "ce-datacontenttype": "application/json",
        "ce-dataschema": "urn:troupe:contract:parcel.collected:v1",
        "ce-appversion": "0.1.0",
        "ce-id": own,
        "ce-correlationid": "o-1/carrier/1",
        "ce-causationid": "4711",
        "ce-parentflowid": "o-1%20of%20%C3%A4",
        "Nats-Msg-Id": digest("/carrier/collect", own),
    }
    assert collected.subject.rpartition(".")[2] == str(lane_of("o-1/carrier/1", 32))
    [delivered] = await until(some(lambda: stage.events(DELIVERED)))
    assert delivered.header("ce-parentflowid") == "o-1%20of%20%C3%A4"
    assert delivered.header("ce-correlationid") == "o-1/carrier/1"


async def test_a_message_without_a_flow_is_a_flow_of_its_own(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED, id="alone")
    [delivered] = await until(some(lambda: stage.events(DELIVERED)))
    assert delivered.header("ce-correlationid") == "alone"


async def test_gives_the_same_ids_to_what_a_redelivered_input_causes(start: Started, stage: Stage) -> None:
    await start()
    attributes = {"source": "/shipping/dispatch", "id": "again"}
    more = [("Nats-Msg-Id", "first")]
    lines = [line for line in stage.headers("parcel.consigned.v1", **attributes) if line[0] != "Nats-Msg-Id"]
    body = b'{"orderId":"o-1","parcelId":"b","labelNumber":"l","recipient":"Ada","deliverTo":' + _address() + b"}"
    await stage.send_raw("parcel.consigned.v1", [*lines, *more], body)
    [first] = await until(some(lambda: stage.events(DELIVERED)))
    # The same fact once more, past the sender's own duplicate window: the whole cascade runs again.
    await stage.send_raw("parcel.consigned.v1", [*lines, ("Nats-Msg-Id", "second")], body)
    durable = stage.names.durable("collect", "parcel.consigned.v1")

    async def handled_twice() -> bool:
        info = await stage.consumer(stage.names.events, durable)
        return bool(info["ack_floor"]["consumer_seq"] == 2)

    await until(handled_twice)
    assert await stage.events(DELIVERED) == [first]
    assert len(await stage.events("parcel.collected.v1")) == 1
    assert await stage.notices("alert") == []


@pytest.mark.parametrize("place", ["whole", "nested"])
async def test_ignores_fields_that_it_does_not_know(start: Started, stage: Stage, place: str) -> None:
    await start()
    more = {"insurance": {"upTo": 100}} if place == "whole" else {}
    to = {**ADDRESS, "floor": 3} if place == "nested" else ADDRESS
    await stage.send("parcel.consigned.v1", {**CONSIGNED, **more, "deliverTo": to})
    await until(some(lambda: stage.events(DELIVERED)))
    [collected] = await stage.events("parcel.collected.v1")
    assert collected.data["deliverTo"] == ADDRESS


def _address() -> bytes:
    return b'{"street":"1 Main Street","city":"S","postalCode":"1","country":"US"}'
