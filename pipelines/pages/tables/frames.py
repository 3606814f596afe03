"""What lies in a table's frame and is no part of the table: its title above, notes and sources below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.pages.captions import label_kind
from pipelines.pages.tables.columns import Pieces, slot
from pipelines.pages.tables.headers import is_full, rules_between
from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid, TextLine

# A note is a sentence of at least this many words, or begins with a mark of one.
_SENTENCE = 5
_NOTE = re.compile(
    r"^(?:[*†‡§¶#※]|\(?\d{1,2}\)\s|[¹²³⁴⁵⁶⁷⁸⁹]|(?:sources?|notes?|n\.b|quellen?|anmerkung(?:en)?|fuentes?|notas?|"
    r"fontes?|fonti?|remarques?|abbreviations?|来源|资料来源|注|註)\s*[:：.])",
    re.IGNORECASE,
)
# A title or a note starts at the table's left end, to within this (line heights).
_FLUSH = 1.5
# It never takes more of the table's rows than this share.
_MOST = 0.4


@dataclass(slots=True)
class Frame:
    """The rows of text of a table, and those above and below it."""

    above: list[Pieces] = field(default_factory=list)
    table: list[Pieces] = field(default_factory=list)
    below: list[Pieces] = field(default_factory=list)


def without_notes(rows: Sequence[Pieces], xs: Sequence[float], rules: Sequence[BBox]) -> Frame:
    """The rows, those at either end that are a title or notes taken out; ``xs`` are the column edges."""
    most = int(_MOST * len(rows))
    first, last = 0, len(rows)
    while first < most and (_is_title(rows[first], xs) or _is_over_the_top(rows, first, xs, rules)):
        first += 1
    while len(rows) - last < most and _is_note(rows[last - 1], xs):
        last -= 1
    return Frame(list(rows[:first]), list(rows[first:last]), list(rows[last:]))


def _is_title(row: Pieces, xs: Sequence[float]) -> bool:
    return _is_lone(row, xs) and (label_kind(row[0].text) is not None or is_wide(row[0], xs))


def _is_over_the_top(rows: Sequence[Pieces], index: int, xs: Sequence[float], rules: Sequence[BBox]) -> bool:
    """Whether a line of text stands alone above the table's uppermost rule."""
    if len(rows[index]) > 1 or len(rows[index + 1]) < 2:
        return False
    middle = rows[index][0].bbox.center[1]
    return is_full(rules_between(rows, index + 1, rules), xs) and all(r.center[1] > middle for r in rules)


def _is_note(row: Pieces, xs: Sequence[float]) -> bool:
    if not _is_lone(row, xs):
        return False
    return is_note(row[0].text) and is_wide(row[0], xs)


def is_note(text: str) -> bool:
    """Whether a text reads like a note below a table."""
    return bool(_NOTE.match(text)) or len(text.split()) >= _SENTENCE


def _is_lone(row: Pieces, xs: Sequence[float]) -> bool:
    return len(row) == 1 and row[0].bbox.x1 - xs[0] < _FLUSH * row[0].bbox.height


def is_wide(piece: TextLine, xs: Sequence[float]) -> bool:
    """Whether a text that starts in the first column runs on into others."""
    return slot(piece.words[-1].bbox, xs) > 0


def cut_between(above: Sequence[Pieces], below: Sequence[Pieces]) -> float:
    """Half way between two groups of rows."""
    low = max(piece.bbox.y2 for row in above for piece in row)
    high = min(piece.bbox.y1 for row in below for piece in row)
    return (low + high) / 2


def clipped(box: BBox, frame: Frame) -> BBox:
    """``box`` without what is above and below the table."""
    top = cut_between(frame.above, frame.table) if frame.above else box.y1
    bottom = cut_between(frame.table, frame.below) if frame.below else box.y2
    return BBox(box.x1, top, box.x2, bottom)


def ruled_without_notes(grid: TableGrid, lines: Sequence[TextLine]) -> tuple[TableGrid, list[BBox]]:
    """A drawn grid without a first row that is one cell with a title, and last rows that are one with notes.

    Also where those lie.
    """
    first, last = 0, grid.rows
    while last - first > 2 and (cell := _whole_row(grid, first)) and label_kind(_text(cell, lines)):
        first += 1
    while last - first > 2 and (cell := _whole_row(grid, last - 1)) and is_note(_text(cell, lines)):
        last -= 1
    cut = [c.bbox for c in grid.cells if c.row_end <= first or c.row_start >= last]
    kept = [
        replace(c, row_start=c.row_start - first, row_end=c.row_end - first)
        for c in grid.cells
        if first <= c.row_start and c.row_end <= last
    ]
    return replace(grid, rows=last - first, cells=kept), cut


def _whole_row(grid: TableGrid, row: int) -> GridCell | None:
    """The cell that is all of a row, if there is one."""
    found = [c for c in grid.cells if c.row_start <= row < c.row_end]
    alone = len(found) == 1 and found[0].row_end - found[0].row_start == 1
    return found[0] if alone else None


def _text(cell: GridCell, lines: Sequence[TextLine]) -> str:
    words = [w.text for line in lines for w in line.words if cell.bbox.holds(*w.bbox.center)]
    return " ".join(words)
