"""A table's HTML as a grid of cells, each with its place, its spans and, where there is one, its box."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from schemas.fragments import TableCell, TableContent
from schemas.geometry import Box

_LARGEST_SPAN = 1_000


@dataclass(slots=True)
class GridCell:
    """A cell: its 0-based place, its spans (at least 1), its plain text."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    text: str = ""
    header: bool = False
    box: Box | None = None


@dataclass(slots=True)
class Grid:
    """The cells of a table row by row. Places that no cell covers are empty."""

    cells: list[GridCell] = field(default_factory=list)
    rows: int = 0
    columns: int = 0

    def slots(self) -> list[list[GridCell | None]]:
        """Which cell covers which place."""
        slots: list[list[GridCell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            for row in range(cell.row, min(cell.row + cell.row_span, self.rows)):
                for column in range(cell.column, min(cell.column + cell.column_span, self.columns)):
                    slots[row][column] = cell
        return slots


def grid_of(content: TableContent) -> Grid:
    """The table of a fragment; without rows where its HTML has none."""
    parser = _Rows()
    parser.feed(content.html or content.content)
    parser.close()
    grid = _placed(parser.rows)
    _give_boxes(grid.cells, content.cells)
    return grid


@dataclass(slots=True)
class _Read:
    """A cell as it stands in the HTML."""

    header: bool
    row_span: int
    column_span: int
    parts: list[str] = field(default_factory=list)


class _Rows(HTMLParser):
    """The rows of the HTML that Octavo writes: no table stands in another."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[_Read]] = []
        self._cell: _Read | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            named = dict(attrs)
            self._cell = _Read(tag == "th", _span(named.get("rowspan")), _span(named.get("colspan")))
            self.rows[-1].append(self._cell)
        elif tag == "br" and self._cell is not None:
            self._cell.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.parts.append(data)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _LARGEST_SPAN) if text and text.isdecimal() and len(text) < 9 else 1


def _placed(rows: list[list[_Read]]) -> Grid:
    """Every cell at the first place in its row that no span from above covers; spans end with the table."""
    cells: list[GridCell] = []
    covered: dict[int, int] = {}  # up to which row a column is covered
    for row, found in enumerate(rows):
        column = 0
        for cell in found:
            while covered.get(column, 0) > row:
                column += 1
            rows_left = min(cell.row_span, len(rows) - row)
            text = "".join(cell.parts).strip()
            cells.append(GridCell(row, column, rows_left, cell.column_span, text, cell.header))
            covered.update(dict.fromkeys(range(column, column + cell.column_span), row + rows_left))
            column += cell.column_span
    return Grid(cells, len(rows), max((cell.column + cell.column_span for cell in cells), default=0))


def _give_boxes(cells: Sequence[GridCell], boxed: Sequence[TableCell]) -> None:
    """Both are in reading order, and cells without words have no box: equal texts belong together in turn."""
    waiting: dict[str, deque[Box]] = defaultdict(deque)
    for one in boxed:
        waiting[_key(one.text)].append(one.bounding_box)
    for cell in cells:
        if boxes := waiting.get(_key(cell.text)):
            cell.box = boxes.popleft()


def _key(text: str) -> str:
    return "".join(text.split())
