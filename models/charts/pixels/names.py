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
_BROKEN = 0.5
"""A name that goes on in the next line is at least so wide (share of the spacing)."""
_CENTRED = 0.03
"""A text alone in its row, so near to the middle of the marks (share of their width), is a title."""
_LEVEL = 0.6
"""The tops of the names in a row are so near (heights of letters)."""
_ASIDE = 0.1
"""How far names reach to the left of the marks (share of the marks' width)."""
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
    rows = _under(sheet, labels, marks, spacing) if sheet.upright else _beside(sheet, labels, marks)
    best: list[list[Label]] = [[] for _ in centres]
    for anchor in (_middle, _last, _first):
        found = _assigned(sheet, rows, centres, spacing, anchor)
        if sum(map(bool, found)) > sum(map(bool, best)):
            best = found
    texts = _counted_on([_joined(parts) for parts in best], centres)
    return Names(tuple(texts), tuple(label for parts in best for label in parts))


def columns_of(sheet: Sheet, labels: Sequence[Label], marks: Span) -> list[float]:
    """Where the names in the first row under the marks stand, in order: a leaning one ends there."""
    rows = rows_under(sheet, labels, marks)
    return sorted((_last if label.slanted else _middle)(sheet, label) for label in rows[0]) if rows else []


def _under(sheet: Sheet, labels: Sequence[Label], marks: Span, spacing: float) -> list[Label]:
    """The names under the marks, and the further lines of those: an axis' title is none."""
    first, *others = rows_under(sheet, labels, marks) or [[]]
    wide = [span for label in first if (span := sheet.span(label.box)).c1 - span.c0 >= _BROKEN * spacing]
    found = list(first)
    for row in others:
        middle = sheet.span(row[0].box).c
        if len(row) == 1 and len(first) > 2 and abs(middle - marks.c) <= _CENTRED * (marks.c1 - marks.c0):
            break
        broken = all(any(span.c0 < sheet.span(label.box).c < span.c1 for span in wide) for label in row)
        if not broken and len(row) < len(first) / 2:
            break
        found += row
    return found


def rows_under(sheet: Sheet, labels: Sequence[Label], marks: Span) -> list[list[Label]]:
    """Rows of texts under the marks, from that of the names down, each right under the one before.

    Before the names may be a text that stands in the plot.
    """
    reach = marks.c0 - _ASIDE * (marks.c1 - marks.c0)
    below = [
        (span, label) for label in labels if (span := sheet.span(label.box)).v < marks.v0 and span.c > reach
    ]
    rows: list[list[tuple[Span, Label]]] = []
    for span, label in sorted(below, key=lambda one: -one[0].v1):
        if rows and rows[-1][0][0].v1 - span.v1 <= _LEVEL * label.size:
            rows[-1].append((span, label))
        else:
            rows.append([(span, label)])
    near = [row for row in rows if marks.v0 - row[0][0].v1 <= _FAR * row[0][1].size]
    if not near:
        return []
    first = max(range(len(near)), key=lambda i: (len(near[i]), -i))
    found = [near[first]]
    for row in rows[first + 1 :]:
        foot = max(span.v0 for span, _ in found[-1])
        if foot - row[0][0].v1 > _NEXT_LINE * row[0][1].size:
            break
        found.append(row)
    return [[label for _, label in row] for row in found]


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
