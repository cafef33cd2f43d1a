"""Full copies of a message: its body and headers untouched, and where it came from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from carrier.wire.attributes import well_formed
from carrier.wire.delivery import Delivery
from carrier.wire.headers import Line, line_size, size_of
from carrier.wire.times import rfc3339

LARGEST_BLOCK = 65_535
"""What the broker stores of headers in one message, in bytes."""
CONTROL = re.compile(r"\s*nats-", re.IGNORECASE)
CLAIMED = re.compile(r"x-(redrive-|edited-by$)", re.IGNORECASE)
UNREADABLE_NAME = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]+")


@dataclass(frozen=True)
class Outgoing:
    """A message that is complete."""

    subject: str
    message_id: str
    lines: list[Line]
    payload: bytes


def copied(delivery: Delivery, added: Iterable[Line]) -> list[Line]:
    """The original's headers but those that act on the broker, are forged, or are replaced; then what is added."""
    replacing = list(added)
    replaced = {name.lower() for name, _ in replacing}
    kept = [
        (UNREADABLE_NAME.sub(_escaped, name), value.replace("\r", "%0D").replace("\n", "%0A"))
        for name, value in delivery.lines
        if not CONTROL.match(name) and not _is_forged(delivery, name) and name.lower() not in replaced
    ]
    return kept + replacing


def bounded(delivery: Delivery, added: list[Line], good_to_know: list[Line]) -> list[Line]:
    """
    As `copied`, in a size that the broker takes: first what is only good to know is left out, the last first, then the
    original's longest headers.
    """
    lines = copied(delivery, [*added, *good_to_know])
    original = lines[: len(lines) - len(added) - len(good_to_know)]
    room = LARGEST_BLOCK - size_of([*original, *added])
    for line in sorted(original, key=line_size, reverse=True):
        if room >= 0:
            break
        original.remove(line)
        room += line_size(line)
    fitting = []
    for line in good_to_know:
        if line_size(line) <= room:
            fitting.append(line)
            room -= line_size(line)
    return [*original, *added, *fitting]


def origin(delivery: Delivery) -> list[Line]:
    """Where the message was first stored; kept through every copy."""
    found = {
        "x-original-subject": delivery.subject,
        "x-original-stream": delivery.stream,
        "x-original-seq": str(delivery.seq),
        "x-original-published-at": rfc3339(delivery.published_at),
    }
    return [(name, delivery.carried(name) or value) for name, value in found.items()]


def header_text(text: str, limit: int) -> str:
    """Percent-encoded for a header line, cut so that it takes so many bytes at most."""
    kept = well_formed(text[:limit])
    encoded = quote(kept, safe=SAFE)
    while len(encoded) > limit:
        kept = kept[: len(kept) * limit // len(encoded) - 1]
        encoded = quote(kept, safe=SAFE)
    return encoded


SAFE = ";/?:@&=+$,#-_.!~*'()"


def _is_forged(delivery: Delivery, name: str) -> bool:
    """What the platform says of a redrive is somebody else's claim on a message that did not come back."""
    return CLAIMED.match(name) is not None and not delivery.comes_back


def _escaped(run: re.Match[str]) -> str:
    return quote(run.group(), safe="")
