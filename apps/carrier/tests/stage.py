"""What tests do beside the carrier: send as another app does, and look at what the streams hold."""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from carrier.wire.client import WireClient
from carrier.wire.copies import Outgoing
from carrier.wire.headers import Headers, Line, read_lines, value_of
from carrier.wire.ids import digest, lane_of
from carrier.wire.names import Names
from carrier.wire.publisher import PubAck, publish
from carrier.wire.times import NANOS
from carrier.wire.topology import MANIFEST_KEY

T = TypeVar("T")
LONGEST_WAIT = 60.0
"""Seconds that a slow machine may take: a passing test waits for what happens, and never for this."""

ADDRESS = {"street": "1 Main Street", "city": "Springfield", "postalCode": "12345", "country": "US"}
CONSIGNED = {
    "orderId": "o-1",
    "parcelId": "box-1",
    "labelNumber": "lbl-1",
    "recipient": "Ada Example",
    "deliverTo": ADDRESS,
}
DISPATCHED = {
    "orderId": "o-1",
    "parcelId": "par-1",
    "warehouse": "east",
    "carrier": "Northbound Freight",
    "customer": {"name": "Ada Example", "email": "ada@example.test"},
    "deliverTo": ADDRESS,
    "lines": [{"sku": "TENT-2P", "quantity": 1}],
}


@dataclass(frozen=True)
class Stored:
    """A message in a stream."""

    seq: int
    subject: str
    lines: list[Line]
    payload: bytes

    def header(self, name: str) -> str | None:
        return value_of(self.lines, name.lower())

    @property
    def data(self) -> Any:
        return json.loads(self.payload)


class Stage:
    """Another app's place on the broker."""

    def __init__(self, client: WireClient, names: Names) -> None:
        self.client, self.names = client, names

    def headers(self, contract: str, **attributes: str | None) -> list[Line]:
        """Of a first message of a flow; an attribute of None is left out."""
        known: dict[str, str | None] = {
            "specversion": "1.0",
            "type": contract,
            "source": "/shipping/dispatch",
            "datacontenttype": "application/json",
            "appversion": "1.2.3",
            "id": str(uuid.uuid4()),
            **attributes,
        }
        lines = [(f"ce-{name}", value) for name, value in known.items() if value is not None]
        if known["source"] and known["id"]:
            lines.append(("Nats-Msg-Id", digest(known["source"], known["id"])))
        return lines

    async def send(self, contract: str, data: Any, more: list[Line] | None = None, **attributes: str | None) -> PubAck:
        lines = [*self.headers(contract, **attributes), *(more or [])]
        return await self.send_raw(contract, lines, json.dumps(data).encode())

    async def send_raw(self, contract: str, lines: list[Line], payload: bytes) -> PubAck:
        subject = f"{self.names.event(contract)}.{lane_of('flow', 32)}"
        return await publish(self.client, Outgoing(subject, "", lines, payload), 10)

    async def stored(self, stream: str, subject: str = ">", after: int = 0) -> list[Stored]:
        """All messages of a stream on these subjects."""
        found: list[Stored] = []
        while True:
            request = {"next_by_subj": subject, "seq": after + 1}
            answer = await self.client.request(f"$JS.API.DIRECT.GET.{stream}", json.dumps(request).encode(), timeout=5)
            headers = answer.headers
            if not isinstance(headers, Headers) or "Nats-Sequence" not in headers:
                return found
            after = int(headers["Nats-Sequence"])
            lines = [line for line in read_lines(headers.block)[0] if not _is_added(line)]
            found.append(Stored(after, headers["Nats-Subject"], lines, answer.data))

    async def events(self, contract: str) -> list[Stored]:
        return await self.stored(self.names.events, f"{self.names.event(contract)}.*")

    async def dead_letters(self) -> list[Stored]:
        return await self.stored(self.names.dead_letters)

    async def notices(self, kind: str) -> list[Any]:
        found = await self.stored(self.names.notices, self.names.notice(kind, "*"))
        return [one.data for one in found]

    async def consumer(self, stream: str, durable: str) -> Any:
        answer = await self.client.request(f"$JS.API.CONSUMER.INFO.{stream}.{durable}", b"", timeout=5)
        return json.loads(answer.data)

    async def give_again_after(self, seconds: int) -> None:
        """Bounds how long an answer may take, on durables of a newer build: the carrier leaves them as they are."""
        events = self.names.events
        answer = await self.client.request(f"$JS.API.CONSUMER.LIST.{events}", b"{}", timeout=5)
        for info in json.loads(answer.data)["consumers"]:
            config, name = info["config"], info["name"]
            manifest = {**json.loads(config["metadata"][MANIFEST_KEY]), "version": "9.0.0"}
            metadata = {MANIFEST_KEY: json.dumps(manifest)}
            newer = {**config, "name": name, "ack_wait": seconds * NANOS, "metadata": metadata}
            subject = f"$JS.API.CONSUMER.CREATE.{events}.{name}.{config['filter_subject']}"
            update = json.dumps({"stream_name": events, "config": newer, "action": "update"})
            answer = await self.client.request(subject, update.encode(), timeout=5)
            assert "error" not in json.loads(answer.data)

    async def at_hand(self, stream: str, durable: str) -> int:
        """How many messages the broker hands out at once."""
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox)
        request = json.dumps({"batch": 1_000, "no_wait": True}).encode()
        await self.client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}", request, reply=inbox)
        count = 0
        while (await subscription.next_msg(timeout=LONGEST_WAIT)).reply:
            count += 1
        return count

    async def settled(self, stream: str, durable: str) -> bool:
        """Nothing of the durable waits or is in flight."""
        info = await self.consumer(stream, durable)
        return not info.get("num_pending") and not info.get("num_ack_pending")


async def until(ask: Callable[[], Awaitable[T]], within: float = LONGEST_WAIT) -> T:
    """What is asked for, as soon as it is true."""
    deadline = time.monotonic() + within
    while True:
        answer = await ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {ask}")
        await asyncio.sleep(0.02)


def some(ask: Callable[[], Awaitable[list[T]]], count: int = 1) -> Callable[[], Awaitable[list[T]]]:
    """The answer, once it has so many."""

    async def enough() -> list[T]:
        found = await ask()
        return found if len(found) >= count else []

    return enough


def _is_added(line: Line) -> bool:
    """By the server, in the answer to who asks for a stored message."""
    return line[0] in ("Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending")
