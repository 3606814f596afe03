"""Tables between rules: equal horizontal lines above and below show how far a table goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median_high

from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.cells import edges
from pipelines.pages.tables.columns import phrase_rows
from pipelines.pages.tables.frames import cut_between
from pipelines.pages.tables.joined_rules import joined
from schemas.geometry import BBox
from schemas.reading import Region, TextLine

# Twin rules begin and end within this of each other (share of their width).
_ALIKE = 0.02
# They cover this share of the table's width, and are no wider than so many times the table.
_COVERED, _WIDEST = 0.8, 1.6
# The next twin stands within this many line heights of the table.
_NEAR = 6.0
# A table has a rule above its header and one below; where more follow each other, the paper is ruled.
_MOST_STEPS = 2


def grown(table: Region, lines: Sequence[TextLine], rules: Sequence[BBox]) -> Region:
    """The table with what stands between it and the next twin of a rule that it reaches.

    Rows of text that come in so are rows of its grid.
    """
    heights = [line.bbox.height for line in lines if table.bbox.holds(*line.bbox.center)]
    if not heights:
        return table
    height = median_high(heights)
    level = [rule for rule in rules if rule.width > rule.height]
    across = [rule for rule in joined(level, height) if _runs_over(rule, table.bbox)]
    twins = [rule for rule in across if sum(_are_twins(rule, other) for other in across) > 1]
    if len(twins) < 2:
        return table
    near = _NEAR * height
    box, above, below = table.bbox, 0, 0
    for rule in sorted(twins, key=lambda r: min(abs(r.center[1] - y) for y in (box.y1, box.y2))):
        others = [twin for twin in twins if twin is not rule and _are_twins(rule, twin)]
        if box.y1 - near < rule.center[1] < box.y1 and any(o.center[1] > rule.center[1] for o in others):
            box, above = BBox(min(box.x1, rule.x1), rule.center[1], max(box.x2, rule.x2), box.y2), above + 1
        elif box.y2 < rule.center[1] < box.y2 + near and any(o.center[1] < rule.center[1] for o in others):
            box, below = BBox(min(box.x1, rule.x1), box.y1, max(box.x2, rule.x2), rule.center[1]), below + 1
    on_ruled_paper = max(above, below) > _MOST_STEPS
    return table if box == table.bbox or on_ruled_paper else over(table, box, lines)


def _runs_over(rule: BBox, box: BBox) -> bool:
    shared = min(rule.x2, box.x2) - max(rule.x1, box.x1)
    return shared >= _COVERED * box.width and rule.width <= _WIDEST * box.width


def _are_twins(one: BBox, other: BBox) -> bool:
    near = _ALIKE * max(one.width, other.width)
    return abs(one.x1 - other.x1) <= near and abs(one.x2 - other.x2) <= near


def over(table: Region, box: BBox, lines: Sequence[TextLine]) -> Region:
    """The table over ``box``, its grid with a line between all rows of text that came in."""
    if table.grid is None:
        return replace(table, bbox=box)
    xs, ys = edges(table.grid)
    rows = phrase_rows([line for line in lines if box.holds(*line.bbox.center)])
    added = [
        cut_between([above], [below])
        for above, below in pairwise(rows)
        if not all(table.bbox.holds(*piece.bbox.center) for piece in (*above, *below))
    ]
    inner = sorted({*ys[1:-1], *(y for y in added if box.y1 < y < box.y2)})
    return replace(table, bbox=box, grid=tiles([box.x1, *xs[1:-1], box.x2], [box.y1, *inner, box.y2]))
