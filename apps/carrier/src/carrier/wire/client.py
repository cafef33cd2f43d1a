"""The NATS client with what the wire asks of it: header bytes as they came, and pulling with credit."""

from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.js.client import JetStreamContext

from carrier.wire.headers import Headers, Lines
from carrier.wire.pull import Pull

PREFIX = "$JS.API"


class WireClient(Client):
    """One connection. FastStream asks it for JetStream, and gets `Pull` for its pull subscribers."""

    def __init__(self) -> None:
        super().__init__()
        self.pulls: dict[str, Pull] = {}
        """By durable."""
        self.own_stream = ""
        """What comes from it was sent to a step of this app alone, by the platform."""

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        if not headers:
            return None
        read = Headers(await super()._process_headers(headers) or {})
        read.block = bytes(headers)
        return read

    async def _process_info(self, info: dict[str, Any], initial_connection: bool = False) -> None:
        """Called before anything is sent: where TLS is asked for, a broker without it is told nothing."""
        if initial_connection and "tls" in self.options:
            if not (info.get("tls_required") or info.get("tls_available")):
                raise nats.errors.Error("it speaks no TLS, and nothing else is wanted of it")
            info["tls_required"] = True
        await super()._process_info(info, initial_connection)

    def jetstream(self, **options: Any) -> JetStreamContext:
        return PullingContext(self, **options)

    async def send(self, subject: str, payload: bytes) -> None:
        """Answers and notices: kept while the broker is away as far as there is room, and never raising."""
        try:
            await self.publish(subject, payload)
        except nats.errors.Error:
            return  # closed, or too much waits already: the broker hands the message out again

    async def ask(self, subject: str, payload: bytes, timeout: float, lines: Lines | None = None) -> tuple[bytes, str]:
        """The answer's body, and its status (`503` when nobody takes the subject, else empty)."""
        try:
            headers = None if lines is None else lines.as_headers()
            message = await self.request(subject, payload, timeout=timeout, headers=headers)
        except nats.errors.NoRespondersError:
            return b"", "503"
        return message.data, (message.headers or {}).get("Status", "")


class PullingContext(JetStreamContext):
    """JetStream whose pull subscriptions are of a kind of their own."""

    def __init__(self, client: WireClient, **options: Any) -> None:
        super().__init__(client, **options)
        self._client = client

    async def pull_subscribe(  # type: ignore[override]
        self, subject: str, durable: str = "", stream: str = "", **_: Any
    ) -> Pull:
        """The durable stands already: its topology is made or verified before anything is pulled."""
        pull = Pull(self._client, self._prefix, stream, durable, stream == self._client.own_stream)
        self._client.pulls[durable] = pull
        await pull.start()
        return pull
