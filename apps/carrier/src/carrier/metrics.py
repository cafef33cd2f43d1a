"""What the process counts, by the names that all apps of the platform have (docs/guides/telemetry.md)."""

import time
from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

DURATIONS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
CRITICAL_TIMES = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    2.5,
    5,
    10,
    30,
    60,
    300,
    1800,
    7200,
    86400,
)
COMMON = ("messaging_system", "messaging_operation_name", "messaging_operation_type", "messaging_destination_template")
STEP = ("troupe_app", "troupe_step")
OUTCOME = ("troupe_outcome", "error_type")


class Metrics:
    """Durations are in seconds. An empty label is to Prometheus what none is."""

    def __init__(self, app: str, steps: Sequence[str]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._app = app
        self.registry = CollectorRegistry()
        received = (*COMMON, "messaging_consumer_group_name")
        self._sent = self._counter("messaging_client_sent_messages", "Messages that were sent.", *COMMON, "error_type")
        self._send_duration = self._histogram(
            "messaging_client_operation_duration",
            "Time from sending a message until it is stored.",
            DURATIONS,
            *COMMON,
            "error_type",
        )
        self._consumed = self._counter(
            "messaging_client_consumed_messages", "Messages that a step was given.", *received
        )
        self._process_duration = self._histogram(
            "messaging_process_duration",
            "Time in which a step handled a message and its outputs were stored.",
            DURATIONS,
            *received,
            *OUTCOME,
        )
        self._critical_time = self._histogram(
            "troupe_step_critical_time", "Time from an event until a step was done with it.", CRITICAL_TIMES, *STEP
        )
        self._dead_letters = self._counter("troupe_step_dead_letters", "Messages that a step dead-lettered.", *STEP)
        self._retries = self._counter("troupe_step_retries", "Failed attempts of a step that are made again.", *STEP)
        # They count from 0, and not from the first: an alert on what grows would miss that.
        for step in steps:
            self._dead_letters.labels(app, step)
            self._retries.labels(app, step)

    def processed(
        self, step: str, template: str, outcome: str, error: str, seconds: float, event_time: str | None
    ) -> None:
        labels = ("nats", "process", "process", template, f"{self._app}__{step}")
        self._consumed.labels(*labels).inc()
        self._process_duration.labels(*labels, outcome, error).observe(seconds)
        if outcome == "done":
            self._took(step, event_time)
        elif outcome == "dead-lettered":
            self._dead_letters.labels(self._app, step).inc()
        elif outcome == "retried":
            self._retries.labels(self._app, step).inc()

    def sent(self, template: str, error: str, seconds: float) -> None:
        labels = ("nats", "send", "send", template, error)
        self._sent.labels(*labels).inc()
        self._send_duration.labels(*labels).observe(seconds)

    def _took(self, step: str, event_time: str | None) -> None:
        """Clocks of two machines differ: what seems to come from the future took no time."""
        try:
            began = datetime.fromisoformat((event_time or "").replace("Z", "+00:00")).timestamp()
        except (ValueError, OverflowError):
            return
        self._critical_time.labels(self._app, step).observe(max(0.0, time.time() - began))

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, about, labels, buckets=buckets, registry=self.registry)
