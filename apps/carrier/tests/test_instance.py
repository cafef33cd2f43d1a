"""Instances are seen on the NATS micro protocol."""

import json
from typing import Any

from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until


async def asked(stage: Stage, subject: str) -> list[Any]:
    """All answers of this environment's instances."""
    inbox = stage.client.new_inbox()
    subscription = await stage.client.subscribe(inbox)
    await stage.client.publish(subject, b"", reply=inbox)
    await stage.client.flush()
    found = []
    try:
        while True:
            found.append(json.loads((await subscription.next_msg(timeout=0.3)).data))
    except Exception:
        await subscription.unsubscribe()
    return [one for one in found if one["metadata"].get("troupe-prefix") == stage.names.prefix]


async def test_an_instance_answers_who_asks(start: Started, stage: Stage) -> None:
    await start()
    [ping] = await asked(stage, "$SRV.PING")
    assert ping["type"] == "io.nats.micro.v1.ping_response"
    assert (ping["name"], ping["version"]) == ("carrier", "0.1.0")
    [info] = await asked(stage, "$SRV.INFO.carrier")
    assert [one["name"] for one in info["endpoints"]] == ["collect", "sort", "deliver"]
    first = info["endpoints"][0]
    assert first["queue_group"] == "carrier__collect"
    assert first["subject"] == f"{stage.names.prefix}.evt.parcel.dispatched.v1.*"
    assert json.loads(first["metadata"]["troupe-manifest"])["step"] == "carrier__collect"
    [alone] = await asked(stage, f"$SRV.PING.carrier.{ping['id']}")
    assert alone["id"] == ping["id"]


async def test_an_instance_counts_what_it_answered(start: Started, stage: Stage) -> None:
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED)
    await stage.send("parcel.consigned.v1", {**CONSIGNED, "parcelId": ""})
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    await until(some(stage.dead_letters))

    async def counted() -> Any:
        [stats] = await asked(stage, "$SRV.STATS.carrier")
        return stats if stats["endpoints"][0]["num_requests"] == 2 else None

    stats = await until(counted)
    collect, sort, _ = stats["endpoints"]
    assert collect["num_errors"] == 1
    assert "parcelId" in collect["last_error"]
    assert (sort["num_requests"], sort["num_errors"]) == (1, 0)
    assert collect["average_processing_time"] * 2 - collect["processing_time"] <= 1
    assert "last_error" not in sort


async def test_an_instance_that_stops_answers_nobody(start: Started, stage: Stage) -> None:
    await (await start()).stop()
    assert await asked(stage, "$SRV.PING.carrier") == []
