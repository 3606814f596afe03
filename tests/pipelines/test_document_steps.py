"""Steps over the whole document are asked for by name, and what was kept of them is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.parse import assemble
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.geometry import PageSize
from schemas.options import Configuration
from tests.fakes.engines import FakeEngines

T = TypeVar("T")

EVERYTHING = Configuration.model_validate(
    {
        "parsing_options": {"table_merging": True},
        "page_classifications": [{"name": "letter", "description": "A letter"}],
        "structured_extraction_options": [
            {
                "schema_name": name,
                "json_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
            }
            for name in ("first", "second")
        ],
    }
)


class Shelf:
    """Keeps every result; ``asked`` are the steps that were made."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.made: list[str] = []

    def __call__(self, name: str, asked: object, kind: type[T], make: Callable[[], T]) -> T:
        key = f"{name} {asked}"
        if key not in self.kept:
            self.made.append(name)
            self.kept[key] = make()
        result = self.kept[key]
        assert isinstance(result, kind)
        return result


def record(number: int) -> PageRecord:
    content = TextContent(content=f"Dear Jane, this is letter {number}. City: Bern")
    fragment = PageFragment(fragment_type=FragmentType.TEXT, content=content, reading_order=0)
    return PageRecord(number, PageSize(width=100, height=200), [fragment], [], [])


def document(shelf: Shelf, engines: FakeEngines, seen: dict[str, float]) -> ParsedDocument:
    context = RunContext(keep=shelf, seconds=seen)
    return assemble([record(1), record(2)], 2, EVERYTHING, engines, context)


def test_each_step_is_made_once() -> None:
    shelf, engines, seconds = Shelf(), FakeEngines(), dict[str, float]()
    first = document(shelf, engines, seconds)
    assert shelf.made == ["merge_tables", "classify", "extract", "extract"]
    assert set(seconds) == {"merge_tables", "classify", "extract"}
    asked = list(engines.calls)
    assert document(shelf, engines, seconds) == first
    assert len(shelf.made) == 4
    assert engines.calls == asked


def test_a_run_that_keeps_nothing_makes_everything() -> None:
    made = assemble([record(1)], 1, EVERYTHING, FakeEngines(), RunContext())
    assert [one.schema_name for one in made.structured_data or []] == ["first", "second"]
