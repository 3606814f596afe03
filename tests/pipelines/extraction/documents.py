"""Evidence for tests, made of lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.documents.finish import finished
from pipelines.extraction.evidence import Evidence
from pipelines.work import PageRecord
from schemas.documents import Page
from schemas.fragments import (
    FragmentType,
    FragmentWord,
    HeaderContent,
    PageFragment,
    TextContent,
)
from schemas.geometry import BBox, Box, PageSize, union_of
from schemas.options import TableOutputMode
from tests.fakes.engines import line

SIZE = PageSize(width=600, height=800)


def paragraph(text: str, y: float, x: float = 50.0, kind: FragmentType = FragmentType.TEXT) -> PageFragment:
    """A fragment of the lines of ``text``, from ``y`` down, its words in boxes; ``# `` begins a heading."""
    if text.startswith("# "):
        kind, text = FragmentType.SECTION_HEADER, text.removeprefix("# ")
    rows = [line(row, x, y + 14 * n) for n, row in enumerate(text.split("\n")) if row.strip()]
    content = (
        HeaderContent(content=text, level=1)
        if kind is FragmentType.SECTION_HEADER
        else TextContent(content=text)
    )
    words = [FragmentWord(text=w.text, bbox=Box.of(w.bbox)) for row in rows for w in row.words]
    box = union_of([row.bbox for row in rows]) if rows else BBox(x, y, x + 1, y + 1)
    return PageFragment(fragment_type=kind, content=content, bbox=Box.of(box), words=words)


def page(number: int, *fragments: PageFragment) -> Page:
    """A finished page."""
    return Page.of(number, SIZE, finished(fragments, number, frozenset(), TableOutputMode.HTML))


def document(*pages: Sequence[str]) -> Evidence:
    """A document of paragraphs, 40 units apart, some on each page."""
    made = [
        page(number, *(paragraph(text, 40.0 + 40 * i) for i, text in enumerate(texts)))
        for number, texts in enumerate(pages, 1)
    ]
    records = [PageRecord(one.page_number, SIZE, one.page_fragments, [], []) for one in made]
    return Evidence.of(records, made)
