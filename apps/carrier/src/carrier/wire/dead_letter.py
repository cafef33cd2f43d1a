"""The full copy for DEAD_LETTERS, with what is known of the failure."""

import hashlib
import json
import re
import socket
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from carrier.errors import ContractViolationError, error_type
from carrier.wire.copies import Outgoing, bounded, header_text, origin
from carrier.wire.delivery import Delivery
from carrier.wire.headers import Line
from carrier.wire.ids import digest
from carrier.wire.names import Names
from carrier.wire.times import rfc3339
from carrier.wire.violation import Violation

LONGEST = {"type": 256, "message": 2_048, "stack": 8_192, "violations": 8_192, "sensitive": 4_096}
SHOWN = 50


@dataclass(frozen=True)
class Failure:
    """Why a message is set aside."""

    step: str
    reason: str
    error: BaseException
    message: str
    """The error's text without sensitive values."""
    attempts: int
    """Attempts made, the last included; 0 when the handler was never called."""
    version: str
    type: str | None
    sensitive: Sequence[str] | None
    """Paths of the contract's sensitive fields; None when the contract is not known."""


def dead_letter(delivery: Delivery, failure: Failure, names: Names) -> Outgoing:
    """Its message id names the delivery's origin, so that a copy made twice is one."""
    message_id = digest(
        delivery.stream, delivery.consumer, str(delivery.seq), delivery.carried("x-redrive-count") or "0"
    )
    now = rfc3339(time.time())
    added: list[Line] = [
        *origin(delivery),
        ("x-dead-letter-reason", failure.reason),
        ("x-dlq-app", names.app),
        ("x-dlq-step", failure.step),
        ("x-dlq-consumer", delivery.consumer),
        ("x-dlq-version", header_text(failure.version, LONGEST["type"])),
        ("x-dlq-host", header_text(socket.gethostname(), LONGEST["type"])),
        ("x-dlq-error-type", header_text(error_type(failure.error), LONGEST["type"])),
        ("x-dlq-fingerprint", _fingerprint(names.app, failure)),
        ("x-attempt", str(failure.attempts)),
        ("x-delivery-count", str(delivery.deliveries)),
        ("x-first-failed-at", delivery.carried("x-first-failed-at") or now),
        ("x-failed-at", now),
        ("Nats-Msg-Id", message_id),
    ]
    lines = bounded(delivery, added, _good_to_know(failure))
    return Outgoing(names.dead_letter(failure.step), message_id, lines, delivery.payload)


def _good_to_know(failure: Failure) -> list[Line]:
    lines: list[Line] = []
    if failure.sensitive is not None:
        paths = json.dumps(list(failure.sensitive))
        lines.append(("x-dlq-sensitive", header_text(paths, LONGEST["sensitive"])))
    lines.append(("x-dlq-error-message", header_text(failure.message, LONGEST["message"])))
    if isinstance(failure.error, ContractViolationError):
        lines.append(("x-dlq-violations", _violations(failure.error.violations)))
    else:
        # Places alone: the last line of a traceback, and the lines of code, may quote values.
        frames = traceback.extract_tb(failure.error.__traceback__)
        stack = "\n".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
        lines.append(("x-dlq-error-stack", header_text(stack, LONGEST["stack"])))
    return lines


def _violations(violations: Sequence[Violation]) -> str:
    """As many as fit; the reader is told how many there were."""
    shown = [{"path": one.path[:200], "rule": one.rule, "message": one.message[:200]} for one in violations[:SHOWN]]
    while True:
        text = json.dumps({"total": len(violations), "shown": shown})
        if len(shown) <= 1 or len(header_text(text, 10 * len(text))) <= LONGEST["violations"]:
            return header_text(text, LONGEST["violations"])
        shown.pop()


def _fingerprint(app: str, failure: Failure) -> str:
    """What failures are grouped by: reason, error, contract, step, and the place in the code or the broken rules."""
    error = failure.error
    if isinstance(error, ContractViolationError):
        where = "\n".join(f"{re.sub(r'/[0-9]+', '/*', one.path)} {one.rule}" for one in error.violations[:5])
    else:
        where = _place(error)
    parts = [failure.reason, error_type(error), where, app, failure.step, failure.type or ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _place(error: BaseException) -> str:
    """The function that raised, without its line: it survives edits elsewhere in the file."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].name} ({PurePath(frames[-1].filename).name})" if frames else ""
