"""The carrier's connection to the broker."""

import asyncio
import logging
import ssl
import time

from carrier import APP
from carrier.settings import Settings
from carrier.wire.client import WireClient

TRY_AGAIN = 0.5
REMIND = 10.0
PING = 5

log = logging.getLogger("carrier.connection")


async def connect(client: WireClient, settings: Settings, closed: asyncio.Event) -> None:
    """
    Waits for the broker for ever, then and later. `closed` is set when the client gives it up, which it does when it
    is refused for good.
    """
    reminded = -REMIND

    async def failed(error: Exception) -> None:
        nonlocal reminded
        if time.monotonic() - reminded > REMIND:
            reminded = time.monotonic()
            log.warning("the broker: %s", str(error) or type(error).__name__)

    async def disconnected() -> None:
        if not client.is_closed:
            log.warning("not connected to the broker")

    async def reconnected() -> None:
        log.info("connected to the broker again")
        for pull in client.pulls.values():
            await pull.held.renew(0)
            await pull.restart()

    async def gone() -> None:
        closed.set()

    login = dict(settings.login)
    if settings.nkey_file is not None:
        login = {"nkeys_seed": settings.nkey_file}
    secure = {"tls": ssl.create_default_context(cafile=settings.ca_file)} if settings.tls else {}
    await client.connect(
        list(settings.servers),
        name=APP,
        inbox_prefix=f"_INBOX_{APP}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=TRY_AGAIN,  # type: ignore[arg-type]
        ping_interval=PING,
        error_cb=failed,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        closed_cb=gone,
        **login,  # type: ignore[arg-type]
        **secure,  # type: ignore[arg-type]
    )
