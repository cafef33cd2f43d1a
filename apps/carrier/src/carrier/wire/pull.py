"""Pulling from one durable with credit: never more is requested or waiting here than fits the window."""

import asyncio
import contextlib
import json
import logging
import time
from typing import TYPE_CHECKING

from nats import errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from carrier.wire.delivery import Delivery
from carrier.wire.headers import Headers, read_lines
from carrier.wire.held import Held
from carrier.wire.times import NANOS

if TYPE_CHECKING:
    from carrier.wire.client import WireClient

WINDOW = 64
EXPIRES = 5.0
HEARTBEAT = 1.0
RETRY = 0.5
REMIND = 10.0
DRAIN = 2.0

log = logging.getLogger("carrier.pull")


class Pull:
    """
    What FastStream's pull subscriber fetches from. A slow step leaves the rest to other instances; what is held is
    renewed; what was not begun is handed back on stop. nats-py's own subscription forgets what it has on stop.
    """

    def __init__(self, client: "WireClient", prefix: str, stream: str, durable: str, comes_back: bool) -> None:
        self._client = client
        self._next = f"{prefix}.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._durable, self._stream, self._comes_back = durable, stream, comes_back
        self.held = Held()
        self._ready: asyncio.Queue[Msg] = asyncio.Queue()
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._requested = 0
        self._last_heard = 0.0
        self._pull_again_at = 0.0
        self._reminded_at = -REMIND
        self._stopped = False
        self._watch: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.problem: str | None = None
        """Why nothing comes, when the broker says so."""

    async def start(self) -> None:
        await self.restart()
        self._watch = asyncio.create_task(self._look_after())

    async def restart(self) -> None:
        """Forgets what was requested and asks anew: after a reconnect, or when the broker fell silent."""
        if self._stopped:
            return
        self._leave()
        inbox = self._client.new_inbox()
        self._inbox = inbox

        async def received(message: Msg) -> None:
            await self._received(message, inbox)

        self._subscription = await self._client.subscribe(inbox, cb=received)
        self._requested = 0
        await self._pull()

    async def fetch(self, batch: int = 1, timeout: float | None = None) -> list[Msg]:
        """As of nats-py: what is there, `batch` at most; TimeoutError when nothing came in time."""
        try:
            messages = [await asyncio.wait_for(self._ready.get(), timeout)]
        except asyncio.TimeoutError:
            raise errors.TimeoutError from None
        while len(messages) < batch and not self._ready.empty():
            messages.append(self._ready.get_nowait())
        return messages

    async def begun(self, message: Msg) -> Delivery | None:
        """A handler takes the message: there is room for another. None when it was handed back meanwhile."""
        delivery = self.held.begin(_seq(message.reply))
        if delivery is not None:
            await self._pull()
        return delivery

    async def stop(self) -> None:
        """Asks for nothing more, and hands back what was not begun."""
        if self._stopped:
            return
        self._stopped = True
        if self._subscription is not None:
            # What is on its way is still delivered, to be handed back: else it would wait for the ack wait.
            await self._drained(self._subscription)
        await self.held.hand_back_waiting()

    async def unsubscribe(self) -> None:
        """What FastStream calls last."""
        await self.stop()
        await self.held.hand_back_all()
        if self._watch is not None:
            self._watch.cancel()

    def _leave(self) -> None:
        if self._subscription is not None:
            leaving = asyncio.create_task(self._drained(self._subscription))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        self._subscription = None

    async def _drained(self, subscription: Subscription) -> None:
        # It may be gone already, with the connection.
        with contextlib.suppress(errors.Error, asyncio.TimeoutError):
            await asyncio.wait_for(subscription.drain(), DRAIN)  # type: ignore[no-untyped-call]

    async def _received(self, message: Msg, inbox: str) -> None:
        self._last_heard = time.monotonic()
        if not message.reply.startswith("$JS.ACK."):
            if inbox == self._inbox:
                await self._status(message)
            return
        self.problem = None
        if inbox == self._inbox:
            self._requested = max(0, self._requested - 1)
        headers = message.headers
        lines, readable = read_lines(headers.block if isinstance(headers, Headers) else b"")
        delivery = Delivery(
            message.subject, message.data, lines, readable, message.reply, self._comes_back, self._client.send
        )
        if not self.held.add(delivery):
            await self._pull()
        elif not self._stopped:
            self._ready.put_nowait(message)

    async def _status(self, message: Msg) -> None:
        """A sign of life, or the end of a request (expired, or refused); its remainder is told in a header."""
        headers = message.headers or {}
        code, description = headers.get("Status", ""), headers.get("Description", "")
        if code in ("100", "404", "408"):
            self.problem = None
        if code == "100":
            return
        left = headers.get("Nats-Pending-Messages", "0")
        self._requested = max(0, self._requested - (int(left) if left.isdigit() else 0))
        if code in ("404", "408") or (code == "409" and "batch completed" in description.lower()):
            await self._pull()
            return
        self._requested = 0
        self._pull_again_at = time.monotonic() + RETRY
        if code == "503":
            self._report("the stream or the consumer is missing or has no leader")
        elif "leadership" not in description.lower():
            self._report(description or f"status {code}")

    async def _pull(self) -> None:
        held = self._requested + self.held.waiting
        if self._stopped or held > WINDOW // 2 or not self._client.is_connected:
            return
        batch = WINDOW - held
        self._requested += batch
        self._last_heard = time.monotonic()
        self._pull_again_at = 0
        request = {"batch": batch, "expires": int(EXPIRES * NANOS), "idle_heartbeat": int(HEARTBEAT * NANOS)}
        try:
            await self._client.publish(self._next, json.dumps(request).encode(), reply=self._inbox)
        except errors.Error:
            self._requested = 0  # closed, or reconnecting: asked anew then

    async def _look_after(self) -> None:
        """Renews what is held, and asks again when the broker refused or fell silent."""
        while True:
            await asyncio.sleep(HEARTBEAT / 2)
            if not self._client.is_connected:
                continue
            await self.held.renew()
            now = time.monotonic()
            if self._pull_again_at and now >= self._pull_again_at:
                await self._pull()
            elif self._requested and now - self._last_heard > HEARTBEAT * 2.5:
                self._report("no heartbeat; asking again")
                await self.restart()

    def _report(self, problem: str) -> None:
        self.problem = f"{self._durable}: {problem}"
        now = time.monotonic()
        if now - self._reminded_at >= REMIND:
            self._reminded_at = now
            log.warning("cannot pull from consumer %s of %s: %s", self._durable, self._stream, problem)


def _seq(reply: str) -> int:
    tokens = reply.split(".")
    return int(tokens[5] if len(tokens) == 9 else tokens[7])
