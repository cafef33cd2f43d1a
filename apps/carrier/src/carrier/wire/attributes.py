"""Attribute values as NATS headers carry them (CloudEvents NATS binding, 3.1.3.2)."""

import re

ENCODED = re.compile(r"[^!#$&-~]+")
ESCAPES = re.compile(r"(?:%[0-9a-fA-F]{2})+")
SURROGATE = re.compile("[\ud800-\udfff]")


def encode(value: str) -> str:
    """Everything but printable ASCII, and space, `"` and `%`, as percent-encoded UTF-8; a lone surrogate as U+FFFD."""
    return ENCODED.sub(lambda run: percent(well_formed(run.group()).encode()), value)


def decode(header: str) -> str | None:
    """
    A quoted string is unquoted, then percent-decoded once; a `%` that starts no escape stands for itself.
    None when the decoded bytes are not UTF-8.
    """
    value = unquote(header) if header.startswith('"') else header
    try:
        return ESCAPES.sub(lambda run: bytes.fromhex(run.group().replace("%", "")).decode(), value)
    except UnicodeDecodeError:
        return None


def percent(text: bytes) -> str:
    return "".join(f"%{byte:02X}" for byte in text)


def well_formed(text: str) -> str:
    return SURROGATE.sub("\ufffd", text)


def unquote(header: str) -> str:
    if len(header) < 2 or not header.endswith('"'):
        return header
    return re.sub(r"\\(.)", r"\1", header[1:-1], flags=re.DOTALL)
