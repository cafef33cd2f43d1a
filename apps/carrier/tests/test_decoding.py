"""Whatever the bytes: a message is read, or every fault of it is told."""

import json
import random

import pytest

from carrier.parcels import CONSIGNED as CONTRACT
from carrier.wire.cloudevent import decode_message
from carrier.wire.headers import read_lines
from tests.stage import CONSIGNED

EVENT = {"specversion": "1.0", "type": "parcel.consigned.v1", "source": "/s", "id": "1"}
BLOCK = "\r\n".join(["NATS/1.0", *(f"ce-{name}: {value}" for name, value in EVENT.items()), "", ""]).encode()
BODY = json.dumps(CONSIGNED).encode()
STRUCTURED = json.dumps({**EVENT, "data": CONSIGNED}).encode()


@pytest.mark.parametrize("seed", range(20))
def test_never_raises(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        block = spoilt(BLOCK, chance) if chance.random() < 0.7 else b"NATS/1.0\r\n\r\n"
        body = spoilt(chance.choice([BODY, STRUCTURED]), chance)
        lines, _ = read_lines(block)
        event, data, violations = decode_message(lines, body)
        assert (event is None) == bool(violations)
        if event is not None:
            model, broken = CONTRACT.read(data)
            assert (model is None) == bool(broken)


@pytest.mark.parametrize(
    "body",
    [
        b"9" * 5_000,
        b"1e999",
        b"-",
        b'{"a":' * 5_000,
        b'"\\ud800"',
        b'{"specversion":"1.0","type":"t","source":"/s","id":{"a":1},"data":{}}',
        b'{"specversion":"1.0","type":"t","source":"/s","id":"1","data_base64":"*"}',
        b'{"specversion":"1.0","type":"t","source":"/s","id":"1","data_base64":"e30=","data":{}}',
        b'{"specversion":"1.0","type":"t","source":"/s","id":"1"}',
        b"[]",
        b"\xed\xa0\x80",
    ],
)
def test_tells_what_is_wrong_with_a_structured_body(body: bytes) -> None:
    event, _, violations = decode_message([], body)
    assert event is None
    assert violations


def test_an_attribute_in_a_body_is_well_formed_text() -> None:
    body = json.dumps({**EVENT, "id": "\ud800", "numbered": 7, "flagged": True, "data": CONSIGNED}).encode()
    event, _, _ = decode_message([], body)
    assert event is not None
    assert (event.id, event.attributes["numbered"], event.attributes["flagged"]) == ("\ufffd", "7", "true")


@pytest.mark.parametrize(("levels", "whole"), [(128, True), (129, False)])
def test_bodies_are_as_deep_as_a_walker_can_stand(levels: int, whole: bool) -> None:
    lines, _ = read_lines(BLOCK)
    event, _, _ = decode_message(lines, b"[" * levels + b"]" * levels)
    assert (event is not None) == whole


def spoilt(text: bytes, chance: random.Random) -> bytes:
    """With some bytes changed, left out, or put in."""
    changed = bytearray(text)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                del changed[at]
            case _:
                changed[at:at] = chance.choice([b"%", b'"', b"\\u", b"\xff", b"[", b"{", b"null"])
    return bytes(changed)
