"""One process of the carrier on the broker: its connection, topology and steps."""

import asyncio
import contextlib
import logging
import time
import uuid

import nats.errors
from faststream.nats import NatsBroker
from opentelemetry.sdk.trace import TracerProvider

from carrier import APP, VERSION
from carrier.app import CarrierBroker, subscribe
from carrier.connection import connect
from carrier.errors import CarrierError, TopologyMismatchError, TopologyMissingError
from carrier.metrics import Metrics
from carrier.parcels import steps
from carrier.settings import Settings
from carrier.telemetry import Telemetry, tracing
from carrier.wire.client import WireClient
from carrier.wire.duplicates import DuplicateCheck
from carrier.wire.ensure import Topology
from carrier.wire.envelope import Envelope, Limits
from carrier.wire.instance import Instance, Tally
from carrier.wire.names import Names
from carrier.wire.notices import Notices
from carrier.wire.processing import Processing
from carrier.wire.retry import RetryPolicy
from carrier.wire.settlement import Settlement
from carrier.wire.step import Step
from carrier.wire.topology import declare_durables, declare_streams

TRY_AGAIN = 0.5
REMIND = 10.0

log = logging.getLogger("carrier")


class Runtime:
    """It waits for the broker for ever, at start and later; `problems` says why it does not work now."""

    def __init__(
        self,
        settings: Settings,
        declared: tuple[Step, ...] | None = None,
        retry: RetryPolicy | None = None,
        provider: TracerProvider | None = None,
    ) -> None:
        self._settings = settings
        self._steps = steps(settings.work) if declared is None else declared
        self._retry = retry or RetryPolicy()
        self._names = Names(APP, settings.prefix)
        self._durables = declare_durables(self._names, VERSION, self._steps, settings.replicas)
        self._client = WireClient()
        self._client.own_stream = self._names.delayed
        if provider is None and settings.traced:
            provider = tracing(APP, VERSION, str(uuid.uuid4()))
        self.metrics = Metrics(APP, [step.name for step in self._steps]) if settings.measured else None
        self._telemetry = Telemetry(APP, provider, self.metrics)
        self._tallies = {step.name: Tally() for step in self._steps}
        self._notices = Notices(self._client.send, self._names)
        last_of = None if settings.create else self._names.events
        self._duplicates = DuplicateCheck(self._client, settings.api_prefix, self._notices, last_of)
        self.broker: NatsBroker = CarrierBroker(settings.servers, self._client, settings.api_prefix)
        subscribe(self.broker, self._durables)
        self._instance: Instance | None = None
        self._hindrance = "The broker does not answer yet."
        self._stopping = False
        self.closed = asyncio.Event()
        """The client gave the broker up, which it does when it is refused for good: only a new process helps."""

    @property
    def problems(self) -> list[str]:
        """Empty while all is well."""
        if self._stopping:
            return ["The app is stopping."]
        if self._hindrance:
            return [self._hindrance]
        if not self._client.is_connected:
            return ["The broker is away."]
        return [pull.problem for pull in self._client.pulls.values() if pull.problem is not None]

    async def start(self) -> None:
        """Resolves when the steps run. Raises TopologyMissingError, TopologyMismatchError: the app must not run."""
        await connect(self._client, self._settings, self.closed)
        limits = await self._set_up()
        topology = Topology(self._client, self._settings.api_prefix)
        settlement = Settlement(
            self._client, self._names, VERSION, limits, self._notices, self._duplicates, self._retry
        )
        envelopes = {step.name: Envelope(step.name, step.emits, self._names, VERSION, limits) for step in self._steps}
        processing = Processing(
            self._client,
            {durable.name: durable for durable in self._durables},
            envelopes,
            self._tallies,
            settlement,
            topology,
            self._duplicates,
            self._telemetry,
        )
        self.broker.add_middleware(processing.middleware)
        await self.broker.start()
        self._instance = Instance(self._client, self._names, VERSION, self._durables, self._tallies)
        await self._instance.start()
        self._hindrance = ""
        log.info("%d steps run", len(self._steps))

    async def stop(self) -> None:
        """Stops pulling, hands back what was not begun, finishes what runs within the grace period, closes."""
        self._stopping = True
        if self._instance is not None:
            await self._instance.stop()
        pulls = list(self._client.pulls.values())
        await asyncio.gather(*(pull.stop() for pull in pulls))
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(pull.held.finished() for pull in pulls)), self._settings.grace)
        running = sum([await pull.held.hand_back_all() for pull in pulls])
        if running:
            log.warning("%d messages are handed back, which were not done within the grace period", running)
        await self._duplicates.finished(1)
        if self._client.is_connected:
            await self._client.flush()
        for subscriber in self.broker.subscribers:
            await subscriber.stop()
        await self._client.close()
        self._telemetry.shutdown()

    async def _set_up(self) -> Limits:
        """The topology, as soon as the broker lets it be looked at."""
        topology = Topology(self._client, self._settings.api_prefix)
        streams = declare_streams(self._names, self._client.max_payload, self._settings.replicas)
        reminded = -REMIND
        while True:
            try:
                await topology.ensure(streams, self._durables, self._settings.create)
                return await topology.limits(self._names.events)
            except (TopologyMissingError, TopologyMismatchError):
                raise
            except (CarrierError, nats.errors.Error) as error:
                self._hindrance = f"The topology is not verified yet: {error}"
                if time.monotonic() - reminded > REMIND:
                    reminded = time.monotonic()
                    log.warning("the topology is not verified yet: %s", error)
                await asyncio.sleep(TRY_AGAIN)
