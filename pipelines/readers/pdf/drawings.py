"""The vector graphics of a PDF page as paths of points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from schemas.reading import Drawing

Point = tuple[float, float]

_MOST_PATHS, _MOST_POINTS = 20_000, 400_000
"""A page with more is a map or a picture made of paths: what comes after is left out."""
_CHORDS = 8
"""Chords for a Bézier curve: of a quarter circle they are off by a five-hundredth of the radius."""
_STEPS = [i / _CHORDS for i in range(1, _CHORDS + 1)]


def drawings_of(paths: Sequence[dict[str, Any]]) -> list[Drawing]:
    """The painted paths of PyMuPDF's ``get_cdrawings``, in painting order, in its units."""
    found: list[Drawing] = []
    left = _MOST_POINTS
    for path in islice(paths, _MOST_PATHS):
        subpaths = list(_subpaths(path))
        left -= sum(map(len, subpaths))
        if left < 0:
            break
        if subpaths:
            found.append(_drawing(path, subpaths))
    return found


def _drawing(path: dict[str, Any], subpaths: list[list[Point]]) -> Drawing:
    filled, stroked = "f" in path["type"], "s" in path["type"]
    opacity = path.get("fill_opacity" if filled else "stroke_opacity")
    return Drawing(
        subpaths,
        fill=_color(path.get("fill")) if filled else None,
        stroke=_color(path.get("color")) if stroked else None,
        width=path.get("width") or 0.0,
        dashed=not str(path.get("dashes") or "[]").startswith("[]"),
        opacity=1.0 if opacity is None else opacity,
    )


def _subpaths(path: dict[str, Any]) -> Iterator[list[Point]]:
    """The subpaths: each command that does not begin where the last one ended begins a new one."""
    points: list[Point] = []
    for item in path["items"]:
        drawn = _points(item)
        if item[0] in {"re", "qu"}:
            if points:
                yield points
            yield drawn
            points = []
        elif points and points[-1] == drawn[0]:
            points += drawn[1:]
        else:
            if points:
                yield points
            points = drawn
    if points:
        if path.get("closePath") and points[0] != points[-1]:
            points.append(points[0])
        yield points


def _points(item: tuple[Any, ...]) -> list[Point]:
    """The points of a drawing command, the first included."""
    match item[0]:
        case "l":
            return [tuple(item[1]), tuple(item[2])]
        case "c":
            return [tuple(item[1]), *_curve(*item[1:5])]
        case "re":
            x1, y1, x2, y2 = item[1]
            return [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
        case "qu":
            above_left, above_right, below_left, below_right = (tuple(corner) for corner in item[1])
            return [above_left, above_right, below_right, below_left, above_left]
    return []


def _curve(start: Point, first: Point, second: Point, end: Point) -> list[Point]:
    """Points on a cubic Bézier curve, without its start."""
    weights = (((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in _STEPS)
    return [
        (
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        )
        for a, b, c, d in weights
    ]


def _color(color: Sequence[float] | None) -> str | None:
    """``#RRGGBB`` of a colour's red, green and blue, 0 to 1 each; of a grey its level alone."""
    if not color:
        return None
    levels = color if len(color) == 3 else [color[0]] * 3
    return "#" + "".join(f"{round(255 * min(max(level, 0.0), 1.0)):02X}" for level in levels)
