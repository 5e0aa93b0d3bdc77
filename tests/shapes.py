"""What is known of the shape of JSON bodies from those that were recorded, and where another one differs from it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

# What stands in these is whoever's who writes it.
FREE_FORM = frozenset(
    {
        *("custom_attributes", "additional_attributes", "content_attributes", "changed_attributes"),
        *("csat_config", "ui_settings", "external_source_ids", "working_hours"),
    }
)


class Fields(NamedTuple):
    """Of objects: every field that was seen, and those that each of them had."""

    known: "dict[str, Shape]"
    always: frozenset[str]


class Shape(NamedTuple):
    """All that was seen at one place: of objects their fields by what their `type` says, of lists their elements."""

    kinds: frozenset[str]
    fields_by_type: dict[str, Fields]
    elements: "Shape | None"


def learn(values: Iterable[Any]) -> Shape:
    values = list(values)
    elements = [element for value in values if isinstance(value, list) for element in value]
    objects: dict[str, list[dict[str, Any]]] = {}
    for value in values:
        if isinstance(value, dict):
            objects.setdefault(type_of(value), []).append(value)
    return Shape(
        frozenset(map(kind_of, values)),
        {name: _learn_fields(of_one_type) for name, of_one_type in objects.items()},
        learn(elements) if elements else None,
    )


def _learn_fields(objects: list[dict[str, Any]]) -> Fields:
    names = {name for value in objects for name in value}
    known = {name: learn(value[name] for value in objects if name in value) for name in names}
    return Fields(known, frozenset.intersection(*map(frozenset, objects)))


def find_differences(value: Any, shape: Shape, where: str = "") -> Iterator[str]:
    """What nobody has recorded. Of a place or a type that was never seen nothing is known."""
    if shape.kinds <= {"null"} or where.rpartition(".")[2].removesuffix("[]") in FREE_FORM:
        return
    if kind_of(value) not in shape.kinds:
        yield f"{where}: {kind_of(value)} instead of {' or '.join(sorted(shape.kinds))}"
    elif isinstance(value, list) and shape.elements:
        for element in value:
            yield from find_differences(element, shape.elements, f"{where}[]")
    elif isinstance(value, dict) and (fields := shape.fields_by_type.get(type_of(value))):
        yield from (f"{where}.{name}: lacking" for name in sorted(fields.always - value.keys()))
        yield from (f"{where}.{name}: unknown" for name in sorted(value.keys() - fields.known.keys()))
        for name in sorted(value.keys() & fields.known.keys()):
            yield from find_differences(value[name], fields.known[name], f"{where}.{name}")
    elif isinstance(value, dict) and not any("type" in fields.known for fields in shape.fields_by_type.values()):
        yield f"{where}.type: unknown"


def type_of(value: Mapping[str, Any]) -> str:
    """What tells objects at one place apart: a sender is a user, a contact or a bot."""
    return str(value.get("type") or "")


def kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "moment" if re.match(r"\d{4}-\d\d-\d\dT\d\d:", value) else "text"
    return {bool: "boolean", int: "integer", float: "fraction", list: "list", dict: "object"}[type(value)]
