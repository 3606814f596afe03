"""The rectangles of one colour on a sheet, and which of them stand on one line as bars do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.charts.pixels.labels import Label, Sheet, Span

_MOST = 600
"""Rectangles of a chart that are looked at, the largest."""
_FULL = 0.85
"""The share of its bounds that a rectangle covers."""
_THIN = 3
"""Pixels: thinner things are lines."""
_STAND = 3.0
"""Pixels that bars may end off their base, or off the bar on which they are stacked."""
_BASES = 8
"""Lines on which bars may stand that are tried: those with the most area, and with the most rectangles."""
_ALIKE = 0.3
"""By how much the thickness of bars may differ from the median."""
_WRITTEN_ON = 0.25
"""The least share of a text's box that has the colour on which it is written."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle of a colour."""

    colour: int
    span: Span

    @property
    def area(self) -> float:
        """Pixels."""
        return (self.span.c1 - self.span.c0) * (self.span.v1 - self.span.v0)


@dataclass(slots=True)
class Column:
    """Bars that stand on each other, from the base up (or down, where ``down``): one, or a stack."""

    c0: float
    c1: float
    up: list[Rectangle] = field(default_factory=list)
    down: list[Rectangle] = field(default_factory=list)

    @property
    def c(self) -> float:
        """The middle."""
        return (self.c0 + self.c1) / 2

    @property
    def width(self) -> float:
        """The thickness of the bars."""
        return self.c1 - self.c0


@dataclass(frozen=True, slots=True)
class Bars:
    """Columns from left to right that stand on ``base``, with the share of the rectangles' area they take."""

    base: float
    columns: tuple[Column, ...]
    share: float

    @property
    def span(self) -> Span:
        """Around all of them."""
        rectangles = [bar.span for column in self.columns for bar in (*column.up, *column.down)]
        return Span(
            self.columns[0].c0,
            self.columns[-1].c1,
            min(self.base, *(span.v0 for span in rectangles)),
            max(self.base, *(span.v1 for span in rectangles)),
        )


def without_text(index: NDArray[np.int8], labels: Sequence[Label]) -> NDArray[np.int8]:
    """The picture's colours as if nothing was written on its areas."""
    out = index.copy()
    height, width = index.shape
    for label in labels:
        x1, y1 = max(1, int(label.box.x1) - 1), max(1, int(label.box.y1) - 1)
        x2, y2 = min(width - 1, int(label.box.x2) + 2), min(height - 1, int(label.box.y2) + 2)
        if x1 >= x2 or y1 >= y2:
            continue
        part = out[y1:y2, x1:x2]
        for ends, axis in ((out[y1:y2, [x1 - 1, x2]], 1), (out[[y1 - 1, y2], x1:x2].T, 0)):
            same = np.where((ends[:, 0] == ends[:, 1]) & (ends[:, 0] > 0), ends[:, 0], 0)
            for colour in np.unique(same[same > 0]):
                if (part == colour).mean() >= _WRITTEN_ON:
                    where = np.expand_dims(same == colour, axis)
                    part[np.broadcast_to(where, part.shape)] = colour
    return out


def without_seams(index: NDArray[np.int8]) -> NDArray[np.int8]:
    """The picture's colours without mixtures at the edges of areas that happen to be like a third."""
    kernel = np.ones((_THIN, _THIN), np.uint8)
    areas = np.zeros_like(index)
    for colour in range(1, int(index.max()) + 1):
        areas[cv2.morphologyEx((index == colour).astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0] = colour
    beside = cv2.dilate((areas > 0).astype(np.uint8), kernel) > 0
    out = index.copy()
    out[(areas == 0) & (index > 0) & beside] = -1
    return out


def without_rules(index: NDArray[np.int8]) -> NDArray[np.int8]:
    """The picture's colours as if no grid was drawn over its areas: what is none of them, between one."""
    out = index.copy()
    for reach in (1, 2):
        for axis in (0, 1):
            before, after = np.roll(out, reach, axis), np.roll(out, -reach, axis)
            between = (out == -1) & (before == after) & (before > 0)
            out[between] = before[between]
    return out


def rectangles_of(sheet: Sheet, labels: Sequence[Label]) -> list[Rectangle]:
    """The rectangles on the sheet but for those in letters; areas with steps are cut at these."""
    texts = [sheet.span(label.box) for label in labels]
    found: list[Rectangle] = []
    for colour in range(1, int(sheet.index.max()) + 1):
        mask = (sheet.index == colour).astype(np.uint8)
        _, named, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        order = np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:_MOST] + 1
        for i in order:
            v, c, length, width, area = stats[i]
            if width < _THIN or area < _THIN * 2:
                continue
            if area >= _FULL * length * width:
                found.append(Rectangle(colour, Span(float(c), float(c + width), float(v), float(v + length))))
            else:
                part = named[c : c + width, v : v + length] == i
                found += [Rectangle(colour, span) for span in _steps(part, float(c), float(v))]
    largest = sorted(found, key=lambda one: -one.area)[:_MOST]
    return [one for one in largest if not any(_within(one.span, text) for text in texts)]


def _within(inner: Span, outer: Span) -> bool:
    across = outer.c0 <= inner.c0 and inner.c1 <= outer.c1
    return across and outer.v0 <= inner.v0 and inner.v1 <= outer.v1


def _steps(part: NDArray[np.bool_], c: float, v: float) -> list[Span]:
    """An area of bars that touch, cut where its outline jumps; nothing if it is no such thing."""
    first = part.argmax(axis=1)
    last = part.shape[1] - part[:, ::-1].argmax(axis=1)
    jumps = (np.abs(np.diff(first)) > 1) | (np.abs(np.diff(last)) > 1)
    ends = [0, *(np.flatnonzero(jumps) + 1), len(part)]
    if len(ends) > 2 + len(part) / _THIN:
        return []
    found = []
    for start, end in pairwise(ends):
        low, high = int(np.median(first[start:end])), int(np.median(last[start:end]))
        if end - start >= _THIN and part[start:end, low:high].mean() >= _FULL:
            found.append(Span(c + start, c + end, v + low, v + high))
    return found


def standing(rectangles: Sequence[Rectangle]) -> Bars | None:
    """The bars among them: what stands on the one line that has most, and what is stacked on that."""
    ends = [(one.span.v0, one.area) for one in rectangles] + [(one.span.v1, one.area) for one in rectangles]
    areas: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    for at, area in ends:
        areas[round(at / _STAND)] += int(area)
        counts[round(at / _STAND)] += 1
    best: Bars | None = None
    for key in {key for tally in (areas, counts) for key, _ in tally.most_common(_BASES)}:
        near = [at for at, _ in ends if abs(at - key * _STAND) <= _STAND]
        bars = _on(float(np.median(near)), rectangles)
        if bars is not None and (best is None or bars.share > best.share):
            best = bars
    return best


def _on(base: float, rectangles: Sequence[Rectangle]) -> Bars | None:
    columns: list[Column] = []
    total = sum(one.area for one in rectangles)
    risen = {id(one): min(abs(one.span.v0 - base), abs(one.span.v1 - base)) for one in rectangles}
    for one in sorted(rectangles, key=lambda one: (risen[id(one)], -one.area)):
        up = one.span.v >= base
        column = next((column for column in columns if _same_place(column, one)), None)
        foot = one.span.v0 if up else one.span.v1
        if column is None:
            if any(_overlap(column, one) > _ALIKE * (one.span.c1 - one.span.c0) for column in columns):
                continue  # a seam, or what stands before the bars
            if abs(foot - base) <= _STAND:
                columns.append(Column(one.span.c0, one.span.c1, [one] if up else [], [] if up else [one]))
            continue
        pile = column.up if up else column.down
        top = (pile[-1].span.v1 if up else pile[-1].span.v0) if pile else base
        if abs(foot - top) <= _STAND + 1:
            pile.append(one)
    for column in columns:
        for pile in (column.up, column.down):
            if len(pile) > 1:  # the axis, and seams
                pile[:] = [bar for bar in pile if _height(bar) > _STAND + 1] or pile[:1]
    _drop_axis(columns)
    columns = _alike(columns)
    if len(columns) < 2:
        return None
    taken = sum(bar.area for column in columns for bar in (*column.up, *column.down))
    upward = sum(bar.area for column in columns for bar in column.up)
    # A stack to 100% stands on its top as well as on its foot.
    share = (taken + 0.05 * upward) / (1.05 * total)
    return Bars(base, tuple(sorted(columns, key=lambda column: column.c)), share)


def _height(bar: Rectangle) -> float:
    return bar.span.v1 - bar.span.v0


def _drop_axis(columns: Sequence[Column]) -> None:
    """Empties the side of the columns that has nothing higher than a line: that is the axis under them."""
    ups, downs = [column.up for column in columns], [column.down for column in columns]
    for piles, others in ((ups, downs), (downs, ups)):
        if all(_height(bar) <= _STAND + 1 for pile in piles for bar in pile):
            for pile, other in zip(piles, others, strict=True):
                if other:
                    pile.clear()


def _same_place(column: Column, one: Rectangle) -> bool:
    return _overlap(column, one) >= 0.8 * max(column.width, one.span.c1 - one.span.c0)


def _overlap(column: Column, one: Rectangle) -> float:
    return min(column.c1, one.span.c1) - max(column.c0, one.span.c0)


def _alike(columns: list[Column]) -> list[Column]:
    """The columns of about the same thickness, that most of the area has."""
    if not columns:
        return []
    areas = [sum(bar.area for bar in (*column.up, *column.down)) for column in columns]
    order = np.argsort([column.width for column in columns])
    along = np.cumsum(np.array(areas)[order])
    width = columns[order[int(np.searchsorted(along, along[-1] / 2))]].width
    return [column for column in columns if abs(column.width - width) <= _ALIKE * width + 1]
