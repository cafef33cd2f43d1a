"""JSON bodies: what is no JSON, or nested too deep, is told as a violation and never raises."""

import json
from typing import Any

from carrier.wire.violation import Violation

MAX_DEPTH = 128


def parse_body(payload: bytes, violations: list[Violation], envelope: int = 0) -> Any:
    """The JSON value of a body; `envelope` is how many levels around the data do not count."""
    if not payload:
        return _fault(violations, "empty", "the body is empty")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _fault(violations, "utf8", "the body is not UTF-8")
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_number)
    except RecursionError:
        return _deep(violations)
    except ValueError as error:
        return _fault(violations, "json", f"the body is not JSON: {_sentence(error)}")
    return _deep(violations) if _is_deeper(value, MAX_DEPTH + envelope) else value


def _number(text: str) -> int | float:
    """`1.0` is an integer in JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _sentence(error: ValueError) -> str:
    """Without the text around the fault, which may be sensitive."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at position {error.pos}"
    return str(error)[:200]


def _is_deeper(value: Any, limit: int) -> bool:
    level = _containers([value])
    for _ in range(limit):
        level = [inner for outer in level for inner in _containers(outer)]
        if not level:
            return False
    return bool(level)


def _containers(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, (dict, list))]


def _deep(violations: list[Violation]) -> None:
    return _fault(violations, "depth", f"the data is nested deeper than {MAX_DEPTH} levels")


def _fault(violations: list[Violation], rule: str, message: str) -> None:
    violations.append(Violation("", rule, message))
