"""The streams and durables that an app with steps needs, as they stand in docs/reference/wire.md."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from carrier.wire.contract import Contract
from carrier.wire.names import Names
from carrier.wire.step import Step
from carrier.wire.times import NANOS

COPY_HEADROOM = 64 * 1024
LANES_KEY = "troupe-lanes"
MANIFEST_KEY = "troupe-manifest"
DEFAULT_LANES = 32
MIB = 1024 * 1024
DAY = 24 * 60 * 60

Config = dict[str, Any]


@dataclass(frozen=True)
class Durable:
    """One durable of a step and what it delivers: one contract, or what comes back to the step."""

    stream: str
    step: Step
    contract: Contract | None
    config: Config

    @property
    def name(self) -> str:
        return str(self.config["durable_name"])

    @property
    def filter(self) -> str:
        return str(self.config["filter_subject"])


def declare_streams(names: Names, max_payload: int, replicas: int = 1) -> list[Config]:
    """`max_payload` is what the server takes in one message."""
    common: Config = {
        "retention": "limits",
        "storage": "file",
        "num_replicas": replicas,
        "duplicate_window": 600 * NANOS,
        "allow_direct": True,
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
    }
    durable = {**common, "discard": "new", "max_age": 0}
    guarded = {"allow_msg_schedules": False, "allow_rollup_hdrs": False}
    advisories = [
        f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{names.events}.>"
        for kind in ("MAX_DELIVERIES", "MSG_TERMINATED", "MSG_NAKED")
    ]
    return [
        {
            **durable,
            **guarded,
            "name": names.events,
            "subjects": [names.all("evt"), names.all("cmd")],
            "max_bytes": 1024 * MIB,
            "max_msg_size": max_payload - COPY_HEADROOM,
            "metadata": {LANES_KEY: str(DEFAULT_LANES)},
        },
        {
            **durable,
            **guarded,
            "name": names.dead_letters,
            "subjects": [names.all("dlq")],
            "max_bytes": 256 * MIB,
        },
        {
            **common,
            **guarded,
            "name": names.notices,
            "subjects": [names.all("ntc"), *advisories],
            "discard": "old",
            "max_age": 7 * DAY * NANOS,
            "max_bytes": 64 * MIB,
        },
        {
            **durable,
            "discard": "old",
            "name": names.delayed,
            "subjects": [names.own("rdv"), names.own("sch")],
            "max_bytes": -1,
            "allow_msg_schedules": True,
        },
    ]


def declare_durables(names: Names, version: str, steps: Sequence[Step], replicas: int = 1) -> list[Durable]:
    """One for each step and contract, with one filter, and one for what comes back to each step."""
    return [
        durable
        for step in steps
        for durable in (
            *(
                Durable(
                    names.events,
                    step,
                    contract,
                    _consumer(
                        names.durable(step.name, contract.id),
                        f"{names.event(contract.id)}.*",
                        "all" if step.begin == "beginning" else "new",
                        manifest_of(names, version, step),
                        replicas,
                    ),
                )
                for contract in step.on
            ),
            Durable(
                names.delayed,
                step,
                None,
                _consumer(
                    names.step(step.name),
                    f"{names.redrive(step.name)}.*",
                    "all",
                    manifest_of(names, version, step),
                    replicas,
                ),
            ),
        )
    ]


def manifest_of(names: Names, version: str, step: Step) -> str:
    """What a step tells the broker about itself: the broker is the registry."""
    manifest = {
        "format": 1,
        "app": names.app,
        "version": version,
        "step": names.step(step.name),
        "consumes": [contract.id for contract in step.on],
        "emits": [contract.id for contract in step.emits],
        "from": step.begin,
    }
    if step.within is not None:
        manifest["within"] = step.within
    return json.dumps(manifest, separators=(",", ":"))


def _consumer(durable: str, filter_subject: str, deliver: str, manifest: str, replicas: int) -> Config:
    return {
        "durable_name": durable,
        "filter_subject": filter_subject,
        "ack_policy": "explicit",
        "deliver_policy": deliver,
        "replay_policy": "instant",
        "ack_wait": 30 * NANOS,
        "max_deliver": -1,
        "max_ack_pending": 10_000,
        "num_replicas": replicas,
        "metadata": {MANIFEST_KEY: manifest},
    }
