"""Rows of a table as items: wrapped rows joined, sums, sections and repeated headers left out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipelines.extraction.embedded.arrays_fit import NUMERIC, Fit, filled, is_value
from pipelines.extraction.embedded.arrays_names import names_sum
from pipelines.extraction.embedded.tables import Row
from pipelines.extraction.values.kinds import Kind, kind_of

# A row of a sum, or one that goes on, has fewer cells by this share.
_FEWER = 0.8
# An item goes on over so many rows at most.
_LONGEST = 50
# A row with so many columns of items is one, whatever it is called.
_LEAST = 3
# Kinds of values that do not go on in another row.
_WHOLE = {Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT}
# A column that so many of the items have is one that each of them has; one that sums lack is had by so many.
_EACH, _OFTEN = 0.8, 0.4


def item_rows(runs: Sequence[Fit]) -> list[tuple[Fit, Row]]:
    """The items of runs that are one list, in order, each as one row with all its cells."""
    found: list[tuple[Fit, Row]] = []
    joined = 0
    for fit in runs:
        rows = _Rows(fit)
        above = len(found)
        ended = False  # below the sum of items come other sums, unless a section begins
        for row in fit.body:
            if rows.is_header(row):
                continue
            if rows.is_sum(row):
                ended = len(found) > above
            elif rows.is_section(row) or (ended and rows.is_heading(row)):
                ended = False
            elif rows.begins_item(row):
                joined = 0
                if not ended:
                    found.append((fit, row))
            elif not ended and joined < _LONGEST and not rows.has_values(row) and _goes_on(found, fit, row):
                found[-1] = (found[-1][0], _joined(found[-1][1], row))
                joined += 1
    return found


class _Rows:
    """What tells the rows of one run apart."""

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._names = [cell.text for cell in fit.grid.rows[0]] if fit.grid.head else None
        counts = sorted(count for row in fit.body if (count := filled(row)) > 1)
        self._usual = median(counts[len(counts) // 2 :]) if counts else 0.0
        self._whole = [column for column, one in fit.fields.items() if kind_of(one) in _WHOLE]
        items = [row for row in fit.body if filled(row) >= _FEWER * self._usual]
        self._often = self._filled_in(items, _OFTEN)
        self._each = self._filled_in(items, _EACH)

    def _filled_in(self, items: Sequence[Row], share: float) -> list[int]:
        """The columns without numbers that more than this share of the items have."""
        texts = [column for column, one in self._fit.fields.items() if kind_of(one) not in NUMERIC]
        return [c for c in texts if sum(bool(row[c].text) for row in items) > share * len(items)]

    def is_header(self, row: Row) -> bool:
        return not filled(row) or [cell.text for cell in row] == self._names

    def is_sum(self, row: Row) -> bool:
        """Whether a row says what others come to: a text in it names a sum, and it has less than an item."""
        few = filled(row) <= _FEWER * self._usual or any(cell.columns > 1 for cell in row)
        lacks = few or len(self._fit.fields) < _LEAST or not all(row[column].text for column in self._often)
        return lacks and any(names_sum(cell.text, few=few) for cell in row)

    def is_section(self, row: Row) -> bool:
        """Whether a row is one text over the columns."""
        return filled(row) == 1 and any(cell.text and cell.columns > 1 for cell in row)

    def is_heading(self, row: Row) -> bool:
        """Whether a row is one text in the first column: below a sum it heads other items."""
        return filled(row) == 1 and bool(row[0].text)

    def has_values(self, row: Row) -> bool:
        """Whether a date or a number of items is in it."""
        return any(is_value(row[column].text, self._fit.fields[column]) for column in self._whole)

    def begins_item(self, row: Row) -> bool:
        """Whether a row has what no row goes on with, a date or a number, and what each item has."""
        known = [column for column in self._fit.fields if row[column].text]
        if not all(row[column].text for column in self._each):
            return False
        if not self._whole:
            return bool(known) and filled(row) >= _FEWER * self._usual
        return self.has_values(row) and len(known) >= min(2, len(self._fit.fields))


def _goes_on(found: Sequence[tuple[Fit, Row]], fit: Fit, row: Row) -> bool:
    """Whether each cell of a row goes on with one of the item before it."""
    if not found:
        return False
    before, last = found[-1]
    same = before.fields.keys() == fit.fields.keys() and len(last) == len(row)
    return same and all(not cell.text or last[column].text for column, cell in enumerate(row))


def _joined(last: Row, row: Row) -> Row:
    return tuple(one.joined(other) if other.text else one for one, other in zip(last, row, strict=True))
