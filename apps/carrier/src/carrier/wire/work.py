"""A message on its way through a step."""

import time
from dataclasses import dataclass, field
from typing import Any

from carrier.errors import CarrierError, ContractViolationError
from carrier.wire.cloudevent import Event, announced, decode_message
from carrier.wire.contract import Contract
from carrier.wire.delivery import Delivery
from carrier.wire.topology import Durable
from carrier.wire.violation import Violation


class Refused(CarrierError):
    """No handler can get the message."""

    def __init__(self, reason: str, error: ContractViolationError) -> None:
        super().__init__(str(error))
        self.reason, self.error = reason, error


@dataclass
class Work:
    """What is known of a message by now."""

    delivery: Delivery
    durable: Durable
    attempt: int
    event: Event | None = None
    data: Any = None
    started_at: float = field(default_factory=time.monotonic)

    @property
    def attributes(self) -> dict[str, str]:
        return dict(self.event.attributes) if self.event is not None else announced(self.delivery.lines)

    @property
    def contract(self) -> Contract | None:
        """None when the step does not know its type."""
        named = self.attributes.get("type")
        accepted = self._accepted
        if named is None:
            return next(iter(accepted.values())) if len(accepted) == 1 else None
        return accepted.get(named)

    def text(self, error: BaseException) -> str:
        """The error's text without sensitive values of the message."""
        contract = self.contract
        return str(error) if contract is None else contract.hide(str(error), self.data)

    def receive(self) -> Any:
        """The message as the handler gets it. Raises Refused."""
        delivery = self.delivery
        if not delivery.readable:
            raise _refused("contract-invalid", delivery.subject, [Violation("", "utf8", "the headers are not UTF-8")])
        event, self.data, violations = decode_message(delivery.lines, delivery.payload)
        if event is None:
            raise _refused("contract-invalid", delivery.subject, violations)
        self.event = event
        contract = self._accepted.get(event.type)
        if contract is None:
            known = ", ".join(self._accepted)
            message = f'"{event.type[:200]}" is not consumed here ({known})'
            raise _refused("contract-unknown", event.type, [Violation("type", "type", message)])
        model, violations = contract.read(self.data)
        if violations:
            raise _refused("contract-invalid", event.type, violations)
        return model

    @property
    def _accepted(self) -> dict[str, Contract]:
        one = self.durable.contract
        return {contract.id: contract for contract in (self.durable.step.on if one is None else (one,))}


def _refused(reason: str, contract: str, violations: list[Violation]) -> Refused:
    return Refused(reason, ContractViolationError(contract, violations))
