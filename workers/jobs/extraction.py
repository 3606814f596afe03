"""Judging what is to be extracted: page classes, JSON Schemas, patterns."""

from __future__ import annotations

import json
import reprlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from schemas.errors import InvalidConfiguration, InvalidJsonSchema, InvalidPageClassification
from schemas.json_values import json_size, read_json
from schemas.options import Configuration, Partition, PartitionStrategy
from schemas.patterns import compiled
from workers.jobs.bounds import LONGEST_PATTERN, MOST_PATTERNS

DEEPEST = 5
"""Levels of objects a schema may have; the root is the first, and only objects count."""

_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = (
    "items",
    "additionalItems",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
)
_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_DEFINITIONS = ("$defs", "definitions")
MOST_SCHEMA_BYTES = 256 * 1024
MOST_VALUES = 5_000
"""Places for values that a schema may have, references followed: each is looked for in every part."""
MOST_LEVELS = 64
"""Levels that are no objects, and references passed on the way to one place."""
_LONGEST_PLACE = 1_000

_DECIMAL = "^(?!^[-+.]*$)[+-]?0*"
"""How pydantic begins the pattern of a Decimal. It looks ahead, and holds back nothing that is a number."""


def judge_classes(configuration: Configuration) -> None:
    """Judges page classes, and the names of classes that schemas are limited to.

    Raises:
        InvalidPageClassification: an empty or repeated name, or a schema for pages of an unknown class.
    """
    names = [c.name.strip() for c in configuration.page_classifications]
    if not all(names):
        raise InvalidPageClassification("page_classifications: every class needs a name.")
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise InvalidPageClassification(
            f"page_classifications: {', '.join(map(repr, repeated))} is there more than once."
        )
    for option in configuration.structured_extraction_options:
        unknown = sorted(set(option.page_classes or ()) - set(names))
        if unknown:
            raise InvalidPageClassification(
                f"structured_extraction_options {option.schema_name!r}: page_classes names"
                f" {', '.join(map(repr, unknown))}, which page_classifications does not define."
            )


def judge_schemas(configuration: Configuration) -> None:
    """Judges every schema to be filled, and its patterns.

    Raises:
        InvalidConfiguration: a schema without a name, or patterns that are missing or do not compile.
        InvalidJsonSchema: see ``judge_schema``.
    """
    patterns: set[str] = set()
    for number, option in enumerate(configuration.structured_extraction_options):
        if not option.schema_name.strip():
            raise InvalidConfiguration(f"structured_extraction_options[{number}]: schema_name is empty.")
        judge_schema(option.schema_name, option.json_schema, patterns)
        _judge_patterns(option.schema_name, option.partition_strategy)


def _judge_patterns(name: str, partition: Partition) -> None:
    if partition.strategy is not PartitionStrategy.PATTERNS:
        return
    patterns = partition.start_patterns + partition.end_patterns
    if not patterns:
        raise InvalidConfiguration(
            f"{name!r}: partition_strategy patterns needs start_patterns, end_patterns or both."
        )
    for pattern in patterns:
        try:
            compiled(pattern)
        except ValueError as error:
            raise InvalidConfiguration(
                f"{name!r}: the pattern {reprlib.repr(pattern)} is not a regular expression: {error}"
            ) from None


def judge_schema(name: str, schema: Any, patterns: set[str] | None = None) -> dict[str, Any]:
    """The JSON Schema as an object, judged; it may come as text. ``patterns``: those of schemas before it.

    Raises:
        InvalidJsonSchema: not an object, a root that is no object, unknown types, more than five levels of
            objects, a reference that leads nowhere or round in a circle, a pattern that cannot be run, or
            larger than the limits above.
    """
    try:
        schema = read_json(schema) if isinstance(schema, str) else schema
        size = json_size(schema)
    except json.JSONDecodeError:
        raise InvalidJsonSchema(f"{name!r}: json_schema is text that is not JSON.") from None
    except ValueError as error:
        raise InvalidJsonSchema(f"{name!r}: json_schema {error}.") from None
    if not isinstance(schema, dict):
        raise InvalidJsonSchema(f"{name!r}: json_schema must be an object, and is {type(schema).__name__}.")
    if size > MOST_SCHEMA_BYTES:
        raise InvalidJsonSchema(
            f"{name!r}: json_schema has {size} bytes; {MOST_SCHEMA_BYTES} are the most that is taken."
        )
    return _Judge(name, schema, set() if patterns is None else patterns).judged()


class _Judge:
    """One walk over a schema, from the root along everything a value could go through."""

    def __init__(self, name: str, root: dict[str, Any], patterns: set[str]) -> None:
        self._name, self._root, self._patterns = name, root, patterns
        self._seen = 0

    def judged(self) -> dict[str, Any]:
        root = self._resolved(self._root, ())[0]
        if root.get("type") != "object":
            raise self._wrong("the root must be of type object")
        self._walk(self._root, "$", depth=0, level=0, path=())
        return self._root

    def _wrong(self, message: str) -> InvalidJsonSchema:
        return InvalidJsonSchema(f"{self._name!r}: json_schema cannot be used: {message}.")

    def _walk(self, schema: Any, place: str, depth: int, level: int, path: tuple[str, ...]) -> None:
        if isinstance(schema, bool):
            return
        if not isinstance(schema, dict):
            raise self._wrong(f"{place} is not a schema")
        self._seen += 1
        if self._seen > MOST_VALUES:
            raise self._wrong(f"it has more than {MOST_VALUES} places for values, references followed")
        if level > MOST_LEVELS:
            raise self._wrong(f"{place[:100]}… is nested more than {MOST_LEVELS} levels deep")
        if len(place) > _LONGEST_PLACE:
            raise self._wrong(f"{place[:100]}… has names of more than {_LONGEST_PLACE} letters together")
        schema, path = self._resolved(schema, path)
        depth += self._is_object(schema, place)
        if depth > DEEPEST:
            raise self._wrong(f"{place} is an object more than {DEEPEST} levels deep")
        self._judge_patterns(schema, place)
        for key, child in self._children(schema, place):
            self._walk(child, f"{place}.{key}", depth, level + 1, path)

    def _is_object(self, schema: dict[str, Any], place: str) -> bool:
        declared = schema.get("type", [])
        types = declared if isinstance(declared, list) else [declared]
        for name in types:
            if not isinstance(name, str) or name not in _TYPES:
                raise self._wrong(
                    f"{place} has the type {name!r}; JSON Schema knows {', '.join(sorted(_TYPES))}"
                )
        return "object" in types or "properties" in schema

    def _judge_patterns(self, schema: dict[str, Any], place: str) -> None:
        own = [schema["pattern"]] if "pattern" in schema else []
        named = schema.get("patternProperties", {})
        for pattern in (*own, *(named if isinstance(named, dict) else ())):
            if not isinstance(pattern, str) or len(pattern) > LONGEST_PATTERN:
                raise self._wrong(f"{place} has a pattern that is no text of up to {LONGEST_PATTERN} letters")
            if pattern in self._patterns or pattern.startswith(_DECIMAL):
                continue
            self._patterns.add(pattern)
            if len(self._patterns) > MOST_PATTERNS:
                raise self._wrong(f"{place} has one of more than {MOST_PATTERNS} patterns in all schemas")
            try:
                compiled(pattern)
            except ValueError as error:
                shown = reprlib.repr(pattern)
                raise self._wrong(
                    f"{place} has the pattern {shown}, which is not run here: {error}"
                ) from None

    def _children(self, schema: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
        for key in _MAPS:
            if key in _DEFINITIONS:
                continue
            children = schema.get(key, {})
            if not isinstance(children, dict):
                raise self._wrong(f"{place}.{key} is not an object")
            yield from children.items()
        for key in _LISTS:
            children = schema.get(key, [])
            if not isinstance(children, list):
                raise self._wrong(f"{place}.{key} is not a list")
            yield from ((f"{key}[{n}]", child) for n, child in enumerate(children))
        for key in _SINGLES:
            if key in schema:
                yield key, schema[key]

    def _resolved(
        self, schema: dict[str, Any], path: tuple[str, ...]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The schema that ``$ref`` leads to, with what stands beside it; ``path``: the references passed."""
        while "$ref" in schema:
            reference = schema["$ref"]
            if reference in path:
                raise self._wrong(f"$ref {reprlib.repr(reference)} leads back to itself: it would never end")
            if len(path) >= MOST_LEVELS:
                raise self._wrong(f"$ref {reprlib.repr(reference)} is the {MOST_LEVELS + 1}th on one way")
            path = (*path, reference)
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._target(reference), **beside}
        for keyword in _DYNAMIC:
            if keyword in schema:
                raise self._wrong(f"{keyword} is not understood here: use $ref")
        return schema, path

    def _target(self, reference: Any) -> dict[str, Any]:
        target: Any = self._root
        parts = reference.split("/") if isinstance(reference, str) else []
        if not parts or parts[0] != "#":
            raise self._wrong(f"$ref {reprlib.repr(reference)} leads out of the schema")
        for part in parts[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            raise self._wrong(f"$ref {reprlib.repr(reference)} leads nowhere")
        return target
