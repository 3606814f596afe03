"""JSON in what a model writes: whatever that is, there is a value or there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.llm.parsing import json_in
from schemas.json_values import json_size

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=10,
)
_OBJECT = st.dictionaries(st.text("abc", min_size=1), _JSON, min_size=1, max_size=4)


@given(_OBJECT, st.sampled_from([None, 2]), st.booleans())
def test_an_object_is_found_alone_fenced_and_in_prose(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert json_in(text) == value
    assert json_in(f"```json\n{text}\n```") == value
    assert json_in(f"Here it is: {text}\nAnything else?") == value
    assert json_in(f"<think>Is it {{}}?</think>\n{text}") == value


@given(st.text() | st.text('{}[]",:0tfn\\ `', max_size=60))
def test_any_text_is_a_value_that_can_be_carried_or_none(text: str) -> None:
    json_size(json_in(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1,}', {"a": 1}),
        ("{'a': True, 'b': None}", {"a": True, "b": None}),
        ('{"a": [1, 2', {"a": [1, 2]}),
        ('{"a": "cut', {"a": "cut"}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('{"a": 1} {"b": 2}', {"a": 1}),
        ('```json\n{"a": "```"}\n```', {"a": "```"}),
        ('<think>{"a": 2}', None),
        ('{"a": NaN}', {"a": None}),
        ('{"a": 1e999}', None),
        ('{"a": "\\ud800"}', None),
        ("[" * 100_000, None),
        ('{"a":' * 100_000, None),
        ("nothing", None),
        ("", None),
    ],
)
def test_what_is_broken_is_mended_where_it_can_be(text: str, value: Any) -> None:
    assert json_in(text) == value
