"""The form of a model's answer: a schema for any target, and a tree of answers for any data."""

from __future__ import annotations

from enum import Enum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from models.llm.strict import strict
from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.llm.form import form_of, is_empty, node_of
from pipelines.extraction.targets import target_of
from tests.pipelines.extraction.asked import said


class Currency(Enum):
    EUR = "EUR"
    USD = "USD"


class Line(BaseModel):
    what: str
    amounts: list[float] = []


class Party(BaseModel):
    name: str | None = Field(None, title="Full name", description="as in the register")
    lines: list[Line] = []


class Paper(BaseModel):
    number: str
    count: int
    share: float | None
    paid: bool = False
    currency: Currency | None = None
    sender: Party
    rows: list[list[int]] = []


TARGET = target_of(Paper.model_json_schema())
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "at", "number", "sender", "lines"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_the_form_is_a_schema_that_strict_mode_takes_too() -> None:
    form = form_of(TARGET, "Paper: one sheet")
    answer = {
        "number": said("A-1", "1.0"),
        "count": said(3),
        "share": None,
        "paid": said(True),
        "currency": said("USD", "1.2"),
        "sender": {"name": None, "lines": [{"what": said("bolt"), "amounts": [said(1.5), said(2)]}]},
        "rows": [[said(1), said(2)], []],
    }
    for schema in (form, strict(form)):
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        assert validator.is_valid(answer)
        assert not validator.is_valid({**answer, "currency": said("GBP")})
        assert not validator.is_valid({**answer, "count": said("three")})
        assert not validator.is_valid({**answer, "number": "A-1"})
    assert form["description"] == "Paper: one sheet"
    assert (
        form["properties"]["sender"]["properties"]["name"]["description"] == "Full name: as in the register"
    )


def test_answers_come_back_in_the_shape_of_the_target() -> None:
    answer = {
        "count": said(3.0),
        "share": said("12,5"),
        "currency": said("usd", "x"),
        "sender": {"lines": [{"what": None, "amounts": []}, {"what": said(" bolt "), "amounts": [said(2)]}]},
        "rows": [[said(1)], []],
    }
    found = node_of(TARGET, answer, {"x": ("1.1", "1.2")})
    assert found == {
        "number": None,
        "count": Answer(3, Method.LLM),
        "share": Answer(12.5, Method.LLM),
        "paid": None,
        "currency": Answer("USD", Method.LLM, said_at=("1.1", "1.2")),
        "sender": {
            "name": None,
            "lines": [{"what": Answer("bolt", Method.LLM), "amounts": [Answer(2, Method.LLM)]}],
        },
        "rows": [[Answer(1, Method.LLM)]],
    }


@given(st.dictionaries(st.sampled_from(list(Paper.model_fields)), _JSON) | _JSON)
def test_any_data_is_a_tree(data: Any) -> None:
    found = node_of(TARGET, data, {})
    assert isinstance(found, dict)
    assert set(found) == set(Paper.model_fields)
    assert is_empty(node_of(TARGET, {}, {}))
