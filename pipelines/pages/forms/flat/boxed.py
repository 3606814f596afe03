"""Forms of boxes: in each its label in small print at the top, and below it what was filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.pages.forms.flat.pieces import Piece
from pipelines.pages.forms.flat.sheet import Sheet, are_level
from pipelines.pages.forms.flat.words import has_head
from schemas.geometry import BBox, union_of

# A box with more rows than this is no field but a part of the form.
_MOST_ROWS = 8
# A page is a form of boxes when so many of them, and this share of those with several rows, look like fields.
_LEAST, _SHARE = 6, 0.5
# A label is smaller than its value by this factor, or so far (its heights) above it.
_SMALLER, _AIRY = 0.85, 0.7
# The boxes of official forms are numbered: ``1 Wages``, ``12a Code``, ``b. Employer``, ``(3) Name``.
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}[a-z]?|[a-z])[.)]?$")
# A label begins within so many of its heights of the left and of the top of its box.
_AT_LEFT, _AT_TOP = 3.0, 1.5
# So many cells below, that begin and end where it does (share of its width), make a box a column's head.
_STACK, _OFF = 3, 0.12

Row = list[Piece]


def boxed(sheet: Sheet) -> list[tuple[Piece, list[Piece]]]:
    """The fields of a form of boxes, label and value; none where the page is no such form."""
    found = [(rows, _label_rows(rows)) for frame in sheet.drawn.frames if (rows := _field(sheet, frame))]
    sure = sum(_is_sure(rows, count) for rows, count in found)
    if sure < _LEAST or sure < _SHARE * len(found):
        return []
    return [(_joined(rows[:count]), [p for row in rows[count:] for p in row]) for rows, count in found]


def _field(sheet: Sheet, frame: BBox) -> list[Row]:
    """The rows of a box that may be a field: the first at the top left and of letters, none that asks."""
    held = sheet.inside(frame)
    if not held or len(held) > 2 * _MOST_ROWS or any(p.asks or p.blank for p in held):
        return []
    rows = _rows(held)
    first = rows[0][0]
    across, down = first.bbox.x1 - frame.x1, first.bbox.y1 - frame.y1
    starts = across < _AT_LEFT * first.height and down < _AT_TOP * first.height
    letters = sum(char.isalpha() for piece in rows[0] for char in piece.text)
    several = 1 < len(rows) <= _MOST_ROWS
    return rows if starts and several and letters > 2 and not _heads_column(sheet, frame) else []


def _heads_column(sheet: Sheet, frame: BBox) -> bool:
    """Whether cells of one row or none are stacked below a box: it is the head of a table's column."""
    below = [
        other
        for other in sheet.drawn.frames
        if other.y1 > frame.center[1]
        and max(abs(other.x1 - frame.x1), abs(other.x2 - frame.x2)) < _OFF * frame.width
    ]
    nearest = sorted(below, key=lambda other: other.y1)[:_STACK]
    return len(nearest) == _STACK and all(len(_rows(sheet.inside(other))) <= 1 for other in nearest)


def _rows(held: Sequence[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in sorted(held, key=lambda p: p.bbox.center[1]):
        if rows and are_level(rows[-1][0].bbox, piece.bbox):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.bbox.x1) for row in rows]


def _label_rows(rows: Sequence[Row]) -> int:
    """How many rows are the label: those before the first that is set otherwise or far below; or one."""
    for i in range(1, len(rows)):
        if _is_set_apart(rows[0], rows[i]) or _gap(rows[i - 1], rows[i]) > _AIRY * rows[0][0].height:
            return i
    return 1


def _gap(above: Row, below: Row) -> float:
    return min(piece.bbox.y1 for piece in below) - max(piece.bbox.y2 for piece in above)


def _is_set_apart(label: Row, row: Row) -> bool:
    """Whether a row is larger than the label, or its font another."""
    first, other = label[0].words[0], row[0].words[0]
    if first.font and other.font:
        return first.font != other.font or first.bold != other.bold or first.size < 0.95 * other.size
    return label[0].height < _SMALLER * max(piece.height for piece in row)


def _is_sure(rows: Sequence[Row], count: int) -> bool:
    label, value = rows[count - 1], rows[count]
    words = rows[0][0].text.split()
    airy = _gap(label, value) > _AIRY * label[0].height
    numbered = len(words) > 1 and bool(_NUMBERED.match(words[0]))
    return airy or numbered or _is_set_apart(label, value) or has_head(rows[0][0].text)


def _joined(rows: Sequence[Row]) -> Piece:
    parts = [piece for row in rows for piece in row]
    words = [word for piece in parts for word in piece.words]
    return Piece(" ".join(piece.text for piece in parts), union_of([piece.bbox for piece in parts]), words)
