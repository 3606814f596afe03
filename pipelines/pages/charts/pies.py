"""Pies and rings: areas around one point whose angles make a whole turn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import atan2, degrees, dist, pi, tau
from statistics import median

from models.charts.axes import number_of
from pipelines.pages.charts.legends import Legend, legend_of
from pipelines.pages.charts.scene import Form, Label, Point, Scene, Shape, box_of, grown, is_white
from schemas.charts import BarSeries, PieChart, Slice
from schemas.geometry import BBox

# A pie is no smaller than this (page units), round within this share of its radius.
_LEAST_RADIUS, _ROUND = 15.0, 0.03
# Its slices, at least two, make a whole turn within this share.
_LEAST_SLICES, _MOST_SLICES, _WHOLE = 2, 60, 0.02
# A page with more areas is drawn, not plotted: the others are not looked at.
_MOST_AREAS = 500
# Labels stand within this many radii of the middle; a written share agrees within so many percent points.
_REACH, _AGREES = 1.75, 1.0
# A legend is within so many widths of the pie. Labels of slices are not larger than most by this factor.
_LEGEND, _LARGER = 1.5, 1.12


@dataclass(slots=True)
class _Wedge:
    color: str
    start: float
    span: float

    @property
    def middle(self) -> float:
        return self.start + self.span / 2


@dataclass(slots=True)
class Pie:
    """A pie that was read, with the labels that it used."""

    chart: PieChart
    circle: BBox
    used: list[Label]
    legend: Legend


def find_pies(scene: Scene, taken: Collection[int] = ()) -> list[Pie]:
    """The pies of a page; ``taken`` are the ids of labels with other uses."""
    areas = [
        s
        for s in scene.shapes
        if s.form is Form.AREA
        and s.fill
        and not is_white(s.fill)
        and max(s.bbox.width, s.bbox.height) > _LEAST_RADIUS
    ]
    found = []
    for group in _touching(areas):
        circle = box_of([point for shape in group for point in shape.points])
        pie = _pie(scene, group, circle, taken)
        if pie:
            found.append(pie)
    return found


def _touching(areas: Sequence[Shape]) -> list[list[Shape]]:
    """Areas whose boxes touch, in groups; more than a pie has are none."""
    groups: list[list[Shape]] = []
    for shape in areas[:_MOST_AREAS]:
        around = grown(shape.bbox, 2.0)
        near = [
            g for g in groups if any(around.intersection(grown(o.bbox, 2.0)) > 0 for o in g[-_MOST_SLICES:])
        ]
        groups = [g for g in groups if all(g is not other for other in near)]
        groups.append([*(one for g in near for one in g), shape])
    return [group for group in groups if _LEAST_SLICES <= len(group) <= _MOST_SLICES]


def _pie(scene: Scene, group: Sequence[Shape], circle: BBox, taken: Collection[int]) -> Pie | None:
    radius = max(circle.width, circle.height) / 2
    if radius < _LEAST_RADIUS or abs(circle.width - circle.height) > 2 * _ROUND * radius:
        return None
    wedges = [_wedge(shape, circle.center, radius) for shape in group]
    spans = [wedge.span for wedge in wedges if wedge]
    if len(spans) < len(group) or abs(sum(spans) - tau) > _WHOLE * tau:
        return None
    known = [wedge for wedge in wedges if wedge]
    legend = legend_of(scene, circle, [wedge.color for wedge in known], taken, _LEGEND)
    around = [
        label
        for label in scene.labels
        if id(label) not in taken
        and not any(label is other for other in legend.labels.values())
        and dist(label.bbox.center, circle.center) <= _REACH * radius
    ]
    return _labelled(known, legend, around, circle)


def _wedge(shape: Shape, center: Point, radius: float) -> _Wedge | None:
    """A slice by the angles of its arc; None if the area has no arc on the circle."""
    arc = [
        atan2(y - center[1], x - center[0])
        for x, y in shape.points
        if abs(dist((x, y), center) - radius) <= _ROUND * radius
    ]
    if len(arc) < 2:
        return None
    angles = sorted(angle % tau for angle in arc)
    gaps = [(angles[(i + 1) % len(angles)] - angle) % tau for i, angle in enumerate(angles)]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    start = angles[(widest + 1) % len(angles)]
    return _Wedge(shape.color or "", start, tau - gaps[widest])


def _labelled(
    wedges: Sequence[_Wedge], legend: Legend, around: Collection[Label], circle: BBox
) -> Pie | None:
    """The pie with the labels that stand at its slices."""
    at: dict[int, list[Label]] = {i: [] for i in range(len(wedges))}
    named = all(legend.name(wedge.color) for wedge in wedges)
    size = median(label.size for label in around) if around else 0.0
    for label in around:
        is_name = not any(map(str.isdigit, label.text))
        if is_name and (named or label.size > _LARGER * size):
            continue
        if _is_at(label, circle):
            at[_nearest(label, wedges, circle.center)].append(label)
    slices = []
    used = list(legend.labels.values())
    for i, wedge in enumerate(wedges):
        share = 100 * wedge.span / tau
        names, percentage, value = [], None, None
        for label in sorted(at[i], key=lambda label: label.bbox.y1):
            number = number_of(label.text)
            if number is None:
                name, part = _parted(label.text)
                names.append(name)
                number = part
            if number is not None and abs(number - share) <= _AGREES:
                percentage = number
            elif number is not None:
                value = number
            used.append(label)
        label_text = " ".join(name for name in names if name) or legend.name(wedge.color)
        slices.append(
            Slice(label=label_text, value=value, percentage=percentage or round(share, 1), color=wedge.color)
        )
    if not any(one.label for one in slices):
        return None
    slices = _sensible(slices)
    values = [one.value if one.value is not None else one.percentage for one in slices]
    return Pie(PieChart(slices=slices, series=[BarSeries(data=values)]), circle, used, legend)


def _parted(text: str) -> tuple[str, float | None]:
    """A label's name and the number at its end, if there is one: ``Coal 25%``."""
    head, _, tail = text.rpartition(" ")
    number = number_of(tail.strip("()[];:,"))
    return (head.rstrip(" :;,-–"), number) if head and number is not None else (text, None)


def _sensible(slices: list[Slice]) -> list[Slice]:
    """The slices without values that do not agree with their angles: those are no values."""
    values = [one.value for one in slices]
    total = sum(value for value in values if value is not None)
    if None not in values and total > 0:
        shares = [100 * value / total for value in values if value is not None]
        if all(abs(s - (one.percentage or 0)) <= _AGREES for s, one in zip(shares, slices, strict=True)):
            return slices
    return [one.model_copy(update={"value": None}) for one in slices]


def _is_at(label: Label, circle: BBox) -> bool:
    """Whether a label stands in the pie or right at its rim."""
    radius = circle.width / 2
    x = min(max(circle.center[0], label.bbox.x1), label.bbox.x2)
    y = min(max(circle.center[1], label.bbox.y1), label.bbox.y2)
    return dist((x, y), circle.center) <= radius + 2.5 * label.size


def _nearest(label: Label, wedges: Sequence[_Wedge], center: Point) -> int:
    """The slice whose angle holds the label's nearest part."""
    x = min(max(center[0], label.bbox.x1), label.bbox.x2)
    y = label.bbox.center[1]
    if abs(x - center[0]) < 1 and label.bbox.x1 < center[0] < label.bbox.x2:
        x = label.bbox.center[0]
    angle = atan2(y - center[1], x - center[0]) % tau

    def off(i: int) -> float:
        away = abs((angle - wedges[i].middle + pi) % tau - pi)
        return degrees(max(0.0, away - wedges[i].span / 2)) + degrees(away) / 1000

    return min(range(len(wedges)), key=off)
