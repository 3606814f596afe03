"""The tables of a result as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from schemas.documents import MergedTable, ParsedDocument
from schemas.fragments import FORMS, FragmentType, PageFragment, TableContent
from schemas.geometry import Box

_WIDEST = 500
"""Columns, and rows or columns that a cell spans: more than a table on paper has."""
_BEGINS = 80


@dataclass(frozen=True, slots=True)
class Table:
    """A table: of a page (``id`` is the fragment's), or one put together from the pieces on several."""

    id: str
    page: int
    rows: list[list[str]]
    box: Box | None = None

    @property
    def columns(self) -> int:
        """Of the widest row."""
        return max(map(len, self.rows), default=0)

    def begins(self) -> str:
        """The first cells, to tell it from others."""
        return " | ".join(cell for cell in self.rows[0] if cell)[:_BEGINS] if self.rows else ""


def tables_of(document: ParsedDocument) -> list[Table]:
    """All tables in order; pieces of one that goes on over pages are there as the whole only."""
    wholes = {table.element_ids[0]: table for table in document.merged_tables if table.element_ids}
    rest = {name for table in document.merged_tables for name in table.element_ids[1:]}
    return [
        _whole(wholes[name], piece) if (name := piece.id) in wholes else piece
        for piece in _pieces(document)
        if piece.id not in rest
    ]


def _pieces(document: ParsedDocument) -> Iterator[Table]:
    for page in document.pages:
        for fragment in page.page_fragments:
            if fragment.fragment_type is FragmentType.TABLE and fragment.ref_id:
                yield Table(fragment.ref_id, page.page_number, rows_of(fragment), fragment.bbox)


def _whole(table: MergedTable, first: Table) -> Table:
    return Table(table.merged_table_id, table.start_page, html_rows(table.merged_table_html), first.box)


def rows_of(fragment: PageFragment) -> list[list[str]]:
    """The rows of a table; a cell that spans several has its text in each, as a reader of a row expects."""
    content = fragment.content
    if not isinstance(content, TableContent) or fragment.fragment_type in FORMS:
        return []
    markup = content.html or content.content
    return html_rows(markup) if "<t" in markup else markdown_rows(content.markdown or content.content)


def html_rows(markup: str) -> list[list[str]]:
    """The rows of the HTML of a table."""
    if not markup.strip():
        return []
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column: rows still to come, text
    for line in html.fromstring(markup).iter("tr"):
        row: list[str] = []

        def fill(row: list[str]) -> None:
            while (above := hanging.get(len(row))) and len(row) < _WIDEST:
                hanging[len(row)] = (above[0] - 1, above[1])
                if above[0] <= 1:
                    del hanging[len(row)]
                row.append(above[1])

        for cell in line.iter("td", "th"):
            fill(row)
            text = " ".join(cell.text_content().split())
            down, across = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            for _ in range(min(across, _WIDEST - len(row))):
                if down > 1:
                    hanging[len(row)] = (down - 1, text)
                row.append(text)
        fill(row)
        rows.append(row)
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _span(text: str | None) -> int:
    return min(int(text), _WIDEST) if text and text.isdecimal() and len(text) < 5 and int(text) else 1


def markdown_rows(text: str) -> list[list[str]]:
    """The rows of a table in Markdown, without the line below the header."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for index, row in enumerate(rows) if index != 1 or any(cell.strip("-: ") for cell in row)]
