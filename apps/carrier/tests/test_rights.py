"""With credentials of its own, the carrier needs no more rights than `troupe permissions` writes for it."""

import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import nkeys
import pytest
import pytest_asyncio

from carrier.runtime import Runtime
from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.ids import digest, output_id
from carrier.wire.names import Names
from carrier.wire.publisher import publish
from tests.broker import Broker
from tests.conftest import Started, settings_of
from tests.stage import CONSIGNED, Stage, some, until

STEPS = {
    "collect": ("parcel_dispatched_v1", "parcel_consigned_v1"),
    "sort": ("parcel_collected_v1",),
    "deliver": ("parcel_sorted_v1",),
}
EMITTED = ("collected", "delivered", "returned", "sorted")
SIGNS = [f"$SRV.{verb}{more}" for verb in ("INFO", "PING", "STATS") for more in ("", ".carrier", ".carrier.*")]
SEED = bytes(nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER))


@pytest_asyncio.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Broker]:
    """The carrier in an account of its own: JetStream is the workspace's, and has another name there."""
    user = nkeys.from_seed(bytearray(SEED)).public_key.decode()
    server = Broker(tmp_path / "store", configuration(user))
    await server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def beside(guarded: Broker) -> AsyncIterator[Stage]:
    """In the workspace's account, without bounds."""
    admin = WireClient()
    await admin.connect(guarded.url, user="admin", password="admin")
    yield Stage(admin, Names("carrier"))
    await admin.close()


@pytest_asyncio.fixture
async def runtime(guarded: Broker, beside: Stage, tmp_path: Path, start: Started) -> Runtime:
    """The carrier as a user of its own, on a topology that somebody else made."""
    with_all = settings_of(guarded, beside.names, NATS_URL=guarded.url.replace("//", "//admin:admin@"))
    await (await start(with_all)).stop()
    seed_file = tmp_path / "carrier.nk"
    seed_file.write_bytes(SEED)
    own = {"NATS_NKEY_FILE": str(seed_file), "TROUPE_TOPOLOGY": "verify", "TROUPE_API_PREFIX": "TROUPE.API"}
    return await start(settings_of(guarded, beside.names, **own))


async def test_works_as_a_user_of_its_own(runtime: Runtime, beside: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await beside.send("parcel.consigned.v1", CONSIGNED)
    await beside.send("parcel.consigned.v1", {**CONSIGNED, "parcelId": ""})
    await until(some(lambda: beside.events("parcel.delivered.v1")))
    await until(some(beside.dead_letters))
    await until(some(lambda: beside.notices("alert")))
    assert runtime.problems == []
    assert denied(caplog) == []


async def test_shows_that_it_is_there(runtime: Runtime, beside: Stage) -> None:
    async def answer() -> bytes:
        body, _ = await beside.client.ask("$SRV.PING.carrier", b"", 5)
        return body

    assert json.loads(await until(answer))["name"] == "carrier"


async def test_compares_a_duplicate_without_reading_what_is_not_its_own(
    runtime: Runtime, beside: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    own = output_id("/shipping/dispatch", "4711", "carrier__collect", "parcel.collected.v1")
    taken = digest("/carrier/collect", own)
    subject = f"{beside.names.event('order.placed.v1')}.0"
    ack = await publish(beside.client, Outgoing(subject, taken, [("Nats-Msg-Id", taken)], b"{}"), 10)
    await beside.send("parcel.consigned.v1", CONSIGNED, id="4711")
    [alert] = await until(some(lambda: beside.notices("alert")))
    assert alert["reason"] == "duplicate-differs"
    assert f"EVENTS/{ack.seq}" in alert["message"]
    assert denied(caplog) == []


def denied(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [message for message in caplog.messages if "violation" in message.lower()]


def configuration(user: str) -> str:
    """
    As `troupe permissions` writes it for the carrier: an account for the workspace and one for the carrier, with what
    crosses between them named one by one.
    """
    durables = [
        (stream, durable)
        for step, contracts in STEPS.items()
        for stream, durable in (
            *(("EVENTS", f"carrier__{step}__{contract}") for contract in contracts),
            ("DELAYED_carrier", f"carrier__{step}"),
        )
    ]
    events = [f"evt.parcel.{one}.v1.*" for one in EMITTED]
    streams = ("EVENTS", "DEAD_LETTERS", "NOTICES", "DELAYED_carrier", "KV_crashes_carrier")
    asked = [f"STREAM.INFO.{stream}" for stream in streams]
    asked += [f"CONSUMER.INFO.{stream}.{durable}" for stream, durable in durables]
    asked += ["STREAM.MSG.GET.KV_crashes_carrier", "STREAM.PURGE.KV_crashes_carrier"]
    got = [f"DIRECT.GET.EVENTS.{subject}" for subject in events]
    got += [f"CONSUMER.MSG.NEXT.{stream}.{durable}" for stream, durable in durables]
    sent = [*events, "rdv.carrier.>", "sch.carrier.>", "dlq.carrier.*", "$KV.crashes_carrier.>", "ntc.*.carrier.*"]
    sent += [f"$JS.ACK.{stream}.{durable}.>" for stream, durable in durables]
    sent += [f"$JS.ACK.*.*.{stream}.{durable}.>" for stream, durable in durables]
    publish = [*(f"TROUPE.API.{subject}" for subject in (*asked, *got)), *sent, "ins.carrier", "_R_.>"]
    subscribe = ["_INBOX_carrier.>", "$SRV.*", "$SRV.*.carrier", "$SRV.*.carrier.*", "ins.carrier"]
    exports = [f'{{ service: "$JS.API.{subject}", accounts: [CARRIER] }}' for subject in asked]
    exports += [f'{{ service: "$JS.API.{subject}", accounts: [CARRIER], response_type: stream }}' for subject in got]
    exports += [f'{{ service: "{subject}", accounts: [CARRIER] }}' for subject in sent]
    imports = [
        f'{{ service: {{ account: TROUPE, subject: "$JS.API.{subject}" }}, to: "TROUPE.API.{subject}" }}'
        for subject in (*asked, *got)
    ]
    imports += [f'{{ service: {{ account: TROUPE, subject: "{subject}" }} }}' for subject in sent]
    signs = [f'{{ service: "{subject}", accounts: [TROUPE], response_type: stream }}' for subject in SIGNS]
    seen = [f'{{ service: {{ account: CARRIER, subject: "{subject}" }} }}' for subject in SIGNS]
    return f"""
accounts {{
  TROUPE {{
    jetstream: enabled
    users: [{{ user: admin, password: admin }}]
    exports: [{", ".join(exports)}]
    imports: [{", ".join(seen)}]
  }}
  CARRIER {{
    users: [{{
      nkey: {user}
      permissions: {{
        publish: {{ allow: [{quoted(publish)}] }}
        subscribe: {{ allow: [{quoted(subscribe)}] }}
      }}
    }}]
    exports: [{", ".join(signs)}]
    imports: [{", ".join(imports)}]
  }}
}}
"""


def quoted(subjects: Iterable[str]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)
