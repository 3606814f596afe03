"""Charts as tables: which numbers were read, and whether they belong to the right names.

Both scores are of Liu et al. 2023 (DePlot, arXiv 2212.10505), as tallies, so that they pool over documents:

* ``numbers``, after the relative number set similarity: numbers are matched whatever they belong to, a pair
  counts 1 - its relative error.
* ``charts``, relative mapping similarity: an entry is a number with its row's and its column's name; entries
  are matched by their names, a pair counts (1 - distance of the names) x (1 - error of the numbers), where a
  distance or error beyond one half is whole. Rows and columns may be swapped.

Two things are ours. Names that are numbers (a line's x values) are compared as numbers. Where both
tables have a single column, its name tells nothing apart (it is an axis' title, if anything) and counts not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from scipy.optimize import linear_sum_assignment

from benchmarks.scores.tally import Tally
from schemas.charts import AnyChart, BarChart, Chart, LineChart, PieChart, ScatterPlot

Floats = NDArray[np.float64]

_FARTHEST = 0.5
"""Beyond it two names, or the numbers of a mapping, have nothing in common (the paper's tau and theta)."""
_MOST_ENTRIES = 3000
"""More entries of one chart are not compared: matching takes their product's room."""
_TIE = 1e-3
"""How much the numbers weigh in matching: they only choose among entries of the same names."""


class Entry(NamedTuple):
    """A number of a chart: its row (category, x value, slice), its column (series) and itself."""

    row: str
    column: str
    value: float


ChartTable = tuple[Entry, ...]
"""A chart's numbers, in no order."""


def table_of(chart: Chart) -> ChartTable:
    """The entries of a chart that was read. A pie's are its shares in percent, wherever they are known."""
    match chart:
        case BarChart():
            rows = chart.x_axis.categories
            found = [(row, s.name, value) for s in chart.series for row, value in _pairs(rows, s.data)]
        case LineChart():
            points = [str(value) for value in chart.x_axis.values]
            found = [(row, s.name, value) for s in chart.series for row, value in _pairs(points, s.data)]
        case ScatterPlot():
            found = [
                (str(x), s.name, y) for s in chart.series for x, y in zip(s.x_data, s.y_data, strict=False)
            ]
        case PieChart():
            found = [
                (s.label or "", None, share) for s, share in zip(chart.slices, _shares(chart), strict=True)
            ]
    entries = (Entry(row, column or "", float(value)) for row, column, value in found if value is not None)
    return tuple(entries)[:_MOST_ENTRIES]


def tables_of(content: str) -> list[ChartTable]:
    """The tables of a ``chart`` fragment's JSON, an object or an array; what is no chart has none."""
    try:
        data = json.loads(content)
        charts = [AnyChart.model_validate(one).root for one in (data if isinstance(data, list) else [data])]
    except (ValueError, ValidationError):
        return []
    return [table_of(chart) for chart in charts]


def score_charts(true: Sequence[ChartTable], found: Sequence[ChartTable]) -> Tally:
    """The mapping similarity of a document's charts, each matched to one; what has no partner costs."""
    return _paired(true, found, [[_mapping(one, other) for other in found] for one in true])


def score_numbers(true: Sequence[ChartTable], found: Sequence[ChartTable]) -> Tally:
    """The number set similarity of a document's charts, matched as for ``score_charts``."""
    return _paired(true, found, [[_numbers(one, other) for other in found] for one in true])


def _paired(
    true: Sequence[ChartTable], found: Sequence[ChartTable], scores: Sequence[Sequence[Tally]]
) -> Tally:
    """The scores of the best pairs of tables, with the entries of the tables that have no partner."""
    totals = np.array([[tally.total for tally in row] for row in scores]).reshape(len(true), len(found))
    rows, columns = linear_sum_assignment(totals, maximize=True)
    matched = sum(float(totals[i, j]) for i, j in zip(rows, columns, strict=True))
    return Tally(matched, sum(map(len, true)), sum(map(len, found)))


def _numbers(true: ChartTable, found: ChartTable) -> Tally:
    alike = 1 - _errors([e.value for e in true], [e.value for e in found])
    rows, columns = linear_sum_assignment(alike, maximize=True)
    return Tally(float(alike[rows, columns].sum()), len(true), len(found))


def _mapping(true: ChartTable, found: ChartTable) -> Tally:
    if not true or not found:
        return Tally(0.0, len(true), len(found))
    swapped = tuple(Entry(e.column, e.row, e.value) for e in found)
    return max(_as_it_stands(true, found), _as_it_stands(true, swapped), key=lambda tally: tally.total)


def _as_it_stands(true: ChartTable, found: ChartTable) -> Tally:
    rows = _names([e.row for e in true], [e.row for e in found])
    columns = _names([e.column for e in true], [e.column for e in found])
    single = len({e.column for e in true}) == len({e.column for e in found}) == 1
    # The two names as one: each counts by its length in the truth.
    share = np.array([[0 if single else len(e.column) / (len(e.row + e.column) or 1)] for e in true])
    names = (1 - share) * rows + share * columns
    alike = 1 - _beyond(names)
    near = 1 - _beyond(_errors([e.value for e in true], [e.value for e in found]))
    i, j = linear_sum_assignment(alike + _TIE * near, maximize=True)
    return Tally(float((alike * near)[i, j].sum()), len(true), len(found))


def _beyond(distances: Floats) -> Floats:
    return np.where(distances > _FARTHEST, 1.0, distances)


def _names(true: Sequence[str], found: Sequence[str]) -> Floats:
    """Distances of names, 0 to 1: as text whatever its case and spaces, as numbers where both are."""
    texts = [[" ".join(name.split()).casefold() for name in names] for names in (true, found)]
    distances = cdist(*texts, scorer=Levenshtein.normalized_distance).astype(np.float64)
    numbers = [np.array([_number(name) for name in names]) for names in texts]
    errors = _errors(*numbers)
    return np.where(np.isnan(errors), distances, np.minimum(errors, distances))


def _errors(true: Sequence[float] | Floats, found: Sequence[float] | Floats) -> Floats:
    """Errors of every found number for every true one, relative to the true one, 1 at most."""
    t, f = np.asarray(true, np.float64)[:, None], np.asarray(found, np.float64)[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(f - t) / np.abs(t)
    return np.minimum(np.where(f == t, 0.0, relative), 1.0)


def _number(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return float("nan")


def _shares(chart: PieChart) -> list[float | None]:
    """The percentages of the slices, from their values where these are all known."""
    values = [s.value for s in chart.slices]
    total = sum(value for value in values if value is not None)
    if None in values or total <= 0:
        return [s.percentage for s in chart.slices]
    return [100 * value / total for value in values if value is not None]


def _pairs(names: Sequence[str], values: Sequence[float | None]) -> list[tuple[str, float | None]]:
    """Each value with its name; a value beyond the names has its place for one."""
    return [(names[i] if i < len(names) else str(i + 1), value) for i, value in enumerate(values)]
