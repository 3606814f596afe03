"""A table's summary without a model: what rows and columns are, ranges of numbers, sums that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.tables import Grid
from pipelines.extraction.values.conventions import conventions_of
from pipelines.extraction.values.numbers import numbers
from pipelines.pages.summaries.wording import listed, several, short, shortened

_MOST_COLUMNS, _MOST_RANGES, _MOST_ROWS, _MOST_SUMS, _MOST_PAIRS = 10, 4, 6, 2, 6
"""What is told of a table: a summary is read in one glance."""
_LONGEST_TITLE, _LONGEST_NAME, _LONGEST_LABEL, _LONGEST_PLACE = 200, 50, 40, 30
_MOST_READ = 20_000
"""Cells of a table that are looked at."""
_NUMERIC = 0.7
"""The share of a column's values that are numbers in a column of numbers."""
_NAMED = 0.6
"""The share of the first row's cells that are filled, if it names the columns."""
_SUMS = frozenset({"total", "subtotal"})
_FEW_WORDS = 4
"""Words of a cell that names a sum."""
_LEADERS = re.compile(r"(?:\.\s?){4,}|…")
"""Dots that lead the eye."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORDINAL = re.compile(r"(?:no|nr|n°|#|id|pos|item|row|rank|line|index|序号)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Series:
    """A row or column of numbers: its name, and of each number its value, its print and where it stands."""

    name: str
    numbers: list[tuple[Decimal, str, str]]

    def range(self) -> str:
        """From where to where it goes."""
        low, high = min(self.numbers, key=itemgetter(0)), max(self.numbers, key=itemgetter(0))
        if low[0] == high[0]:
            return f"{self.name} is {low[1]} throughout"
        return f"{self.name} goes from {_placed(low)} to {_placed(high)}"


def summary(grid: Grid, about: str = "", count: int = 0) -> str:
    """A few English sentences; ``about`` is the table's caption or the heading that it stands under.

    ``count`` is how many rows the whole table has, if it is more than the grid.
    """
    table = _Table(grid, max(count, len(grid.rows)))
    told = [short(about.rstrip(".:。 "), _LONGEST_TITLE)] if about.strip() else []
    told += [short(table.title, _LONGEST_TITLE)] if table.title and table.title not in about else []
    if pairs := table.pairs():
        told.append(f"It gives {several(len(pairs), 'value')}: {listed(pairs[:_MOST_PAIRS], len(pairs))}")
    else:
        told += [table.size(), *table.labels(), *table.ranges(), *table.sums()]
    return " ".join(f"{sentence.rstrip(' .')}." for sentence in told if sentence)


class _Table:
    """The rows of a grid that are no header, and what they hold."""

    def __init__(self, grid: Grid, count: int) -> None:
        read = grid.head + max(2, _MOST_READ // max(1, grid.columns))
        texts = [[_line(cell.text) for cell in row] for row in grid.rows[:read]]
        self._conventions = conventions_of(text for row in texts for text in row)
        head = min(grid.head, max(0, len(texts) - 1))
        titles = [row for row in grid.rows[:head] if row[0].columns == grid.columns > 1]
        self.title = " ".join(_line(row[0].text) for row in titles)
        first = len(titles)
        if head == first:
            head += int(self._names_columns(texts[first:]))
        self._columns = grid.columns
        body = [row for row in texts[head:] if any(row)]
        sums = [row for row in body if _is_sum(row)]
        self.sum_rows = sums if 2 * len(sums) < len(body) else []
        self.rows = [row for row in body if row not in self.sum_rows]
        self._is_cut = count > len(texts)
        self._count = count - head if self._is_cut else len(self.rows)
        self._has_names = head > first
        names = grid.names(first, head) if self._has_names else [""] * grid.columns
        self._names = [shortened(_line(name), _LONGEST_NAME) for name in names]
        self._is_labelled = self._columns > 1 and self._has_labels()

    def _names_columns(self, texts: Sequence[Sequence[str]]) -> bool:
        """Whether the first row holds names alone, and numbers stand below it."""
        if len(texts) < 3:
            return False
        first, *below = texts
        filled = [text for text in first if text]
        if len(filled) < max(2, _NAMED * len(first)) or any(
            self._number(text) is not None for text in filled
        ):
            return False
        return any(self._number(text) is not None for row in below for text in row)

    def _has_labels(self) -> bool:
        """Whether the first column names the rows."""
        labels = [row[0] for row in self.rows if row[0]]
        numbered = sum(self._number(label) is not None for label in labels)
        return 2 * len(labels) >= len(self.rows) and 2 * numbered < len(labels)

    def size(self) -> str:
        """How large it is, and the names of its columns."""
        size = f"It has {several(self._count, 'row')} and {several(self._columns, 'column')}"
        named = [name for name in self._names if name]
        if _are_long(named):
            return size
        if named and self._is_labelled and not self._names[0]:
            named = ["the names of the rows", *named]
        return f"{size}: {listed(named[:_MOST_COLUMNS], len(named))}" if named else size

    def labels(self) -> Iterator[str]:
        """What the rows are called."""
        labels = [label for row in self.rows if (label := row[0])]
        if self._is_labelled and 1 < len(labels) == len(set(labels)) and not _are_long(labels):
            name = self._names[0] if self._names[0] and not _are_long(self._names) else "The rows"
            shown = [shortened(label, _LONGEST_LABEL) for label in labels[:_MOST_ROWS]]
            yield f"{name}: {listed(shown, self._count if self._is_cut else len(labels))}"

    def ranges(self) -> Iterator[str]:
        """From where to where numbers go: down the columns, or along the rows if the columns are years."""
        columns = list(self._down())
        is_wide = len(self.rows) < len(columns) and all(map(self._is_year, self._names[1:]))
        if told := [series.range() for series in (self._along() if is_wide else columns)]:
            ranges = listed(told[:_MOST_RANGES], min(len(told), _MOST_RANGES), last=", and ")
            yield f"In its first {several(len(self.rows), 'row')} {ranges}" if self._is_cut else ranges

    def _down(self) -> Iterator[Series]:
        """The columns of numbers, but for those that only count the rows."""
        for index, name in enumerate(self._names):
            if _ORDINAL.fullmatch(name) or (index == 0 and self._is_labelled):
                continue
            places = [row[0] if index and self._is_labelled else "" for row in self.rows]
            cells = [row[index] for row in self.rows]
            yield from self._series(name or f"column {index + 1}", cells, places)

    def _along(self) -> Iterator[Series]:
        for row in self.rows:
            yield from self._series(shortened(row[0], _LONGEST_LABEL), row[1:], self._names[1:])

    def _series(self, name: str, cells: Sequence[str], places: Sequence[str]) -> Iterator[Series]:
        """Cells as a series; nothing where too few are numbers, or some are shares and some are not."""
        told = [(cell, place) for cell, place in zip(cells, places, strict=True) if _says_something(cell)]
        found = [(value, cell, place) for cell, place in told if (value := self._number(cell)) is not None]
        shares = sum("%" in cell for _, cell, _ in found)
        if len(found) > 1 and len(found) >= _NUMERIC * len(told) and shares in (0, len(found)):
            yield Series(name, found)

    def _is_year(self, name: str) -> bool:
        return bool(_YEAR.search(name))

    def sums(self) -> Iterator[str]:
        """The rows that sum up others."""
        for row in self.sum_rows[-_MOST_SUMS:]:
            label = next(text for text in row if _names_sum(text))
            values = [
                f"{self._names[c]} {text}" if self._names[c] else text
                for c, text in enumerate(row)
                if text and text is not label and self._number(text) is not None
            ]
            if values:
                yield f"{shortened(label.rstrip(':'), _LONGEST_LABEL)}: {', '.join(values[:_MOST_RANGES])}"

    def pairs(self) -> list[str]:
        """The values of a table of names and values, or of a single row; none where it is something else."""
        if self._has_names and len(self.rows) == 1 and not _are_long(self._names):
            return [_pair(name, text) for name, text in zip(self._names, self.rows[0], strict=True) if text]
        if self._columns != 2 or self._has_names or len(self.rows) < 2:
            return []
        if any(not row[0] or self._number(row[0]) is not None for row in self.rows):
            return []
        return [_pair(name, text) for name, text in self.rows]

    def _number(self, text: str) -> Decimal | None:
        """The number that a cell is; None of a cell that says more."""
        found = list(numbers(text, self._conventions)) if len(text) <= 40 else []
        if len(found) != 1 or not found[0].readings:
            return None
        rest = text[: found[0].start] + text[found[0].end :]
        return None if any(map(str.isalnum, rest)) else found[0].readings[0]


def _pair(name: str, text: str) -> str:
    value = shortened(text, _LONGEST_LABEL) or "–"
    return f"{shortened(name.rstrip(' :'), _LONGEST_LABEL)}: {value}" if name else value


def _placed(number: tuple[Decimal, str, str]) -> str:
    _, text, place = number
    return f"{text} ({shortened(place, _LONGEST_PLACE)})" if place else text


def _line(text: str) -> str:
    return " ".join(_LEADERS.sub(" ", text).split())


def _are_long(names: Sequence[str]) -> bool:
    """Whether most are no names but sentences, as in the boxes of forms."""
    return 2 * sum(len(name) >= _LONGEST_NAME for name in names) > len(names)


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_sum(row: Sequence[str]) -> bool:
    return any(_names_sum(text) for text in row[:3])


def _names_sum(text: str) -> bool:
    return 0 < len(text.split()) <= _FEW_WORDS and any(concept.name in _SUMS for concept in phrase(text))
