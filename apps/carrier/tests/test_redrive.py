"""What comes back to one step alone."""

import json

from carrier.wire.copies import Outgoing
from carrier.wire.ids import digest
from carrier.wire.publisher import publish
from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until

CONTRACT = "parcel.consigned.v1"
LEFT_OUT = ("x-dead-letter-reason", "x-delivery-count", "x-failed-at", "x-attempt", "nats-msg-id")


async def redrive(stage: Stage, number: int, payload: bytes | None = None) -> None:
    """Sends the first dead letter again, as `troupe dead-letters redrive` does."""
    [letter, *_] = await stage.dead_letters()
    kept = [line for line in letter.lines if not line[0].startswith("x-dlq-") and line[0].lower() not in LEFT_OUT]
    unique = digest("redrive", letter.header("Nats-Msg-Id") or "", str(number))
    lines = [*kept, ("x-redrive-count", str(number)), ("x-redrive-of", str(letter.seq)), ("Nats-Msg-Id", unique)]
    lane = (letter.header("x-original-subject") or "").rpartition(".")[2]
    subject = f"{stage.names.redrive('collect')}.{lane}"
    await publish(stage.client, Outgoing(subject, unique, lines, payload or letter.payload), 10)


async def test_a_dead_letter_that_is_mended_goes_on(start: Started, stage: Stage) -> None:
    await start()
    await stage.send(CONTRACT, {**CONSIGNED, "parcelId": "a b"}, id="4711", correlationid="f-1")
    await until(some(stage.dead_letters))
    await redrive(stage, 1, json.dumps(CONSIGNED).encode())
    [delivered] = await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert delivered.header("ce-correlationid") == "f-1"


async def test_a_redrive_that_fails_again_is_a_letter_of_its_own(start: Started, stage: Stage) -> None:
    await start()
    ack = await stage.send(CONTRACT, {**CONSIGNED, "parcelId": "a b"}, id="4711")
    await until(some(stage.dead_letters))
    await redrive(stage, 1)
    _, second = await until(some(stage.dead_letters, 2))
    assert second.header("x-redrive-count") == "1"
    assert second.header("x-redrive-of") == "1"
    assert second.header("x-original-seq") == str(ack.seq)
    assert second.header("x-original-stream") == stage.names.events
    assert second.header("x-dlq-consumer") == "carrier__collect"
    assert second.header("Nats-Msg-Id") == digest(stage.names.delayed, "carrier__collect", "1", "1")


async def test_a_contract_that_only_a_newer_build_knows_is_handed_back(start: Started, stage: Stage) -> None:
    await start()
    info = await stage.consumer(stage.names.delayed, "carrier__collect")
    config = info["config"]
    manifest = json.loads(config["metadata"]["troupe-manifest"])
    manifest |= {"version": "9.0.0", "consumes": [*manifest["consumes"], "parcel.consigned.v2"]}
    config["metadata"]["troupe-manifest"] = json.dumps(manifest)
    subject = f"$JS.API.CONSUMER.CREATE.{stage.names.delayed}.carrier__collect.{config['filter_subject']}"
    update = {"stream_name": stage.names.delayed, "config": config, "action": "update"}
    await stage.client.request(subject, json.dumps(update).encode(), timeout=5)
    lines = stage.headers("parcel.consigned.v2")
    await publish(stage.client, Outgoing(f"{stage.names.redrive('collect')}.0", "", lines, b"{}"), 10)

    async def handed_back() -> bool:
        info = await stage.consumer(stage.names.delayed, "carrier__collect")
        return bool(info["num_ack_pending"] == 1)

    await until(handed_back)
    assert await stage.dead_letters() == []
