"""What stands in the broker once the carrier runs."""

import json
from typing import Any

import pytest

from carrier.errors import TopologyMismatchError, TopologyMissingError
from carrier.runtime import Runtime
from carrier.settings import Settings
from carrier.wire.names import Names
from tests.broker import Broker
from tests.conftest import Started, settings_of
from tests.stage import CONSIGNED, Stage, some, until

NANOS = 1_000_000_000


async def test_makes_a_durable_for_each_contract_and_one_for_what_comes_back(start: Started, stage: Stage) -> None:
    await start()
    info = await stage.consumer(stage.names.events, "carrier__collect__parcel_consigned_v1")
    config = info["config"]
    assert config["filter_subject"] == f"{stage.names.prefix}.evt.parcel.consigned.v1.*"
    assert config["ack_policy"] == "explicit"
    assert config["deliver_policy"] == "all"
    assert (config["ack_wait"], config["max_deliver"], config["max_ack_pending"]) == (30 * NANOS, -1, 10_000)
    assert json.loads(config["metadata"]["troupe-manifest"]) == {
        "format": 1,
        "app": "carrier",
        "version": "0.1.0",
        "step": "carrier__collect",
        "consumes": ["parcel.dispatched.v1", "parcel.consigned.v1"],
        "emits": ["parcel.collected.v1"],
        "from": "beginning",
        "within": "1m",
    }
    back = await stage.consumer(stage.names.delayed, "carrier__collect")
    assert back["config"]["filter_subject"] == f"{stage.names.prefix}.rdv.carrier.collect.*"
    assert back["config"]["metadata"]["troupe-manifest"] == config["metadata"]["troupe-manifest"]


async def test_starts_again_on_what_it_made(start: Started, stage: Stage) -> None:
    await (await start()).stop()
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED)
    await until(some(lambda: stage.events("parcel.delivered.v1")))


async def test_only_verifies_when_it_is_told_to(broker: Broker, names: Names, start: Started, stage: Stage) -> None:
    only = settings_of(broker, names, TROUPE_TOPOLOGY="verify")
    with pytest.raises(TopologyMissingError, match="EVENTS is missing"):
        await starting(only)
    await (await start()).stop()
    await ask(stage, f"CONSUMER.DELETE.{names.delayed}.carrier__sort")
    with pytest.raises(TopologyMissingError, match="carrier__sort"):
        await starting(only)
    await start()
    assert (await start(only)).problems == []


async def test_does_not_run_on_a_stream_that_differs(settings: Settings, start: Started, stage: Stage) -> None:
    await (await start()).stop()
    config = (await ask(stage, f"STREAM.INFO.{stage.names.events}"))["config"]
    await ask(stage, f"STREAM.UPDATE.{stage.names.events}", {**config, "max_bytes": 1_000_000})
    with pytest.raises(TopologyMismatchError, match="max_bytes"):
        await starting(settings)


async def test_an_older_build_changes_no_manifest_of_a_newer_one(start: Started, stage: Stage) -> None:
    await (await start()).stop()
    durable = "carrier__sort__parcel_collected_v1"
    config = (await stage.consumer(stage.names.events, durable))["config"]
    newer = json.loads(config["metadata"]["troupe-manifest"]) | {"version": "1.0.0-rc.1"}
    config["metadata"]["troupe-manifest"] = json.dumps(newer)
    subject = f"CONSUMER.CREATE.{stage.names.events}.{durable}.{config['filter_subject']}"
    body = {"stream_name": stage.names.events, "config": config, "action": "update"}
    assert "error" not in await ask(stage, subject, body)
    await start()
    found = (await stage.consumer(stage.names.events, durable))["config"]["metadata"]["troupe-manifest"]
    assert json.loads(found)["version"] == "1.0.0-rc.1"


async def test_a_manifest_of_an_older_build_is_replaced(start: Started, stage: Stage) -> None:
    await (await start()).stop()
    durable = "carrier__sort__parcel_collected_v1"
    config = (await stage.consumer(stage.names.events, durable))["config"]
    older = json.loads(config["metadata"]["troupe-manifest"]) | {"version": "0.0.9", "emits": []}
    config["metadata"]["troupe-manifest"] = json.dumps(older)
    subject = f"CONSUMER.CREATE.{stage.names.events}.{durable}.{config['filter_subject']}"
    await ask(stage, subject, {"stream_name": stage.names.events, "config": config, "action": "update"})
    await start()
    found = (await stage.consumer(stage.names.events, durable))["config"]["metadata"]["troupe-manifest"]
    assert json.loads(found)["emits"] == ["parcel.sorted.v1"]


async def test_reads_the_lanes_from_the_stream(start: Started, stage: Stage) -> None:
    await (await start()).stop()
    config = (await ask(stage, f"STREAM.INFO.{stage.names.events}"))["config"]
    config["metadata"]["troupe-lanes"] = "1"
    await ask(stage, f"STREAM.UPDATE.{stage.names.events}", config)
    await start()
    await stage.send("parcel.consigned.v1", CONSIGNED)
    [delivered] = await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert delivered.subject.endswith(".v1.0")


async def starting(settings: Settings) -> None:
    runtime = Runtime(settings)
    try:
        await runtime.start()
    finally:
        await runtime.stop()


async def ask(stage: Stage, subject: str, body: Any = None) -> Any:
    payload = b"" if body is None else json.dumps(body).encode()
    answer = await stage.client.request(f"$JS.API.{subject}", payload, timeout=5)
    return json.loads(answer.data)
