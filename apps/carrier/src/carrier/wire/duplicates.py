"""Whether what a stream took for a duplicate is one."""

import asyncio
import json
import logging
from dataclasses import dataclass

import nats.errors

from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.notices import Notices
from carrier.wire.publisher import PubAck

AT_ONCE = 8
LONGEST_QUEUE = 1_000
TIMEOUT = 5.0
BEHIND = 2.0
"""How long a copy of the stream may be behind, in seconds."""

log = logging.getLogger("carrier.duplicates")


class DuplicateCheck:
    """
    Message ids are unique per stream, not per subject: a wrong or predicted id suppresses a message. So what an
    acknowledgement calls a duplicate is compared with what the stream holds, off the path.
    """

    def __init__(self, client: WireClient, api: str, notices: Notices, last_of: str | None = None) -> None:
        """
        `last_of` is for narrow rights: the one stream of which something may be read, and that is what was stored last
        on the app's own subjects. None when every message of each stream may be read.
        """
        self._client, self._api, self._notices, self._last_of = client, api, notices, last_of
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def check(self, message: Outgoing, ack: PubAck) -> None:
        if len(self._tasks) >= LONGEST_QUEUE:
            log.warning("a duplicate was not compared with what is stored: too many wait for it")
            return
        task = asyncio.create_task(self._judge(message, ack))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finished(self, within: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def _judge(self, message: Outgoing, ack: PubAck) -> None:
        compare = self._by_seq if self._last_of is None else self._by_subject
        try:
            async with self._turn:
                same = await compare(message, ack)
        except _NotCompared as reason:
            log.warning("a duplicate was not compared with what is stored: %s", reason)
            return
        if not same:
            text = (
                f"The stream took a message on {message.subject} for a duplicate of {ack.stream}/{ack.seq}, "
                "which is another one."
            )
            log.error(text)
            await self._notices.publish("alert", "publisher", "duplicate-differs", text)

    async def _by_seq(self, message: Outgoing, ack: PubAck) -> bool:
        stored = await self._read(ack.stream, ack.stream, {"seq": ack.seq})
        if stored is None:
            raise _NotCompared(f"{ack.stream}/{ack.seq} is gone")
        return stored.subject == message.subject and stored.payload == message.payload

    async def _by_subject(self, message: Outgoing, ack: PubAck) -> bool:
        """When the subject has nothing as young as the duplicate, that one stands on another."""
        if ack.stream != self._last_of:
            raise _NotCompared(f"it may not be read in {ack.stream}")
        place = f"{ack.stream}.{message.subject}"
        last = await self._read(ack.stream, place)
        if last is None or last.seq < ack.seq:
            await asyncio.sleep(BEHIND)
            last = await self._read(ack.stream, place)
        if last is None or last.seq < ack.seq:
            return False
        if last.seq > ack.seq:
            raise _NotCompared(f"{message.subject} has something younger than {ack.stream}/{ack.seq}")
        return last.payload == message.payload

    async def _read(self, stream: str, place: str, request: dict[str, int] | None = None) -> "_Stored | None":
        """None when there is no such message."""
        body = b"" if request is None else json.dumps(request).encode()
        try:
            answer = await self._client.request(f"{self._api}.DIRECT.GET.{place}", body, timeout=TIMEOUT)
        except (nats.errors.Error, asyncio.TimeoutError):
            raise _NotCompared(f"{stream} does not answer") from None
        headers = answer.headers or {}
        if headers.get("Status") == "404":
            return None
        try:
            return _Stored(int(headers["Nats-Sequence"]), headers["Nats-Subject"], answer.data)
        except (KeyError, ValueError):
            raise _NotCompared(f"the answer of {stream} cannot be read") from None


@dataclass(frozen=True)
class _Stored:
    """A message as the stream holds it."""

    seq: int
    subject: str
    payload: bytes


class _NotCompared(Exception):
    """Says why."""
