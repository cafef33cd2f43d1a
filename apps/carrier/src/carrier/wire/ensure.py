"""Makes, or only verifies, what an app needs in the broker."""

import json
import logging
import re
from collections.abc import Sequence
from typing import Any

import nats.errors

from carrier.errors import NoQuorumError, TopologyMismatchError, TopologyMissingError
from carrier.wire.client import WireClient
from carrier.wire.envelope import Limits
from carrier.wire.topology import DEFAULT_LANES, LANES_KEY, MANIFEST_KEY, Config, Durable

TIMEOUT = 5.0
STREAM_MISSING, CONSUMER_MISSING = 10059, 10014

log = logging.getLogger("carrier.topology")


class Topology:
    """The part of the broker's API that streams and consumers are made and looked at with."""

    def __init__(self, client: WireClient, api: str) -> None:
        self._client, self._api = client, api

    async def ensure(self, streams: Sequence[Config], durables: Sequence[Durable], create: bool) -> None:
        """
        Creates what is missing, the streams first. A manifest is replaced by one of the same or a newer version.
        Raises TopologyMissingError for what is missing and may not be made, TopologyMismatchError for what differs.
        """
        differences = [found for config in streams for found in await self._stream(config, create)]
        for durable in durables:
            differences += await self._durable(durable, create)
        if differences:
            raise TopologyMismatchError("The broker differs from what the carrier needs: " + "; ".join(differences))

    async def limits(self, events: str) -> Limits:
        """The limits of the stream of events as it is: they were fixed when it was made."""
        config = (await self._required(f"STREAM.INFO.{events}"))["config"]
        lanes = str(config.get("metadata", {}).get(LANES_KEY, DEFAULT_LANES))
        largest = config.get("max_msg_size", -1)
        return Limits(
            int(lanes) if re.fullmatch(r"[1-9][0-9]{0,8}", lanes) else DEFAULT_LANES,
            largest if largest > 0 else None,
        )

    async def manifest(self, stream: str, durable: str) -> dict[str, Any]:
        """A durable's manifest; empty when it has none that can be read."""
        info = await self._required(f"CONSUMER.INFO.{stream}.{durable}")
        return read_manifest(info["config"])

    async def _stream(self, config: Config, create: bool) -> list[str]:
        name = config["name"]
        info = await self._info(f"STREAM.INFO.{name}", STREAM_MISSING)
        if info is None:
            if not create:
                raise TopologyMissingError(f"The stream {name} is missing, and TROUPE_TOPOLOGY says verify.")
            await self._required(f"STREAM.CREATE.{name}", config)
            log.info("created stream %s", name)
            return []
        return _differences(f"stream {name}", config, info["config"], ("metadata",))

    async def _durable(self, durable: Durable, create: bool) -> list[str]:
        name, stream = durable.name, durable.stream
        info = await self._info(f"CONSUMER.INFO.{stream}.{name}", CONSUMER_MISSING)
        if info is None:
            if not create:
                raise TopologyMissingError(
                    f"The consumer {name} on {stream} is missing, and TROUPE_TOPOLOGY says verify."
                )
            await self._put(durable, durable.config, "create")
            log.info("created consumer %s", name)
            return []
        there = info["config"]
        if is_newer(str(read_manifest(there).get("version", "")), read_manifest(durable.config)["version"]):
            return []
        # Where it began is history: the broker cannot change it, and nothing depends on it any more.
        differs = _differences(f"consumer {name}", durable.config, there, ("metadata", "deliver_policy"))
        metadata = durable.config["metadata"]
        if not differs and create and there.get("metadata", {}).get(MANIFEST_KEY) != metadata[MANIFEST_KEY]:
            update = {**there, "metadata": {**_own(there.get("metadata", {})), **metadata}}
            await self._put(durable, update, "update")
            log.info("updated consumer %s", name)
        return differs

    async def _put(self, durable: Durable, config: Config, action: str) -> None:
        subject = f"CONSUMER.CREATE.{durable.stream}.{durable.name}.{durable.filter}"
        named = {**config, "name": durable.name}
        await self._required(subject, {"stream_name": durable.stream, "config": named, "action": action})

    async def _info(self, subject: str, missing: int) -> dict[str, Any] | None:
        answer = await self._ask(subject)
        error = answer.get("error")
        if error is None:
            return answer
        if error.get("err_code") == missing:
            return None
        raise NoQuorumError(f"{subject}: {error.get('description')}")

    async def _required(self, subject: str, body: Any = None) -> dict[str, Any]:
        answer = await self._ask(subject, body)
        if "error" in answer:
            raise NoQuorumError(f"{subject}: {answer['error'].get('description')}")
        return answer

    async def _ask(self, subject: str, body: Any = None) -> dict[str, Any]:
        payload = b"" if body is None else json.dumps(body).encode()
        try:
            answer, status = await self._client.ask(f"{self._api}.{subject}", payload, TIMEOUT)
        except nats.errors.Error as error:
            raise NoQuorumError(f"{subject}: {error}") from error
        if status == "503":
            raise NoQuorumError(f"{subject}: the broker has no JetStream, or none that this app may use.")
        parsed = json.loads(answer)
        if not isinstance(parsed, dict):
            raise NoQuorumError(f"{subject}: the answer cannot be read.")
        return parsed


def read_manifest(config: Config) -> dict[str, Any]:
    try:
        manifest = json.loads((config.get("metadata") or {}).get(MANIFEST_KEY, "{}"))
    except ValueError:
        return {}
    return manifest if isinstance(manifest, dict) and manifest.get("format") == 1 else {}


def is_newer(one: str, other: str) -> bool:
    """Whether it is a newer semantic version; a pre-release is older than its release."""
    left, right = _version(one), _version(other)
    if left[0] != right[0]:
        return left[0] > right[0]
    if left[1] == right[1]:
        return False
    return not left[1] or (bool(right[1]) and left[1] > right[1])


def _version(text: str) -> tuple[tuple[int, ...], str]:
    match = re.match(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,64}))?", text)
    if match is None:
        return (0, 0, 0), text
    return tuple(int(part) for part in match.groups()[:3]), match.group(4) or ""


def _differences(what: str, declared: Config, there: Config, ignored: Sequence[str]) -> list[str]:
    """The server leaves out what is false, zero or empty."""
    return [
        f"{what} has {setting} {json.dumps(there.get(setting))}, not {json.dumps(value)}"
        for setting, value in declared.items()
        if setting not in ignored and not _same(value, there.get(setting))
    ]


def _same(declared: Any, there: Any) -> bool:
    if there is None:
        return not declared
    if isinstance(declared, list) and isinstance(there, list):
        return sorted(declared) == sorted(there)
    return bool(declared == there)


def _own(metadata: dict[str, str]) -> dict[str, str]:
    """Without what the server writes there itself."""
    return {key: value for key, value in metadata.items() if not key.startswith("_nats.")}
