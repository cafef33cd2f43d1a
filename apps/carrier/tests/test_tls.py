"""With TLS asked for, the carrier speaks nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
import trustme

from carrier.runtime import Runtime
from carrier.wire.names import Names
from tests.broker import Broker
from tests.conftest import Started, settings_of
from tests.stage import until

StartBroker = Callable[[str], Awaitable[Broker]]


class Authority:
    """Who signs a broker's certificate, in files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        self.certificates = str(folder / "ca.pem")
        key, certificate = folder / "broker.key", folder / "broker.pem"
        authority.cert_pem.write_to_path(self.certificates)
        issued.private_key_pem.write_to_path(key)
        issued.cert_chain_pems[0].write_to_path(certificate)
        self.configuration = f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}'


@pytest_asyncio.fixture
async def start_broker(tmp_path: Path) -> AsyncIterator[StartBroker]:
    started: list[Broker] = []

    async def start(configuration: str) -> Broker:
        broker = Broker(tmp_path / "store", configuration)
        started.append(broker)
        await broker.start()
        return broker

    yield start
    for broker in started:
        broker.kill()


async def test_works_with_a_broker_that_one_of_the_certificates_signed(
    start_broker: StartBroker, start: Started, tmp_path: Path, names: Names
) -> None:
    authority = Authority(tmp_path / "ours")
    broker = await start_broker(authority.configuration)
    runtime = await start(settings_of(broker, names, NATS_CA_FILE=authority.certificates))
    assert runtime.problems == []


async def test_tells_a_broker_nothing_that_others_signed(
    start_broker: StartBroker, tmp_path: Path, names: Names, caplog: pytest.LogCaptureFixture
) -> None:
    broker = await start_broker(Authority(tmp_path / "theirs").configuration)
    ours = Authority(tmp_path / "ours").certificates
    async with waiting(Runtime(settings_of(broker, names, NATS_CA_FILE=ours))):
        await until(logged("certificate verify failed", caplog))


async def test_tells_a_broker_nothing_that_speaks_no_tls(
    start_broker: StartBroker, tmp_path: Path, names: Names, caplog: pytest.LogCaptureFixture
) -> None:
    broker = await start_broker("")
    ours = Authority(tmp_path / "ours").certificates
    for asking in ({"NATS_CA_FILE": ours}, {"NATS_URL": broker.url.replace("nats:", "tls:")}):
        caplog.clear()
        async with waiting(Runtime(settings_of(broker, names, **asking))):
            await until(logged("it speaks no TLS", caplog))


@contextlib.asynccontextmanager
async def waiting(runtime: Runtime) -> AsyncIterator[None]:
    """It never starts."""
    starting = asyncio.create_task(runtime.start())
    yield
    assert not starting.done()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


def logged(text: str, caplog: pytest.LogCaptureFixture) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(text in message for message in caplog.messages)

    return look
