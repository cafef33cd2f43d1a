"""A contract as the carrier knows it: its model, and what its schema says of fields beyond their types."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from carrier.wire.violation import Violation

SENSITIVE = "x-troupe-sensitive"
BUSINESS_KEY = "x-troupe-business-key"
MASKED = "***"


@dataclass(frozen=True)
class Contract:
    """An event, by its id and the model that is generated from its accepted schema."""

    id: str
    model: type[BaseModel]

    @property
    def dataschema(self) -> str:
        contract_type, _, version = self.id.rpartition(".")
        return f"urn:troupe:contract:{contract_type}:{version}"

    @cached_property
    def sensitive(self) -> tuple[str, ...]:
        """Paths of names; arrays are looked through."""
        return tuple(_marked(self.model, SENSITIVE))

    @cached_property
    def business_keys(self) -> tuple[str, ...]:
        return tuple(_marked(self.model, BUSINESS_KEY))

    def read(self, data: Any) -> tuple[BaseModel | None, list[Violation]]:
        """The data as the model has it, unknown fields left out, or every rule that it breaks."""
        try:
            return self.model.model_validate(data, strict=True), []
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            return None, [Violation(_pointer(one["loc"]), one["type"], one["msg"]) for one in faults]

    def keys_of(self, data: Any) -> dict[str, str]:
        found = {path: value for path in self.business_keys for value in _values(data, path.split("/")[1:])}
        return {path: str(value)[:256] for path, value in found.items() if isinstance(value, (str, int))}

    def hide(self, text: str, data: Any) -> str:
        """The text, with `***` wherever it quotes a sensitive value of the data."""
        values = {
            str(value)
            for path in self.sensitive
            for value in _values(data, path.split("/")[1:])
            if isinstance(value, (str, int)) and str(value)
        }
        for value in sorted(values, key=len, reverse=True):
            text = text.replace(value, MASKED)
        return text


def _marked(model: type[BaseModel], mark: str, path: str = "", seen: tuple[type, ...] = ()) -> Iterator[str]:
    for name, field in model.model_fields.items():
        at = f"{path}/{field.alias or name}"
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get(mark) is True:
            yield at
        for inner in _models_in(field.annotation):
            if inner not in seen:
                yield from _marked(inner, mark, at, (*seen, inner))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _values(data: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(data, list):
        for item in data:
            yield from _values(item, names)
    elif not names:
        yield data
    elif isinstance(data, dict) and names[0] in data:
        yield from _values(data[names[0]], names[1:])


def _pointer(location: tuple[int | str, ...]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location)
