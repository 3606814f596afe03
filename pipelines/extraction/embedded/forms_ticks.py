"""Boxes to tick as answers: yes or no by one box or a pair, a choice by the box that is ticked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.embedded.forms_items import FormItem
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import kind_of
from pipelines.extraction.values.typed import typed

_SET, _UNSET = "☒", "☐"
# So many of a field's choices are boxes of one form before a box says one of them.
_LEAST_CHOICES = 2


def tick_answer(item: FormItem, score: float) -> Answer | None:
    """Yes or no by a box; it is cited as the mark that it is. None of a question without an answer."""
    if not item.is_answered:
        return None
    return Answer(item.is_set, Method.FIELD, _mark(item), score)


def choice_answer(field: Field, items: Sequence[FormItem]) -> Answer | None:
    """The choice whose box is ticked, on a page where boxes stand for several; its name is cited."""
    target = field.target
    if not isinstance(target, Scalar) or not target.choices:
        return None
    ticks = [item for item in items if item.is_tick]
    said = [(item, typed(item.name.rsplit(": ", 1)[-1], target, kind_of(field))) for item in ticks]
    for _, group in groupby(said, key=lambda one: one[0].page):
        options = [(item, value) for item, value in group if value is not None]
        ticked = [(item, value) for item, value in options if item.is_set]
        if len({value for _, value in options}) >= _LEAST_CHOICES and len(ticked) == 1:
            item, value = ticked[0]
            return Answer(value, Method.FIELD, item.label or _mark(item), 1.0)
    return None


def _mark(item: FormItem) -> tuple[PlacedWord, ...]:
    if item.bbox is None:
        return item.words
    return (PlacedWord(_SET if item.is_set else _UNSET, item.page, item.bbox),)
