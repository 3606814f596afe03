"""What the fields of a file's own form are called on the page: the print at them, and what that stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.pages.forms.beside import Phrase, Side
from pipelines.pages.forms.blanks.naming import Names, tidy
from pipelines.pages.forms.digital import FieldLabels, field_labels
from pipelines.work import PageWork
from schemas.forms import Blank
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField

# How far the heads of columns and rows stand from the first field there (line heights).
_HEAD, _ROW = 2.5, 25.0
# Boxes to tick belong together at such distances (of their heights), beside and under one another.
_BESIDE, _UNDER = 30.0, 2.0
# Fields of a table are level by this share of the higher one's height; they overlap at most, and are apart at
# most, by these of the lower one's.
_LEVEL, _TOUCH, _APART = 0.7, 0.3, 1.2
# The parts of a number are so far apart at most (of their height). Print so near before a field (line
# heights) goes on in it.
_PART, _CLOSE = 3.0, 2.0
# No page has more fields that stand in rows and columns: each is held against all others.
_MOST_IN_TABLES = 2_000

_Shown = tuple[Blank, FormField]


def named(blanks: Sequence[Blank], page: PageWork) -> list[Blank]:
    """The blanks with what is printed at them before their other names, and with their context.

    Boxes are those of the page as displayed. Choices of a group are called what stands at their buttons; of
    a number or date written into several fields, each is called ``its label (1 of 3)``.
    """
    fields = [(blank, field) for blank in blanks for field in _fields(blank, page)]
    found = field_labels([field for _, field in fields], page.lines or [])
    written = [one for one in fields if one[0].kind not in {FieldKind.CHECKBOX, FieldKind.RADIO}]
    labels = _own_labels(written, found)
    heads = _Heads(found, written)
    names = Names(page.lines or [], page.regions or [], [field.bbox for _, field in fields if field.bbox])
    asked = _questions([one for one in fields if one[0].kind is FieldKind.CHECKBOX], found)
    parts = _parts(written, labels)
    of_blank = defaultdict[str, list[FormField]](list)
    for blank, field in fields:
        of_blank[blank.id].append(field)
    called = []
    for blank in blanks:
        own = of_blank[blank.id]
        first = next((field.bbox for field in own if field.bbox), None)
        headings = names.headings(first) if first else []
        if blank.kind is FieldKind.RADIO:
            called.append(_group(blank, own, found, headings))
        elif blank.kind is FieldKind.CHECKBOX:
            label, question = found.labels.get(id(own[0])), asked.get(blank.id)
            called.append(_called(blank, [label], [*headings, *_said([question])]))
        elif blank.id in parts:
            called.append(replace(_called(blank, [], headings), names=[parts[blank.id], *blank.names]))
        else:
            called.append(_cell(blank, labels.get(blank.id), heads, headings))
    return called


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


def _group(blank: Blank, fields: Sequence[FormField], found: FieldLabels, context: list[str]) -> Blank:
    """A group under what it asks, its choices under what stands at their buttons."""
    shown = [field for field in fields if field.bbox]
    labels = [found.labels.get(id(field)) for field in fields]
    texts = [tidy(label.text) if label else "" for label in labels]
    choices = [replace(one, label=text or one.label) for one, text in zip(blank.choices, texts, strict=True)]
    question = found.heading(shown) if shown else None
    return replace(_called(blank, [question], context), choices=choices)


def _cell(blank: Blank, label: Phrase | None, heads: _Heads, context: list[str]) -> Blank:
    """A field that may be the cell of a table: then it is called what its column is."""
    column, row = heads.of(blank)
    if label and not any(head and head.words[0] is label.words[0] for head in (column, row)):
        column = row = None  # what has a label of its own is no cell
    in_table = column if heads.in_table(blank) else None
    beside = heads.beside(blank) if label is None else None
    return _called(blank, [label or in_table or beside], [*context, *_said([column, row])])


def _called(blank: Blank, labels: Sequence[Phrase | None], context: Sequence[str]) -> Blank:
    """A blank with names from the print before its others, and with its context, which is none of these."""
    names = list(dict.fromkeys([*_said(labels), *blank.names]))
    return replace(
        blank, names=names, context=[one for one in dict.fromkeys(context) if one not in names[:1]]
    )


def _said(phrases: Sequence[Phrase | None]) -> list[str]:
    return [text for one in phrases if one and (text := tidy(one.text))]


def _own_labels(fields: Sequence[_Shown], found: FieldLabels) -> dict[str, Phrase]:
    """The print that names each field to write in: of two the one that it stands before or over."""
    nearest: dict[int, tuple[tuple[bool, float], str, Phrase]] = {}
    for blank, field in fields:
        label = found.labels.get(id(field))
        if label is None or field.bbox is None:
            continue
        box, text = field.bbox, label.bbox
        across = max(box.x1 - text.x2, text.x1 - box.x2, 0.0)
        down = max(box.y1 - text.y2, text.y1 - box.y2, 0.0)
        is_after = text.x1 >= box.x2 or text.y1 >= box.y2
        claim = ((is_after, across + down), blank.id, label)
        word = id(label.words[0])
        nearest[word] = min(nearest.get(word, claim), claim, key=lambda one: one[0])
    return {name: label for _, name, label in nearest.values()}


def _parts(fields: Sequence[_Shown], labels: Mapping[str, Phrase]) -> dict[str, str]:
    """The names of fields that take the parts of a number or date: side by side, only the first named."""
    short = [(blank, field.bbox) for blank, field in fields if blank.longest and field.bbox]
    short.sort(key=lambda one: (round(one[1].center[1] / max(one[1].height, 1)), one[1].x1))
    runs: list[list[tuple[Blank, BBox]]] = []
    for blank, box in short:
        last = runs[-1][-1][1] if runs else box
        level = abs(last.center[1] - box.center[1]) < 0.5 * box.height
        near = 0 <= box.x1 - last.x2 < _PART * box.height
        if runs and level and near and blank.id not in labels:
            runs[-1].append((blank, box))
        else:
            runs.append([(blank, box)])
    names: dict[str, str] = {}
    for run in runs:
        label = labels.get(run[0][0].id)
        if label and len(run) > 1:
            text = tidy(label.text)
            names |= {blank.id: f"{text} ({i} of {len(run)})" for i, (blank, _) in enumerate(run, start=1)}
    return names


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

    def beside(self, blank: Blank) -> Phrase | None:
        """What stands close before a blank, even if it names a box to tick or is of a sentence."""
        i = self._ids.get(blank.id)
        return None if i is None else self._page.beside(self._boxes[i], Side.LEFT, _CLOSE)[0]

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
