"""Messages of a step: CloudEvents in binary mode, checked and sized before the first is sent."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from carrier.errors import MessageTooLargeError, UndeclaredOutputError
from carrier.wire.attributes import encode
from carrier.wire.cloudevent import Event
from carrier.wire.contract import Contract
from carrier.wire.copies import Outgoing
from carrier.wire.headers import Line, size_of
from carrier.wire.ids import digest, lane_of, output_id
from carrier.wire.names import Names
from carrier.wire.times import rfc3339

TRACEPARENT, TRACESTATE = 64, 512
TRACE_ROOM = 609
"""What the trace headers may take, with their names; always counted."""


@dataclass(frozen=True)
class Limits:
    """What every producer must keep to; fixed when the stream of events was made."""

    lanes: int
    max_message_size: int | None
    """In bytes, headers included; None when the stream sets no limit."""


@dataclass(frozen=True)
class Output:
    """A message to be sent; only its trace headers are open."""

    contract: Contract
    id: str
    flow_id: str
    outgoing: Outgoing

    def traced(self, traceparent: str | None, tracestate: str | None) -> Outgoing:
        trace: list[Line] = []
        if traceparent and _fits(traceparent, TRACEPARENT):
            trace.append(("traceparent", traceparent))
            if tracestate and _fits(tracestate, TRACESTATE):
                trace.append(("tracestate", tracestate))
        one = self.outgoing
        return Outgoing(one.subject, one.message_id, [*one.lines, *trace], one.payload)


class Envelope:
    """Writes what one step sends."""

    def __init__(self, step: str, emits: Sequence[Contract], names: Names, version: str, limits: Limits) -> None:
        self._step = names.step(step)
        self._source = f"/{names.app}/{step}"
        self._emits = {contract.model: contract for contract in emits}
        self._names, self._version, self._limits = names, version, limits

    def seal(self, cause: Event, result: object) -> list[Output]:
        """Raises for what the step does not declare, for two of a contract, and for what is too large."""
        models = result if isinstance(result, (list, tuple)) else [] if result is None else [result]
        outputs = [self._output(cause, model) for model in models]
        if len({output.contract.id for output in outputs}) < len(outputs):
            raise UndeclaredOutputError(f"{self._step} returned several messages of one contract.")
        return outputs

    def _output(self, cause: Event, model: object) -> Output:
        contract = self._emits.get(type(model))  # type: ignore[arg-type]
        if contract is None or not isinstance(model, BaseModel):
            raise UndeclaredOutputError(f"{self._step} returned {type(model).__name__}, which it does not emit.")
        message_id = output_id(cause.source, cause.id, self._step, contract.id)
        attributes = {
            "specversion": "1.0",
            "type": contract.id,
            "source": self._source,
            "datacontenttype": "application/json",
            "dataschema": contract.dataschema,
            "appversion": self._version,
            "id": message_id,
            "time": rfc3339(time.time()),
            "correlationid": cause.flow_id,
            "causationid": cause.id,
        }
        if cause.parent_flow_id is not None:
            attributes["parentflowid"] = cause.parent_flow_id
        unique = digest(self._source, message_id)
        lines = [(f"ce-{name}", encode(value)) for name, value in attributes.items()]
        lines.append(("Nats-Msg-Id", unique))
        payload = model.model_dump_json(exclude_unset=True, by_alias=True).encode()
        subject = f"{self._names.event(contract.id)}.{lane_of(cause.flow_id, self._limits.lanes)}"
        size, limit = size_of(lines) + TRACE_ROOM + len(payload), self._limits.max_message_size
        if limit is not None and size > limit:
            raise MessageTooLargeError(f"A message on {subject} has {size} bytes, and the stream takes {limit}.")
        return Output(contract, message_id, cause.flow_id, Outgoing(subject, unique, lines, payload))


def _fits(header: str, limit: int) -> bool:
    return len(header) <= limit and header.isascii() and header.isprintable()
