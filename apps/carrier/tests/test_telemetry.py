"""A flow reads as one trace, across languages."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from carrier.logs import set_up_logs
from carrier.telemetry import tracing
from tests.conftest import Started
from tests.stage import CONSIGNED, Stage, some, until
from tests.test_redrive import redrive

TRACE, SENDER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CARRIED = [("traceparent", f"00-{TRACE}-{SENDER}-01"), ("tracestate", "shop=1")]
CONTRACT = "parcel.consigned.v1"


class Spans:
    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self._exporter.get_finished_spans() if span.name.startswith(name)]

    async def ended(self, name: str) -> ReadableSpan:
        async def found() -> list[ReadableSpan]:
            return self.named(name)

        return (await until(found))[0]


@pytest.fixture
def spans() -> Spans:
    return Spans()


@pytest.fixture
def lines() -> Iterator[StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = StringIO()
    set_up_logs("info", "carrier", stream)
    yield stream
    root.handlers[:], root.level = before, level


async def test_every_hop_is_a_child_of_the_one_before(start: Started, stage: Stage, spans: Spans) -> None:
    await start(provider=spans.provider)
    await stage.send(CONTRACT, CONSIGNED, CARRIED, id="4711", correlationid="f-1")
    [delivered] = await until(some(lambda: stage.events("parcel.delivered.v1")))
    last = await spans.ended(f"process {stage.names.prefix}.evt.parcel.sorted.v1.{{lane}}")
    first = await spans.ended(f"process {stage.names.prefix}.evt.parcel.consigned.v1.{{lane}}")
    sent = await spans.ended(f"send {stage.names.prefix}.evt.parcel.collected.v1.{{lane}}")
    assert first.parent is not None
    assert f"{first.parent.span_id:016x}" == SENDER
    assert sent.parent is not None
    assert sent.parent.span_id == first.context.span_id
    assert f"{last.context.trace_id:032x}" == TRACE
    end = await spans.ended(f"send {stage.names.prefix}.evt.parcel.delivered.v1.{{lane}}")
    assert delivered.header("traceparent") == f"00-{TRACE}-{end.context.span_id:016x}-01"
    assert delivered.header("tracestate") == "shop=1"


async def test_spans_have_the_attributes_of_the_conventions(start: Started, stage: Stage, spans: Spans) -> None:
    await start(provider=spans.provider)
    await stage.send(CONTRACT, CONSIGNED, id="4711", correlationid="f-1")
    first = await spans.ended(f"process {stage.names.prefix}.evt.parcel.consigned")
    template = f"{stage.names.prefix}.evt.parcel.consigned.v1.{{lane}}"
    attributes = dict(first.attributes or {})
    lane = attributes.pop("messaging.destination.partition.id")
    assert attributes == {
        "messaging.system": "nats",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": template.replace("{lane}", str(lane)),
        "messaging.destination.template": template,
        "messaging.message.id": "4711",
        "messaging.message.conversation_id": "f-1",
        "messaging.message.body.size": len(json.dumps(CONSIGNED)),
        "cloudevents.event_type": CONTRACT,
        "messaging.consumer.group.name": "carrier__collect",
        "troupe.app": "carrier",
        "troupe.step": "collect",
        "troupe.outcome": "done",
    }


async def test_what_breaks_its_contract_is_an_error(start: Started, stage: Stage, spans: Spans) -> None:
    await start(provider=spans.provider)
    await stage.send(CONTRACT, {**CONSIGNED, "parcelId": ""}, CARRIED)
    first = await spans.ended("process")
    assert first.status.status_code.name == "ERROR"
    assert (first.attributes or {})["troupe.outcome"] == "dead-lettered"
    assert (first.attributes or {})["error.type"] == "ContractViolationError"


async def test_what_is_redriven_is_a_trace_of_its_own_that_links_to_the_first(
    start: Started, stage: Stage, spans: Spans
) -> None:
    await start(provider=spans.provider)
    await stage.send(CONTRACT, {**CONSIGNED, "parcelId": "a b"}, CARRIED, correlationid="f-1")
    await until(some(stage.dead_letters))
    await redrive(stage, 1, json.dumps(CONSIGNED).encode())
    again = await spans.ended(f"process {stage.names.prefix}.rdv.carrier.collect.{{lane}}")
    assert again.parent is None
    assert [f"{link.context.span_id:016x}" for link in again.links] == [SENDER]
    attributes = again.attributes or {}
    assert attributes["troupe.redelivered"] is True
    assert attributes["messaging.message.conversation_id"] == "f-1"
    assert attributes["troupe.business_key.orderId"] == CONSIGNED["orderId"]
    sent = await spans.ended(f"send {stage.names.prefix}.evt.parcel.collected.v1.{{lane}}")
    assert sent.context.trace_id == again.context.trace_id


async def test_without_tracing_the_trace_is_passed_on_as_it_is(start: Started, stage: Stage) -> None:
    await start()
    await stage.send(CONTRACT, CONSIGNED, CARRIED)
    [delivered] = await until(some(lambda: stage.events("parcel.delivered.v1")))
    assert [(name, delivered.header(name)) for name, _ in CARRIED] == CARRIED


async def test_lines_name_flow_event_step_and_trace(start: Started, stage: Stage, lines: StringIO) -> None:
    await start()
    await stage.send(CONTRACT, {**CONSIGNED, "parcelId": ""}, CARRIED, id="4711", correlationid="f-1")
    await until(some(lambda: stage.notices("alert")))
    written = [json.loads(line) for line in lines.getvalue().splitlines()]
    [line] = [one for one in written if one["level"] == "error"]
    assert line["service"] == "carrier"
    assert (line["flow_id"], line["event_id"], line["step"]) == ("f-1", "4711", "carrier__collect")
    assert line["trace_id"] == TRACE
    assert line["message"].startswith("carrier__collect dead-lettered a message of shipping: contract-invalid")


async def test_counts_what_all_apps_count(start: Started, stage: Stage) -> None:
    runtime = await start()
    assert runtime.metrics is not None
    registry = runtime.metrics.registry
    collect = {"troupe_app": "carrier", "troupe_step": "collect"}
    assert registry.get_sample_value("troupe_step_dead_letters_total", collect) == 0
    await stage.send(CONTRACT, CONSIGNED, time="2026-11-25T09:30:00.123Z")
    await stage.send(CONTRACT, {**CONSIGNED, "parcelId": ""})
    await until(some(lambda: stage.events("parcel.delivered.v1")))

    async def counted() -> bool:
        return registry.get_sample_value("troupe_step_dead_letters_total", collect) == 1

    await until(counted)
    common = {"messaging_system": "nats", "messaging_operation_name": "send", "messaging_operation_type": "send"}
    sent = {**common, "messaging_destination_template": f"{stage.names.prefix}.evt.parcel.collected.v1.{{lane}}"}
    assert registry.get_sample_value("messaging_client_sent_messages_total", {**sent, "error_type": ""}) == 1
    assert registry.get_sample_value("troupe_step_critical_time_count", collect) == 1
    text = generate_latest(registry).decode()
    assert 'error_type="ContractViolationError"' in text
    assert 'troupe_outcome="done"' in text


@pytest.mark.parametrize(
    ("variables", "service"),
    [
        ({}, "carrier"),
        ({"OTEL_SERVICE_NAME": "north"}, "north"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=south"}, "south"),
    ],
)
def test_spans_are_the_apps_unless_variables_say_otherwise(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], service: str
) -> None:
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    provider = tracing("carrier", "0.1.0", "one", InMemorySpanExporter())
    attributes = provider.resource.attributes
    provider.shutdown()
    assert (attributes["service.name"], attributes["service.version"]) == (service, "0.1.0")
