"""Which table holds the items of an array, and which of its columns is which of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

import numpy as np

from pipelines.extraction.embedded.arrays_names import column_scores, names_sum
from pipelines.extraction.embedded.matching import Matcher, Scores, one_to_one
from pipelines.extraction.embedded.tables import Grid, Row
from pipelines.extraction.embedded.tables_columns import in_columns_of, refined
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.numbers import BOUNDS
from pipelines.extraction.values.typed import typed

# A name of a column means a field from this likeness on; one whose type nothing else has needs no name.
_FLOOR, _BY_TYPE = 0.3, 0.3
# A row is a header when its names mean so much in all, and so much of what the best header's do.
_HEADER, _NEAR_BEST = 0.9, 0.6
NUMERIC = {Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT}
_SHAPED = NUMERIC | {Kind.DATE, Kind.EMAIL, Kind.IBAN, Kind.URL, Kind.PHONE, Kind.CHOICE, Kind.BOOLEAN}
# A row with so small a share of the usual cells is no item.
_FEWER = 0.8
# Of a column's cells so many are looked at, and this share of them must be of the field's kind.
_SAMPLE, _OF_KIND = 40, 0.5
# A column is told by its values alone when this share of them is of the kind.
_TOLD = 0.7
# A number in a cell has no more letters beside it: a currency, a unit.
_LETTERS = 4
# How well a number with a percent sign is another number, or one without it a percentage.
_OTHER_NUMBER = 0.6
# A header has no more rows; a row of it has no more cells with figures than this share.
_LEVELS, _FIGURES = 3, 0.34
# Years, numbers of trips and of samples, which name columns, have no more digits.
_SHORT = 4
# So many rows of a table are looked at as headers: tables of texts have thousands that might be.
_MOST_HEADERS = 60

_Span = tuple[int, int]


@dataclass(slots=True)
class Fit:
    """A run of rows of a table that holds items: ``fields[column]`` is what a column of ``grid`` holds.

    The first ``grid.head`` rows are its header. ``score`` is 0 (nothing fits) to 1 (each field has a column
    of its name). The table that follows may go on with it when it ``is_open``.
    """

    grid: Grid
    fields: dict[int, Field]
    scores: dict[int, float]
    score: float = 0.0
    is_open: bool = True

    @property
    def body(self) -> list[Row]:
        """The rows below the header."""
        return self.grid.rows[self.grid.head :]


def fits(grids: Sequence[Grid], fields: Sequence[Field], matcher: Matcher) -> list[Fit]:
    """The runs of rows below what may be a header for ``fields``, in order; other tables as a whole.

    A table that goes on from the one before it, without a header of its own, has that one's columns.
    """
    names = {name for grid in grids for span in _headers(grid) for name in _named(grid, span) if name}
    matcher_scores = _Scores(matcher, fields, sorted(names))
    found: list[Fit] = []
    for grid in grids:
        heads = _chosen(grid, matcher_scores)
        if not heads and found and (rest := _rest(found[-1], grid)):
            found.append(rest)
            continue
        ends = [span[0] for span in heads[1:]] + [len(grid.rows)]
        for span, end in zip(heads or [(0, grid.head)], ends, strict=True):
            fit = _fit(refined(grid, *span, end), fields, matcher_scores)
            found.append(replace(fit, is_open=end == len(grid.rows)))
    return [fit for fit in found if fit.fields]


class _Scores:
    """The likeness of all names of columns to the fields, looked up once."""

    def __init__(self, matcher: Matcher, fields: Sequence[Field], names: Sequence[str]) -> None:
        self._scores = column_scores(matcher, fields, names)
        self._at = {name: i for i, name in enumerate(names)}

    def of(self, names: Sequence[str]) -> Scores:
        """``(fields, names)``; a column without a name is like nothing."""
        found = np.zeros((len(self._scores), len(names)), np.float32)
        for column, name in enumerate(names):
            if name in self._at:
                found[:, column] = self._scores[:, self._at[name]]
        return found


def _headers(grid: Grid) -> list[_Span]:
    """Where a header of one row or several may stand: rows of names, with rows below."""
    named = [_is_names(row) or _is_numbered(grid, i) for i, row in enumerate(grid.rows)]
    found: list[_Span] = []
    for first in range(len(grid.rows) - 1):
        for last in range(first + 1, min(first + _LEVELS, len(grid.rows) - 1) + 1):
            if not all(named[first:last]) or len(found) == _MOST_HEADERS:
                break
            if last == first + 1 or last <= grid.head or any(c.columns > 1 for c in grid.rows[first]):
                found.append((first, last))
    return found


def _named(grid: Grid, span: _Span) -> list[str]:
    """The names of columns in a header, as the rows below it part them."""
    cut = refined(grid, *span, min(span[1] + _SAMPLE, len(grid.rows)))
    return cut.names(0, cut.head)


def _is_names(row: Row) -> bool:
    """Whether the cells of a row may name columns: two or more, hardly any with figures."""
    texts = [cell.text for cell in row if cell.text]
    return len(texts) > 1 and sum(_is_figure(text) for text in texts) <= _FIGURES * len(texts)


def _is_numbered(grid: Grid, at: int) -> bool:
    """Whether the first row names columns by years or other short numbers, which no row below it has."""
    return at == 0 and _has_short(grid.rows[0]) and not any(map(_has_short, grid.rows[1 : 1 + _LEVELS]))


def _has_short(row: Row) -> bool:
    """Whether cells behind the first are different short numbers, and nothing else is a figure."""
    figures = [cell.text for cell in row if _is_figure(cell.text)]
    distinct = len(figures) == len(set(figures)) > 1
    return distinct and not _is_figure(row[0].text) and all(t.isdigit() and len(t) <= _SHORT for t in figures)


def _is_figure(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return digits > sum(map(str.isalpha, text)) or digits > 4


def _chosen(grid: Grid, scores: _Scores) -> list[_Span]:
    """The headers that name the most fields, none in another, from the top."""
    worth = {}
    for span in _headers(grid):
        by_name = scores.of(_named(grid, span))
        worth[span] = sum(float(by_name[pair]) for pair in one_to_one(by_name, _FLOOR))
    best = max(worth.values(), default=0.0)
    chosen: list[_Span] = []
    for span in sorted(worth, key=lambda one: -worth[one]):
        apart = all(span[1] <= other[0] or span[0] >= other[1] for other in chosen)
        if apart and worth[span] >= max(_HEADER, _NEAR_BEST * best):
            chosen.append(span)
    return sorted(chosen)


def _rest(before: Fit, grid: Grid) -> Fit | None:
    """A later page's table without a header of its own as more rows, where its columns are the same."""
    if not before.is_open or grid.page <= before.grid.page:
        return None
    same = grid if before.grid.goes_on_in(grid) else in_columns_of(before.grid, grid)
    return replace(before, grid=replace(same, head=0)) if same else None


def _fit(grid: Grid, fields: Sequence[Field], scores: _Scores) -> Fit:
    fit = Fit(grid, {}, {})
    of_kind = kinds_of(_whole_rows(fit.body), fields, grid.columns)
    ranked = scores.of(grid.names(0, grid.head)) * (of_kind >= _OF_KIND) * (0.5 + 0.5 * of_kind)
    for row, column in one_to_one(ranked.astype(np.float32), _FLOOR):
        fit.fields[column], fit.scores[column] = fields[row], float(ranked[row, column])
    for row, column in _alone(fields, of_kind, fit):
        fit.fields[column], fit.scores[column] = fields[row], _BY_TYPE
    fit.score = sum(fit.scores.values()) / len(fields) if fields else 0.0
    return fit


def _whole_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows with about as many cells as the fuller half has: not those of sums and remarks."""
    items = [row for row in rows if not any(names_sum(cell.text, few=False) for cell in row)]
    counts = sorted(filled(row) for row in items)
    usual = median(counts[len(counts) // 2 :]) if counts else 0.0
    return [row for row in items if filled(row) >= _FEWER * usual]


def filled(row: Row) -> int:
    """How many cells of a row hold something."""
    return sum(bool(cell.text) for cell in row)


def kinds_of(rows: Sequence[Row], fields: Sequence[Field], columns: int) -> Scores:
    """The share of each column's cells that are values of each field, ``(fields, columns)``."""
    shares = np.zeros((len(fields), columns), np.float32)
    for column in range(columns):
        texts = [row[column].text for row in rows if row[column].text][:_SAMPLE]
        for i, one in enumerate(fields):
            if texts:
                shares[i, column] = fmean(is_value(text, one) for text in texts)
    return shares


def is_value(text: str, one: Field) -> float:
    """Whether a cell's text is a value of a field's kind and little else, 0 to 1."""
    target, kind = one.target, kind_of(one)
    if not isinstance(target, Scalar):
        return 0.0
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    if kind in NUMERIC and target.kind != "string":
        number = text.strip().lstrip("".join(BOUNDS))  # a limit stands where a value would
        plain = digits > 0 and letters <= max(_LETTERS, digits) and typed(number, target, kind) is not None
        return plain * (1.0 if (kind is Kind.PERCENT) == ("%" in text) else _OTHER_NUMBER)
    if kind in _SHAPED:
        return float(typed(text, target, kind) is not None)
    return 1.0 if letters > digits or kind is Kind.CODE else 0.6


def _alone(fields: Sequence[Field], of_kind: Scores, fit: Fit) -> Iterator[tuple[int, int]]:
    """Fields and columns without a partner that their type makes one: nothing else is of that kind."""
    free = [i for i, one in enumerate(fields) if all(one is not known for known in fit.fields.values())]
    columns = [c for c in range(of_kind.shape[1]) if c not in fit.fields]
    figures = [c for c in columns if _is_figures(fit, c)]
    for kinds, fitting in (
        ({Kind.DATE}, columns),
        ({Kind.PERCENT}, figures),
        (NUMERIC - {Kind.PERCENT}, figures),
        (set(Kind) - _SHAPED, [c for c in columns if c not in figures]),
    ):
        wanted = [i for i in free if kind_of(fields[i]) in kinds]
        told = [c for c in fitting if wanted and of_kind[wanted, c].min() > _TOLD]
        if len(wanted) == len(told):
            yield from zip(wanted, told, strict=True)
            columns = [c for c in columns if c not in told]
            figures = [c for c in figures if c not in told]


def _is_figures(fit: Fit, column: int) -> bool:
    texts = [row[column].text for row in fit.body if row[column].text][:_SAMPLE]
    return bool(texts) and fmean(_is_figure(text) for text in texts) > _OF_KIND
