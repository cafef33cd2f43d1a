"""One message that a durable handed out, and the answers to it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from carrier.wire.headers import Line, value_of
from carrier.wire.times import NANOS

Send = Callable[[str, bytes], Awaitable[None]]


@dataclass
class Delivery:
    """A message in hand. The first final answer counts; later ones are ignored."""

    subject: str
    payload: bytes
    lines: list[Line]
    readable: bool
    """Its header bytes are text."""
    reply: str
    comes_back: bool
    """It came through the app's own stream: its `x-` headers are the platform's."""
    send: Send
    answered: bool = field(default=False, init=False)
    begun: bool = field(default=False, init=False)
    renewed_at: float = field(default_factory=time.monotonic, init=False)
    on_answer: Callable[[], None] = field(default=lambda: None, init=False)

    @property
    def _tokens(self) -> list[str]:
        """`<stream>.<consumer>.<deliveries>.<seq>.<consumer seq>.<time>.<pending>` after what varies."""
        tokens = self.reply.split(".")
        return tokens[2:] if len(tokens) == 9 else tokens[4:]

    @property
    def stream(self) -> str:
        return self._tokens[0]

    @property
    def consumer(self) -> str:
        return self._tokens[1]

    @property
    def deliveries(self) -> int:
        """Times this message was handed out; not a count of attempts."""
        return int(self._tokens[2])

    @property
    def seq(self) -> int:
        return int(self._tokens[3])

    @property
    def published_at(self) -> float:
        """When the stream stored it, in seconds since the epoch."""
        return int(self._tokens[5]) / NANOS

    @property
    def key(self) -> str:
        return f"{self.consumer}/{self.seq}"

    def header(self, name: str) -> str | None:
        return value_of(self.lines, name)

    def carried(self, name: str) -> str | None:
        """A header that the platform gave a copy; what a foreign message calls so means nothing."""
        return self.header(name) if self.comes_back else None

    async def ack(self) -> None:
        await self._end(b"+ACK")

    async def nak(self, delay: float = 0) -> None:
        """Back to the broker, to be handed out again after so many seconds."""
        await self._end(b'-NAK {"delay": %d}' % round(delay * NANOS) if delay > 0 else b"-NAK")

    async def term(self, reason: str) -> None:
        await self._end(f"+TERM {reason}".encode())

    async def working(self) -> None:
        """Still being worked on: the ack wait begins anew."""
        if not self.answered:
            self.renewed_at = time.monotonic()
            await self.send(self.reply, b"+WPI")

    async def _end(self, answer: bytes) -> None:
        if self.answered:
            return
        self.answered = True
        self.on_answer()
        await self.send(self.reply, answer)
