"""Where a table's rows are parted: a model's lines, put right by the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.pages.tables.columns import Pieces, slot
from pipelines.pages.tables.values import is_value

# A line cuts a text when it runs through the middle part of it: this share.
_CORE = 0.5
# A line that cuts this many texts of a row, and this share of them, stands wrong.
_MANY, _MOST = 2, 0.5
# What cannot be all of a number or a code, and what may be its rest.
_BROKEN_NUMBER = re.compile(r"^\(?[-−+]?\d[\d.,'’\u00a0\u202f ]*[.,]$")
_BROKEN_CODE = re.compile(r"^[A-Z]{1,6}[-–]$")
_REST = re.compile(r"^\d{1,4}\)?$")
# Rows of values one below the other share this share of their columns.
_SAME_COLUMNS = 0.5


def row_lines(rows: Sequence[Pieces], xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """The row lines ``ys``, outer ones included, those through text moved beside it, missing ones added.

    A line is missing where one row would hold values one below the other. None parts a number or a code,
    which a narrow column breaks after its separator ("1,204." "5"), from its rest.
    """
    if len(rows) < 2 or len(ys) < 2:
        return list(ys)
    gaps = [_gap(above, below) for above, below in pairwise(rows)]
    inner = {_beside(y, rows, gaps) for y in ys[1:-1]}
    edges = sorted({ys[0], ys[-1], *(y for y in inner if ys[0] < y < ys[-1])})
    for gap, (above, below) in zip(gaps, pairwise(rows), strict=True):
        high, low = _middle(above), _middle(below)
        if _goes_on(above, below, xs):
            edges = [y for y in edges if not high < y < low]
            continue
        parted = any(high < y < low for y in edges)
        if not parted and _are_stacked(above, below, xs):
            edges = sorted({*edges, gap})
    return edges


def _middle(row: Pieces) -> float:
    middles = sorted(piece.bbox.center[1] for piece in row)
    return middles[len(middles) // 2]


def _gap(above: Pieces, below: Pieces) -> float:
    """Half way between two rows of text, by their middle pieces: tall neighbours count for nothing."""
    ends = sorted(piece.bbox.y2 for piece in above)
    starts = sorted(piece.bbox.y1 for piece in below)
    return (ends[len(ends) // 2] + starts[len(starts) // 2]) / 2


def _beside(y: float, rows: Sequence[Pieces], gaps: Sequence[float]) -> float:
    """The line itself, or the nearest gap beside the row of text that it runs through."""
    for index, row in enumerate(rows):
        cut = sum(abs(p.bbox.center[1] - y) < _CORE / 2 * p.bbox.height for p in row)
        if cut >= max(min(_MANY, len(row)), _MOST * len(row)) and not _is_tall(rows, index):
            return min(gaps[max(0, index - 1) : index + 1], key=lambda gap: abs(gap - y))
    return y


def _is_tall(rows: Sequence[Pieces], index: int) -> bool:
    """Whether a row of text is one label that stands between two rows, beside them."""
    if len(rows[index]) > 1 or not 0 < index < len(rows) - 1:
        return False
    box = rows[index][0].bbox
    above, below = max(p.bbox.y2 for p in rows[index - 1]), min(p.bbox.y1 for p in rows[index + 1])
    return above > box.y1 and below < box.y2


def _goes_on(above: Pieces, below: Pieces, xs: Sequence[float]) -> bool:
    """Whether the lower row has the rest of a number or a code of the upper one in its column.

    Where it has the rest of a number, nothing names it.
    """
    rests = {slot(piece.bbox, xs) for piece in below if _REST.match(piece.text)}
    if any(_BROKEN_CODE.match(piece.text) and slot(piece.bbox, xs) in rests for piece in above):
        return True
    named = any(slot(piece.bbox, xs) == 0 for piece in below)
    return not named and any(
        _BROKEN_NUMBER.match(piece.text) and slot(piece.bbox, xs) in rests for piece in above
    )


def _are_stacked(above: Pieces, below: Pieces, xs: Sequence[float]) -> bool:
    """Whether two rows of text hold values in the same columns, so that they are two rows of the table.

    Shares in brackets below their amounts are part of these, unless the lower row has a name of its own.
    """
    upper, lower = ({slot(p.bbox, xs) for p in row if is_value(p.text)} - {0} for row in (above, below))
    if not upper or len(upper & lower) < _SAME_COLUMNS * max(len(upper), len(lower)):
        return False
    named = any(slot(piece.bbox, xs) == 0 for piece in below)
    return named or not all(piece.text.startswith(("(", "[", "±")) for piece in below)
