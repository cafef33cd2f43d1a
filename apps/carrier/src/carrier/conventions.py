"""Names of OpenTelemetry's messaging conventions, as all apps of the platform use them."""

from typing import Any

VARYING = {"evt": "{lane}", "cmd": "{lane}", "rdv": "{lane}", "sch": "{schedule}"}


def destination_of(subject: str) -> tuple[str, str | None]:
    """The subject without what varies per message, and its lane: span names must not multiply by lane."""
    tokens = subject.split(".")
    placeholder = next((VARYING[token] for token in tokens[:2] if token in VARYING), None)
    if placeholder is None or len(tokens) < 2:
        return subject, None
    lane = tokens[-1] if placeholder == "{lane}" else None
    return ".".join([*tokens[:-1], placeholder]), lane


def attributes_of(
    operation: str,
    subject: str,
    template: str,
    lane: str | None,
    size: int,
    message_id: str | None,
    flow_id: str | None,
    event_type: str | None,
) -> dict[str, Any]:
    known = {
        "messaging.system": "nats",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": subject,
        "messaging.destination.template": template,
        "messaging.destination.partition.id": lane,
        "messaging.message.id": message_id,
        "messaging.message.conversation_id": flow_id,
        "messaging.message.body.size": size,
        "cloudevents.event_type": event_type,
    }
    return {name: value for name, value in known.items() if value is not None}
