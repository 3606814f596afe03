"""A sheet as it shows: rows of filled cells, what is merged, and what lies on top."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from pipelines.readers.hidden import HiddenTally
from schemas.fragments import Content, FragmentType
from schemas.reading import HiddenReason, HiddenText

# Slots that merged cells cover are written down up to this many.
_MOST_COVERED = 500_000

Place = tuple[int, int]
"""A row and a column, 0-based."""


class Cell(NamedTuple):
    """What a cell shows; ``value``: a number, date, truth value or error and no text.

    ``markdown`` is the same text with its links and marks, where it has any. ``hidden``: why its look does
    not show it.
    """

    text: str
    value: bool = False
    bold: bool = False
    markdown: str | None = None
    hidden: HiddenReason | None = None


COVERED = Cell("")
"""Stands in the slots that a merged cell covers, and in those that hold a declared table together."""


class Row(NamedTuple):
    """The filled cells of a row, from left to right; equal ``columns`` of many rows are one object."""

    number: int
    columns: tuple[int, ...]
    cells: list[Cell]


class Range(NamedTuple):
    """A rectangle of slots, its ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Drawing(NamedTuple):
    """A picture, chart or text box, anchored at a cell; ``picture`` names the part that holds its pixels."""

    place: Place
    kind: FragmentType
    content: Content
    picture: str = ""


@dataclass(slots=True)
class Sheet:
    """What a format's reader found on a sheet; all numbers of rows and columns are those of the file.

    ``tables`` are ranges that the file itself calls tables or filters, their first row the header.
    ``thin_rows`` and ``thin_columns`` are too small to hold text: when empty, they only keep others apart.
    ``looks_change``: conditions may give cells another look than their own.
    ``uncomputed`` counts the formulas without a value; ``cut_off``: the file ends before the sheet does;
    ``undrawn``: what is drawn on it could not be read.
    """

    rows: list[Row] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    tables: list[Range] = field(default_factory=list)
    frozen_rows: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    thin_rows: set[int] = field(default_factory=set)
    thin_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: dict[Place, str] = field(default_factory=dict)
    drawings: list[Drawing] = field(default_factory=list)
    uncomputed: int = 0
    cut_off: bool = False
    undrawn: bool = False
    looks_change: bool = False


@dataclass(slots=True)
class ShownSheet:
    """A sheet without what is hidden, its rows and columns counted as they show.

    ``spans`` are the ranges of merged cells by their first slot; the others they cover are ``COVERED``.
    ``hidden`` is what was left out.
    """

    rows: list[Row]
    spans: dict[Place, Range]
    tables: list[Range]
    frozen_rows: int
    comments: dict[Place, str]
    hidden: list[HiddenText]


def shown(sheet: Sheet) -> ShownSheet:
    """The sheet as it shows: without hidden rows and columns, and without cells whose look hides them."""
    used = {column for columns in {row.columns for row in sheet.rows} for column in columns}
    width = max(used, default=-1) + 1
    hidden = _members(sheet.hidden_columns, width)
    columns = _Kept(hidden | (_members(sheet.thin_columns, width) - used))
    rows = _Kept(sheet.hidden_rows | (sheet.thin_rows - {row.number for row in sheet.rows}))
    tally = HiddenTally(least=1)  # a cell is a value
    kept = _kept_rows(_with_looks(sheet, tally), rows, columns, hidden, tally)
    last_row, last_column = (kept[-1].number if kept else -1), max(0, columns.before(width) - 1)

    def moved(ranges: Iterable[Range]) -> list[Range]:
        found = (_moved(one, rows, columns, last_row, last_column) for one in ranges)
        return [one for one in found if one]

    comments = {
        (rows.before(r), columns.before(c)): text
        for (r, c), text in sheet.comments.items()
        if r not in sheet.hidden_rows and c not in hidden
    }
    tables = moved(sheet.tables)
    kept, spans = _with_covered(kept, moved(sheet.merged), tables)
    return ShownSheet(kept, spans, tables, rows.before(sheet.frozen_rows), comments, tally.found())


class _Kept:
    """Numbers when some are left out."""

    def __init__(self, dropped: set[int]) -> None:
        self.dropped = dropped
        self._sorted = sorted(dropped)

    def before(self, number: int) -> int:
        """How many numbers below this one are kept: its own, if it is."""
        return number - bisect_left(self._sorted, number) if self._sorted else number


def _members(ranges: Iterable[tuple[int, int]], end: int) -> set[int]:
    """The numbers in ranges (ends included) that are below ``end``."""
    changes = [0] * (end + 1)
    for first, last in ranges:
        if 0 <= first < end and last >= first:
            changes[first] += 1
            changes[min(last + 1, end)] -= 1
    return {number for number, depth in enumerate(accumulate(changes[:end])) if depth}


def _with_looks(sheet: Sheet, tally: HiddenTally) -> list[Row]:
    """The rows without cells whose own look hides them; tables and conditions may give them another."""
    if not any(cell.hidden for row in sheet.rows for cell in row.cells):
        return sheet.rows
    rows = []
    for row in sheet.rows:
        kept = []
        for i, cell in enumerate(row.cells):
            if cell.hidden and not _is_given_looks(sheet, row, i):
                tally.add(cell.hidden, f"{cell.text} ")
            else:
                kept.append(i)
        if kept:
            rows.append(Row(row.number, tuple(row.columns[i] for i in kept), [row.cells[i] for i in kept]))
    return rows


def _is_given_looks(sheet: Sheet, row: Row, index: int) -> bool:
    if row.cells[index].hidden is not HiddenReason.NO_CONTRAST:
        return False
    column = row.columns[index]
    inside = (one.top <= row.number <= one.bottom and one.left <= column <= one.right for one in sheet.tables)
    return sheet.looks_change or any(inside)


def _kept_rows(
    rows: list[Row], numbers: _Kept, columns: _Kept, hidden: set[int], tally: HiddenTally
) -> list[Row]:
    if not numbers.dropped and not columns.dropped:
        return rows
    kept = []
    layouts: dict[tuple[int, ...], tuple[list[int], tuple[int, ...]]] = {}
    for row in rows:
        if row.number in numbers.dropped:
            _count(row.cells, tally)
            continue
        if row.columns not in layouts:
            stay = [i for i, column in enumerate(row.columns) if column not in hidden]
            layouts[row.columns] = stay, tuple(columns.before(row.columns[i]) for i in stay)
        stay, new = layouts[row.columns]
        if len(stay) < len(row.cells):
            left = set(range(len(row.cells))).difference(stay)
            _count([row.cells[i] for i in sorted(left)], tally)
        if stay:
            cells = row.cells if len(stay) == len(row.cells) else [row.cells[i] for i in stay]
            kept.append(Row(numbers.before(row.number), new, cells))
    return kept


def _count(cells: Iterable[Cell], tally: HiddenTally) -> None:
    for cell in cells:
        tally.add(HiddenReason.SWITCHED_OFF, f"{cell.text} ")


def _moved(one: Range, rows: _Kept, columns: _Kept, last_row: int, last_column: int) -> Range | None:
    """A range as it shows, cut to the slots in use; None if nothing of it shows."""
    found = Range(
        rows.before(one.top),
        columns.before(one.left),
        min(rows.before(one.bottom + 1) - 1, last_row),
        min(columns.before(one.right + 1) - 1, last_column),
    )
    return found if found.top <= found.bottom and found.left <= found.right else None


def _with_covered(
    rows: list[Row], merged: list[Range], tables: list[Range]
) -> tuple[list[Row], dict[Place, Range]]:
    """The rows with ``COVERED`` in the slots of merged cells, and in the gaps of declared tables."""
    if not merged and not tables:
        return rows, {}
    by_number = {row.number: row for row in rows}
    covered: dict[int, set[int]] = {}
    spans: dict[Place, Range] = {}
    left = _MOST_COVERED
    for one in merged:
        anchor = by_number.get(one.top)
        size = (one.bottom - one.top + 1) * (one.right - one.left + 1)
        if anchor is None or one.left not in anchor.columns or size == 1 or size > left:
            continue
        left -= size
        spans[one.top, one.left] = one
        for number in range(one.top, one.bottom + 1):
            covered.setdefault(number, set()).update(range(one.left, one.right + 1))
    for one in tables:
        gaps = [n for n in range(one.top, min(one.bottom, one.top + left) + 1) if n not in by_number]
        left -= len(gaps)
        for number in gaps:
            covered.setdefault(number, set()).add(one.left)
    for number, columns in covered.items():
        row = by_number.get(number, Row(number, (), []))
        cells = dict.fromkeys(columns, COVERED) | dict(zip(row.columns, row.cells, strict=True))
        order = sorted(cells)
        by_number[number] = Row(number, tuple(order), [cells[column] for column in order])
    return [by_number[number] for number in sorted(by_number)], spans
