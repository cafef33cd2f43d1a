"""When a failed message is tried again."""

import random
from dataclasses import dataclass

from carrier.wire.copies import Outgoing, copied, origin
from carrier.wire.delivery import Delivery
from carrier.wire.ids import digest, lane_of
from carrier.wire.names import Names
from carrier.wire.times import rfc3339

SHORT_WAIT = 5.0
"""A wait up to this is a nak with delay, which keeps its ack slot; a longer one is a schedule. In seconds."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a message is tried, and the bounds of the waits between, in seconds."""

    attempts: int = 8
    initial_delay: float = 0.2
    max_delay: float = 30.0

    def delay(self, attempt: int) -> float:
        """Full jitter: messages that failed together do not come back together."""
        return random.uniform(0, min(self.max_delay, self.initial_delay * 2 ** min(attempt - 1, 30)))


def delayed_copy(
    delivery: Delivery, names: Names, step: str, attempt: int, partition_key: str, lanes: int, now: float, at: float
) -> Outgoing:
    """The copy that the app's own stream hands back to one step at a time to come."""
    message_id = digest(delivery.stream, delivery.consumer, str(delivery.seq), "attempt", str(attempt))
    lines = copied(
        delivery,
        [
            *origin(delivery),
            ("x-attempt", str(attempt)),
            ("x-first-failed-at", delivery.carried("x-first-failed-at") or rfc3339(now)),
            ("Nats-Schedule", f"@at {rfc3339(at)}"),
            ("Nats-Schedule-Target", f"{names.redrive(step)}.{lane_of(partition_key, lanes)}"),
            ("Nats-Msg-Id", message_id),
        ],
    )
    return Outgoing(names.schedule(message_id), message_id, lines, delivery.payload)
