"""Whether what a stream took for a duplicate is one."""

import asyncio
import json
import logging

import nats.errors

from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.notices import Notices
from carrier.wire.publisher import PubAck

AT_ONCE = 8
LONGEST_QUEUE = 1_000
TIMEOUT = 5.0

log = logging.getLogger("carrier.duplicates")


class DuplicateCheck:
    """
    Message ids are unique per stream, not per subject: a wrong or predicted id suppresses a message. So what an
    acknowledgement calls a duplicate is compared with what the stream holds, off the path.
    """

    def __init__(self, client: WireClient, api: str, notices: Notices) -> None:
        self._client, self._api, self._notices = client, api, notices
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def check(self, message: Outgoing, ack: PubAck) -> None:
        if len(self._tasks) >= LONGEST_QUEUE:
            log.warning("a duplicate was not compared with what is stored: too many wait for it")
            return
        task = asyncio.create_task(self._compare(message, ack))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finished(self, within: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    async def _compare(self, message: Outgoing, ack: PubAck) -> None:
        async with self._turn:
            subject = f"{self._api}.DIRECT.GET.{ack.stream}"
            try:
                stored = await self._client.request(subject, json.dumps({"seq": ack.seq}).encode(), timeout=TIMEOUT)
            except (nats.errors.Error, asyncio.TimeoutError):
                log.warning("a duplicate was not compared with what is stored: %s does not answer", ack.stream)
                return
        headers = stored.headers or {}
        if "Status" in headers:
            log.warning("a duplicate was not compared with what is stored: %s/%d is gone", ack.stream, ack.seq)
        elif headers.get("Nats-Subject") != message.subject or stored.data != message.payload:
            text = (
                f"The stream took a message on {message.subject} for a duplicate of {ack.stream}/{ack.seq}, "
                "which is another one."
            )
            log.error(text)
            await self._notices.publish("alert", "publisher", "duplicate-differs", text)
