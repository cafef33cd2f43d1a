"""CloudEvents 1.0 over NATS: what a message says of itself, in binary or structured mode."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from carrier.wire.attributes import decode, well_formed
from carrier.wire.body import parse_body
from carrier.wire.headers import Line, value_of
from carrier.wire.violation import Violation

REQUIRED = ("id", "source", "type", "specversion")
NAME = re.compile(r"[a-z0-9]+")
JSON_TYPE = re.compile(r"\s*((application|text)/json|[\w!#$&^.-]+/[\w!#$&^.-]+\+json)\s*(;|$)", re.IGNORECASE)
STRUCTURED = re.compile(r"application/cloudevents(\+json)?\s*(;|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """The attributes of a message by their names, and the W3C trace context of its hop."""

    attributes: Mapping[str, str]
    traceparent: str | None = None
    tracestate: str | None = None

    @property
    def id(self) -> str:
        return self.attributes["id"]

    @property
    def source(self) -> str:
        return self.attributes["source"]

    @property
    def type(self) -> str:
        return self.attributes["type"]

    @property
    def flow_id(self) -> str:
        """A message without a flow is one of its own."""
        return self.attributes.get("correlationid") or self.id

    @property
    def parent_flow_id(self) -> str | None:
        return self.attributes.get("parentflowid")

    @property
    def partition_key(self) -> str:
        return self.attributes.get("partitionkey") or self.flow_id


def decode_message(lines: list[Line], payload: bytes) -> tuple[Event | None, Any, list[Violation]]:
    """The event, its data, and every fault; the event is None unless it is whole."""
    violations: list[Violation] = []
    attributes = _binary_attributes(lines, violations)
    content_type = value_of(lines, "content-type")
    if _is_structured(content_type, lines):
        attributes, data = _structured(content_type, payload, violations)
    else:
        if content_type and "datacontenttype" not in attributes:
            attributes["datacontenttype"] = content_type
        _check(attributes, violations)
        data = parse_body(payload, violations)
    if violations:
        return None, None, violations
    trace = (value_of(lines, name) or attributes.get(name) for name in ("traceparent", "tracestate"))
    return Event(attributes, *trace), data, []


def announced(lines: Iterable[Line]) -> dict[str, str]:
    """What headers alone say, for a message whose body cannot be read."""
    found = {}
    for name in ("id", "source", "type", "correlationid", "appversion"):
        value = value_of(lines, f"ce-{name}")
        if value:
            found[name] = decode(value) or value
    return found


def _is_structured(content_type: str | None, lines: list[Line]) -> bool:
    """A sender of the binding's version 1.0 writes structured messages without any header."""
    if content_type is None:
        return not any(name.lower().startswith("ce-") for name, _ in lines)
    return content_type.lower().startswith("application/cloudevents")


def _binary_attributes(lines: list[Line], violations: list[Violation]) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for header, raw in lines:
        name = header.lower().removeprefix("ce-")
        if name == header.lower() or not NAME.fullmatch(name) or name == "data":
            continue
        value = decode(raw)
        if value is None:
            violations.append(Violation(f"/{name}", "utf8", f"ce-{name} is not UTF-8 when decoded"))
        elif attributes.setdefault(name, value) != value:
            violations.append(Violation(f"/{name}", "ambiguous", f"ce-{name} is there with several values"))
    return attributes


def _structured(content_type: str | None, payload: bytes, violations: list[Violation]) -> tuple[dict[str, str], Any]:
    if content_type and not STRUCTURED.match(content_type):
        message = f"content-type {content_type[:100]} is not application/cloudevents+json"
        violations.append(Violation("/content-type", "format", message))
        return {}, None
    faults = len(violations)
    body = parse_body(payload, violations, envelope=1)
    if len(violations) > faults:
        return {}, None
    if not isinstance(body, dict):
        violations.append(Violation("", "isObject", "a structured message is a JSON object"))
        return {}, None
    attributes = {}
    for name, value in body.items():
        if value is None or name in ("data", "data_base64") or not NAME.fullmatch(name):
            continue
        if isinstance(value, (dict, list)):
            violations.append(Violation(f"/{name}", "isString", f"{name} is no string"))
        else:
            attributes[name] = _text(value)
    _check(attributes, violations)
    return attributes, _data_of(body, violations)


def _data_of(body: dict[str, Any], violations: list[Violation]) -> Any:
    encoded = body.get("data_base64")
    if encoded is None:
        if "data" not in body:
            violations.append(Violation("", "empty", "the body has no data"))
        return body.get("data")
    try:
        if "data" in body:
            raise ValueError
        return parse_body(base64.b64decode(encoded, validate=True), violations)
    except (TypeError, ValueError, binascii.Error):
        message = "data_base64 is no base64 string, or stands beside data"
        violations.append(Violation("/data_base64", "isBase64", message))
        return None


def _check(attributes: Mapping[str, str], violations: list[Violation]) -> None:
    for name in REQUIRED:
        if not attributes.get(name):
            violations.append(Violation(f"/{name}", "isDefined", f"{name} is missing"))
    version = attributes.get("specversion")
    if version and version != "1.0":
        violations.append(Violation("/specversion", "equals", f"specversion is {version[:20]}, not 1.0"))
    content_type = attributes.get("datacontenttype")
    if content_type and not JSON_TYPE.match(content_type):
        message = f"datacontenttype {content_type[:100]} is not JSON"
        violations.append(Violation("/datacontenttype", "format", message))


def _text(value: Any) -> str:
    """Attributes have a canonical string form; JSON's booleans are written as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else well_formed(str(value))
