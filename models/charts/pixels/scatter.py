"""Scatter plots: points of one or several colours in a plane, measured by the numbers along both axes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from models.charts.axes import Scale, plain
from models.charts.pixels.captions import captions_of
from models.charts.pixels.colours import Mask, Paint
from models.charts.pixels.labels import Label
from models.charts.pixels.legend import Legend, legend_of
from models.charts.pixels.marks import Marks, Point, marks_of
from models.charts.pixels.planes import Plane, fill, plane_of, without_rules
from models.charts.pixels.strokes import colour_masks
from schemas.charts import ScatterPlot, ScatterSeries, ValueAxis
from schemas.geometry import BBox, union_of

_LEAST, _MOST = 5, 2000
"""Points of a chart."""
_LEAST_UNNAMED = 2
"""Points of a colour that the legend does not name, at least."""
_EXPLAINED = 0.6
"""The least share of what is painted on the plane that its points are."""
_INK = 52
"""By which a channel differs from the background where something is painted."""
_SIGNS = 2
"""The longest word as which marks may be read."""
_SIGN = 0.5
"""Heights of letters that a mark in the legend is taken to have, at least."""


def scatter_plot(paint: Paint, labels: Sequence[Label]) -> ScatterPlot | None:
    """The chart whose points are strewn over the picture; None if there is more than points, or no scale."""
    plane = plane_of(paint, labels)
    if plane is None:
        return None
    texts = [label for label in labels if not _may_be_marks(label, plane)]
    letters = float(median(label.size for label in plane.labels))
    inside = np.zeros(paint.index.shape, np.bool_)
    fill(inside, plane.around, value=True)
    colours = dict(enumerate(colour_masks(paint, texts, plane.around)))
    found = marks_of({i: without_rules(mask & inside) for i, (_, mask) in colours.items()}, letters)
    if not _is_all(found, paint, plane, texts):
        return None
    ticks = {id(label) for label in plane.texts}
    known = [label for label in texts if id(label) not in ticks]
    signs = {i: colours[i][1] | _squares(one, letters) for i, one in found.items()}
    legend = legend_of(signs, known, plane.box)
    points = {i: _points(one, plane, legend) for i, one in found.items()}
    named = legend.names if legend else {}
    points = {i: own for i, own in points.items() if len(own) >= (1 if i in named else _LEAST_UNNAMED)}
    if not _LEAST <= sum(map(len, points.values())) <= _MOST:
        return None
    series = [
        ScatterSeries(
            name=named.get(i),
            x_data=[plane.x(x) for x, _ in own],
            y_data=[plane.y(y) for _, y in own],
            color="#" + "".join(f"{int(channel):02X}" for channel in colours[i][0]),
            marker=found[i].shape,
        )
        for i, own in points.items()
    ]
    return _chart(plane, series, legend, labels)


def _may_be_marks(label: Label, plane: Plane) -> bool:
    """Whether a text on the plane may be what OCR made of marks."""
    return all(len(word) <= _SIGNS for word in label.text.split()) and plane.around.holds(*label.box.center)


def _is_all(found: dict[int, Marks], paint: Paint, plane: Plane, texts: Sequence[Label]) -> bool:
    """Whether the marks are most of what is painted on the plane."""
    ink = np.zeros(paint.index.shape, np.bool_)
    fill(ink, plane.box, value=True)
    ink &= np.abs(paint.image.astype(np.int16) - paint.behind).max(axis=2) > _INK
    for label in texts:
        fill(ink, label.box, value=False)
    ink = without_rules(ink)
    covered = np.zeros_like(ink)
    for one in found.values():
        covered |= one.covered
    seen = cv2.dilate(covered.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return bool((ink & seen).sum() >= _EXPLAINED * ink.sum())


def _squares(marks: Marks, letters: float) -> Mask:
    """Marks as squares that a legend's text can be beside, however small or thin they are."""
    squares = np.zeros_like(marks.covered)
    half = max(*marks.size, _SIGN * letters) / 2
    for x, y in marks.places:
        fill(squares, BBox(x - half, y - half, x + half, y + half), value=True)
    return squares


def _points(marks: Marks, plane: Plane, legend: Legend | None) -> list[Point]:
    """Those of marks that are on the plane and not in the legend, from left to right."""
    boxes = legend.boxes if legend else ()
    return sorted(
        place
        for place in marks.places
        if plane.box.holds(*place) and not any(box.holds(*place) for box in boxes)
    )


def _chart(
    plane: Plane, series: list[ScatterSeries], legend: Legend | None, labels: Sequence[Label]
) -> ScatterPlot:
    used = {id(label) for label in (*plane.texts, *(legend.labels if legend else ()))}
    captions = captions_of(labels, used, union_of([label.box for label in plane.labels]))
    return ScatterPlot(
        title=captions.title,
        legend_position=legend.side_of(plane.box) if legend else None,
        x_axis=_axis(plane.across.scale, captions.below),
        y_axis=_axis(plane.up.scale, captions.left),
        series=series,
    )


def _axis(scale: Scale, label: str | None) -> ValueAxis:
    return ValueAxis(label=label, min=plain(scale.min), max=plain(scale.max), scale=scale.kind)
