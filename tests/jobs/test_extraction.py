"""Schemas, classes and patterns: which are taken, which are refused, and why."""

from __future__ import annotations

import enum
import json
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
        ("[" * 100_000, "not JSON"),
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
        ({"type": "object", "properties": {str(n): {} for n in range(30_000)}}, "too large"),
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
    with pytest.raises(InvalidJsonSchema, match="too large"):
        judge_schema("s", schema)


def test_deep_nesting_is_stopped() -> None:
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(900):
        inner = {"not": inner}
    with pytest.raises(InvalidJsonSchema, match="too large"):
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
