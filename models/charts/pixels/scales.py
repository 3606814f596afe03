"""The value axis of a sheet: which of its numbers are tick labels, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from models.charts.axes import Scale, fit_scale
from models.charts.pixels.labels import Label, Sheet, Span

_ALIGNED = 0.5
"""How far the ends of tick labels are apart at most (heights of letters)."""
_MOST = 200
"""Numbers that may be tick labels."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """A scale with the labels it was read from."""

    scale: Scale
    labels: tuple[Label, ...]


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
    return max(found, key=lambda ticks: (ticks.scale.support, -ticks.scale.residual), default=None)


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
