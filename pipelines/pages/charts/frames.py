"""Where plots may be: boxes made of frames, axes, grids, and bars that stand in a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pipelines.pages.charts.scene import Form, Scene, Shape, is_white
from schemas.geometry import BBox, union_of

# A plot is no smaller than this (page units).
_LEAST_SIDE = 36.0
# Ends of lines that meet lie this near to each other.
_MEET = 2.5
# Bars that stand in a row: at least so many.
_LEAST_BARS = 2
# Boxes this alike are one; lines and boxes that are looked at.
_SAME, _MOST_LINES, _MOST_FRAMES = 0.94, 400, 60


def frames(scene: Scene) -> list[BBox]:
    """Boxes that may be plot areas, the largest first."""
    level = _longest(scene.level, across=True)
    upright = _longest(scene.upright, across=False)
    found: list[BBox] = []
    for box in sorted(
        (
            box
            for box in (
                *_boxes(scene.shapes),
                *_corners(level, upright),
                *_families(level, across=True),
                *_families(upright, across=False),
                *_rows(scene.shapes, level, upright),
            )
            if min(box.width, box.height) >= _LEAST_SIDE
        ),
        key=lambda box: -box.area,
    ):
        if len(found) < _MOST_FRAMES and not any(box.iou(other) > _SAME for other in found):
            found.append(box)
    return found


def _longest(lines: Sequence[Shape], *, across: bool) -> list[BBox]:
    boxes = [line.bbox for line in lines]
    long = [box for box in boxes if (box.width if across else box.height) >= _LEAST_SIDE]
    return sorted(long, key=lambda box: -(box.width + box.height))[:_MOST_LINES]


def _boxes(shapes: Sequence[Shape]) -> Iterator[BBox]:
    large = [s.bbox for s in shapes if s.form is Form.BOX and min(s.bbox.width, s.bbox.height) >= _LEAST_SIDE]
    yield from sorted(large, key=lambda box: -box.area)[:_MOST_LINES]


def _corners(level: Sequence[BBox], upright: Sequence[BBox]) -> Iterator[BBox]:
    """An axis across and one upwards that begin at one point."""
    for across in level:
        for up in upright:
            x, y = up.center[0], across.center[1]
            meets = min(abs(x - across.x1), abs(x - across.x2)) < _MEET
            if meets and min(abs(y - up.y1), abs(y - up.y2)) < _MEET:
                yield BBox(across.x1, up.y1, across.x2, up.y2)


def _families(lines: Sequence[BBox], *, across: bool) -> Iterator[BBox]:
    """Lines that begin and end alike: a grid."""
    alike: dict[tuple[int, int], list[BBox]] = defaultdict(list)
    for line in lines:
        ends = (line.x1, line.x2) if across else (line.y1, line.y2)
        alike[round(ends[0] / _MEET), round(ends[1] / _MEET)].append(line)
    for family in alike.values():
        if len(family) > 1:
            yield union_of(family)


def _rows(shapes: Sequence[Shape], level: Sequence[BBox], upright: Sequence[BBox]) -> Iterator[BBox]:
    """Bars that begin at one line and are equally thick, with that line."""
    bars = [s.bbox for s in shapes if s.form is Form.BOX and s.fill and not is_white(s.fill)]
    for standing in (True, False):
        rows: dict[tuple[bool, int, int], list[BBox]] = defaultdict(list)
        for bar in bars:
            thick = bar.width if standing else bar.height
            for far, edge in (
                (False, bar.y2 if standing else bar.x1),
                (True, bar.y1 if standing else bar.x2),
            ):
                rows[far, round(edge), round(thick)].append(bar)
        for (_, edge, _), row in rows.items():
            if len(row) >= _LEAST_BARS:
                yield _with_base(union_of(row), edge, level if standing else upright, standing=standing)


def _with_base(box: BBox, edge: float, lines: Iterable[BBox], *, standing: bool) -> BBox:
    for line in lines:
        if standing and abs(line.center[1] - edge) < _MEET and line.x1 <= box.x1 and line.x2 >= box.x2:
            return BBox(line.x1, box.y1, line.x2, box.y2)
        if not standing and abs(line.center[0] - edge) < _MEET and line.y1 <= box.y1 and line.y2 >= box.y2:
            return BBox(box.x1, line.y1, box.x2, line.y2)
    return box
