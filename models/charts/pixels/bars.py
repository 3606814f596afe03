"""Bar charts: bars on a base, their names, and their numbers by scale or as they are written on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

import numpy as np
from numpy.typing import NDArray

from models.charts.axes import Scale, fit_scale, number_of, plain
from models.charts.pixels.captions import captions_of
from models.charts.pixels.cells import Cell, Cells, cells_of
from models.charts.pixels.colours import Paint
from models.charts.pixels.labels import Label, Sheet, Span
from models.charts.pixels.legend import Legend, legend_with_years
from models.charts.pixels.names import Names, names_of
from models.charts.pixels.rectangles import Bars, rectangles_of, standing
from models.charts.pixels.scales import Ticks, value_ticks
from schemas.charts import BarChart, BarSeries, BarValueAxis, CategoryAxis, Number
from schemas.geometry import union_of

_AT_ZERO = 5.0
"""Pixels by which tick labels may be off: bars that stand so near to a scale's zero stand on it."""
_NAMED = 0.6
"""The least share of the categories whose names must be known."""
_AGREES = 0.03
"""A number written at a bar is that of the bar if its end is so near (share of the longest bar)."""
_EXPLAINED = 0.5
"""The least share of the rectangles' area that bars take: else there is something else on the picture."""
_LEAST_SIDE = 0.15
"""The least share of the picture's sides over which bars reach."""
_WRITTEN, _ALL_DIGITS = 0.5, 10
"""If numbers are written at this share of the bars, those of the others have no more decimals than these."""
_REACH = 1.6
"""How far from the end of a bar its number stands (heights of letters)."""
_ASIDE = 0.6
"""How far from its middle (spacing of the bars)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A chart, and how well it explains its picture: for choosing among readings."""

    chart: BarChart
    score: float


@dataclass(frozen=True, slots=True)
class _Found:
    """Bars, their cells, and the texts that are still free."""

    sheet: Sheet
    bars: Bars
    cells: Cells
    labels: tuple[Label, ...]


def bar_chart(
    paint: Paint, index: NDArray[np.int8], labels: Sequence[Label], *, upright: bool
) -> Reading | None:
    """The chart whose bars grow up (or across) on ``index``; None if their numbers or names can't be told."""
    sheet = Sheet.of(index, upright=upright)
    bars = standing(rectangles_of(sheet, labels))
    if bars is None or bars.share < _EXPLAINED or not _fills(sheet, bars.span):
        return None
    ticks = value_ticks(sheet, labels, bars.span)
    legend = _legend(paint, sheet, bars, labels)
    used = {id(label) for label in (*(ticks.texts if ticks else ()), *(legend.labels if legend else ()))}
    cells = cells_of(bars, len(legend.names) if legend else 0)
    found = _Found(sheet, bars, cells, tuple(label for label in labels if id(label) not in used))
    scale = _on_base(ticks.scale, bars.base) if ticks else None
    written = _written(found, scale)
    scale = scale or _scale_of(found, written)
    if scale is None:
        return None
    numbers = {
        i: n
        for i, label in written.items()
        if (n := _number(found, scale, cells.cells[i], label)) is not None
    }
    used |= {id(written[i]) for i in numbers}
    names = names_of(sheet, [label for label in labels if id(label) not in used], cells.centres, bars.span)
    if names.known < _NAMED * len(names.texts):
        return None
    used |= {id(label) for label in names.labels}
    digits = _digits(numbers.values(), len(cells.cells))
    values = [numbers.get(i, _measured(found, scale, cell, digits)) for i, cell in enumerate(cells.cells)]
    chart = _captioned(_chart(paint, cells, values, names, legend), found, ticks, names, legend, labels, used)
    return Reading(chart, bars.share + 0.2 * len(numbers) / len(values))


def _fills(sheet: Sheet, span: Span) -> bool:
    across, along = sheet.index.shape
    least = min((span.c1 - span.c0) / across, (span.v1 - span.v0) / along)
    return bool(least >= _LEAST_SIDE)


def _legend(paint: Paint, sheet: Sheet, bars: Bars, labels: Sequence[Label]) -> Legend | None:
    """The legend of the bars' colours, looked for beside the bars."""
    rectangles = [bar for column in bars.columns for bar in (*column.up, *column.down)]
    masks = {colour: paint.index == colour for colour in {bar.colour for bar in rectangles}}
    for bar in rectangles:
        x1, y1, x2, y2 = (int(end) for end in sheet.box(bar.span))
        masks[bar.colour][max(0, y1 - 1) : y2 + 1, max(0, x1 - 1) : x2 + 1] = False
    marks = sheet.box(bars.span)
    off = [label for label in labels if label.number is None or not marks.holds(*label.box.center)]
    return legend_with_years(masks, off, marks)


def _on_base(scale: Scale, base: float) -> Scale | None:
    """The scale, its zero on the base if it is near; None if it is not, and two labels are all there is."""
    zero = scale.position(0.0)
    if zero is not None and abs(zero - base) <= _AT_ZERO:
        return replace(scale, start=scale.start + scale.slope * (zero - base))
    return scale if scale.support > 2 else None


def _length(cell: Cell) -> float:
    """How long a bar is, negative where it goes down."""
    if cell.bar is None:
        return 0.0
    length = cell.bar.span.v1 - cell.bar.span.v0
    return length if cell.up else -length


def _end(found: _Found, cell: Cell) -> float:
    """Where the end of a cell's bar is, or would be if it were not stacked on others."""
    if cell.bar is None or found.cells.stacked:
        return found.bars.base + _length(cell)
    return cell.bar.span.v1 if cell.up else cell.bar.span.v0


def _written(found: _Found, scale: Scale | None) -> dict[int, Label]:
    """The number that stands at each bar (in it, or right beyond its end), the nearest pairs first."""
    numbers = [(label, found.sheet.span(label.box)) for label in found.labels if label.number is not None]
    middles = sorted({cell.c for cell in found.cells.cells})
    spacing = median(np.diff(middles)) if len(middles) > 1 else found.bars.columns[0].width
    pairs = []
    for i, cell in enumerate(found.cells.cells):
        for label, span in numbers:
            distance = _distance(found, cell, label, span, float(spacing))
            if distance is None or (scale is not None and _number(found, scale, cell, label) is None):
                continue
            pairs.append((distance, i, label))
    taken: dict[int, Label] = {}
    gone: set[int] = set()
    for _, i, label in sorted(pairs, key=lambda pair: pair[:2]):
        if i not in taken and id(label) not in gone:
            taken[i] = label
            gone.add(id(label))
    return taken


def _distance(found: _Found, cell: Cell, label: Label, span: Span, spacing: float) -> float | None:
    """How far a text is from where the number of a bar stands; None if it is elsewhere."""
    aside = abs(span.c - cell.c)
    bar = cell.bar.span if cell.bar else Span(cell.c, cell.c, found.bars.base, found.bars.base)
    if aside > max(_ASIDE * spacing, (bar.c1 - bar.c0) / 2):
        return None
    if bar.v0 <= span.v <= bar.v1:
        return aside
    beyond = span.v0 - bar.v1 if cell.up else bar.v0 - span.v1
    if found.cells.stacked or not -label.size <= beyond <= _REACH * label.size:
        return None
    return aside + abs(beyond)


def _scale_of(found: _Found, written: dict[int, Label]) -> Scale | None:
    """The scale that the numbers at the bars make with these' lengths, from zero at the base."""
    lengths = [found.bars.base + _length(found.cells.cells[i]) for i in written]
    texts = [label.text for label in written.values()]
    scale = fit_scale([found.bars.base, *lengths], ["0", *texts])
    if scale is None or scale.kind != "linear" or scale.support < 3:
        return None
    return scale if abs((scale.position(0.0) or 0.0) - found.bars.base) <= _AT_ZERO else None


def _number(found: _Found, scale: Scale, cell: Cell, label: Label) -> Number | None:
    """The number of a text if the bar is as long as it says."""
    longest = found.bars.span.v1 - found.bars.span.v0
    allowed = max(_AT_ZERO, _AGREES * longest)
    for decimal in ".,":
        number = number_of(label.text, decimal)
        if number is None:
            continue
        foot = scale.value(found.bars.base) if found.cells.stacked else 0.0
        at = scale.position(foot + number)
        if at is not None and abs(at - _end(found, cell)) <= allowed:
            return plain(number)
    return None


def _digits(written: Collection[Number], bars: int) -> int:
    """The decimals that no number of the chart exceeds, as far as the written ones tell: most must be."""
    if len(written) < _WRITTEN * bars:
        return _ALL_DIGITS
    return max(0, *(-int(Decimal(str(number)).as_tuple().exponent) for number in written))


def _measured(found: _Found, scale: Scale, cell: Cell, digits: int) -> Number | None:
    if cell.bar is None:
        return None
    value = scale.read(_end(found, cell), 0.5)
    if found.cells.stacked:
        value -= scale.read(found.bars.base, 0.5)
    return plain(round(value, digits))


def _chart(
    paint: Paint, cells: Cells, values: Sequence[Number | None], names: Names, legend: Legend | None
) -> BarChart:
    rows: list[list[Number | None]] = [[None] * len(cells.centres) for _ in cells.colours]
    for cell, value in zip(cells.cells, values, strict=True):
        rows[cell.series][cell.row] = value
    series = [
        BarSeries(
            name=legend.names.get(colour) if legend else None, data=row, color=paint.hexadecimal(colour)
        )
        for colour, row in zip(cells.colours, rows, strict=True)
    ]
    return BarChart(
        bar_style="stacked" if cells.stacked else "grouped",
        x_axis=CategoryAxis(categories=[text or "" for text in names.texts]),
        series=series,
    )


def _captioned(
    chart: BarChart,
    found: _Found,
    ticks: Ticks | None,
    names: Names,
    legend: Legend | None,
    labels: Sequence[Label],
    used: set[int],
) -> BarChart:
    """The chart with its titles, and in the order in which it is read: bars across from the top down."""
    marks = found.sheet.box(found.bars.span)
    around = [label.box for label in (*(ticks.labels if ticks else ()), *names.labels)]
    captions = captions_of(labels, used, union_of([marks, *around]))
    upright = found.sheet.upright
    percent = ticks is not None and sum("%" in label.text for label in ticks.labels) * 2 > len(ticks.labels)
    return chart.model_copy(
        update={
            "title": captions.title,
            "orientation": "vertical" if upright else "horizontal",
            "legend_position": legend.side_of(marks) if legend else None,
            "x_axis": CategoryAxis(
                label=captions.below if upright else captions.left, categories=chart.x_axis.categories
            ),
            "y_axis": BarValueAxis(
                label=captions.left if upright else captions.below,
                min=plain(ticks.scale.min) if ticks else None,
                max=plain(ticks.scale.max) if ticks else None,
                format="0%" if percent else None,
            ),
        }
    )
