"""A block as a table: its grid without unused rows and columns, its header, its pieces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.readers.csv import MOST_CELLS, MOST_ROWS
from pipelines.readers.sheets.blocks import Block
from pipelines.readers.sheets.cells import comment_markup, inline
from pipelines.readers.sheets.model import COVERED, Cell, Row, ShownSheet
from pipelines.table_markup import MarkupCell, TableModel

# More rows are no header, whatever is frozen.
_MOST_HEADER_ROWS = 6
# The rows below a header that tell whether it is one.
_LOOKED_AT = 20
# A large grid with a smaller share of filled cells is no table.
_LEAST_FILLED = 0.1


@dataclass(slots=True)
class Grid:
    """A block's rows with text; ``columns`` are those of the sheet that hold any."""

    rows: Block
    columns: list[int]
    sheet: ShownSheet

    @classmethod
    def of(cls, block: Block, sheet: ShownSheet) -> Grid:
        """The grid of a block of a sheet."""
        rows = [row for row in block if any(cell is not COVERED for cell in row.cells)]
        if sheet.spans or sheet.tables:
            used = {
                c
                for row in rows
                for c, cell in zip(row.columns, row.cells, strict=True)
                if cell is not COVERED
            }
        else:
            used = {column for columns in {row.columns for row in rows} for column in columns}
        return cls(rows, sorted(used), sheet)

    def cells(self, row: Row) -> list[tuple[int, Cell]]:
        """The cells of a row that hold text, with the columns of the sheet."""
        return [(c, cell) for c, cell in zip(row.columns, row.cells, strict=True) if cell is not COVERED]

    def span(self, row: Row, column: int) -> tuple[int, int]:
        """How many of the grid's rows and columns a cell takes."""
        merged = self.sheet.spans.get((row.number, column))
        if merged is None:
            return 1, 1
        down = bisect_right(self.rows, merged.bottom, key=_number) - bisect_left(
            self.rows, row.number, key=_number
        )
        across = bisect_right(self.columns, merged.right) - bisect_left(self.columns, column)
        return max(1, down), max(1, across)

    @property
    def is_sparse(self) -> bool:
        """Whether it is too large and too empty to be written as a table."""
        area = len(self.rows) * len(self.columns)
        return area > MOST_CELLS and sum(len(row.cells) for row in self.rows) < area * _LEAST_FILLED

    def models(self) -> Iterator[TableModel]:
        """The table; a new one after every 50 000 rows or million cells, each under the same header."""
        header = self.rows[: self.header_rows()]
        size = max(1, min(MOST_ROWS, MOST_CELLS // len(self.columns) - len(header)))
        for start in range(len(header), max(len(self.rows), len(header) + 1), size):
            yield TableModel(self._markup(header, self.rows[start : start + size]))

    def _markup(self, header: Block, body: Block) -> Iterator[MarkupCell]:
        places = {column: index for index, column in enumerate(self.columns)}
        rows = [*header, *body]
        for number, row in enumerate(rows):
            end = len(header) if number < len(header) else len(rows)
            for column, cell in self.cells(row):
                down, across = self.span(row, column) if self.sheet.spans else (1, 1)
                place = number, places[column], down if down == 1 else min(down, end - number), across
                comment = self.sheet.comments.get((row.number, column))
                if comment is None:
                    yield MarkupCell(*place, cell.text, number < len(header), cell.markdown)
                    continue
                text = inline([(cell.text, ())], comment)
                markdown = f"{cell.markdown} {comment_markup(comment)}" if cell.markdown else text.markdown()
                yield MarkupCell(*place, cell.text, number < len(header), markdown, text.html())

    def header_rows(self) -> int:
        """How many rows at the top name the columns."""
        most = min(_MOST_HEADER_ROWS, len(self.rows) - 1)
        top, bottom = self.rows[0].number, self.rows[-1].number
        for table in self.sheet.tables:
            if (
                top <= table.top <= bottom
                and table.right >= self.columns[0]
                and table.left <= self.columns[-1]
            ):
                declared = bisect_right(self.rows, table.top, key=_number)
                return declared if declared <= _MOST_HEADER_ROWS else 0
        frozen = bisect_left(self.rows, self.sheet.frozen_rows, key=_number)
        if 0 < frozen <= most:
            return frozen
        return self._seeming_header(most)

    def _seeming_header(self, most: int) -> int:
        """How many rows look like a header: of texts, bold above others or naming all columns."""
        depth = 1
        while depth <= most:
            reach = max(
                (
                    n + self.span(row, c)[0]
                    for n, row in enumerate(self.rows[:depth])
                    for c, _ in self.cells(row)
                ),
                default=depth,
            )
            groups = any(
                self.span(self.rows[depth - 1], c)[1] > 1 for c, _ in self.cells(self.rows[depth - 1])
            )
            if reach <= depth and not groups:
                break
            depth = max(reach, depth + 1)
        if depth > most:
            return 0
        head = [cell for row in self.rows[:depth] for _, cell in self.cells(row)]
        below = [[cell for _, cell in self.cells(row)] for row in self.rows[depth : depth + _LOOKED_AT]]
        if _all_bold(head) and not all(map(_all_bold, below)):
            while (
                depth < most
                and len(below[0]) * 2 > len(self.columns)
                and _all_bold(below[0])
                and not any(c.value for c in below[0])
            ):
                depth, below = depth + 1, below[1:]
            return depth
        return depth if self._names_columns(self.rows[depth - 1], self.rows[: depth - 1]) else 0

    def _names_columns(self, row: Row, above: Block) -> bool:
        """Whether a row of texts stands above all columns, but for the first perhaps.

        No two are alike within a group, which are those that cells ``above`` span; and the first is not
        the label of what is beside it.
        """
        cells = self.cells(row)
        if len(self.columns) < 2 or len(cells) < len(self.columns) - 1:
            return False
        if len(cells) < len(self.columns) and cells[0][0] == self.columns[0]:
            return False
        if cells[0][1].text.rstrip().endswith(":"):
            return False
        groups = sorted(column for group in above for column, _ in self.cells(group))
        names = [(bisect_right(groups, column), cell.text.casefold()) for column, cell in cells]
        texts = not any(cell.value for _, cell in cells)
        return len(set(names)) == len(names) and (texts or _are_years([cell for _, cell in cells]))


def _number(row: Row) -> int:
    return row.number


def _all_bold(cells: list[Cell]) -> bool:
    return bool(cells) and all(cell.bold for cell in cells)


def _are_years(cells: list[Cell]) -> bool:
    """Whether all but the first are years one after another."""
    rest = cells if cells[0].value else cells[1:]
    years = [int(cell.text) for cell in rest if re.fullmatch(r"[12][0-9]{3}", cell.text)]
    return len(years) == len(rest) > 1 and abs(years[0] - years[-1]) == len(years) - 1
