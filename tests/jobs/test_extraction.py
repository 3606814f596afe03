"""Schemas, classes and patterns: which are taken, which are refused, and why."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from schemas.errors import InvalidConfiguration, InvalidJsonSchema
from schemas.options import Configuration
from workers.jobs.extraction import judge_schema, judge_schemas


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str | None = Field(default=None, description="with the number")
    kind: Literal["home", "work"] = "home"


class Person(BaseModel):
    name: str
    colours: list[Colour] = []
    addresses: dict[str, Address] = {}
    main: Address
    pair: tuple[int, float] | None = None


class Recursive(BaseModel):
    children: list[Recursive] = []


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for _ in range(levels - 1):
        schema = {"type": "object", "properties": {"in": {"type": "array", "items": schema}}}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        Person.model_json_schema(),
        json.dumps(Person.model_json_schema()),
        nested(5),
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": ["string", "null"], "format": "date"}, "b": True}},
        {"$ref": "#/$defs/Root", "$defs": {"Root": {"type": "object", "properties": {"a": {"const": 1}}}}},
        {"type": "object", "properties": {"$ref": {"type": "string"}, "type": {"type": "string"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/a~1b"}}, "$defs": {"a/b": {"type": "null"}}},
        {
            "type": "object",
            "properties": {n: {"$ref": "#/$defs/Leaf"} for n in "abc"},
            "$defs": {"Leaf": {"type": "object", "properties": {"x": {"type": "number"}}}},
        },
        {
            "type": "object",
            "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}},
        },
    ],
)
def test_good_schemas(schema: Any) -> None:
    assert judge_schema("s", schema)["$defs" if "$defs" in str(schema) else "type"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ([], "must be an object"),
        (None, "must be an object"),
        ("{", "not JSON"),
        ('"text"', "must be an object"),
        ("[" * 100_000, "64 levels deep"),
        ({}, "root"),
        ({"type": "array", "items": {"type": "string"}}, "root"),
        ({"type": ["object", "null"]}, "root"),
        (nested(6), "more than 5 levels"),
        ({"type": "object", "properties": {"a": {"type": "nonsense"}}}, "nonsense"),
        ({"type": "object", "properties": {"a": {"type": ["string", 7]}}}, "7"),
        ({"type": "object", "properties": {"a": "string"}}, "$.a is not a schema"),
        ({"type": "object", "properties": []}, "properties"),
        ({"type": "object", "properties": {"a": {"anyOf": {}}}}, "anyOf"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/None"}}}, "leads nowhere"),
        ({"type": "object", "properties": {"a": {"$dynamicRef": "http://10.0.0.1/"}}}, "not understood"),
        ({"type": "object", "unevaluatedProperties": {"$ref": "http://10.0.0.1/"}}, "leads out"),
        (
            {"type": "object", "properties": {"a": {"$ref": "https://example.org/s.json"}}},
            "out of the schema",
        ),
        ({"type": "object", "properties": {"a": {"$ref": 7}}}, "out of the schema"),
        (Recursive.model_json_schema(), "back to itself"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, "back to itself"),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, "back to itself"),
        ({"type": "object", "properties": {str(n): {} for n in range(5_001)}}, "more than 5000 places"),
        ({"type": "object", "description": "x" * 262_144}, "262144 are the most"),
        ('{"type": "object", "default": NaN}', "no NaN"),
        ({"type": "object", "properties": {"a" * 1001: {}}}, "names of more than 1000"),
        ({"type": "object", "properties": {"a": {"pattern": "(?=a)b"}}}, "which is not run here"),
        ({"type": "object", "properties": {"a": {"pattern": "a" * 1001}}}, "up to 1000 letters"),
        ({"type": "object", "properties": {"a": {"pattern": 7}}}, "no text"),
        ({"type": "object", "patternProperties": {r"(a)\1": {}}}, "which is not run here"),
    ],
)
def test_bad_schemas(schema: Any, said: str) -> None:
    with pytest.raises(InvalidJsonSchema) as error:
        judge_schema("the schema's name", schema)
    assert said in error.value.message
    assert "the schema's name" in error.value.message


def test_references_that_multiply_are_stopped() -> None:
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for n in range(1, 40):
        definitions[f"d{n}"] = {"anyOf": [{"$ref": f"#/$defs/d{n - 1}"}] * 4}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d39"}}, "$defs": definitions}
    with pytest.raises(InvalidJsonSchema, match="references followed"):
        judge_schema("s", schema)


def chain(length: int, link: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """A schema in which so many definitions lead to one another."""
    links = {f"d{n}": link(f"#/$defs/d{n + 1}") for n in range(length)}
    root: dict[str, Any] = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}}
    return {**root, "$defs": {**links, f"d{length}": {"type": "string"}}}


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (lambda next_: {"$ref": next_}, "is the 65th on one way"),
        (lambda next_: {"patternProperties": {"": {"$ref": next_}}}, "levels deep"),
        (lambda next_: {"items": {"$ref": next_}}, "levels deep"),
        (lambda next_: {"allOf": [{"$ref": next_}]}, "levels deep"),
    ],
)
def test_definitions_that_lead_far_are_stopped(link: Callable[[str], dict[str, Any]], said: str) -> None:
    judge_schema("s", chain(30, link))
    with pytest.raises(InvalidJsonSchema, match=f"{said}|65th"):
        judge_schema("s", chain(4_000, link))


def test_patterns_of_all_schemas_together_are_few() -> None:
    def asked(*counts: int) -> Configuration:
        schemas = [
            {"type": "object", "patternProperties": {f"{number}x{n}": {} for n in range(count)}}
            for number, count in enumerate(counts)
        ]
        options = [{"schema_name": "s", "json_schema": schema} for schema in (*schemas, *schemas)]
        return Configuration.model_validate({"structured_extraction_options": options})

    judge_schemas(asked(60, 40))
    with pytest.raises(InvalidJsonSchema, match="more than 100 patterns"):
        judge_schemas(asked(60, 41))


def test_the_pattern_of_a_decimal_is_taken() -> None:
    pattern = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"
    judge_schema("s", {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}})


def test_deep_nesting_is_stopped() -> None:
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(900):
        inner = {"not": inner}
    with pytest.raises(InvalidJsonSchema, match="64 levels deep"):
        judge_schema("s", {"type": "object", "properties": {"a": inner}})


@pytest.mark.parametrize(
    "option",
    [
        {"schema_name": " ", "json_schema": {"type": "object"}},
        {"schema_name": "s", "json_schema": {"type": "object"}, "partition_strategy": "patterns"},
        {
            "schema_name": "s",
            "json_schema": {"type": "object"},
            "partition_strategy": {"patterns": {"start_patterns": [], "end_patterns": None}},
        },
        {
            "schema_name": "s",
            "json_schema": {"type": "object"},
            "partition_strategy": {"patterns": {"start_patterns": ["("]}},
        },
    ],
)
def test_bad_names_and_patterns(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfiguration):
        judge_schemas(Configuration.model_validate({"structured_extraction_options": [option]}))
