"""What is stated of a form: some of its fields, each by a name that only it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import pymupdf

from benchmarks.filling.forms import Field, Widget
from benchmarks.filling.labels import Print, label_of, printed
from benchmarks.filling.prompts import Stated, called, value_for

_MOST = 12
"""So many values are stated in one prompt."""
# The share of fields that are called by their tooltip where they have print beside them, too.
_TOOLTIPS = 0.3
# What programs call the states of buttons that nobody named.
_NAMELESS = re.compile(r"(?:yes|on|off|choice|option|radio|button|auswahl)?[\s_]*\d*", re.IGNORECASE)
# So much (points) around a field its frame may be drawn.
_BORDER = 1.0


def stated_of_form(fields: Sequence[Field], flat: bytes, dice: Random) -> list[Stated]:
    """Values for some fields, called by their print or their tooltip, without either by their name."""
    pages = printed(flat, fields)
    printed_labels = {one.name: _print_of(one, pages) for one in fields}
    known = Counter(_folded(text) for one in fields for text in {printed_labels[one.name], one.tooltip})
    found: list[Stated] = []
    for one in _some(fields, dice):
        labels = [text for text in (printed_labels[one.name], one.tooltip) if text]
        alone = [text for text in labels if known[_folded(text)] == 1]
        label = (alone[-1] if dice.random() < _TOOLTIPS else alone[0]) if alone else one.name
        found += _stated(one, called(label, known, dice) if alone else label, pages, dice)
    return found


def stated_of_print(fields: Sequence[Field], flat: bytes, dice: Random) -> list[Stated]:
    """Values for some of the places that a person sees on the flattened form: empty, framed, with print."""
    pages = printed(flat, fields)
    labels = {one.name: _print_of(one, pages) for one in fields}
    known = Counter(map(_folded, labels.values()))
    with pymupdf.open(stream=flat) as document:  # type: ignore[no-untyped-call]
        shown = [one for one in fields if all(_is_drawn(widget, document) for widget in one.widgets)]
    alone = [one for one in shown if labels[one.name] and known[_folded(labels[one.name])] == 1]
    return [
        said
        for one in _some(alone, dice)
        for said in _stated(one, called(labels[one.name], known, dice), pages, dice)
    ]


def stated_of_drawn(fields: Sequence[Field], dice: Random) -> list[Stated]:
    """Values for some places of a form whose fields are called by their labels, and states by answers."""
    found = []
    known = {_folded(one.name) for one in fields}
    for one in _some(fields, dice):
        at = dice.randrange(len(one.widgets))
        said = value_for(one, one.name, dice) if one.kind == "text" else one.widgets[at].on
        found.append(Stated(one, called(one.name, known, dice), said, said, at))
    return found


def _some(fields: Sequence[Field], dice: Random) -> list[Field]:
    """Some of the fields that are open, in their order."""
    chosen = [number for number, one in enumerate(fields) if one.is_open]
    return [fields[number] for number in sorted(dice.sample(chosen, min(_MOST, len(chosen))))]


def _print_of(field: Field, pages: Sequence[Print]) -> str:
    return label_of(field.widgets[0], pages, after=field.kind == "tick")


def _stated(field: Field, label: str, pages: Sequence[Print], dice: Random) -> Iterator[Stated]:
    if field.kind == "text":
        said = value_for(field, label, dice)
        yield Stated(field, label, said, said)
    elif field.kind == "tick" and field.widgets[0].on:
        yield Stated(field, label, "yes", field.widgets[0].on)
    elif field.kind == "choice":
        options = [
            (stored, shown) for stored, shown in field.options if shown.strip() and stored != field.value
        ]
        if options:
            stored, shown = dice.choice(options)
            yield Stated(field, label, shown, stored)
    elif field.kind == "group":
        names = [_option(widget, pages) for widget in field.widgets]
        at = dice.randrange(len(names))
        if Counter(map(_folded, names))[_folded(names[at])] == 1 and _folded(label) not in map(
            _folded, names
        ):
            yield Stated(field, label, names[at], field.widgets[at].on, at)


def _option(widget: Widget, pages: Sequence[Print]) -> str:
    """What a button of a group stands for: the name of its state, or the print at its right."""
    is_named = not _NAMELESS.fullmatch(widget.on)
    return widget.on if is_named else label_of(widget, pages, after=True) or widget.on


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_drawn(widget: Widget, document: pymupdf.Document) -> bool:
    area = widget.area
    clip = (area.x1 - _BORDER, area.y1 - _BORDER, area.x2 + _BORDER, area.y2 + _BORDER)
    return not document[widget.page - 1].get_pixmap(clip=clip, dpi=72).is_unicolor
