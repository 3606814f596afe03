"""Questions with a box for yes and a box for no: one field of a form, not two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipelines.extraction.embedded.forms_items import FormItem
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.values.choices import truth
from schemas.geometry import BBox

# The box for no stands on the line of the box for yes or on the next one, at most so many heights below.
_NEXT_LINE = 2.0
# A question above its boxes is at most so many of their heights away.
_FAR = 2.5
_OPTION = ": "
"""Behind it the name of an interactive field has the option that a box stands for."""


def as_questions(items: Sequence[FormItem], pages: Sequence[Sheet]) -> Iterator[FormItem]:
    """The items; a box for yes and the next one, for no, as one that has the question for its name.

    Where both are ticked, or none is, it is not answered. Boxes at which no question is found stay as they
    are.
    """
    sheets = {sheet.page: sheet for sheet in pages if sheet.placed}
    at = 0
    while at < len(items):
        pair = items[at : at + 2]
        if len(pair) == 2 and _is_pair(*pair) and (question := _question(pair, sheets)):
            yield _joined(pair, question)
            at += 2
        else:
            yield items[at]
            at += 1


def _is_pair(one: FormItem, other: FormItem) -> bool:
    if not (one.is_tick and other.is_tick and one.page == other.page and one.bbox and other.bbox):
        return False
    near = abs(one.bbox.center[1] - other.bbox.center[1]) < _NEXT_LINE * one.bbox.height
    return near and {truth(_option(one)), truth(_option(other))} == {True, False}


def _option(item: FormItem) -> str:
    return item.name.rsplit(_OPTION, 1)[-1]


def _question(pair: Sequence[FormItem], sheets: dict[int, Sheet]) -> str:
    """What the file says, else what is printed before the first box on its line, else what is above it."""
    named = [item.name.rpartition(_OPTION)[0] for item in pair]
    if any(named):
        return next(filter(None, named))
    first = min(pair, key=lambda item: item.bbox.x1 if item.bbox else 0.0)
    sheet = sheets.get(first.page)
    return _printed_at(sheet, first.bbox) if sheet and first.bbox else ""


def _printed_at(sheet: Sheet, box: BBox) -> str:
    pieces = [piece for row in sheet.rows for piece in row.pieces]
    before = [
        (piece.bbox.x1, [word.text for word in piece.words if word.bbox.center[0] < box.x1])
        for piece in pieces
        if abs(piece.bbox.center[1] - box.center[1]) < 0.75 * max(box.height, piece.bbox.height)
    ]
    texts = [" ".join(words) for _, words in sorted(before) if words]
    if texts and any(map(str.isalpha, texts[-1])):
        return texts[-1]
    above = [
        piece
        for piece in pieces
        if 0 < box.y1 - piece.bbox.center[1] < _FAR * box.height and piece.bbox.x1 < box.x2 < piece.bbox.x2
    ]
    return max(above, key=lambda piece: piece.bbox.y2).text if above else ""


def _joined(pair: Sequence[FormItem], question: str) -> FormItem:
    yes, no = sorted(pair, key=lambda item: not truth(_option(item)))
    said = yes if yes.is_set else no
    return replace(
        yes,
        name=question,
        text="",
        bbox=None,
        words=said.label or said.words,
        label=yes.label + no.label,
        is_set=yes.is_set,
        is_answered=yes.is_set != no.is_set,
    )
