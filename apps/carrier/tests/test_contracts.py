"""What the carrier says of itself and of its contracts is what the workspace has."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from carrier import VERSION, parcels
from carrier.wire.contract import Contract

APP = Path(__file__).resolve().parent.parent
LOCK = APP.parent.parent / "contracts.lock"
CONTRACTS = [one for one in vars(parcels).values() if isinstance(one, Contract)]


def test_models_are_generated_from_what_is_published() -> None:
    done = subprocess.run([sys.executable, APP / "scripts/models.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_troupe_json_says_what_the_steps_do() -> None:
    declared = json.loads((APP / "troupe.json").read_text())
    assert declared["steps"] == [
        {
            "name": step.name,
            "on": [contract.id for contract in step.on],
            "emits": [contract.id for contract in step.emits],
            "from": step.begin,
            "within": step.within,
        }
        for step in parcels.steps()
    ]


def test_package_json_has_the_version_that_manifests_say() -> None:
    assert json.loads((APP / "package.json").read_text())["version"] == VERSION


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_marks_of_fields_are_those_of_the_schema(contract: Contract) -> None:
    schema = json.loads((LOCK / f"{contract.id}.json").read_text())["revisions"][-1]["schema"]
    assert set(contract.sensitive) == set(marked(schema, schema, "x-troupe-sensitive"))
    assert set(contract.business_keys) == set(marked(schema, schema, "x-troupe-business-key"))
    assert contract.dataschema == schema["$id"]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_every_contract_is_an_event(contract: Contract) -> None:
    """The carrier reads and writes `evt.` subjects alone."""
    assert json.loads((LOCK / f"{contract.id}.json").read_text())["revisions"][-1]["kind"] == "event"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_no_contract_names_a_partition_key(contract: Contract) -> None:
    """The lane of what the carrier sends is the flow's."""
    assert "partitionKey" not in json.loads((LOCK / f"{contract.id}.json").read_text())["revisions"][-1]


def marked(whole: Any, schema: Any, mark: str, path: str = "") -> list[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [] if name.endswith(".list") else marked(whole, whole["$defs"][name], mark, path)
    found = [path] if schema.get(mark) is True else []
    for name, inner in schema.get("properties", {}).items():
        found += marked(whole, inner, mark, f"{path}/{name}")
    items = [schema["items"]] if "items" in schema else []
    for inner in [*items, *schema.get("anyOf", [])]:
        found += marked(whole, inner, mark, path)
    return found
