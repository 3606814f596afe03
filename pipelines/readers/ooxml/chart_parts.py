"""What a chart part of an Office file draws: ``c:chartSpace`` (ECMA-376 part 1 §21.2), ``cx:chartSpace``.

Both namespaces of each (transitional and strict) are read alike, by local names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from lxml.etree import _Element

Value = float | str | None
Cells = Callable[[str], Sequence[Value]]
"""The values of a range of cells (``Sheet1!$B$2:$B$9``); none where they cannot be had."""

# What Excel can draw.
_MOST_POINTS, _MOST_SERIES, _MOST_PLOTS = 32_000, 255, 16
_HEX = re.compile(r"[0-9A-Fa-f]{6}")


@dataclass(slots=True)
class Points:
    """Values by index, and the number format they are shown in.

    ``levels`` are the outer labels of multi-level categories, from the inside out: each by the index it
    starts at.
    """

    values: dict[int, Value] = field(default_factory=dict)
    format: str = "General"
    levels: list[dict[int, Value]] = field(default_factory=list)


@dataclass(slots=True)
class Series:
    """One row of bars, line, or set of points. Colours are ``#RRGGBB``, None where a theme decides."""

    name: str | None
    values: Points
    categories: Points
    sizes: Points = field(default_factory=Points)
    color: str | None = None
    line_color: str | None = None
    dash: str | None = None
    marker: str | None = None
    marker_size: float | None = None
    point_colors: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Axis:
    """An axis: ``kind`` is the element's name, ``catAx``, ``valAx``, ``dateAx`` or ``serAx``."""

    kind: str = ""
    title: str | None = None
    low: float | None = None
    high: float | None = None
    log: bool = False
    format: str | None = None
    grid: bool = False


@dataclass(slots=True)
class Plot:
    """Series drawn in one way: ``kind`` is the element's name without ``Chart`` (``bar``, ``line3D``…)."""

    kind: str
    series: list[Series]
    axes: list[Axis] = field(default_factory=list)
    horizontal: bool = False
    grouping: str = ""


@dataclass(slots=True)
class ChartPart:
    """A chart: one plot, or several drawn into each other."""

    title: str | None
    plots: list[Plot]
    legend: str | None = None
    from_1904: bool = False


def chart_part(xml: bytes, cells: Cells | None = None) -> ChartPart | None:
    """The chart in a part's XML; None where there is none.

    ``cells`` is asked for values that the part only refers to: programs other than Office may not store them.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None or _name(root) != "chartSpace":
        return None
    chart = root.find("{*}chart")
    if chart is None:
        return None
    if root.find("{*}chartData") is not None:
        return _extended(root, chart)
    return _drawing(root, chart, cells or (lambda _: ()))


def _drawing(root: _Element, chart: _Element, cells: Cells) -> ChartPart:
    area = chart.find("{*}plotArea")
    parts = [] if area is None else list(area)
    axes = {_val(part, "axId"): _axis(part, cells) for part in parts if _name(part).endswith("Ax")}
    drawn = [part for part in parts if _name(part).endswith("Chart")]
    plots = [_plot(part, axes, cells) for part in drawn[:_MOST_PLOTS]]
    legend = chart.find("{*}legend")
    return ChartPart(
        _chart_title(chart, plots, cells),
        [plot for plot in plots if plot.series],
        None if legend is None else _val(legend, "legendPos") or "r",
        _is_on(root.find("{*}date1904")),
    )


def _chart_title(chart: _Element, plots: Sequence[Plot], cells: Cells) -> str | None:
    """The title as shown: Office takes the name of a lone series where there is no other."""
    title = _title(chart, cells)
    if title or _is_on(chart.find("{*}autoTitleDeleted")):
        return title
    series = [one for plot in plots for one in plot.series]
    return series[0].name if len(series) == 1 else None


def _plot(element: _Element, axes: dict[str | None, Axis], cells: Cells) -> Plot:
    series = [_series(one, cells) for one in element.findall("{*}ser")[:_MOST_SERIES]]
    own = [axis for one in element.findall("{*}axId") if (axis := axes.get(_value(one)))]
    return Plot(
        _name(element).removesuffix("Chart"),
        series,
        own,
        _val(element, "barDir") == "bar",
        _val(element, "grouping") or "",
    )


def _axis(element: _Element, cells: Cells) -> Axis:
    scaling = element.find("{*}scaling")
    number_format = element.find("{*}numFmt")
    return Axis(
        _name(element),
        _title(element, cells),
        None if scaling is None else _number(_val(scaling, "min")),
        None if scaling is None else _number(_val(scaling, "max")),
        scaling is not None and scaling.find("{*}logBase") is not None,
        None if number_format is None else number_format.get("formatCode"),
        element.find("{*}majorGridlines") is not None,
    )


def _series(element: _Element, cells: Cells) -> Series:
    style, marker = element.find("{*}spPr"), element.find("{*}marker")
    line = None if style is None else style.find("{*}ln")
    dash = None if line is None else line.find("{*}prstDash")
    return Series(
        _text_of(element.find("{*}tx"), cells),
        _points(_first(element, "val", "yVal"), cells),
        _points(_first(element, "cat", "xVal"), cells),
        _points(element.find("{*}bubbleSize"), cells),
        _color(style),
        _color(line),
        None if dash is None else _value(dash),
        None if marker is None else _val(marker, "symbol"),
        None if marker is None else _number(_val(marker, "size")),
        dict(_point_colors(element)),
    )


def _point_colors(series: _Element) -> Iterator[tuple[int, str]]:
    for point in series.findall("{*}dPt"):
        index, color = _number(_val(point, "idx")), _color(point.find("{*}spPr"))
        if index is not None and color:
            yield int(index), color


def _points(element: _Element | None, cells: Cells) -> Points:
    """The values of a ``c:cat``, ``c:val`` and the like, from what the part stores, else from the cells."""
    if element is None:
        return Points()
    stored = next(
        element.iter("{*}numCache", "{*}strCache", "{*}multiLvlStrCache", "{*}numLit", "{*}strLit"), None
    )
    if stored is None:
        reference = next(element.iter("{*}f"), None)
        found = cells(reference.text or "") if reference is not None else ()
        return Points({i: value for i, value in enumerate(found[:_MOST_POINTS]) if value is not None})
    if _name(stored) == "multiLvlStrCache":
        inner, *outer = [_indexed(level, str) for level in stored.findall("{*}lvl")] or [{}]
        return Points(inner, levels=outer)
    is_number = _name(stored).startswith("num")
    values = _indexed(stored, _number if is_number else str)
    return Points(values, stored.findtext("{*}formatCode") or "General")


def _indexed(cache: _Element, read: Callable[[str], Any]) -> dict[int, Value]:
    found: dict[int, Value] = {}
    for point in cache.iterchildren("{*}pt"):
        index = _number(point.get("idx"))
        text = point.findtext("{*}v") or point.text or ""
        value = read(text.strip())
        if index is not None and 0 <= index < _MOST_POINTS and value is not None:
            found[int(index)] = value
    return found


def _title(element: _Element, cells: Cells) -> str | None:
    title = element.find("{*}title")
    return None if title is None else _text_of(title.find("{*}tx"), cells)


def _text_of(element: _Element | None, cells: Cells) -> str | None:
    """The text of a ``c:tx``: rich, stored, or in the cells it refers to; None where there is none."""
    if element is None:
        return None
    rich = next(element.iter("{*}rich"), None)
    if rich is not None:
        lines = ["".join(_texts(paragraph)) for paragraph in rich.iter("{*}p")]
    else:
        stored = [point.text or "" for point in element.iter("{*}v")]
        reference = next(element.iter("{*}f"), None)
        if not any(stored) and reference is not None:
            stored = [str(value) for value in cells(reference.text or "") if value is not None]
        lines = [" ".join(stored)]
    return " ".join(" ".join(lines).split()) or None


def _texts(paragraph: _Element) -> Iterator[str]:
    for element in paragraph.iter("{*}t", "{*}br"):
        yield " " if _name(element) == "br" else element.text or ""


def _color(style: _Element | None) -> str | None:
    """The solid colour that a ``c:spPr`` or ``a:ln`` names itself, unless it is changed further."""
    color = None if style is None else style.find("{*}solidFill/{*}srgbClr")
    if color is None or any(_name(child) != "alpha" for child in color):
        return None
    value = _value(color) or ""
    return f"#{value.upper()}" if _HEX.fullmatch(value) else None


def _extended(root: _Element, chart: _Element) -> ChartPart:
    """Waterfalls, funnels, treemaps and others (``cx:``, Microsoft's [MS-ODRAWXML] §2.24.3)."""
    data = {one.get("id"): one for one in root.iterfind("{*}chartData/{*}data")}
    series: list[Series] = []
    for element in chart.iterfind("{*}plotArea/{*}plotAreaRegion/{*}series"):
        data_id = element.find("{*}dataId")
        held = data.get(None if data_id is None else _value(data_id))
        if held is not None and len(series) < _MOST_SERIES:
            name = _text_of(element.find("{*}tx"), lambda _: ())
            series.append(Series(name, _dimension(held, "numDim"), _dimension(held, "strDim"), color=None))
    kind = next((str(one.get("layoutId")) for one in chart.iter("{*}series")), "")
    title = _title(chart, lambda _: ())
    return ChartPart(title, [Plot(kind, series)] if series else [])


def _dimension(data: _Element, name: str) -> Points:
    dimension = data.find(f"{{*}}{name}")
    if dimension is None:
        return Points()
    levels = [_indexed(level, _number if name == "numDim" else str) for level in dimension.findall("{*}lvl")]
    level = dimension.find("{*}lvl")
    code = None if level is None else level.get("formatCode")
    return Points(levels[0] if levels else {}, code or "General", levels[1:])


def _first(element: _Element, *names: str) -> _Element | None:
    return next((found for name in names if (found := element.find(f"{{*}}{name}")) is not None), None)


def _name(element: _Element) -> str:
    # QName would refuse the tags that a parser makes of damaged markup.
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _value(element: _Element) -> str | None:
    return element.get("val")


def _val(element: _Element, child: str) -> str | None:
    found = element.find(f"{{*}}{child}")
    return None if found is None else _value(found)


def _is_on(element: _Element | None) -> bool:
    return element is not None and _value(element) in {None, "1", "true", "on"}


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
