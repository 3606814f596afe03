"""The grid of an HTML table: cells find their places as in browsers (HTML Standard §4.9.12)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.table_markup import MarkupCell, TableModel

# A larger grid becomes several tables: a small file can claim a huge one by its spans.
LARGEST_GRID = 1_000_000
_LARGEST_COL_SPAN = 1000
_LARGEST_ROW_SPAN = 65534
# Tables in tables in tables are layout; below this depth it is not even looked at.
_DEEPEST_DATA_TABLE = 6
_SECTIONS = {"thead", "tbody", "tfoot"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS_OF_LAYOUT = ("table", *_HEADINGS, "p", "div", "ul", "ol", "img")


class TableBuilder:
    """Takes the cells of a table row by row."""

    def __init__(self, element: _Element) -> None:
        self._element = element
        self._rows: list[list[MarkupCell]] = []

    def owns(self, part: _Element) -> bool:
        """Whether a row or cell belongs to this table and not to one inside or around it."""
        return next(part.iterancestors("table"), None) is self._element

    def start_row(self) -> None:
        """The next cells go into a new row."""
        self._rows.append([])

    def add(self, element: _Element, text: str, markdown: str) -> None:
        """The next cell of the row: a ``td`` or ``th`` with its content."""
        if not self._rows:
            self.start_row()
        across = _span(element, "colspan", 1, _LARGEST_COL_SPAN)
        down = _span(element, "rowspan", _LARGEST_ROW_SPAN, _LARGEST_ROW_SPAN)
        header = element.tag == "th" or _is_in_head(element)
        row = self._rows[-1]
        row.append(MarkupCell(len(self._rows) - 1, len(row), down, across, text, header, markdown))

    def models(self) -> Iterator[TableModel]:
        """The table, in pieces if it is very large; nothing if all its cells are empty. To be asked once."""
        if not any(cell.text for row in self._rows for cell in row):
            return
        cells = _placed(self._rows)
        height, width = len(self._rows), max(cell.col for cell in cells) + 1
        rows = max(1, LARGEST_GRID // width)
        pieces: list[list[MarkupCell]] = [[] for _ in range(0, height, rows)]
        for cell in cells:
            piece, row = divmod(cell.row, rows)
            cell.row_span = min(cell.row_span, height - cell.row, rows - row)
            cell.row = row
            pieces[piece].append(cell)
        yield from (TableModel(piece) for piece in pieces if piece)

    def lines(self) -> Iterator[str]:
        """The rows as lines of text, for a table inside a cell."""
        for row in self._rows:
            texts = [" ".join(cell.text.split("\n")) for cell in row]
            if any(texts):
                yield " | ".join(texts)


def _placed(rows: list[list[MarkupCell]]) -> list[MarkupCell]:
    """The cells, put where their spans leave room; without spans where these claim too large a grid."""
    held: dict[int, int] = {}
    steps = 0
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            start = column
            while held.get(column, 0) > number:
                column += 1
            steps += column - start + cell.col_span
            if steps > LARGEST_GRID:
                return _without_spans(rows)
            cell.col = column
            if cell.row_span > 1:
                held.update(dict.fromkeys(range(column, column + cell.col_span), number + cell.row_span))
            column += cell.col_span
    return _without_idle_columns([cell for row in rows for cell in row])


def _without_spans(rows: list[list[MarkupCell]]) -> list[MarkupCell]:
    for row in rows:
        for column, cell in enumerate(row):
            cell.col, cell.row_span, cell.col_span = column, 1, 1
    return [cell for row in rows for cell in row]


def _without_idle_columns(cells: list[MarkupCell]) -> list[MarkupCell]:
    """Drops the columns in which no cell begins: they only exist by ``colspan``."""
    starts = sorted({cell.col for cell in cells})
    for cell in cells:
        end = bisect_left(starts, cell.col + cell.col_span)
        cell.col = bisect_left(starts, cell.col)
        cell.col_span = end - cell.col
    return cells


def is_layout(table: _Element, depth: int) -> bool:
    """Whether a table only places things on the page; ``depth`` counts the tables around it.

    It does when it says so, when it has one cell, when each row shows something in one cell at most and
    these hold blocks, and when most of its cells hold tables or sections; never when it has a header or a
    caption.
    """
    if table.get("role") in {"presentation", "none"} or depth >= _DEEPEST_DATA_TABLE:
        return True
    if any(part.tag in {"caption", "thead"} for part in table):
        return False
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in _rows(table)]
    cells = [cell for row in rows for cell in row]
    if any(cell.tag == "th" for cell in cells):
        return False
    if len(cells) <= 1:
        return True
    if all(sum(_shows_something(cell) for cell in row) <= 1 for row in rows):
        return any(next(cell.iter(*_BLOCKS_OF_LAYOUT), None) is not None for cell in cells)
    larger = sum(next(cell.iter("table"), None) is not None or _is_section(cell) for cell in cells)
    return larger * 2 > len(cells)


def _is_section(cell: _Element) -> bool:
    """Whether a cell holds a heading, and below it something that shows."""
    heading = next(cell.iterchildren(*_HEADINGS), None)
    if heading is None:
        return False
    return bool((heading.tail or "").strip()) or any(map(_shows_something, heading.itersiblings()))


def _shows_something(cell: _Element) -> bool:
    """Whether there is text in a cell, or a picture that stands for some."""
    has_text = any(text.strip() for text in cell.itertext())
    return has_text or any(image.get("alt") for image in cell.iter("img"))


def _rows(table: _Element) -> Iterator[_Element]:
    for part in table:
        if part.tag == "tr":
            yield part
        elif part.tag in _SECTIONS:
            yield from (row for row in part if row.tag == "tr")


def _is_in_head(cell: _Element) -> bool:
    row = cell.getparent()
    section = row.getparent() if row is not None else None
    return section is not None and section.tag == "thead"


def _span(element: _Element, name: str, zero: int, largest: int) -> int:
    digits = (element.get(name) or "1").strip()[:6]
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(int(digits) or zero, largest)
