"""The broker goes away, and comes back."""

import asyncio

from carrier.wire.client import WireClient
from carrier.wire.names import Names
from tests.broker import Broker
from tests.conftest import Started, settings_of
from tests.stage import CONSIGNED, Stage, some, until

CONTRACT = "parcel.consigned.v1"
PARCELS = 20


async def test_nothing_is_lost_when_the_broker_is_killed(own_broker: Broker, names: Names, start: Started) -> None:
    await start(settings_of(own_broker, names, CARRIER_WORK_MS="100"))
    stage = await stage_on(own_broker, names)
    for number in range(PARCELS):
        await stage.send(CONTRACT, {**CONSIGNED, "parcelId": f"box-{number}"}, correlationid=f"f-{number}")
    await until(some(lambda: stage.events("parcel.collected.v1")))
    own_broker.kill()
    await asyncio.sleep(0)
    await own_broker.start()
    stage = await stage_on(own_broker, names)
    delivered = await until(some(lambda: stage.events("parcel.delivered.v1"), PARCELS))
    assert sorted(one.data["parcelId"] for one in delivered) == sorted(f"box-{number}" for number in range(PARCELS))
    assert await stage.dead_letters() == []


async def test_starts_before_the_broker_does(own_broker: Broker, names: Names, start: Started) -> None:
    own_broker.kill()
    starting = asyncio.create_task(start(settings_of(own_broker, names)))
    await asyncio.sleep(0.2)
    assert not starting.done()
    await own_broker.start()
    runtime = await starting
    assert runtime.problems == []


async def stage_on(broker: Broker, names: Names) -> Stage:
    client = WireClient()
    await client.connect(broker.url)
    return Stage(client, names)
