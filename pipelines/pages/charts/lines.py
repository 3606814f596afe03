"""Lines and points in a plot."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from models.charts.axes import Scale
from pipelines.pages.charts.scene import Form, Point, Shape, is_white
from pipelines.pages.charts.sides import Axis
from schemas.charts import LineChart, LineSeries, Number, PointAxis, ScatterPlot, ScatterSeries
from schemas.geometry import BBox

PRECISION = 0.15
# A line of data is this wide, as a share of its plot.
_LEAST_WIDTH = 0.1
# The longest one crosses so much of it; pieces of one line are no farther from each other than that.
_LONGEST, _GAP = 0.4, 0.2
# It passes the ends of the axis by less than this share of the plot.
_BEYOND = 0.5
# Points of data that stand at one place are this near to each other; markers on lines too (page units).
_SAME = 0.75
# A line with more vertical pieces than this share is an outline of something.
_SHEER = 0.2
_ON_LINE = 1.5
# This share of the markers stands on lines where they are theirs.
_THEIRS = 0.5
# A line with so many times more vertices than there are marks is a curve fitted to them.
_GUIDE = 3
# A mark of strokes, a cross or a plus, has so many ends.
_LEAST_STROKES = 4
_LEAST_POINTS = 3
# More colours than that, for so many points each, stand for a third number and not for series.
_MOST_COLORS, _COLORFUL = 6, 0.2
# Numbers across that are all this near to whole ones are these.
_WHOLE = 0.05
# A label is at a vertex, or beside it, within these shares of the distance of two labels. Where there are so
# many times more vertices than labels, labels were left out.
_AT, _BESIDE, _SKIPPED = 0.25, 0.6, 1.5
_MOST_POINTS = 2000
# A plot has no more lines, and no more pieces of lines, than this: else it is a drawing.
_MOST_LINES, _MOST_PIECES = 40, 400
# More lines that look alike are the hatching of something.
_MOST_ALIKE = 3


@dataclass(slots=True)
class Line:
    """A line of data by its vertices from left to right."""

    points: list[Point]
    color: str
    dashed: bool
    marker: str | None = None


@dataclass(slots=True)
class Cloud:
    """Marks of one colour and shape by their centres; ``size`` is their width."""

    points: list[Point]
    color: str
    marker: str | None
    size: float
    shapes: list[Shape] = field(default_factory=list)


def is_data_line(shape: Shape, plot: BBox) -> bool:
    """Whether a shape is a stroke across a plot; it may pass the ends of the axis upwards."""
    box = shape.bbox
    inside = box.x1 >= plot.x1 - 2 and box.x2 <= plot.x2 + 2 and box.y1 <= plot.y2 and box.y2 >= plot.y1
    beyond = max(plot.y1 - box.y1, box.y2 - plot.y2) < _BEYOND * plot.height
    return shape.form is Form.PATH and shape.stroke is not None and not shape.is_mark and inside and beyond


def find_lines(shapes: Sequence[Shape], plot: BBox) -> list[Line] | None:
    """The lines among the shapes of a plot; None where there are strokes that are none of data."""
    found: list[Line] = []
    for shape in shapes:
        if not is_data_line(shape, plot) or not shape.stroke:
            continue
        points = _rightwards(shape.points)
        if points is None:
            return None
        if len(found) > _MOST_PIECES:
            return None
        before = [x for x in found if x.color == shape.stroke and x.dashed == shape.dashed]
        before = [x for x in before if 0 <= points[0][0] - x.points[-1][0] + _SAME <= _GAP * plot.width]
        if before:
            before[-1].points += points
        else:
            found.append(Line(points, shape.stroke, shape.dashed))
    found = [line for line in found if line.points[-1][0] - line.points[0][0] >= _LEAST_WIDTH * plot.width]
    longest = max((line.points[-1][0] - line.points[0][0] for line in found), default=plot.width)
    return found if len(found) <= _MOST_LINES and longest >= _LONGEST * plot.width else None


def _rightwards(points: Sequence[Point]) -> list[Point] | None:
    """The vertices from left to right; None if the line turns back, or goes in steps."""
    ordered = list(points if points[0][0] <= points[-1][0] else reversed(points))
    sheer = sum(abs(b[0] - a[0]) < _SAME / 2 and abs(b[1] - a[1]) > _SAME for a, b in pairwise(ordered))
    if any(b[0] < a[0] - _SAME for a, b in pairwise(ordered)) or sheer > _SHEER * len(ordered):
        return None
    return ordered


def find_clouds(shapes: Sequence[Shape]) -> list[Cloud]:
    """The marks among the shapes of a plot, by colour, size and shape."""
    clouds: dict[tuple[str, int, int], Cloud] = {}
    seen: set[tuple[str, int, int]] = set()
    for shape in shapes:
        if not shape.is_mark or shape.form in {Form.LEVEL, Form.UPRIGHT} or shape.color is None:
            continue
        if is_white(shape.color) or max(shape.bbox.width, shape.bbox.height) < 1:
            continue
        if shape.form is Form.PATH and len(shape.points) < _LEAST_STROKES:
            continue  # the strokes of a hatched area
        x, y = shape.bbox.center
        if (shape.color, round(2 * x), round(2 * y)) in seen:
            continue  # the outline of a mark that was filled before
        seen.add((shape.color, round(2 * x), round(2 * y)))
        width = max(shape.bbox.width, shape.bbox.height)
        key = (shape.color, round(width), len(shape.points))
        cloud = clouds.setdefault(key, Cloud([], shape.color, _marker(shape), width))
        cloud.points.append(shape.bbox.center)
        cloud.shapes.append(shape)
    return list(clouds.values())


def _marker(shape: Shape) -> str | None:
    if shape.form is Form.BOX:
        return "square"
    corners = len(set(shape.points))
    return "circle" if corners > 8 else {3: "triangle", 4: "diamond"}.get(corners)


def with_markers(lines: Sequence[Line], clouds: Sequence[Cloud]) -> list[Cloud]:
    """Gives lines their markers; the clouds that are none."""
    free: list[Cloud] = []
    for cloud in clouds:
        best: tuple[int, Line] | None = None
        for line in lines:
            if len(line.points) > _GUIDE * len(cloud.points):
                continue
            count = sum(_is_on(point, line) for point in cloud.points)
            if count and (
                best is None or (count, line.color == cloud.color) > (best[0], best[1].color == cloud.color)
            ):
                best = (count, line)
        if best and best[0] >= _THEIRS * len(cloud.points):
            best[1].marker = cloud.marker
        else:
            free.append(cloud)
    return free


def _is_on(point: Point, line: Line) -> bool:
    at = bisect_left(line.points, (point[0] - _ON_LINE, 0.0))
    for x, y in line.points[at : at + 8]:
        if abs(x - point[0]) <= _ON_LINE and abs(y - point[1]) <= _ON_LINE:
            return True
    return False


def line_chart(lines: Sequence[Line], across: Axis | None, up: Axis) -> LineChart | None:
    """The chart that lines make; at names, the lines are read where these stand."""
    scale = up.scale
    looks = Counter((line.color, line.dashed, line.marker) for line in lines)
    if scale is None or across is None or max(looks.values()) > _MOST_ALIKE:
        return None
    if across.scale:
        places = _places(lines)
        values: list[str | Number] = [*_numbers(across.scale, places)]
    else:
        places, values = _named_places(lines, across)
    names = [value for value in values if value != ""]
    if not 1 < len(places) <= _MOST_POINTS or len(set(names)) < len(names):
        return None
    return LineChart(
        x_axis=PointAxis(values=values, scale=across.scale.kind if across.scale else None),
        series=[
            LineSeries(
                data=[
                    None if (y := _at(line, place)) is None else scale.read(y, PRECISION) for place in places
                ],
                color=line.color,
                line_style="dashed" if line.dashed else "solid",
                marker=line.marker,
            )
            for line in lines
        ],
    )


def _places(lines: Sequence[Line]) -> list[float]:
    """The places across where any line has a vertex."""
    places: list[float] = []
    for x in sorted(x for line in lines for x, _ in line.points):
        if not places or x - places[-1] > _SAME:
            places.append(x)
    return places


def _named_places(lines: Sequence[Line], across: Axis) -> tuple[list[float], list[str | Number]]:
    """The places of the names, and of the vertices between them, which have no name of their own."""
    vertices = _places(lines)
    named = dict(zip(across.places, across.names, strict=True))
    apart = (across.places[-1] - across.places[0]) / max(len(across.places) - 1, 1)
    pairs = list(zip(vertices, across.places, strict=False))
    if len(vertices) == len(across.places) and all(abs(x - at) < _BESIDE * apart for x, at in pairs):
        return vertices, list(across.names)  # labels that stand beside their places do so all
    nearest = {at: vertices[_nearest(vertices, at)] for at in named}
    near = {nearest[at]: name for at, name in named.items()}
    on = sum(abs(nearest[at] - at) < _AT * apart for at in named)
    if len(vertices) > _SKIPPED * len(named):
        steps = {b - a for a, b in pairwise([i for i, x in enumerate(vertices) if x in near])}
        if on < len(named) or len(steps) != 1:
            return [], []
        return vertices, [near.get(x, "") for x in vertices]  # every few have a name
    return list(named), list(named.values())


def _nearest(places: Sequence[float], at: float) -> int:
    return min(range(len(places)), key=lambda i: abs(places[i] - at))


def _at(line: Line, place: float) -> float | None:
    """The height of a line at a place; None where it does not reach."""
    points = line.points
    start = bisect_left(points, (place - 2 * _SAME, float("-inf")))
    end = bisect_left(points, (place + 2 * _SAME, float("inf")))
    if start < end:
        return min((abs(x - place), y) for x, y in points[start:end])[1]
    at = bisect_left(points, (place, float("-inf")))
    if not 0 < at < len(points):
        reach = 0.02 * (points[-1][0] - points[0][0])
        if points[0][0] - reach <= place <= points[-1][0] + reach:
            return points[0][1] if at == 0 else points[-1][1]
        return None
    (x1, y1), (x2, y2) = points[at - 1], points[at]
    return y1 + (y2 - y1) * (place - x1) / ((x2 - x1) or 1.0)


def _numbers(scale: Scale, places: Sequence[float]) -> list[Number]:
    """The numbers at places across; whole ones, where all are as good as that: years, counts."""
    exact = [scale.value(at) for at in places]
    if all(abs(value - round(value)) <= _WHOLE for value in exact):
        return [round(value) for value in exact]
    return [scale.read(at, PRECISION) for at in places]


def scatter_plot(clouds: Sequence[Cloud], across: Axis | None, up: Axis) -> ScatterPlot | None:
    """The chart that points make."""
    if across is None or across.scale is None or up.scale is None:
        return None
    points = sum(len(cloud.points) for cloud in clouds)
    if not _LEAST_POINTS <= points <= _MOST_POINTS:
        return None
    by_color: dict[str | None, list[Cloud]] = defaultdict(list)
    several = len({cloud.color for cloud in clouds}) <= max(_MOST_COLORS, points * _COLORFUL)
    for cloud in clouds:
        by_color[cloud.color if several else None].append(cloud)
    return ScatterPlot(
        series=[
            ScatterSeries(
                x_data=[across.scale.read(x, PRECISION) for cloud in group for x, _ in cloud.points],
                y_data=[up.scale.read(y, PRECISION) for cloud in group for _, y in cloud.points],
                color=color,
                marker=group[0].marker,
            )
            for color, group in by_color.items()
        ],
    )
