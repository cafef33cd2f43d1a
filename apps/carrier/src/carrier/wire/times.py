"""RFC 3339 in UTC with milliseconds, as everything on the wire."""

from datetime import datetime, timezone

NANOS = 1_000_000_000


def rfc3339(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
