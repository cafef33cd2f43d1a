"""A broker for all tests, and for each an environment of its own on it."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from carrier import APP
from carrier.runtime import Runtime
from carrier.settings import Settings, read_settings
from carrier.wire.client import WireClient
from carrier.wire.names import Names
from tests.broker import Broker
from tests.stage import LONGEST_WAIT, Stage

Started = Callable[..., Coroutine[Any, Any, Runtime]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    server = Broker(tmp_path_factory.mktemp("broker") / "store")
    await server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def own_broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A broker of the test alone, to be killed."""
    server = Broker(tmp_path / "store")
    await server.start()
    yield server
    server.kill()


@pytest.fixture
def names() -> Names:
    return Names(APP, f"t{uuid.uuid4().hex[:12]}")


@pytest_asyncio.fixture
async def stage(broker: Broker, names: Names) -> AsyncIterator[Stage]:
    client = WireClient()
    await client.connect(broker.url)
    yield Stage(client, names)
    await client.close()


@pytest.fixture
def settings(broker: Broker, names: Names) -> Settings:
    return settings_of(broker, names)


def settings_of(broker: Broker, names: Names, **variables: str) -> Settings:
    return read_settings({"NATS_URL": broker.url, "TROUPE_PREFIX": names.prefix, "PORT": "0", **variables})


@pytest_asyncio.fixture
async def start(settings: Settings) -> AsyncIterator[Started]:
    """Runs the carrier in this process; it stops with the test."""
    running: list[Runtime] = []

    async def started(own: Settings | None = None, **options: Any) -> Runtime:
        runtime = Runtime(own or settings, **options)
        running.append(runtime)
        await asyncio.wait_for(runtime.start(), LONGEST_WAIT)
        return runtime

    yield started
    for runtime in running:
        await runtime.stop()
