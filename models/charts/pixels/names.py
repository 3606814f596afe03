"""The names of categories: the texts under (or beside) the marks they belong to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.charts.axes import fit_scale
from models.charts.pixels.labels import Label, Sheet, Span

_FAR = 5.0
"""Names start so near to the marks (heights of letters)."""
_NEXT_LINE = 0.7
"""The lines of one name are no farther apart (heights of letters)."""
_OFF = 0.45
"""How far a name stands from its category at most, as a share of their spacing."""
_WIDEST = 1.4
"""How wide a level name is at most, as a share of the spacing."""
_WHOLE = 0.1
"""How near a whole number a position on an axis of whole numbers is."""


@dataclass(frozen=True, slots=True)
class Names:
    """The name of each category, None where there is none, and the texts they were made of."""

    texts: tuple[str | None, ...]
    labels: tuple[Label, ...]

    @property
    def known(self) -> int:
        """How many categories have one."""
        return sum(text is not None for text in self.texts)


def names_of(sheet: Sheet, labels: Sequence[Label], centres: Sequence[float], marks: Span) -> Names:
    """The names of the categories whose ``centres`` (in order) are under, or right of, their names."""
    spacing = float(np.median(np.diff(centres))) if len(centres) > 1 else marks.c1 - marks.c0
    rows = _under(sheet, labels, marks) if sheet.upright else _beside(sheet, labels, marks)
    best: list[list[Label]] = [[] for _ in centres]
    for anchor in (_middle, _last, _first):
        found = _assigned(sheet, rows, centres, spacing, anchor)
        if sum(map(bool, found)) > sum(map(bool, best)):
            best = found
    texts = _counted_on([_joined(parts) for parts in best], centres)
    return Names(tuple(texts), tuple(label for parts in best for label in parts))


def columns_of(sheet: Sheet, labels: Sequence[Label], marks: Span) -> list[float]:
    """Where the names in the first row under the marks stand, in order: a leaning one ends there."""
    row = _under(sheet, labels, marks)
    first = [label for label in row if sheet.span(label.box).v1 >= sheet.span(row[0].box).v]
    return sorted((_last if label.slanted else _middle)(sheet, label) for label in first)


def _under(sheet: Sheet, labels: Sequence[Label], marks: Span) -> list[Label]:
    """The texts of the first row under the marks, and of rows right under that."""
    below = [(sheet.span(label.box), label) for label in labels]
    below = sorted(
        ((span, label) for span, label in below if span.v < marks.v0 and span.c1 > marks.c0 - label.size * 8),
        key=lambda one: -one[0].v1,
    )
    found: list[Label] = []
    foot = marks.v0
    for span, label in below:
        room = _NEXT_LINE if found else _FAR
        if foot - span.v1 > room * label.size:
            break
        found.append(label)
        foot = min(foot, span.v0) if len(found) > 1 else span.v0
    return found


def _beside(sheet: Sheet, labels: Sequence[Label], marks: Span) -> list[Label]:
    """The level texts that end before the marks begin."""
    return [
        label for label in labels if not label.turned and sheet.span(label.box).v1 <= marks.v0 + label.size
    ]


def _assigned(
    sheet: Sheet,
    labels: Sequence[Label],
    centres: Sequence[float],
    spacing: float,
    anchor: Callable[[Sheet, Label], float],
) -> list[list[Label]]:
    found: list[list[Label]] = [[] for _ in centres]
    places = np.asarray(centres)
    for label in labels if not sheet.upright else _cut(sheet, labels, places, spacing):
        nearest = int(np.abs(places - anchor(sheet, label)).argmin())
        if abs(places[nearest] - anchor(sheet, label)) <= _OFF * spacing:
            found[nearest].append(label)
    return found


def _cut(sheet: Sheet, labels: Sequence[Label], places: NDArray[np.float64], spacing: float) -> list[Label]:
    """Level texts, cut where they are the names of several categories; none that is too wide for one."""
    found: list[Label] = []
    for label in labels:
        if label.slanted or label.turned:
            found.append(label)
            continue
        over = int(((places > label.box.x1) & (places < label.box.x2)).sum())
        found += [part for part in label.cut(over) if part.box.width <= _WIDEST * spacing]
    return found


def _middle(sheet: Sheet, label: Label) -> float:
    return sheet.span(label.box).c


def _last(sheet: Sheet, label: Label) -> float:
    return sheet.span(label.box).c1 - 0.4 * label.size


def _first(sheet: Sheet, label: Label) -> float:
    return sheet.span(label.box).c0 + 0.4 * label.size


def _joined(parts: Sequence[Label]) -> str | None:
    """The lines of a name, from the top down."""
    return " ".join(part.text for part in sorted(parts, key=lambda part: (part.box.y1, part.box.x1))) or None


def _counted_on(names: list[str | None], centres: Sequence[float]) -> list[str | None]:
    """Names that are whole numbers in a row, every other of which is left out, are filled in."""
    known = [(at, name) for at, name in zip(centres, names, strict=True) if name is not None]
    if len(known) == len(names) or len(known) < 3:
        return names
    scale = fit_scale([at for at, _ in known], [name for _, name in known])
    if scale is None or scale.kind != "linear" or scale.support < len(known):
        return names
    values = [scale.value(at) for at in centres]
    if any(abs(value - round(value)) > _WHOLE for value in values):
        return names
    return [name or str(round(value)) for name, value in zip(names, values, strict=True)]
