"""The value axis of a sheet: which of its numbers are tick labels, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from models.charts.axes import Scale, fit_scale
from models.charts.pixels.labels import Label, Sheet, Span

_ALIGNED = 0.5
"""How far the ends of tick labels are apart at most (heights of letters)."""
_POWER = re.compile(r"(?:[x×]?[1lI][eE]|[x×]10\^?)\+?(?P<exponent>[-−]?\d{1,2})")
"""By what the numbers of an axis are multiplied."""
_AT_END = 2.0
"""How far off the axis that stands (heights of letters)."""
_MOST = 200
"""Numbers that may be tick labels."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """A scale with the labels it was read from; ``factor`` is what multiplies all of them (``1e6``)."""

    scale: Scale
    labels: tuple[Label, ...]
    factor: Label | None = None

    @property
    def texts(self) -> tuple[Label, ...]:
        """All of them."""
        return (*self.labels, *((self.factor,) if self.factor else ()))


def value_ticks(sheet: Sheet, labels: Sequence[Label], marks: Span) -> Ticks | None:
    """The scale beside the marks, that along which values grow: numbers in a row, one side of ``marks``."""
    spans = [(label, sheet.span(label.box)) for label in labels if label.number is not None]
    numbers = [(label, span) for label, span in spans if not marks.c0 < span.c < marks.c1][:_MOST]
    found: list[Ticks] = []
    for end in (_FIRST, _MIDDLE, _LAST):
        for row in _rows(numbers, end):
            scale = fit_scale([span.v for _, span in row], [label.text for label, _ in row])
            if scale is not None:
                found.append(Ticks(scale, tuple(label for label, _ in row)))
    best = max(found, key=lambda ticks: (ticks.scale.support, -ticks.scale.residual), default=None)
    return best and _multiplied(best, [(label, sheet.span(label.box)) for label in labels], sheet)


def _multiplied(ticks: Ticks, labels: Sequence[tuple[Label, Span]], sheet: Sheet) -> Ticks:
    """The ticks times the power of ten at the end of their axis, if one is there: ``1e6``, ``×10^6``."""
    own = [sheet.span(label.box) for label in ticks.labels]
    last = max(own, key=lambda span: span.v)
    for label, span in labels:
        power = _POWER.fullmatch(label.text.replace(" ", ""))
        beside = max(span.c0 - last.c1, last.c0 - span.c1)
        if power and span.v > last.v and beside <= _AT_END * label.size:
            return Ticks(ticks.scale.times(10.0 ** int(power["exponent"])), ticks.labels, label)
    return ticks


_FIRST, _MIDDLE, _LAST = attrgetter("c0"), attrgetter("c"), attrgetter("c1")
"""By which end the numbers of an axis may be set in line."""


def _rows(
    numbers: Sequence[tuple[Label, Span]], end: Callable[[Span], float]
) -> list[list[tuple[Label, Span]]]:
    """Numbers whose ``end`` lies on one line, two or more."""
    rows: list[list[tuple[Label, Span]]] = []
    for label, span in sorted(numbers, key=lambda one: end(one[1])):
        if rows and end(span) - end(rows[-1][-1][1]) <= _ALIGNED * label.size:
            rows[-1].append((label, span))
        else:
            rows.append([(label, span)])
    return [row for row in rows if len(row) > 1]
