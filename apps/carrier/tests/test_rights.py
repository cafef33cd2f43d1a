"""With credentials of its own, the carrier needs no more rights than its contracts give it."""

from collections.abc import AsyncIterator
from pathlib import Path

import nkeys
import pytest
import pytest_asyncio

from carrier.wire.client import WireClient
from carrier.wire.names import Names
from tests.broker import Broker
from tests.conftest import Started, settings_of
from tests.stage import CONSIGNED, Stage, some, until

STEPS = {
    "carrier__collect": ("parcel_dispatched_v1", "parcel_consigned_v1"),
    "carrier__sort": ("parcel_collected_v1",),
    "carrier__deliver": ("parcel_sorted_v1",),
}
EMITTED = ("collected", "sorted", "delivered", "returned")
SEED = bytes(nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER))


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    path = tmp_path / "carrier.nk"
    path.write_bytes(SEED)
    return path


@pytest_asyncio.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Broker]:
    """The carrier in an account of its own: JetStream is the platform's, under a prefix of its own."""
    user = nkeys.from_seed(bytearray(SEED)).public_key.decode()
    server = Broker(tmp_path / "store", configuration(user))
    await server.start()
    yield server
    server.kill()


async def test_works_as_a_user_of_its_own(guarded: Broker, seed_file: Path, start: Started) -> None:
    names = Names("carrier")
    admin = WireClient()
    await admin.connect(guarded.url, user="admin", password="admin")
    await (await start(settings_of(guarded, names, NATS_URL=guarded.url.replace("//", "//admin:admin@")))).stop()
    own = {"NATS_NKEY_FILE": str(seed_file), "TROUPE_TOPOLOGY": "verify", "TROUPE_API_PREFIX": "PLATFORM.API"}
    runtime = await start(settings_of(guarded, names, **own))
    stage = Stage(admin, names)
    await stage.send("parcel.consigned.v1", CONSIGNED)
    await stage.send("parcel.consigned.v1", {**CONSIGNED, "parcelId": ""})
    await until(some(lambda: stage.events("parcel.delivered.v1")))
    await until(some(stage.dead_letters))
    await until(some(lambda: stage.notices("alert")))
    assert runtime.problems == []
    await admin.close()


def configuration(user: str) -> str:
    """An account for the platform and one for the carrier, with what crosses between them named one by one."""
    durables = [("DELAYED_carrier", step) for step in STEPS]
    durables += [("EVENTS", f"{step}__{contract}") for step, contracts in STEPS.items() for contract in contracts]
    api = [f"STREAM.INFO.{stream}" for stream in ("EVENTS", "DEAD_LETTERS", "NOTICES", "DELAYED_carrier")]
    api += [f"CONSUMER.INFO.{stream}.{durable}" for stream, durable in durables]
    api += ["DIRECT.GET.EVENTS", "DIRECT.GET.DEAD_LETTERS", "DIRECT.GET.DELAYED_carrier"]
    pulls = [f"CONSUMER.MSG.NEXT.{stream}.{durable}" for stream, durable in durables]
    sent = [f"evt.parcel.{one}.v1.*" for one in EMITTED] + ["dlq.carrier.*", "sch.carrier.*", "ntc.*.carrier.*"]
    acks = [f"$JS.ACK.{stream}.{durable}.>" for stream, durable in durables]
    exports = [f'{{ service: "$JS.API.{subject}" }}' for subject in api]
    exports += [f'{{ service: "$JS.API.{subject}", response_type: Stream }}' for subject in pulls]
    exports += [f'{{ service: "{subject}" }}' for subject in [*sent, *acks]]
    imports = [
        f'{{ service: {{ account: PLATFORM, subject: "$JS.API.{subject}" }}, to: "PLATFORM.API.{subject}" }}'
        for subject in [*api, *pulls]
    ]
    imports += [f'{{ service: {{ account: PLATFORM, subject: "{subject}" }} }}' for subject in [*sent, *acks]]
    publish = [f"PLATFORM.API.{subject}" for subject in [*api, *pulls]] + [*sent, *acks]
    allowed = ", ".join(f'"{subject}"' for subject in publish)
    subscribed = ", ".join(
        f'"{subject}"' for subject in ("_INBOX_carrier.>", "$SRV.*", "$SRV.*.carrier", "$SRV.*.carrier.*")
    )
    return f"""
accounts {{
  PLATFORM {{
    jetstream: enabled
    users: [{{ user: admin, password: admin }}]
    exports: [{", ".join(exports)}]
  }}
  CARRIER {{
    users: [{{
      nkey: {user}
      permissions: {{
        publish: {{ allow: [{allowed}] }}
        subscribe: {{ allow: [{subscribed}] }}
        allow_responses: true
      }}
    }}]
    imports: [{", ".join(imports)}]
  }}
}}
"""
