"""What is wrong with a message, and where."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    path: str
    """JSON Pointer into the data, or `/<attribute>`; empty for all of it."""
    rule: str
    message: str
    """A sentence without values of the message: they may be sensitive."""
