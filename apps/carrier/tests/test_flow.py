"""A parcel's way through the three steps."""

from tests.conftest import Started
from tests.stage import ADDRESS, CONSIGNED, Stage, some, until


async def test_brings_a_parcel_from_its_sender_to_its_end(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED, id="4711", correlationid="f-1", parentflowid="order-1")
    [delivered] = await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert delivered.data == {"orderId": "o-1", "parcelId": "box-1"}
    [collected] = await stage.events("parcel.collected.v1")
    assert collected.data == {"orderId": "o-1", "parcelId": "box-1", "depot": "south", "deliverTo": ADDRESS}
    [sorted_one] = await stage.events("parcel.sorted.v1")
    assert sorted_one.data["route"] == "US-12345"
    assert await stage.dead_letters() == []
