"""How often a message was tried."""

from collections import OrderedDict

from carrier.wire.delivery import Delivery

REMEMBERED = 100_000


class Attempts:
    """
    Failed attempts, counted in memory by message: the broker's delivery count is none, as a dead process's whole
    prefetch is delivered again. What is forgotten only gets more tries.
    """

    def __init__(self) -> None:
        self._failed: OrderedDict[str, int] = OrderedDict()

    def next(self, delivery: Delivery) -> int:
        """Number of the attempt about to be made."""
        return self._failed.get(delivery.key, 0) + _carried(delivery) + 1

    def failed(self, delivery: Delivery) -> None:
        self._failed[delivery.key] = self._failed.pop(delivery.key, 0) + 1
        if len(self._failed) > REMEMBERED:
            self._failed.popitem(last=False)

    def forget(self, delivery: Delivery) -> None:
        self._failed.pop(delivery.key, None)


def _carried(delivery: Delivery) -> int:
    """Attempts that a delayed retry carries."""
    text = delivery.carried("x-attempt") or ""
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 10 else 0
