"""Runs the carrier as this process, until SIGTERM or SIGINT."""

import asyncio
import logging
import os
import signal
import socket
import sys

from carrier import APP
from carrier.errors import CarrierError, SettingError
from carrier.http import server_of
from carrier.logs import set_up_logs
from carrier.runtime import Runtime
from carrier.settings import Settings, read_settings

log = logging.getLogger("carrier")


def main() -> None:
    """Ends with 0 after a signal, and with 1 and a sentence when it must not run."""
    try:
        settings = read_settings(os.environ)
    except SettingError as error:
        sys.exit(f"{error.code}: {error}")
    set_up_logs(settings.log_level, os.environ.get("OTEL_SERVICE_NAME", "").strip() or APP)
    sys.exit(asyncio.run(run(settings)))


async def run(settings: Settings) -> int:
    """HTTP answers before the broker is there: alive, and not ready."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        return _explain(SettingError([f"Cannot listen on HOST {settings.host} and PORT {settings.port}: {error}."]))
    log.info("listening on http://%s:%d", settings.host, listening.getsockname()[1])
    runtime = Runtime(settings)
    server = server_of(runtime)
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _tell, told, number)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    code = await _work(runtime, told, serving)
    await runtime.stop()
    server.should_exit = True
    await serving
    return code


async def _work(runtime: Runtime, told: asyncio.Event, serving: "asyncio.Task[None]") -> int:
    """0 when a signal came; 1 when the carrier must not run, or cannot any more."""
    starting = asyncio.create_task(runtime.start())
    waits = [asyncio.create_task(told.wait()), asyncio.create_task(runtime.closed.wait())]
    try:
        await asyncio.wait([starting, serving, *waits], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            if (error := starting.exception()) is not None:
                return _explain(error)
            await asyncio.wait([serving, *waits], return_when=asyncio.FIRST_COMPLETED)
        return 0 if told.is_set() else _explain(CarrierError("the broker refused the carrier for good, or HTTP ended"))
    finally:
        for task in (starting, *waits):
            task.cancel()
        await asyncio.gather(starting, *waits, return_exceptions=True)


def _tell(told: asyncio.Event, number: int) -> None:
    """Whoever sends a second signal does not want to wait."""
    if told.is_set():
        os._exit(128 + number)
    told.set()


def _explain(error: BaseException) -> int:
    code = f"{error.code}: " if isinstance(error, CarrierError) and error.code else ""
    log.critical("%s%s", code, error, exc_info=None if isinstance(error, CarrierError) else error)
    return 1
