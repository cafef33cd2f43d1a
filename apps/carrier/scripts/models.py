"""
Writes src/carrier/contracts.py: a pydantic model for each contract that the carrier takes or sends, from what is
published of them in contracts.lock. With --check it writes nothing, and ends with 1 when the file would change.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from datamodel_code_generator import InputFileType, PythonVersion, generate
from datamodel_code_generator.enums import DataModelType
from datamodel_code_generator.format import Formatter

HERE = Path(__file__).resolve().parent.parent
LOCK = HERE.parent.parent / "contracts.lock"
MODELS = HERE / "src" / "carrier" / "contracts.py"
MARKS = ("x-troupe-sensitive", "x-troupe-business-key")


def main(arguments: list[str]) -> int:
    text = models()
    if "--check" not in arguments:
        MODELS.write_text(text)
        return 0
    if MODELS.read_text() == text:
        return 0
    print(f"{MODELS} is not what contracts.lock says: run python scripts/models.py.", file=sys.stderr)
    return 1


def models() -> str:
    """One schema of all contracts, so that what they share is one class."""
    definitions: dict[str, Any] = {}
    for contract in contracts():
        schema = latest(contract)
        for name, inner in schema.pop("$defs", {}).items():
            if definitions.setdefault(flat(name), inner) != inner:
                raise SystemExit(f"{name} is not the same in all contracts.")
        definitions[class_name(contract)] = schema
    whole = json.dumps({"$defs": accepted(definitions)})
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "contracts.py"
        generate(
            whole,
            input_file_type=InputFileType.JsonSchema,
            output=output,
            output_model_type=DataModelType.PydanticV2BaseModel,
            target_python_version=PythonVersion.PY_310,
            use_schema_description=True,
            use_standard_collections=True,
            use_union_operator=True,
            field_constraints=True,
            field_extra_keys=set(MARKS),
            disable_timestamp=True,
            formatters=[Formatter.RUFF_FORMAT],
            custom_file_header='"""Written by scripts/models.py from contracts.lock."""\n',
        )
        return output.read_text()


def contracts() -> list[str]:
    """All that troupe.json names, each once."""
    steps = json.loads((HERE / "troupe.json").read_text())["steps"]
    return sorted({contract for step in steps for contract in (*step["on"], *step["emits"])})


def latest(contract: str) -> Any:
    return json.loads((LOCK / f"{contract}.json").read_text())["revisions"][-1]["schema"]


def class_name(contract: str) -> str:
    """`parcel.dispatched.v1` is ParcelDispatched; a later major keeps its number."""
    domain, name, version = contract.split(".")
    words = "".join(word.capitalize() for word in f"{domain}-{name}".split("-"))
    return words if version == "v1" else words + version.upper()


def flat(name: str) -> str:
    """A dot would make a module: `Item.list` is ItemList."""
    first, *others = name.split(".")
    return first + "".join(word.capitalize() for word in others)


def accepted(value: Any) -> Any:
    """
    What is locked is what may be sent. What is accepted leaves unknown fields alone, and takes a format for the
    annotation that it is: what a sender's own check holds to be an address is one.
    """
    if isinstance(value, list):
        return [accepted(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return {"$ref": flat(value["$ref"])}
    kept = {key: item for key, item in value.items() if key not in ("additionalProperties", "format", "$id", "$schema")}
    return {key: accepted(item) for key, item in kept.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
