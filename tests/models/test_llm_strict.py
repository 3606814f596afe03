"""Schemas for strict mode: what they ask for, and that answers come back in the first schema's form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from models.llm.strict import strict, undone

_TEXT = {"type": "string"}


class Part(BaseModel):
    name: str
    price: float | None = None


class Order(BaseModel):
    number: str
    parts: list[Part] = []
    best: Part | None = None
    prices: dict[str, float] = {}
    by_name: dict[str, Part] | None = None


def is_strict(schema: Any) -> bool:
    """Whether every object in a schema is closed and wants all its properties."""
    if isinstance(schema, list):
        return all(map(is_strict, schema))
    if not isinstance(schema, dict):
        return True
    kind = schema.get("type")
    if kind == "object" or "object" in (kind if isinstance(kind, list) else []):
        closed = schema.get("additionalProperties") is False
        if not closed or list(schema["properties"]) != schema["required"]:
            return False
    return all(map(is_strict, schema.values()))


def test_what_pydantic_makes_becomes_strict_and_comes_back() -> None:
    schema = Order.model_json_schema()
    made = strict(schema)
    assert is_strict(made)
    assert "default" not in str(made)
    said = {
        "number": "A1",
        "parts": [{"name": "bolt", "price": None}],
        "best": None,
        "prices": [{"key": "bolt", "value": 2.5}],
        "by_name": [{"key": "bolt", "value": {"name": "bolt", "price": 2.5}}],
    }
    Draft202012Validator(made).validate(said)
    assert undone(said, schema) == {
        "number": "A1",
        "parts": [{"name": "bolt", "price": None}],
        "best": None,
        "prices": {"bolt": 2.5},
        "by_name": {"bolt": {"name": "bolt", "price": 2.5}},
    }


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"type": "string", "format": "date", "minLength": 2}, _TEXT),
        ({"const": 3}, {"enum": [3]}),
        ({"oneOf": [_TEXT, {"type": "null"}]}, {"anyOf": [_TEXT, {"type": "null"}]}),
    ],
)
def test_what_strict_mode_does_not_know_is_said_otherwise_or_left_out(schema: Any, made: Any) -> None:
    assert strict(schema) == made


@pytest.mark.parametrize(
    ("optional", "made"),
    [
        (_TEXT, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"$ref": "#/$defs/x"}, {"anyOf": [{"$ref": "#/$defs/x"}, {"type": "null"}]}),
        ({"anyOf": [_TEXT]}, {"anyOf": [_TEXT, {"type": "null"}]}),
        ({"enum": ["a"]}, {"anyOf": [{"enum": ["a"]}, {"type": "null"}]}),
    ],
)
def test_what_may_be_missing_may_be_null(optional: Any, made: Any) -> None:
    assert strict({"type": "object", "properties": {"a": optional}})["properties"]["a"] == made


def test_a_null_that_only_stood_for_a_missing_value_goes() -> None:
    properties = {"a": _TEXT, "b": {"type": ["string", "null"]}, "c": _TEXT}
    schema = {"type": "object", "properties": properties, "required": ["c"]}
    assert undone({"a": None, "b": None, "c": None, "d": None}, schema) == {"b": None, "c": None, "d": None}


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(),
    "integer": st.integers(),
    "boolean": st.booleans(),
}


def _object(inner: st.SearchStrategy[tuple[Any, Any]]) -> st.SearchStrategy[tuple[Any, Any]]:
    """Schemas of objects with a value each; some properties are missing."""

    def joined(fields: dict[str, tuple[Any, Any]], missing: set[str]) -> tuple[Any, Any]:
        required = [name for name in fields if name not in missing]
        schema = {"type": "object", "properties": {name: one for name, (one, _) in fields.items()}}
        return {**schema, "required": required}, {name: fields[name][1] for name in required}

    names = st.sampled_from("abcd")
    return st.builds(joined, st.dictionaries(names, inner, min_size=1), st.sets(names))


_SCHEMAS = st.recursive(
    st.sampled_from(list(_VALUES)).flatmap(
        lambda kind: _VALUES[kind].map(lambda value: ({"type": kind}, value))
    ),
    lambda inner: st.one_of(
        _object(inner),
        inner.map(lambda one: ({"type": "array", "items": one[0]}, [one[1]])),
        inner.map(lambda one: ({"type": "object", "additionalProperties": one[0]}, {"k": one[1]})),
    ),
    max_leaves=8,
)


def _strictly(value: Any, schema: Any) -> Any:
    """A value as a model that keeps to the strict schema would write it."""
    if "properties" in schema:
        known = schema["properties"]
        return {name: _strictly(value[name], known[name]) if name in value else None for name in known}
    if "items" in schema:
        return [_strictly(item, schema["items"]) for item in value]
    if "additionalProperties" in schema:
        one = schema["additionalProperties"]
        return [{"key": key, "value": _strictly(inner, one)} for key, inner in value.items()]
    return value


@given(_SCHEMAS)
def test_any_value_goes_there_and_back(pair: tuple[Any, Any]) -> None:
    schema, value = pair
    said = _strictly(value, schema)
    Draft202012Validator(strict(schema)).validate(said)
    assert undone(said, schema) == value


@given(
    _SCHEMAS,
    st.recursive(
        st.none() | st.text() | st.integers(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)
    ),
)
def test_what_does_not_fit_raises_nothing(pair: tuple[Any, Any], data: Any) -> None:
    undone(data, pair[0])
