"""Places, filled fields and questions as blanks, in units of the upright page; numbered later."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.pages.forms.blanks.choices import Question
from pipelines.pages.forms.blanks.naming import Names, date_format, is_signature, tidy
from pipelines.pages.forms.blanks.places import Drawing, Place
from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.pieces import Piece
from schemas.forms import Blank, Choice, Origin
from schemas.geometry import BBox
from schemas.reading import FieldKind

# The size to write in, as a share of the height of the page's lines of text.
_SIZE = 0.8


def of_place(place: Place, called: list[str], names: Names, text: float) -> Blank:
    """The blank that a place is, ``called`` so, on a page whose text is so high."""
    is_comb = place.drawing is Drawing.COMB
    kind = FieldKind.SIGNATURE if is_signature(called) and not is_comb else FieldKind.TEXT
    return Blank(
        id="",
        kind=kind,
        origin=Origin.DRAWN,
        page=0,
        bbox=place.bbox,
        names=called,
        context=[*names.headings(place.bbox), *(one for one in place.context if one.strip())],
        multiline=place.rows > 1,
        longest=len(place.parts) if is_comb else 0,
        comb=is_comb,
        size=round(_SIZE * text, 1),
        format=date_format(called),
        parts=place.parts,
    )


def of_entry(entry: Entry, names: Names) -> Blank:
    """The blank that a field with its value is."""
    box = entry.box or BBox(0, 0, 0, 0)
    return Blank(
        id="",
        kind=FieldKind.TEXT,
        origin=Origin.DRAWN,
        page=0,
        bbox=box,
        names=[tidy(entry.name)],
        context=names.headings(box),
        value=str(entry.value),
    )


def of_question(question: Question, names: Names) -> Iterator[Blank]:
    """The blank that a question with one answer is; else one for each box to tick."""
    first = question.options[0][0].bbox
    context = names.headings(first)
    asked = tidy(question.text)
    if question.is_single:
        labels = [_label(label) for _, label in question.options]
        box = first
        for tick, _ in question.options:
            box = box.union(tick.bbox)
        yield Blank(
            id="",
            kind=FieldKind.RADIO,
            origin=Origin.DRAWN,
            page=0,
            bbox=box,
            names=[asked or " / ".join(labels)],
            context=context,
            value=next((_label(label) for tick, label in question.options if tick.checked), None),
            choices=[
                Choice(text, text, bbox=tick.bbox)
                for text, (tick, _) in zip(labels, question.options, strict=True)
            ],
        )
        return
    for tick, label in question.options:
        yield Blank(
            id="",
            kind=FieldKind.CHECKBOX,
            origin=Origin.DRAWN,
            page=0,
            bbox=tick.bbox,
            names=[name for name in (_label(label),) if name],
            context=[*context, *([asked] if asked else [])],
            value=tick.checked,
        )


def _label(label: Piece | None) -> str:
    return tidy(label.text) if label else ""
