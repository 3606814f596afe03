"""JSON Schemas as trees of what is to be found."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic import Field as Described

from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar, leaves, target_of
from schemas.errors import InvalidJsonSchema
from workers.jobs.extraction import judge_schema


class Currency(Enum):
    EUR = "EUR"
    USD = "USD"


class Item(BaseModel):
    name: str
    amount: float | None = None


class Party(BaseModel):
    name: str | None = Described(None, title="Full name", description="as in the register")
    roles: list[Literal["buyer", "seller"]] = []


class Invoice(BaseModel):
    number: str = Described(description="the invoice's number")
    total: float | int | None
    paid: bool = False
    count: int = 1
    currency: Currency | None = None
    issuer: Party
    customer: Party | None = Described(None, description="who pays")
    items: list[Item] = []
    kind: Literal["invoice"] = "invoice"


def field(schema: dict[str, Any], *path: str) -> Field:
    """The field at a path of names."""
    target: Any = target_of(schema)
    found = None
    for name in path:
        holder = target.items if isinstance(target, ArrayOf) else target
        found = next(one for one in holder.fields if one.name == name)
        target = found.target
    assert found is not None
    return found


def test_what_pydantic_makes_is_understood() -> None:
    schema = Invoice.model_json_schema()
    judge_schema("invoice", schema)
    assert [one.path for one in leaves(target_of(schema))] == [
        ("number",),
        ("total",),
        ("paid",),
        ("count",),
        ("currency",),
        ("issuer", "name"),
        ("issuer", "roles"),
        ("customer", "name"),
        ("customer", "roles"),
        ("items", "name"),
        ("items", "amount"),
        ("kind",),
    ]
    assert field(schema, "total").target == Scalar("number")
    assert field(schema, "paid").target == Scalar("boolean")
    assert field(schema, "count").target == Scalar("integer")
    assert field(schema, "currency").target == Scalar("string", choices=("EUR", "USD"))
    assert field(schema, "kind").target == Scalar("string", choices=("invoice",))
    assert field(schema, "issuer", "roles").target == ArrayOf(Scalar("string", choices=("buyer", "seller")))
    assert field(schema, "number").description == "the invoice's number"
    name = field(schema, "customer", "name")
    assert (name.title, name.description) == ("Full name", "as in the register")
    assert field(schema, "customer").description == "who pays"


@pytest.mark.parametrize(
    ("schema", "target"),
    [
        ({"type": "string", "format": "date"}, Scalar("string", format="date")),
        ({"type": ["null", "number"]}, Scalar("number")),
        ({"enum": [1, 2, None]}, Scalar("integer", choices=(1, 2))),
        ({"const": True}, Scalar("boolean", choices=(True,))),
        ({}, Scalar("string")),
        (True, Scalar("string")),
        ({"items": {"type": "integer"}}, ArrayOf(Scalar("integer"))),
        ({"type": "array"}, ArrayOf(Scalar("string"))),
        ({"type": "array", "prefixItems": [{"type": "number"}]}, ArrayOf(Scalar("number"))),
        ({"anyOf": [{"type": "null"}, {"type": "array", "items": {}}]}, ArrayOf(Scalar("string"))),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, Scalar("integer")),
        ({"type": "object"}, ObjectOf()),
        ({"enum": None, "title": 3}, Scalar("string")),
    ],
)
def test_a_property_of_any_form(schema: Any, target: object) -> None:
    root = {"type": "object", "properties": {"a": schema}}
    assert field(root, "a").target == target


def test_members_of_all_of_are_joined() -> None:
    part = {"type": "object", "properties": {"b": {"type": "number"}}}
    whole = {"allOf": [part, {"properties": {"c": {}}}], "description": "both"}
    found = field({"type": "object", "properties": {"a": whole}}, "a")
    assert found.description == "both"
    assert [one.path for one in leaves(found.target)] == [("a", "b"), ("a", "c")]


def test_a_circle_holds_nothing_once_it_closes() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    root = {"type": "object", "properties": {"a": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}
    assert field(root, "a", "next").target == Scalar("string")


_schemas = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "properties", "items", "anyOf", "allOf", "enum", "const", "$ref", "a"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(_schemas)
def test_any_schema_that_was_judged_good_has_a_tree(schema: Any) -> None:
    root = {"type": "object", "properties": {"a": schema}}
    try:
        judge_schema("s", root)
    except InvalidJsonSchema:
        return
    assert [one.name for one in target_of(root).fields] == ["a"]
