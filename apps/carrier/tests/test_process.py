"""The carrier as a process of its own."""

import asyncio
import json
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

from carrier.wire.names import Names
from tests.broker import Broker
from tests.stage import CONSIGNED, LONGEST_WAIT, Stage, some, until

CONTRACT = "parcel.consigned.v1"
SOURCES = Path(__file__).resolve().parent.parent / "src"


class Process:
    """What it logs is kept."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self.child = child
        self.lines: list[Any] = []
        self._reading = asyncio.create_task(self._read())

    async def address(self) -> str:
        [line] = await until(lambda: self.logged("listening on "))
        return str(line["message"]).removeprefix("listening on ")

    async def logged(self, beginning: str) -> list[Any]:
        return [line for line in self.lines if line["message"].startswith(beginning)]

    async def runs(self) -> None:
        await until(lambda: self.logged("3 steps run"))

    async def get(self, path: str) -> tuple[int, Any]:
        return await asyncio.to_thread(_get, f"{await self.address()}{path}")

    async def ends(self) -> int:
        code = await asyncio.wait_for(self.child.wait(), LONGEST_WAIT)
        await self._reading
        return code

    async def _read(self) -> None:
        assert self.child.stdout is not None
        async for line in self.child.stdout:
            self.lines.append(json.loads(line))


Run = Callable[..., Awaitable[Process]]


@pytest_asyncio.fixture
async def run(broker: Broker, names: Names) -> AsyncIterator[Run]:
    started: list[Process] = []

    async def running(**variables: str) -> Process:
        known = {"NATS_URL": broker.url, "TROUPE_PREFIX": names.prefix, "PORT": "0", "LOG_LEVEL": "info"}
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "carrier",
            env={**os.environ, "PYTHONPATH": str(SOURCES), **known, **variables},
            stdout=pipe,
            stderr=pipe,
        )
        process = Process(child)
        started.append(process)
        return process

    yield running
    for process in started:
        if process.child.returncode is None:
            process.child.kill()
            await process.child.wait()


async def test_is_alive_and_ready_and_says_what_it_takes(run: Run) -> None:
    process = await run()
    await process.runs()
    assert (await process.get("/health/live"))[0] == 200
    status, body = await process.get("/health/ready")
    assert (status, body["details"]) == (200, {"broker": {"status": "up"}})
    assert "troupe_step_dead_letters_total" in await asyncio.to_thread(_text, f"{await process.address()}/metrics")
    _, document = await process.get("/asyncapi.json")
    assert len(document["operations"]) == 7


async def test_is_alive_and_not_ready_without_a_broker(run: Run) -> None:
    process = await run(NATS_URL="nats://127.0.0.1:9")
    assert (await process.get("/health/live"))[0] == 200
    status, body = await process.get("/health/ready")
    assert status == 503
    assert body["error"]["broker"]["problems"] == ["The broker does not answer yet."]
    process.child.send_signal(signal.SIGTERM)
    assert await process.ends() == 0


async def test_must_not_run_without_its_topology(run: Run) -> None:
    process = await run(TROUPE_TOPOLOGY="verify")
    assert await process.ends() == 1
    assert process.lines[-1]["level"] == "fatal"
    assert process.lines[-1]["message"].startswith("TROUPE_TOPOLOGY_MISSING: ")


async def test_a_wrong_setting_ends_it_with_a_sentence(run: Run) -> None:
    process = await run(PORT="many")
    assert process.child.stderr is not None
    said = (await process.child.stderr.read()).decode()
    assert await process.ends() == 1
    assert said == 'TROUPE_SETTING: PORT is "many", but must be a whole number from 0 to 65535.\n'


async def test_a_port_that_is_taken_ends_it_with_a_sentence(run: Run) -> None:
    first = await run()
    port = (await first.address()).rpartition(":")[2]
    second = await run(PORT=port)
    assert await second.ends() == 1
    assert f"Cannot listen on HOST 127.0.0.1 and PORT {port}" in second.lines[-1]["message"]


async def test_finishes_what_it_has_and_hands_back_the_rest(run: Run, stage: Stage) -> None:
    process = await run(CARRIER_WORK_MS="1500")
    await process.runs()
    for number in range(80):
        await stage.send(CONTRACT, {**CONSIGNED, "parcelId": f"box-{number}"}, correlationid=f"f-{number}")
    durable = stage.names.durable("collect", CONTRACT)

    async def delivered_some() -> bool:
        return bool((await stage.consumer(stage.names.events, durable))["num_ack_pending"] > 32)

    await until(delivered_some)
    process.child.send_signal(signal.SIGTERM)
    assert await process.ends() == 0
    collected = await stage.events("parcel.collected.v1")
    assert collected
    # What was not begun is there for another instance at once, and not after the ack wait.
    assert await stage.at_hand(stage.names.events, durable) == 80 - len(collected)
    assert await stage.notices("retry") == []
    assert await stage.dead_letters() == []


async def test_hands_back_what_outlasts_the_grace_period(run: Run, stage: Stage) -> None:
    process = await run(CARRIER_WORK_MS="60000", TROUPE_SHUTDOWN_GRACE_MS="100")
    await process.runs()
    await stage.send(CONTRACT, CONSIGNED)
    durable = stage.names.durable("collect", CONTRACT)

    async def begun() -> bool:
        return bool((await stage.consumer(stage.names.events, durable))["num_ack_pending"])

    await until(begun)
    process.child.send_signal(signal.SIGTERM)
    assert await process.ends() == 0
    assert await stage.at_hand(stage.names.events, durable) == 1


async def test_what_a_killed_process_had_is_done_by_the_next(run: Run, stage: Stage) -> None:
    process = await run(CARRIER_WORK_MS="300")
    await process.runs()
    await stage.give_again_after(5)
    for number in range(10):
        await stage.send(CONTRACT, {**CONSIGNED, "parcelId": f"box-{number}"}, correlationid=f"f-{number}")
    await until(some(lambda: stage.events("parcel.collected.v1")))
    process.child.kill()
    await process.child.wait()
    await run()
    delivered = await until(some(lambda: stage.events("parcel.delivered.v1"), 10))
    assert len(delivered) == 10
    assert len(await stage.events("parcel.collected.v1")) == 10


def _get(url: str) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def _text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())
