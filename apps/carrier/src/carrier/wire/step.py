"""A step as its app declares it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from carrier.wire.contract import Contract

Handler = Callable[[Any], Awaitable[BaseModel | None]]


@dataclass(frozen=True)
class Step:
    """From a message to the next one."""

    name: str
    on: tuple[Contract, ...]
    emits: tuple[Contract, ...]
    handler: Handler
    begin: str
    """Where a new durable begins: `beginning`, or `now`."""
    within: str | None = None
    """Deadline of the next event after an input: `30s`, `5m`, `2h`, `1d`."""
    timeout: float = 60.0
    """Seconds that the handler may take; then its message is tried again."""
    concurrency: int = 32
    """Messages of one durable that are handled at once."""
