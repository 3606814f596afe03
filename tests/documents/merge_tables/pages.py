"""Pages with tables, as they are once they were read."""

from __future__ import annotations

from collections.abc import Sequence

from models.base import Engines
from pipelines.documents.finish import finished
from pipelines.documents.merge_tables import merge_tables
from pipelines.table_markup import MarkupCell, TableModel
from pipelines.work import PageRecord, RunContext
from schemas.documents import MergedTable, Page
from schemas.fragments import (
    Content,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableCell,
    TextContent,
    content_class,
)
from schemas.geometry import Box, PageSize
from schemas.options import TableOutputMode
from tests.fakes.engines import FakeEngines

SIZE = PageSize(width=600, height=800)
TOP, BOTTOM, PITCH = 60.0, 740.0, 20.0
LEFT, COLUMN = 60.0, 120.0
NAMES = ["Port", "Berths", "Tonnes"]


def rows(count: int, start: int = 0) -> list[list[str]]:
    """Rows of a name and two numbers."""
    return [[f"Harbour {i:03}", str(10 + i), f"{i},{400 + i}"] for i in range(start, start + count)]


def table(
    texts: Sequence[Sequence[str]],
    *,
    top: float = TOP,
    head: int = 1,
    left: float = LEFT,
    column: float = COLUMN,
) -> PageFragment:
    """A table of columns of one width, rows 20 units apart; the first ``head`` rows name the columns."""
    cells = [(r, c, text) for r, row in enumerate(texts) for c, text in enumerate(row)]
    boxes = [
        Box(
            x1=left + column * c,
            y1=top + PITCH * r,
            x2=left + column * c + 6 * max(len(text), 1),
            y2=top + PITCH * r + 10,
        )
        for r, c, text in cells
    ]
    model = TableModel(MarkupCell(r, c, text=text, header=r < head) for r, c, text in cells)
    content = model.content(
        [TableCell(text=text, bounding_box=box) for (_, _, text), box in zip(cells, boxes, strict=True)]
    )
    bottom = top + PITCH * (len(texts) - 1) + 10
    box = Box(x1=left, y1=top, x2=left + column * len(texts[0]), y2=bottom)
    return PageFragment(fragment_type=FragmentType.TABLE, content=content, bbox=box)


def ending(texts: Sequence[Sequence[str]], *, head: int = 1, left: float = LEFT) -> PageFragment:
    """A table that reaches the end of the page's body."""
    return table(texts, top=BOTTOM - PITCH * (len(texts) - 1) - 10, head=head, left=left)


def text(words: str, top: float, kind: FragmentType = FragmentType.TEXT, left: float = LEFT) -> PageFragment:
    """A line of text."""
    box = Box(x1=left, y1=top, x2=left + 6 * len(words), y2=top + 10)
    content: Content = (
        HeaderContent(content=words, level=1)
        if content_class(kind) is HeaderContent
        else TextContent(content=words)
    )
    return PageFragment(fragment_type=kind, content=content, bbox=box)


def page(number: int, *fragments: PageFragment, ready: bool = False) -> PageRecord:
    """A page with a running foot."""
    foot = text(f"Page {number}", 770, FragmentType.PAGE_NUMBER)
    return PageRecord(number, SIZE, [*fragments, foot], [], [], ready=ready)


def done(records: Sequence[PageRecord]) -> list[Page]:
    """The finished pages."""
    return [
        Page.of(r.number, r.size, finished(r.fragments, r.number, frozenset(), TableOutputMode.HTML))
        for r in records
    ]


def merged(*records: PageRecord, engines: Engines | None = None) -> list[MergedTable]:
    """The merged tables of some pages."""
    return merge_tables(records, done(records), engines or FakeEngines(), RunContext()).tables


def grid(whole: MergedTable) -> list[list[str]]:
    """The texts of a merged table by row."""
    found = [
        [""] * (whole.merge_actions.target_columns or 0) for _ in range(1 + max(c.row for c in whole.cells))
    ]
    for cell in whole.cells:
        found[cell.row][cell.column] = cell.text
    return found
