"""The carrier on FastStream: a subscriber for each durable of each step, on a broker that pulls with credit."""

from collections.abc import Awaitable, Callable, Sequence

from faststream.middlewares import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.specification import AsyncAPI
from nats.aio.client import Client

from carrier import APP, VERSION
from carrier.wire.client import WireClient
from carrier.wire.topology import Durable

Callback = Callable[[], Awaitable[None]]


class CarrierBroker(NatsBroker):
    """FastStream's broker, over the client that keeps header bytes and pulls with credit."""

    def __init__(self, servers: Sequence[str], client: WireClient, api_prefix: str) -> None:
        super().__init__(
            servers, name=APP, js_options={"prefix": api_prefix}, logger=None, description="The broker of Troupe."
        )
        self._client = client

    async def _connect(self) -> Client:
        """The client is connected already: it waits for the broker as long as it takes."""
        self.config.connect(self._client)
        return self._client


def subscribe(broker: NatsBroker, durables: Sequence[Durable]) -> None:
    """Gives each durable its step's handler."""
    for durable in durables:
        broker.subscriber(
            durable.filter,
            durable=durable.name,
            stream=JStream(durable.stream, declare=False),
            pull_sub=PullSub(batch_size=durable.step.concurrency, timeout=1),
            max_workers=durable.step.concurrency,
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            title=durable.name,
        )(durable.step.handler)


def specification() -> AsyncAPI:
    return AsyncAPI(title=APP, version=VERSION, description="Brings parcels to whoever they are for.")
