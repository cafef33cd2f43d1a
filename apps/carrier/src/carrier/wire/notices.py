"""Small records that something went wrong: published without waiting, and never failing the work."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from carrier.wire.names import Names
from carrier.wire.times import rfc3339

LONGEST_MESSAGE = 1_024
LONGEST_NAME = 256


class Notices:
    """Kinds are `retry`, `alert` and `outage`."""

    def __init__(self, send: Callable[[str, bytes], Awaitable[None]], names: Names) -> None:
        self._send, self._names = send, names

    async def publish(self, kind: str, step: str, reason: str, message: str, **known: Any) -> None:
        """`known` may name the event, its producer, the attempt and when the next one is; None is left out."""
        body = {
            "step": step,
            "reason": reason,
            "message": message[:LONGEST_MESSAGE],
            **{name: value for name, value in known.items() if value is not None},
            "app": self._names.app,
            "at": rfc3339(time.time()),
        }
        await self._send(self._names.notice(kind, step), json.dumps(body).encode())


def event_record(attributes: dict[str, str], keys: dict[str, str] | None) -> dict[str, Any] | None:
    """What a notice says of a message; None when the message does not say who it is."""
    if not all(attributes.get(name) for name in ("id", "type", "source")):
        return None
    record: dict[str, Any] = {name: attributes[name][:LONGEST_NAME] for name in ("id", "type", "source")}
    record["flowId"] = (attributes.get("correlationid") or attributes["id"])[:LONGEST_NAME]
    if keys:
        record["keys"] = keys
    return record


def producer_record(attributes: dict[str, str]) -> dict[str, str] | None:
    """Who sent a message: the first part of a source such as `/storefront` or `/payments/authorize`."""
    source = attributes.get("source")
    if not source:
        return None
    first = source.split("/")[1] if source.startswith("/") and len(source) > 1 else source
    record = {"app": first[:LONGEST_NAME]}
    if attributes.get("appversion"):
        record["version"] = attributes["appversion"][:LONGEST_NAME]
    return record
