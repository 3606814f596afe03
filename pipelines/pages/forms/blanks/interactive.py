"""What the fields of a file's own form are called on the page: the print at them, and what that stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.forms.beside import Phrase, Side
from pipelines.pages.forms.blanks.enclosed import Enclosed, enclosed
from pipelines.pages.forms.blanks.heads import Heads
from pipelines.pages.forms.blanks.naming import Names, tidy
from pipelines.pages.forms.digital import FieldLabels, field_labels
from pipelines.work import PageWork
from schemas.forms import Blank
from schemas.geometry import BBox, union_of
from schemas.reading import FieldKind, FormField

# What a group asks is at most so far above it (line heights).
_HEAD = 2.5
# Boxes to tick belong together at such distances (of their heights), beside and under one another.
_BESIDE, _UNDER = 30.0, 2.0
# A box of a row that is so many times as far off as others begins another question.
_FARTHER = 2.5
# The parts of a number are so far apart at most (of their height).
_PART = 3.0

_Shown = tuple[Blank, FormField]


def named(blanks: Sequence[Blank], page: PageWork) -> list[Blank]:
    """The blanks with what is printed at them before their other names, and with their context.

    Boxes are those of the page as displayed. Choices of a group are called what stands at their buttons; of
    a number or date written into several fields, each is called ``its label (1 of 3)``.
    """
    fields = [(blank, field) for blank in blanks for field in _fields(blank, page)]
    found = field_labels([field for _, field in fields], page.lines or [])
    written = [one for one in fields if one[0].kind not in {FieldKind.CHECKBOX, FieldKind.RADIO}]
    labels = _own_labels(fields, found, enclosed(page, [f.bbox for _, f in fields if f.bbox]))
    places = [(blank.id, field.bbox) for blank, field in written if field.bbox]
    heads = Heads(found.page, places, labels)
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
            question = asked.get(blank.id)
            called.append(_called(blank, [labels.get(blank.id)], [*headings, *_said([question])]))
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
    if question is None and shown:
        own = [box for field in shown for box in (field.bbox,) if box] + [one.bbox for one in labels if one]
        question = found.page.beside(union_of(own), Side.ABOVE, _HEAD)[0]
    return replace(_called(blank, [question], context), choices=choices)


def _cell(blank: Blank, label: Phrase | None, heads: Heads, context: list[str]) -> Blank:
    """A field that may be the cell of a table: then it is called what its column is, if its row has a name.

    Of rows without names the first alone is called that: its cells have it for a label.
    """
    column, row = heads.of(blank.id)
    if label and not any(head and head.words[0] is label.words[0] for head in (column, row)):
        column = row = None  # what has a label of its own is no cell
    in_table = column if row and heads.in_table(blank.id) else None
    beside = heads.beside(blank.id) if label is None else None
    return _called(blank, [label or in_table or beside], [*context, *_said([column, row])])


def _called(blank: Blank, labels: Sequence[Phrase | None], context: Sequence[str]) -> Blank:
    """A blank with names from the print before its others, and with its context, which is none of these."""
    names = list(dict.fromkeys([*_said(labels), *blank.names]))
    return replace(
        blank, names=names, context=[one for one in dict.fromkeys(context) if one not in names[:1]]
    )


def _said(phrases: Sequence[Phrase | None]) -> list[str]:
    return [text for one in phrases if one and (text := tidy(one.text))]


def _own_labels(
    fields: Sequence[_Shown], found: FieldLabels, frames: Mapping[BBox, Enclosed]
) -> dict[str, Phrase]:
    """The print that names each field: what is in its frame first; of two fields the one that it precedes."""
    labels: dict[str, Phrase] = {}
    nearest: dict[int, tuple[tuple[bool, float], str, Phrase]] = {}
    for blank, field in fields:
        label, box = found.labels.get(id(field)), field.bbox
        if box is None or blank.kind is FieldKind.RADIO:
            continue
        frame = frames.get(box)
        if frame is not None and not (label and frame.box.holds(*label.bbox.center)):
            is_foreign = label is not None and _is_after(label.bbox, box) and not found.are_below
            label = frame.label or (None if is_foreign else label)
        if label is None:
            continue
        if blank.kind is FieldKind.CHECKBOX:
            labels[blank.id] = label
            continue
        text = label.bbox
        across = max(box.x1 - text.x2, text.x1 - box.x2, 0.0)
        down = max(box.y1 - text.y2, text.y1 - box.y2, 0.0)
        claim = ((_is_after(text, box), across + down), blank.id, label)
        word = id(label.words[0])
        nearest[word] = min(nearest.get(word, claim), claim, key=lambda one: one[0])
    return labels | {name: label for _, name, label in nearest.values()}


def _is_after(text: BBox, box: BBox) -> bool:
    """Whether print stands right of a field, or below it."""
    return text.x1 >= box.x2 or text.y1 >= box.y2


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
        if groups and _together([box for _, _, box in groups[-1]], one[2]):
            groups[-1].append(one)
        else:
            groups.append([one])
    asked: dict[str, Phrase] = {}
    for group in groups:
        if len(group) > 1 and (question := found.heading([field for _, field, _ in group])):
            asked |= {blank.id: question for blank, _, _ in group}
    return asked


def _together(group: Sequence[BBox], box: BBox) -> bool:
    """Whether a box goes on a row or column of boxes; in a row it is not much farther off than others."""
    before = group[-1]
    height = max(before.height, box.height)
    level = abs(before.center[1] - box.center[1]) < 0.5 * height
    aligned = abs(before.x1 - box.x1) < 0.5 * height
    usual = min((right.x1 - left.x2 for left, right in pairwise(group)), default=_BESIDE * height)
    reach = min(_BESIDE * height, _FARTHER * usual) if usual > 0 else _BESIDE * height
    return (level and 0 <= box.x1 - before.x2 < reach) or (
        aligned and 0 <= box.y1 - before.y2 < _UNDER * height
    )
