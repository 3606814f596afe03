"""A JSON Schema as the tree of what is to be found: references followed, unions taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.json_values import read_json
from schemas.options import StructuredExtractionOptions

_SCALARS = ("string", "number", "integer", "boolean")


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. ``kind`` is ``string``, ``number``, ``integer`` or ``boolean``; ``choices``: its enum.

    ``format`` and ``pattern`` are the schema's own words (``date``, ``email``…), empty where it has none.
    """

    kind: str = "string"
    format: str = ""
    pattern: str = ""
    choices: tuple[str | int | float | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """An object with known properties, in the order in which the schema has them."""

    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An array; every item is alike."""

    items: Target


Target = Scalar | ObjectOf | ArrayOf


@dataclass(frozen=True, slots=True)
class Field:
    """A property: its key, what its author says of it, what it holds, and the names above it."""

    name: str
    target: Target
    title: str = ""
    description: str = ""
    above: tuple[str, ...] = field(default=())

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the root to this field; of items of an array, as of the array."""
        return (*self.above, self.name)


def schema_of(options: StructuredExtractionOptions) -> Mapping[str, Any]:
    """The JSON Schema as an object; it may have come as text."""
    schema = options.json_schema
    found: Mapping[str, Any] = read_json(schema) if isinstance(schema, str) else schema
    return found


def target_of(schema: Mapping[str, Any]) -> ObjectOf:
    """The tree of a schema that was judged (``workers.jobs.extraction``): an object, finite, of few levels.

    Of a union the first member that is not null counts; members of ``allOf`` are joined.
    """
    found = _Reader(schema).target(schema, (), ())
    return found if isinstance(found, ObjectOf) else ObjectOf()


def leaves(target: Target, above: Field | None = None) -> Iterator[Field]:
    """All fields of the tree that hold scalars, or arrays of scalars, in their order."""
    if isinstance(target, ObjectOf):
        for one in target.fields:
            yield from leaves(one.target, one)
    elif isinstance(target, ArrayOf) and not isinstance(target.items, Scalar):
        yield from leaves(target.items, above)
    elif above is not None:
        yield above


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def target(self, schema: Any, above: tuple[str, ...], passed: tuple[str, ...]) -> Target:
        """``passed``: the references on the way here; one that leads back to itself holds nothing."""
        schema, passed = self._plain(schema, passed)
        kind = _kind(schema)
        if kind == "object":
            return ObjectOf(tuple(self._fields(schema, above, passed)))
        if kind == "array":
            items = schema.get("items", (schema.get("prefixItems") or [{}])[0])
            return ArrayOf(self.target(items, above, passed))
        return Scalar(
            kind=kind,
            format=_text(schema.get("format")),
            pattern=_text(schema.get("pattern")),
            choices=tuple(one for one in _choices(schema) if isinstance(one, str | int | float)),
        )

    def _fields(
        self, schema: Mapping[str, Any], above: tuple[str, ...], passed: tuple[str, ...]
    ) -> Iterator[Field]:
        for name, child in schema.get("properties", {}).items():
            plain, _ = self._plain(child, passed)
            yield Field(
                name=name,
                target=self.target(child, (*above, name), passed),
                title=_text(plain.get("title")),
                description=_text(plain.get("description")),
                above=above,
            )

    def _plain(self, schema: Any, passed: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The schema without references and unions; what stands beside one goes before what is in it."""
        plain = dict(schema) if isinstance(schema, dict) else {}
        while True:
            if "$ref" in plain:
                reference = plain.pop("$ref")
                inner = {} if reference in passed else self._referred(reference)
                passed = (*passed, reference)
            elif members := plain.pop("anyOf", None) or plain.pop("oneOf", None):
                inner = next((m for m in members if isinstance(m, dict) and m.get("type") != "null"), {})
            elif members := plain.pop("allOf", None):
                inner = _joined([self._plain(member, passed)[0] for member in members])
            else:
                return plain, passed
            plain = {**inner, **plain}

    def _referred(self, reference: Any) -> dict[str, Any]:
        target: Any = self._root
        for part in str(reference).removeprefix("#").split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, Mapping) else None
        return dict(target) if isinstance(target, Mapping) else {}


def _joined(members: list[dict[str, Any]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for member in members:
        properties = {**joined.get("properties", {}), **member.get("properties", {})}
        joined |= member
        if properties:
            joined["properties"] = properties
    return joined


def _kind(schema: Mapping[str, Any]) -> str:
    declared = schema.get("type", [])
    types = declared if isinstance(declared, list) else [declared]
    if "object" in types or "properties" in schema:
        return "object"
    if "array" in types or "items" in schema:
        return "array"
    named = next((kind for kind in types if kind in _SCALARS), None)
    if named is None:  # an enum without a type tells it by its values
        kinds = {type(value) for value in _choices(schema) if value is not None}
        named = {bool: "boolean", int: "integer", float: "number"}.get(*kinds) if len(kinds) == 1 else None
    return named or "string"


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    """The values of an enum, or the one that is constant."""
    values = schema.get("enum")
    if isinstance(values, list):
        return values
    return [schema["const"]] if "const" in schema else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
