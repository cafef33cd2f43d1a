"""What one durable delivered that is not answered yet."""

import asyncio
import time

from carrier.wire.delivery import Delivery

RENEW = 10.0
"""A third of the ack wait: what is held is renewed as often."""


class Held:
    """Deliveries by their number in the stream."""

    def __init__(self) -> None:
        self._deliveries: dict[int, Delivery] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many no handler has begun."""
        return sum(1 for delivery in self._deliveries.values() if not delivery.begun)

    def add(self, delivery: Delivery) -> bool:
        """False when it is held already: the broker handed it out again, and is answered there."""
        seq = delivery.seq
        known = self._deliveries.get(seq)
        if known is not None:
            known.reply, known.renewed_at = delivery.reply, time.monotonic()
            return False
        self._deliveries[seq] = delivery
        delivery.on_answer = lambda: self._forget(seq)
        return True

    def begin(self, seq: int) -> Delivery | None:
        """None when it was handed back meanwhile."""
        delivery = self._deliveries.get(seq)
        if delivery is None or delivery.begun:
            return None
        delivery.begun = True
        self._idle.clear()
        return delivery

    async def renew(self, older_than: float = RENEW) -> None:
        """Tells the broker what is still worked on, or waits here."""
        now = time.monotonic()
        for delivery in list(self._deliveries.values()):
            if now - delivery.renewed_at >= older_than:
                await delivery.working()

    async def hand_back_waiting(self) -> None:
        for delivery in list(self._deliveries.values()):
            if not delivery.begun:
                await delivery.nak()

    async def hand_back_all(self) -> int:
        """How many that were."""
        held = list(self._deliveries.values())
        for delivery in held:
            await delivery.nak()
        return len(held)

    async def finished(self) -> None:
        """Resolves when no handler has any."""
        await self._idle.wait()

    def _forget(self, seq: int) -> None:
        self._deliveries.pop(seq, None)
        if not any(delivery.begun for delivery in self._deliveries.values()):
            self._idle.set()
