"""What is read is more than what is sent."""

import base64
import json

import pytest

from carrier.wire.headers import Line
from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until

BODY = json.dumps(CONSIGNED).encode()
EVENT = {
    "specversion": "1.0",
    "type": "parcel.consigned.v1",
    "source": "/else/where",
    "id": "e-1",
    "correlationid": "f-1",
}
BINARY: list[Line] = [(f"ce-{name}", value) for name, value in EVENT.items()]
STRUCTURED = json.dumps({**EVENT, "data": CONSIGNED}).encode()
ENCODED = json.dumps({**EVENT, "data_base64": base64.b64encode(BODY).decode()}).encode()


@pytest.mark.parametrize(
    ("lines", "payload"),
    [
        pytest.param([("content-type", "application/cloudevents+json")], STRUCTURED, id="structured mode"),
        pytest.param([], STRUCTURED, id="structured mode without any header"),
        pytest.param([("Content-Type", "application/cloudevents+json; charset=utf-8")], ENCODED, id="base64 data"),
        pytest.param([(name.upper(), value) for name, value in BINARY], BODY, id="header names in any case"),
        pytest.param([*BINARY, ("content-type", "application/json")], BODY, id="an unprefixed content-type"),
        pytest.param([*BINARY, ("ce-subject", "100% sure"), ("x-mine", "1")], BODY, id="values without encoding"),
        pytest.param([*BINARY, ("ce-id", '"e-1"')], BODY, id="the same value twice, once quoted"),
        pytest.param(BINARY, b"\xef\xbb\xbf" + BODY, id="a byte order mark"),
    ],
)
async def test_is_handled(start: Started, stage: Stage, lines: list[Line], payload: bytes) -> None:
    await start()
    await stage.send_raw("parcel.consigned.v1", lines, payload)
    [collected] = await until(some(lambda: stage.events("parcel.collected.v1")))
    assert collected.header("ce-causationid") == "e-1"
    assert collected.header("ce-correlationid") == "f-1"
    assert await stage.dead_letters() == []
