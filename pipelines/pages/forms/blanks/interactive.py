"""What the fields of a file's own form are called on the page: the print at them, and what that stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.forms.beside import Phrase, Side
from pipelines.pages.forms.blanks.naming import Names, tidy
from pipelines.pages.forms.digital import FieldLabels, field_labels
from pipelines.work import PageWork
from schemas.forms import Blank, Choice
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField

# How far the heads of columns and rows stand from the first field there (line heights).
_HEAD, _ROW = 2.5, 25.0
# Boxes to tick belong together at such distances (of their heights), beside and under one another.
_BESIDE, _UNDER = 30.0, 2.0
# Fields of a table are level by this share of the higher one's height; they overlap at most, and are apart at
# most, by these of the lower one's.
_LEVEL, _TOUCH, _APART = 0.7, 0.3, 1.2
# No page has more fields that stand in rows and columns: each is held against all others.
_MOST_IN_TABLES = 2_000

_Shown = tuple[Blank, FormField]


def named(blanks: Sequence[Blank], page: PageWork) -> list[Blank]:
    """The blanks with what is printed at them before their other names, and with their context.

    Boxes are those of the page as displayed. Choices of a group are called what stands at their buttons.
    """
    fields = [(blank, field) for blank in blanks for field in _fields(blank, page)]
    found = field_labels([field for _, field in fields], page.lines or [])
    boxes = [field.bbox for _, field in fields if field.bbox]
    names = Names(page.lines or [], page.regions or [], boxes)
    asked = _questions([one for one in fields if one[0].kind is FieldKind.CHECKBOX], found)
    heads = _Heads(found, [one for one in fields if one[0].kind not in {FieldKind.CHECKBOX, FieldKind.RADIO}])
    of_blank: dict[str, list[FormField]] = {}
    for blank, field in fields:
        of_blank.setdefault(blank.id, []).append(field)
    return [
        _named(blank, of_blank.get(blank.id, []), found, names, asked.get(blank.id), heads)
        for blank in blanks
    ]


def _fields(blank: Blank, page: PageWork) -> list[FormField]:
    """A blank as the fields that print is looked for at: each button of a group is one."""
    places = [choice.bbox if choice.page == page.number else None for choice in blank.choices]
    if blank.kind is not FieldKind.RADIO:
        places = [blank.bbox]
    value = blank.value if isinstance(blank.value, str) else ""
    return [
        FormField(
            name=blank.id,
            kind=blank.kind,
            bbox=place and page.pose.to_upright(place),
            value=value,
            is_set=bool(blank.value),
            hidden=blank.hidden,
        )
        for place in places
    ]


def _named(
    blank: Blank,
    fields: Sequence[FormField],
    found: FieldLabels,
    names: Names,
    asked: Phrase | None,
    heads: _Heads,
) -> Blank:
    labels = [found.labels.get(id(field)) for field in fields]
    first = next((field.bbox for field in fields if field.bbox), None)
    context = names.headings(first) if first else []
    choices = blank.choices
    if blank.kind is FieldKind.RADIO:
        choices = [_called(choice, label) for choice, label in zip(blank.choices, labels, strict=True)]
        shown = [field for field in fields if field.bbox]
        label = found.heading(shown) if shown else None
    else:
        label = labels[0] if labels else None
    column, row = heads.of(blank)
    in_table = column if heads.in_table(blank) else None
    own = next((said for one in (label, in_table) if one and (said := tidy(one.text))), "")
    context += [said for one in (asked, column, row) if one and (said := tidy(one.text))]
    return replace(
        blank,
        names=list(dict.fromkeys(name for name in (own, *blank.names) if name)),
        context=[said for said in dict.fromkeys(context) if said != own],
        choices=choices,
    )


def _called(choice: Choice, label: Phrase | None) -> Choice:
    text = tidy(label.text) if label else ""
    return replace(choice, label=text or choice.label)


def _questions(boxes: Sequence[_Shown], found: FieldLabels) -> dict[str, Phrase]:
    """What is asked over boxes to tick that stand in a row or a column, by the blank's id."""
    shown = [(blank, field, field.bbox) for blank, field in boxes if field.bbox]
    shown.sort(key=lambda one: (round(one[2].y1 / max(one[2].height, 1)), one[2].x1))
    groups: list[list[tuple[Blank, FormField, BBox]]] = []
    for one in shown:
        if groups and _together(groups[-1][-1][2], one[2]):
            groups[-1].append(one)
        else:
            groups.append([one])
    asked: dict[str, Phrase] = {}
    for group in groups:
        if len(group) > 1 and (question := found.heading([field for _, field, _ in group])):
            asked |= {blank.id: question for blank, _, _ in group}
    return asked


def _together(before: BBox, box: BBox) -> bool:
    height = max(before.height, box.height)
    level = abs(before.center[1] - box.center[1]) < 0.5 * height
    aligned = abs(before.x1 - box.x1) < 0.5 * height
    return (level and 0 <= box.x1 - before.x2 < _BESIDE * height) or (
        aligned and 0 <= box.y1 - before.y2 < _UNDER * height
    )


class _Heads:
    """The heads of the columns and rows that fields stand in."""

    def __init__(self, found: FieldLabels, fields: Sequence[_Shown]) -> None:
        self._page = found.page
        shown = [(blank.id, field.bbox) for blank, field in fields if field.bbox][:_MOST_IN_TABLES]
        self._ids = {name: i for i, (name, _) in enumerate(shown)}
        self._boxes = [box for _, box in shown]
        array = np.array(self._boxes, dtype=np.float64).reshape(-1, 4)
        self._tops, self._in_column = _firsts(array[:, [1, 0, 3, 2]])
        self._lefts, self._in_row = _firsts(array)

    def in_table(self, blank: Blank) -> bool:
        """Whether other fields stand both in a blank's column and in its row."""
        i = self._ids.get(blank.id)
        return i is not None and self._in_column[i] and self._in_row[i]

    def of(self, blank: Blank) -> tuple[Phrase | None, Phrase | None]:
        """What stands over the column and left of the row that a blank is in, past the other fields there."""
        i, column, row = self._ids.get(blank.id), None, None
        if i is None:
            return None, None
        if self._in_column[i]:
            column = self._page.beside(self._boxes[self._tops[i]], Side.ABOVE, _HEAD)[0]
        if self._in_row[i]:
            row = self._page.beside(self._boxes[self._lefts[i]], Side.LEFT, _ROW)[0]
        return column, row


def _firsts(boxes: NDArray[np.float64]) -> tuple[list[int], list[bool]]:
    """Of each box the first of its row, in which boxes nearly touch, and whether it has others."""
    firsts, in_row = list(range(len(boxes))), [False] * len(boxes)
    tops, bottoms = boxes[:, 1], boxes[:, 3]
    heights = np.maximum(bottoms - tops, 0.1)
    for i in np.argsort(boxes[:, 0], kind="stable"):
        box = boxes[i]
        shared = np.minimum(bottoms, box[3]) - np.maximum(tops, box[1])
        gaps = box[0] - boxes[:, 2]
        apart = np.minimum(heights, heights[i])
        lower = np.maximum(heights, heights[i])
        fits = (shared >= _LEVEL * lower) & (gaps >= -_TOUCH * apart) & (gaps <= _APART * apart)
        fits &= boxes[:, 0] < box[0]
        if fits.any():
            before = int(np.flatnonzero(fits)[np.argmin(gaps[fits])])
            firsts[i] = firsts[before]
            in_row[i] = in_row[before] = True
    return firsts, in_row
