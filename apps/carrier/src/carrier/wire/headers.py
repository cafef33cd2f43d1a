"""Header blocks: read from bytes, because a client's dictionary loses what a copy must keep."""

import codecs
from collections.abc import Iterable
from typing import cast

from carrier.wire.attributes import percent

Line = tuple[str, str]


class Headers(dict[str, str]):
    """What nats-py reads of a header block, and the block itself: the first has one value of each name."""

    block: bytes = b""


class Lines:
    """Headers to send, in order, a name as often as it comes. nats-py asks a dictionary for no more than its items."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = list(lines)

    def items(self) -> list[Line]:
        return self._lines

    def as_headers(self) -> dict[str, str]:
        return cast("dict[str, str]", self)


def read_lines(block: bytes) -> tuple[list[Line], bool]:
    """Names as written with their values, and whether all is UTF-8; bytes that are not are percent-encoded."""
    try:
        text, readable = block.decode(), True
    except UnicodeDecodeError:
        text, readable = block.decode(errors="percent"), False
    lines = (line.partition(":") for line in text.split("\r\n")[1:])
    return [(name, value.strip()) for name, colon, value in lines if colon], readable


def value_of(lines: Iterable[Line], name: str) -> str | None:
    """The first value of a name, whatever its case."""
    return next((value for other, value in lines if other.lower() == name), None)


def size_of(lines: Iterable[Line]) -> int:
    """Bytes of the header block."""
    return len("NATS/1.0\r\n\r\n") + sum(line_size(line) for line in lines)


def line_size(line: Line) -> int:
    name, value = line
    return len(name.encode()) + len(value.encode()) + len(": \r\n")


def _percent(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return percent(error.object[error.start : error.end]), error.end


codecs.register_error("percent", _percent)
