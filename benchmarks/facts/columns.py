"""The reading order of a page of one or two columns, from its words' boxes alone.

For truths that know where words stand but list them from top to bottom, across columns. Where most lines keep
clear of a gutter in the middle, the page has two columns, read one after the other between lines that
cross the gutter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from statistics import median

from benchmarks.scores.tokens import Token
from schemas.geometry import BBox, union_of

_CLOSE = 0.7
"""Words no further apart than this, in heights, are in one column: any gutter is wider."""
_SAME_LINE = 0.5
"""Words of one line share this part of the smaller height."""
_MIDDLE = [0.40 + 0.002 * i for i in range(101)]
"""Where a gutter may be, in shares of the page's width."""
_MOST_CROSSING = 0.3
_LEAST_BESIDE = 0.1
"""A page has two columns when a smaller share of its lines, by their length, crosses the gutter, and a
larger one stands on either side of it."""

_Line = list[Token]


def reading_order(tokens: Sequence[Token]) -> list[Token]:
    """The tokens line by line, column by column."""
    pieces = _lines(tokens, _CLOSE)
    gutter = _gutter([_box(piece) for piece in pieces])
    if gutter is None:
        return _top_down(tokens)
    ordered: list[Token] = []
    pieces.sort(key=lambda piece: _box(piece).y1)
    for crosses, band in groupby(pieces, key=lambda piece: _crosses(_box(piece), gutter)):
        parts: tuple[list[Token], list[Token]] = ([], [])
        for piece in band:
            parts[not crosses and _box(piece).center[0] > gutter].extend(piece)
        ordered += [token for part in parts for token in _top_down(part)]
    return ordered


def _gutter(boxes: Sequence[BBox]) -> float | None:
    """Where the fewest lines cross the middle, if there are two columns."""
    crossings = {x: sum(box.width for box in boxes if _crosses(box, x)) for x in _MIDDLE}
    least = min(crossings.values())
    x = median([x for x in _MIDDLE if crossings[x] == least])
    left, right = sum(b.width for b in boxes if b.x2 <= x), sum(b.width for b in boxes if b.x1 >= x)
    whole = left + right + least
    return x if least < _MOST_CROSSING * whole and min(left, right) > _LEAST_BESIDE * whole else None


def _top_down(tokens: Iterable[Token]) -> list[Token]:
    """One column: its lines from top to bottom, however wide their blanks are."""
    lines = sorted(_lines(tokens, float("inf")), key=lambda line: median(t.box.center[1] for t in line))
    return [token for line in lines for token in line]


def _lines(tokens: Iterable[Token], gap: float) -> list[_Line]:
    """Words side by side, from left to right, no further apart than ``gap`` heights."""
    lines: list[_Line] = []
    for token in sorted(tokens, key=lambda token: token.box.x1):
        best = max(lines, key=lambda line: _shared(line[-1].box, token.box), default=None)
        if best and _follows(best[-1].box, token.box, gap):
            best.append(token)
        else:
            lines.append([token])
    return lines


def _shared(a: BBox, b: BBox) -> float:
    """The part of the smaller height that two boxes share; not positive where one is above the other."""
    return (min(a.y2, b.y2) - max(a.y1, b.y1)) / max(1e-9, min(a.height, b.height))


def _follows(last: BBox, box: BBox, gap: float) -> bool:
    return _shared(last, box) >= _SAME_LINE and box.x1 - last.x2 <= gap * max(last.height, box.height)


def _box(line: _Line) -> BBox:
    return union_of([token.box for token in line])


def _crosses(box: BBox, x: float) -> bool:
    return box.x1 < x < box.x2
