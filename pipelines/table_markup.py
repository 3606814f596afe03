"""A grid of cells as HTML and as Markdown: the only place where either is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from schemas.documents import MergedCell
from schemas.fragments import TableCell, TableContent

# A spanning cell's text is repeated over its cells in Markdown, which has no spans; longer texts are not.
_REPEATED_CHARACTERS = 200
# What Markdown would take for raw HTML.
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(slots=True)
class MarkupCell:
    """A cell: its 0-based place in the grid, its spans (at least 1) and its plain text.

    ``markdown`` is the same text with inline marks (bold, links…), where the format has them, and
    ``html`` with those that the HTML shows, too (tracked changes, comments), escaped already.
    """

    row: int
    col: int
    row_span: int = 1
    col_span: int = 1
    text: str = ""
    header: bool = False
    markdown: str | None = None
    html: str | None = None


class TableModel:
    """A table of cells that may come in any order.

    Gaps become empty cells, a span ends where another cell begins, and of two cells with the same place
    the first is kept.
    """

    def __init__(self, cells: Iterable[MarkupCell]) -> None:
        self._slots: dict[tuple[int, int], MarkupCell] = {}
        for cell in cells:
            self._slots.setdefault((cell.row, cell.col), cell)
        placed = [self._span(self._slots[place]) for place in sorted(self._slots)]
        self.rows = max((cell.row + cell.row_span for cell in placed), default=0)
        self.columns = max((cell.col + cell.col_span for cell in placed), default=0)

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[str]], *, header: bool) -> TableModel:
        """A table without spans, short rows padded; ``header``: the first row names the columns."""
        return cls(
            MarkupCell(r, c, text=text, header=header and r == 0)
            for r, row in enumerate(rows)
            for c, text in enumerate(row)
        )

    @classmethod
    def of_merged(cls, cells: Iterable[MergedCell]) -> TableModel:
        """The table that pieces were merged to."""
        return cls(MarkupCell(c.row, c.column, c.row_span, c.column_span, c.text, c.header) for c in cells)

    def content(self, cells: Sequence[TableCell] = ()) -> TableContent:
        """The table as a fragment's content, in both forms, with ``cells`` where there is geometry."""
        html = self.html()
        return TableContent(content=html, cells=list(cells), html=html, markdown=self.markdown())

    def html(self) -> str:
        """``<table>``, all text escaped, one line a row; header rows at the top go into ``<thead>``."""
        head = self._head_rows()
        lines = ["<table>"]
        for tag, first, last in (("thead", 0, head), ("tbody", head, self.rows)):
            if first < last:
                lines.append(f"<{tag}>")
                lines.extend(self._html_row(row) for row in range(first, last))
                lines.append(f"</{tag}>")
        lines.append("</table>")
        return "\n".join(lines)

    def markdown(self) -> str:
        """A pipe table (GitHub Flavored Markdown §4.10); the first row is its header, as the syntax demands.

        A spanning cell's text is repeated downwards, and across where it is a header, so that each row
        can be read alone.
        """
        if not self.rows:
            return ""
        lines = [self._markdown_row(row) for row in range(self.rows)]
        lines.insert(1, "|" + " --- |" * self.columns)
        return "\n".join(lines)

    def _span(self, cell: MarkupCell) -> MarkupCell:
        """Fills the free slots that ``cell`` spans, and cuts its spans to them."""
        row, col = cell.row, cell.col
        if cell.row_span == cell.col_span == 1:
            return cell

        def free(r: int, c: int) -> bool:
            return self._slots.get((r, c), cell) is cell

        columns = next((n for n in range(1, cell.col_span) if not free(row, col + n)), max(1, cell.col_span))
        across = range(col, col + columns)
        rows = next(
            (n for n in range(1, cell.row_span) if not all(free(row + n, c) for c in across)),
            max(1, cell.row_span),
        )
        cut = replace(cell, row_span=rows, col_span=columns)
        self._slots.update({(r, c): cut for r in range(row, row + rows) for c in across})
        return cut

    def _head_rows(self) -> int:
        """How many rows at the top hold only headers (and empty cells), with no span that leaves them."""
        reach = 0
        for row in range(self.rows):
            cells = [cell for col in range(self.columns) if (cell := self._slots.get((row, col)))]
            if not any(c.header for c in cells) or any(c.text and not c.header for c in cells):
                return row if reach <= row else 0
            reach = max(reach, *(c.row + c.row_span for c in cells))
        return 0

    def _html_row(self, row: int) -> str:
        parts = []
        for col in range(self.columns):
            cell = self._slots.get((row, col))
            if cell is None:
                parts.append("<td></td>")
            elif (cell.row, cell.col) == (row, col):
                parts.append(_html_cell(cell))
        return f"<tr>{''.join(parts)}</tr>"

    def _markdown_row(self, row: int) -> str:
        return "".join(f"| {self._markdown_text(row, col)} " for col in range(self.columns)) + "|"

    def _markdown_text(self, row: int, col: int) -> str:
        cell = self._slots.get((row, col))
        if cell is None:
            return ""
        text = _TAG_START.sub("&lt;", cell.text) if cell.markdown is None else cell.markdown
        if (cell.row, cell.col) != (row, col) and (
            len(text) > _REPEATED_CHARACTERS or (col != cell.col and not cell.header)
        ):
            return ""
        return _one_line(text).replace("|", "\\|")


def _html_cell(cell: MarkupCell) -> str:
    tag = "th" if cell.header else "td"
    spans = "".join(
        f' {name}="{span}"'
        for name, span in (("rowspan", cell.row_span), ("colspan", cell.col_span))
        if span > 1
    )
    return f"<{tag}{spans}>{_one_line(escape(cell.text) if cell.html is None else cell.html)}</{tag}>"


def _one_line(text: str) -> str:
    if text.isprintable():
        return text.strip()
    lines = (line.strip() for line in _UNPRINTABLE.sub("", text).splitlines())
    return "<br/>".join(line for line in lines if line)
