"""What breaks its contract is set aside at once, whole, and an alert names who sent it."""

import json
import urllib.parse
from typing import Any

import pytest

from carrier.wire.ids import digest
from tests.conftest import Started
from tests.stage import ADDRESS, CONSIGNED, Stage, some, until

CONTRACT = "parcel.consigned.v1"
BODY = json.dumps(CONSIGNED).encode()


def broken(**fields: Any) -> bytes:
    return json.dumps({**CONSIGNED, **fields}).encode()


@pytest.mark.parametrize(
    ("attributes", "payload", "reason", "path"),
    [
        pytest.param({}, b"{", "contract-invalid", "", id="no JSON"),
        pytest.param({}, b"", "contract-invalid", "", id="an empty body"),
        pytest.param({}, b'"\xff"', "contract-invalid", "", id="a body that is not UTF-8"),
        pytest.param({}, b"[" * 200 + b"]" * 200, "contract-invalid", "", id="a body nested too deep"),
        pytest.param({}, b'{"a":NaN}', "contract-invalid", "", id="a number that JSON has not"),
        pytest.param({}, b"[]", "contract-invalid", "", id="no object"),
        pytest.param({}, broken(parcelId="a b"), "contract-invalid", "/parcelId", id="a pattern"),
        pytest.param({}, broken(parcelId=7), "contract-invalid", "/parcelId", id="a number for a text"),
        pytest.param({}, broken(recipient=None), "contract-invalid", "/recipient", id="a null"),
        pytest.param({}, broken(deliverTo={**ADDRESS, "city": ""}), "contract-invalid", "/deliverTo/city", id="nested"),
        pytest.param({"id": None}, BODY, "contract-invalid", "/id", id="no id"),
        pytest.param({"source": None}, BODY, "contract-invalid", "/source", id="no source"),
        pytest.param({"type": None}, BODY, "contract-invalid", "/type", id="no type"),
        pytest.param({"specversion": None}, BODY, "contract-invalid", "/specversion", id="no specversion"),
        pytest.param({"specversion": "0.3"}, BODY, "contract-invalid", "/specversion", id="another specversion"),
        pytest.param({"id": "%ff"}, BODY, "contract-invalid", "/id", id="an attribute that is not UTF-8"),
        pytest.param({"datacontenttype": "text/xml"}, BODY, "contract-invalid", "/datacontenttype", id="XML"),
        pytest.param({"type": "parcel.consigned.v9"}, BODY, "contract-unknown", "type", id="an unknown major"),
        pytest.param({"type": "parcel.lost.v1"}, BODY, "contract-unknown", "type", id="an unknown type"),
    ],
)
async def test_is_set_aside(
    start: Started, stage: Stage, attributes: dict[str, str | None], payload: bytes, reason: str, path: str
) -> None:
    await start()
    ack = await stage.send_raw(CONTRACT, stage.headers(CONTRACT, **attributes), payload)
    [letter] = await until(some(stage.dead_letters))
    assert letter.subject == stage.names.dead_letter("collect")
    assert letter.payload == payload
    assert letter.header("x-dead-letter-reason") == reason
    assert letter.header("x-dlq-app") == "carrier"
    assert letter.header("x-dlq-step") == "collect"
    assert letter.header("x-dlq-consumer") == stage.names.durable("collect", CONTRACT)
    assert letter.header("x-original-stream") == stage.names.events
    assert letter.header("x-original-seq") == str(ack.seq)
    assert letter.header("x-attempt") == "0"
    assert letter.header("x-delivery-count") == "1"
    assert letter.header("x-dlq-error-type") == "TROUPE_CONTRACT_INVALID"
    assert letter.header("x-dlq-error-stack") is None
    assert letter.header("Nats-Msg-Id") == digest(
        stage.names.events, stage.names.durable("collect", CONTRACT), str(ack.seq), "0"
    )
    violations = json.loads(urllib.parse.unquote(letter.header("x-dlq-violations") or ""))
    assert path in [one["path"] for one in violations["shown"]]
    [alert] = await until(some(lambda: stage.notices("alert")))
    assert (alert["step"], alert["reason"]) == ("collect", reason)
    assert alert.get("producer", {"app": "shipping"})["app"] == "shipping"
    durable = stage.names.durable("collect", CONTRACT)
    await until(lambda: stage.settled(stage.names.events, durable))
    assert await stage.events("parcel.collected.v1") == []


async def test_a_copy_has_all_headers_but_those_that_act_on_the_broker(start: Started, stage: Stage) -> None:
    await start()
    more = [("x-mine", "1"), ("x-mine", "2"), ("x-redrive-of", "7"), ("Nats-Expected-Stream", stage.names.events)]
    lines = [*stage.headers(CONTRACT, id="4711", subject="z%C3%BCrich"), *more]
    await stage.send_raw(CONTRACT, lines, b"{")
    [letter] = await until(some(stage.dead_letters))
    assert [value for name, value in letter.lines if name == "x-mine"] == ["1", "2"]
    assert letter.header("ce-subject") == "z%C3%BCrich"
    assert letter.header("x-redrive-of") is None
    assert letter.header("nats-expected-stream") is None


async def test_an_attribute_with_several_values_is_ambiguous(start: Started, stage: Stage) -> None:
    await start()
    await stage.send_raw(CONTRACT, [*stage.headers(CONTRACT, id="one"), ("Ce-Id", "other")], BODY)
    [letter] = await until(some(stage.dead_letters))
    assert [value for name, value in letter.lines if name.lower() == "ce-id"] == ["one", "other"]
    assert "several values" in urllib.parse.unquote(letter.header("x-dlq-violations") or "")


async def test_says_which_fields_are_sensitive_and_quotes_none(start: Started, stage: Stage) -> None:
    await start()
    await stage.send(CONTRACT, {**CONSIGNED, "recipient": "Ada Secret", "parcelId": "Ada Secret"})
    [letter] = await until(some(stage.dead_letters))
    sensitive = json.loads(urllib.parse.unquote(letter.header("x-dlq-sensitive") or ""))
    assert sensitive == ["/recipient"]
    texts = [value for name, value in letter.lines if name.startswith("x-dlq-")]
    assert not [text for text in texts if "Secret" in urllib.parse.unquote(text)]
    [alert] = await until(some(lambda: stage.notices("alert")))
    assert "Secret" not in alert["message"]


async def test_headers_that_are_not_utf_8_are_set_aside_readably(start: Started, stage: Stage) -> None:
    await start()
    head = b"NATS/1.0\r\nce-type: parcel.consigned.v1\r\nce-id: \xff1\r\n\r\n"
    subject = f"{stage.names.event(CONTRACT)}.0".encode()
    command = b"HPUB %s %d %d\r\n%s%s\r\n" % (subject, len(head), len(head) + len(BODY), head, BODY)
    await stage.client._send_command(command)
    await stage.client.flush()
    [letter] = await until(some(stage.dead_letters))
    assert letter.header("x-dead-letter-reason") == "contract-invalid"
    assert letter.header("ce-id") == "%FF1"
    assert letter.payload == BODY


async def test_an_original_with_headers_as_large_as_they_may_be_is_set_aside(start: Started, stage: Stage) -> None:
    await start()
    lines = [*stage.headers(CONTRACT), ("x-long", "l" * 40_000), ("x-longer", "m" * 24_950)]
    await stage.send_raw(CONTRACT, lines, b"{")
    [letter] = await until(some(stage.dead_letters))
    assert letter.header("x-long") is None
    assert letter.header("x-longer") == "m" * 24_950
    assert letter.header("x-dead-letter-reason") == "contract-invalid"
