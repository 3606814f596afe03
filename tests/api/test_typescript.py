"""The TypeScript client's types are those of the code."""

from __future__ import annotations

import runpy
from pathlib import Path

MAKER = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "make_typescript.py"))


def test_the_types_are_made_from_this_api() -> None:
    mark = MAKER["mark"](MAKER["openapi"]())
    written = MAKER["SCHEMA"].read_text(encoding="utf-8")[:300]
    assert mark in written, "the API has changed; make typescript writes the client's types anew"


def test_another_api_has_another_mark() -> None:
    document = MAKER["openapi"]()
    mark = MAKER["mark"](document)
    document["components"]["schemas"]["Page"]["properties"]["new"] = {"type": "string"}
    assert MAKER["mark"](document) != mark


def test_answers_have_all_their_fields_in_the_types() -> None:
    schemas = MAKER["openapi"]()["components"]["schemas"]
    for name in (
        "ParseResult",
        "Page",
        "PageFragment",
        "DocumentWarning",
        "JobProgress",
        "ProgressAttributes",
    ):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name
