"""The log: one JSON object a line on the standard output, as every app of the platform writes it."""

import json
import logging
import sys
import time
from typing import TextIO

from carrier.errors import error_type
from carrier.telemetry import current
from carrier.wire.attributes import well_formed
from carrier.wire.times import rfc3339

LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "fatal": logging.CRITICAL,
    "silent": logging.CRITICAL + 1,
}
NAMES = {10: "debug", 20: "info", 30: "warn", 40: "error", 50: "fatal"}


class JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """What is written while a message is handled names its flow, event, step and trace."""
        line: dict[str, object] = {
            "level": NAMES.get(record.levelno, "info"),
            "time": rfc3339(record.created or time.time()),
            "service": self._service,
            **current.get(),
            "message": record.getMessage(),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            stack = self.formatException(record.exc_info) if record.exc_info else ""
            line["err"] = {"type": error_type(error), "message": str(error), "stack": stack}
        return well_formed(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def set_up_logs(level: str, service: str, stream: TextIO = sys.stdout) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=LEVELS[level], handlers=[handler], force=True)
    # FastStream tells of each message, uvicorn of each request: twice per step, and per probe.
    for name in ("faststream", "uvicorn", "uvicorn.access", "opentelemetry"):
        logging.getLogger(name).setLevel(max(LEVELS[level], logging.WARNING))
