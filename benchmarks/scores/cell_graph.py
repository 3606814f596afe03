"""A table's cells and their neighbours on each side, as olmOCR-bench's table tests walk them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import html

from benchmarks.scores.teds import span

SIDES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class Cell(NamedTuple):
    """A cell's text, spans, and whether it is a heading."""

    text: str
    rows: int = 1
    columns: int = 1
    heading: bool = False


@dataclass(slots=True)
class CellGraph:
    """Cells by number; ``owner`` says which cell covers a (row, column) place."""

    cells: list[Cell] = field(default_factory=list)
    owner: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[Sequence[Cell]]) -> CellGraph:
        """The cells placed as a browser does: each at the first place of its row that is still free."""
        graph = cls()
        for row, cells in enumerate(rows):
            column = 0
            for cell in cells:
                while (row, column) in graph.owner:
                    column += 1
                for down in range(cell.rows):
                    for right in range(cell.columns):
                        graph.owner.setdefault((row + down, column + right), len(graph.cells))
                graph.cells.append(cell)
        return graph

    def neighbours(self, cell: int, side: str) -> set[int]:
        """The nearest other cells on a side, one for each row or column that the cell covers."""
        down, right = SIDES[side]
        rows, columns = (max(place[axis] for place in self.owner) + 1 for axis in (0, 1))
        found: set[int] = set()
        for row, column in (place for place, owner in self.owner.items() if owner == cell):
            r, c = row + down, column + right
            while 0 <= r < rows and 0 <= c < columns:
                other = self.owner.get((r, c), cell)
                if other != cell:
                    found.add(other)
                    break
                r, c = r + down, c + right
        return found

    def headings(self, cell: int, side: str) -> set[int]:
        """The headings met on the way to that edge of the table; without any, the cells at its end."""
        seen: set[int] = set()
        ends: set[int] = set()
        ahead = {cell}
        while ahead:
            seen |= ahead
            for i in ahead:
                if not self.neighbours(i, side):
                    ends.add(i)
            ahead = {n for i in ahead for n in self.neighbours(i, side)} - seen
        return ({i for i in seen if self.cells[i].heading} or ends) - {cell}


def cell_graphs(markdown: str) -> Iterator[CellGraph]:
    """Every table: runs of two and more lines with pipes, then HTML tables."""
    run: list[str] = []
    for line in [*markdown.strip().split("\n"), ""]:
        if "|" in line:
            run.append(line)
            continue
        if len(run) > 1:
            yield CellGraph.of(_pipe_rows(run))
        run = []
    if "<table" in markdown.lower():
        for table in html.document_fromstring(f"<html><body>{markdown}</body></html>").iter("table"):
            yield CellGraph.of(_html_rows(table))


def _pipe_rows(lines: Sequence[str]) -> list[list[Cell]]:
    """First row and first column are headings; lines of dashes are none of the table."""
    split = [[text.strip() for text in line.split("|")] for line in lines if line.strip(" -:|")]
    rows = [texts[not texts[0] : len(texts) - (not texts[-1])] for texts in split]
    return [
        [Cell(text, heading=r == 0 or c == 0) for c, text in enumerate(texts)] for r, texts in enumerate(rows)
    ]


def _html_rows(table: html.HtmlElement) -> list[list[Cell]]:
    return [[_html_cell(cell) for cell in row.xpath("./td | ./th")] for row in table.iter("tr")]


def _html_cell(cell: html.HtmlElement) -> Cell:
    heading = cell.tag == "th" or next(cell.iterancestors("thead"), None) is not None
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    text = "".join(cell.itertext()).strip()
    return Cell(text, span(cell, "rowspan"), span(cell, "colspan"), heading)
