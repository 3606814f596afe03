"""What a schema says beyond types, judged without ever handing a stranger's pattern to a slow matcher."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pipelines.extraction.fit import misfits

SLOW = "(a+)+$"
WORD = "a" * 40 + "!"
OLDER = {"$schema": "http://json-schema.org/draft-07/schema#"}


@pytest.mark.parametrize(
    ("data", "schema", "places"),
    [
        ({"a": WORD}, {"properties": {"a": {"pattern": SLOW}}}, {("a",)}),
        ({"a": WORD}, {"properties": {"a": {**OLDER, "pattern": SLOW}}}, {("a",)}),
        ({"a": WORD}, {"allOf": [{**OLDER, "properties": {"a": {"pattern": SLOW}}}]}, {("a",)}),
        ({"a": WORD}, {"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": OLDER | {"pattern": SLOW}}},
         {("a",)}),
        ({WORD: "x"}, {"patternProperties": {SLOW: {}}, "additionalProperties": False}, set()),
        ({WORD: "x"}, {"allOf": [{"patternProperties": {SLOW: {}}, "unevaluatedProperties": False}]}, set()),
        ({WORD: "x"}, {"propertyNames": {"pattern": SLOW}}, set()),
        ({"x": "x"}, {"patternProperties": {"(": {}}, "additionalProperties": False}, set()),
    ],
)  # fmt: skip
def test_patterns_never_reach_pythons_matcher(
    monkeypatch: pytest.MonkeyPatch, data: Any, schema: dict[str, Any], places: set[tuple[str, ...]]
) -> None:
    search = re.search

    def watched(pattern: Any, *rest: Any, **more: Any) -> Any:
        assert pattern not in (SLOW, "("), "a caller's pattern ran in re"
        return search(pattern, *rest, **more)

    monkeypatch.setattr(re, "search", watched)
    assert misfits(data, {"type": "object", **schema}).keys() == places


def test_a_property_may_be_called_as_the_keyword() -> None:
    schema = {"type": "object", "properties": {"$schema": {"type": "string", "maxLength": 3}}}
    assert misfits({"$schema": "long"}, schema) == {("$schema",): "maxLength"}
