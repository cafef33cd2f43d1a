"""One instance of an app on the NATS micro protocol (ADR-32), so that whoever looks at the broker sees who runs."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from carrier.wire.client import WireClient
from carrier.wire.names import Names
from carrier.wire.times import NANOS, rfc3339
from carrier.wire.topology import MANIFEST_KEY, Durable

LONGEST_ERROR = 256


@dataclass
class Tally:
    """What one step of this instance answered since it started; what it handed back is not among it."""

    answered: int = 0
    failed: int = 0
    busy: float = 0.0
    last_error: str | None = None

    def add(self, outcome: str, seconds: float, error: str | None) -> None:
        if outcome == "handed-back":
            return
        self.answered += 1
        self.busy += seconds
        if outcome != "done":
            self.failed += 1
            self.last_error = (error or "")[:LONGEST_ERROR] or self.last_error


class Instance:
    """Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` from the moment that the steps run until they stop."""

    def __init__(
        self, client: WireClient, names: Names, version: str, durables: Sequence[Durable], tallies: dict[str, Tally]
    ) -> None:
        self._client, self._tallies = client, tallies
        self._name = names.app
        metadata = {"troupe-prefix": names.prefix} if names.prefix else {}
        self._id = client.new_inbox().rpartition(".")[2]
        self._identity = {"name": names.app, "id": self._id, "version": version, "metadata": metadata}
        self._started = rfc3339(time.time())
        self._first = {one.step.name: one for one in reversed(durables)}
        self._names = names
        self._subscriptions: list[Subscription] = []

    async def start(self) -> None:
        for subject in ("$SRV.*", f"$SRV.*.{self._name}", f"$SRV.*.{self._name}.{self._id}"):
            self._subscriptions.append(await self._client.subscribe(subject, cb=self._answer))

    async def stop(self) -> None:
        for subscription in self._subscriptions:
            await subscription.unsubscribe()
        self._subscriptions = []

    async def _answer(self, message: Msg) -> None:
        body = {"PING": self._ping, "INFO": self._info, "STATS": self._stats}.get(message.subject.split(".")[1])
        if body is not None and message.reply:
            await self._client.send(message.reply, json.dumps(body()).encode())

    def _ping(self) -> dict[str, object]:
        return {"type": "io.nats.micro.v1.ping_response", **self._identity}

    def _info(self) -> dict[str, object]:
        return {
            "type": "io.nats.micro.v1.info_response",
            **self._identity,
            "description": "An app on Troupe; its endpoints are its steps.",
            "endpoints": [
                {**self._address(step), "metadata": {MANIFEST_KEY: one.config["metadata"][MANIFEST_KEY]}}
                for step, one in self._steps()
            ],
        }

    def _stats(self) -> dict[str, object]:
        return {
            "type": "io.nats.micro.v1.stats_response",
            **self._identity,
            "started": self._started,
            "endpoints": [{**self._address(step), **_counts(self._tallies[step])} for step, _ in self._steps()],
        }

    def _steps(self) -> list[tuple[str, Durable]]:
        return list(reversed(self._first.items()))

    def _address(self, step: str) -> dict[str, object]:
        return {"name": step, "queue_group": self._names.step(step), "subject": self._first[step].filter}


def _counts(tally: Tally) -> dict[str, object]:
    nanoseconds = round(tally.busy * NANOS)
    counts: dict[str, object] = {
        "num_requests": tally.answered,
        "num_errors": tally.failed,
        "processing_time": nanoseconds,
        "average_processing_time": round(nanoseconds / tally.answered) if tally.answered else 0,
    }
    if tally.last_error is not None:
        counts["last_error"] = tally.last_error
    return counts
