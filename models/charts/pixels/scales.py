"""The value axis of a sheet: which of its numbers are tick labels, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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

    def beside(span: Span) -> bool:
        return not marks.c0 < span.c < marks.c1

    return _best(sheet, labels, beside, across=False)


def category_ticks(sheet: Sheet, labels: Sequence[Label], marks: Span) -> Ticks | None:
    """The scale under (or over) the marks, if what stands there are numbers in a row."""

    def below(span: Span) -> bool:
        return not marks.v0 < span.v < marks.v1

    return _best(sheet, labels, below, across=True)


def _best(
    sheet: Sheet, labels: Sequence[Label], fits: Callable[[Span], bool], *, across: bool
) -> Ticks | None:
    numbers = [
        (label, span) for label in labels if label.number is not None and fits(span := sheet.span(label.box))
    ]
    numbers = numbers[:_MOST]
    found: list[Ticks] = []
    for end in (_first, _middle, _last):
        for row in _rows(numbers, end, across=across):
            at = [span.c if across else span.v for _, span in row]
            scale = fit_scale(at, [label.text for label, _ in row])
            if scale is not None:
                found.append(Ticks(scale, tuple(label for label, _ in row)))
    return max(found, key=lambda ticks: (ticks.scale.support, -ticks.scale.residual), default=None)


def _first(span: Span, across: bool) -> float:
    return span.v0 if across else span.c0


def _middle(span: Span, across: bool) -> float:
    return span.v if across else span.c


def _last(span: Span, across: bool) -> float:
    return span.v1 if across else span.c1


def _rows(
    numbers: Sequence[tuple[Label, Span]], end: Callable[[Span, bool], float], *, across: bool
) -> list[list[tuple[Label, Span]]]:
    """Numbers whose ``end`` lies on one line, two or more."""
    rows: list[list[tuple[Label, Span]]] = []
    for label, span in sorted(numbers, key=lambda one: end(one[1], across)):
        if rows and end(span, across) - end(rows[-1][-1][1], across) <= _ALIGNED * label.size:
            rows[-1].append((label, span))
        else:
            rows.append([(label, span)])
    return [row for row in rows if len(row) > 1]
