"""Which bar belongs to which category and which series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from models.charts.pixels.rectangles import Bars, Column, Rectangle

_STACKED = 0.3
"""The share of the columns that have more than one bar in a chart of stacks."""
_APART = 0.3
"""Bars of one group are nearer to each other than those of two, by this share of their thickness."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a number: of a category (``row``) and a series, and the bar there, if there is one.

    ``c`` is its middle along the categories; ``up`` which way the bar goes.
    """

    row: int
    series: int
    c: float
    bar: Rectangle | None
    up: bool = True


@dataclass(frozen=True, slots=True)
class Cells:
    """All places, rows by their ``centres``, series by their ``colours``."""

    cells: tuple[Cell, ...]
    centres: tuple[float, ...]
    colours: tuple[int, ...]
    stacked: bool


def cells_of(bars: Bars, named: int) -> Cells:
    """The cells of a chart; ``named`` of its colours have a name in a legend."""
    columns = bars.columns
    if sum(len(column.up) + len(column.down) > 1 for column in columns) >= _STACKED * len(columns):
        return _stacks(columns)
    ones = [(column.up or column.down)[0] for column in columns]
    colours = [one.colour for one in ones]
    several = len(set(colours)) > 1
    if not several or not _in_groups(columns, colours, named):
        most = Counter(colours).most_common(1)[0][0]
        cells = [
            Cell(i, 0, col.c, one, bool(col.up))
            for i, (col, one) in enumerate(zip(columns, ones, strict=True))
        ]
        return Cells(tuple(cells), tuple(column.c for column in columns), (most,), stacked=False)
    return _groups(columns, ones)


def _stacks(columns: Sequence[Column]) -> Cells:
    colours: list[int] = []
    for column in columns:
        for bar in (*column.up, *column.down):
            if bar.colour not in colours:
                colours.append(bar.colour)
    cells: dict[tuple[int, int], Cell] = {}
    for row, column in enumerate(columns):
        for bar in sorted((*column.up, *column.down), key=lambda bar: bar.area):  # a seam has a bar's colour
            cells[row, bar.colour] = Cell(row, colours.index(bar.colour), column.c, bar, bar in column.up)
    return Cells(tuple(cells.values()), tuple(column.c for column in columns), tuple(colours), stacked=True)


def _gaps(columns: Sequence[Column]) -> list[float]:
    return [right.c0 - left.c1 for left, right in pairwise(columns)]


def _in_groups(columns: Sequence[Column], colours: Sequence[int], named: int) -> bool:
    """Whether colours tell series apart; else they only set off some bars of one series."""
    pairs = list(pairwise(colours))
    gaps = list(zip(_gaps(columns), pairs, strict=True))
    alike = [gap for gap, (left, right) in gaps if left == right]
    unlike = [gap for gap, (left, right) in gaps if left != right]
    width = median(column.width for column in columns)
    if alike and min(unlike) > min(alike) - _APART * width:
        return False
    return len(set(colours)) < len(colours) or named > 1


def _groups(columns: Sequence[Column], ones: Sequence[Rectangle]) -> Cells:
    groups: list[list[tuple[Column, Rectangle]]] = []
    gaps = [0.0, *_gaps(columns)]
    width = median(column.width for column in columns)
    within = sorted(gaps[1:])[len(gaps) // 4] + _APART * width
    for gap, column, one in zip(gaps, columns, ones, strict=True):
        if groups and gap <= within and all(one.colour != other.colour for _, other in groups[-1]):
            groups[-1].append((column, one))
        else:
            groups.append([(column, one)])
    colours = [one.colour for _, one in max(groups, key=len)]
    colours += sorted({one.colour for one in ones} - set(colours))
    offsets = _offsets(groups, colours)
    cells, centres = [], []
    for row, group in enumerate(groups):
        centre = median(column.c - offsets[colours.index(one.colour)] for column, one in group)
        centres.append(centre)
        have = {one.colour: (column, one) for column, one in group}
        for series, colour in enumerate(colours):
            if colour in have:
                column, one = have[colour]
                cells.append(Cell(row, series, column.c, one, bool(column.up)))
            else:
                cells.append(Cell(row, series, centre + offsets[series], None))
    return Cells(tuple(cells), tuple(centres), tuple(colours), stacked=False)


def _offsets(groups: Sequence[Sequence[tuple[Column, Rectangle]]], colours: Sequence[int]) -> list[float]:
    """How far the bars of each colour are from the middle of a group that has all of them."""
    most = max(map(len, groups))
    found: dict[int, list[float]] = {}
    for group in groups:
        if len(group) == most:
            middle = (group[0][0].c0 + group[-1][0].c1) / 2
            for column, one in group:
                found.setdefault(one.colour, []).append(column.c - middle)
    return [median(found[colour]) if colour in found else 0.0 for colour in colours]
