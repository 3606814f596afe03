"""What stands in a form after filling, read back by other libraries: pypdf for fields, PDFium for print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from dateutil import parser as dates

from benchmarks.filling.forms import Field, Widget, fields_of
from benchmarks.filling.prompts import Stated

_SCALE = 2.0
"""Pixels a point at which pages are compared."""
# So much of a box must have changed colour where it was ticked, and may where it was not.
_INK = 0.02
# So far (points) from its place a character may have its centre.
_SLACK = 2.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of each stated value: ``right``, or what stands there; and the fields wrongly changed."""

    right: list[bool]
    found: list[str]
    misplaced: list[str]


def judge_fields(before: Sequence[Field], stated: Sequence[Stated], filled: bytes) -> Judged:
    """The fields of the filled form; misplaced is what stands in a field and was not said of it."""
    after = {one.name: one for one in fields_of(filled)}
    now = [after.get(one.field.name) for one in stated]
    right = [one is not None and _holds(one, said) for one, said in zip(now, stated, strict=True)]
    found = [_shown(one) if one else "" for one in now]
    wrong = [
        one.field.name
        for one, is_right, state, old in zip(stated, right, found, map(_state, stated), strict=True)
        if not is_right and state not in {"", old}
    ]
    names = {one.field.name for one in stated}
    others = (one for one in before if one.name not in names and one.name in after)
    return Judged(
        right, found, wrong + [one.name for one in others if _shown(one) != _shown(after[one.name])]
    )


def _state(stated: Stated) -> str:
    return _shown(stated.field)


def _holds(field: Field, stated: Stated) -> bool:
    if stated.field.kind in {"tick", "group"}:
        return {widget.on for widget in field.widgets if widget.is_set} == {stated.expected}
    if stated.field.kind == "choice":
        return _plain(field.value) in {_plain(stated.expected), _plain(stated.said)}
    return _plain(field.value) == _plain(stated.expected) or (
        stated.field.script.startswith("date") and _same_day(field.value, stated.expected)
    )


def _shown(field: Field) -> str:
    if field.kind in {"tick", "group"}:
        return " ".join(sorted({widget.on for widget in field.widgets if widget.is_set}))
    return field.value


def _same_day(one: str, other: str) -> bool:
    try:
        return bool(dates.parse(one) == dates.parse(other))
    except (ValueError, OverflowError):
        return False


def judge_print(before: bytes, fields: Sequence[Field], stated: Sequence[Stated], filled: bytes) -> Judged:
    """The print of the filled form at the true places of its fields; ticks are ink that was not there."""
    old, new = _Pages(before), _Pages(filled)
    places = {one.field.name: one for one in stated}
    right, found, misplaced = [], [], []
    for field in fields:
        here = places.get(field.name)
        if field.kind in {"tick", "group"}:
            inked = [at for at, widget in enumerate(field.widgets) if new.ink(old, widget) > _INK]
            text, is_right = " ".join(map(str, inked)), here is not None and inked == [here.place]
        else:
            texts = [new.text(widget, without=old) for widget in field.widgets]
            text = " ".join(filter(None, texts))
            is_right = here is not None and bool(texts) and all(one == _plain(here.said) for one in texts)
        if here is not None:
            right.append(is_right)
            found.append(text)
        if text and not is_right:
            misplaced.append(field.name)
    return Judged(right, found, misplaced)


class _Pages:
    """The pages of a PDF as PDFium reads and draws them."""

    def __init__(self, data: bytes) -> None:
        self._document = pypdfium2.PdfDocument(data)
        self._characters: dict[int, list[tuple[str, float, float]]] = {}
        self._pictures: dict[int, Any] = {}

    def text(self, widget: Widget, without: _Pages) -> str:
        """The characters in a place that another version of the page does not have there, without blanks."""
        known = {(text, round(x), round(y)) for text, x, y in without.characters(widget.page)}
        rect = widget.rect
        return _plain(
            "".join(
                text
                for text, x, y in self.characters(widget.page)
                if rect.x1 - _SLACK <= x <= rect.x2 + _SLACK
                and rect.y1 - _SLACK <= y <= rect.y2 + _SLACK
                and (text, round(x), round(y)) not in known
            )
        )

    def characters(self, number: int) -> list[tuple[str, float, float]]:
        """Each character of a page with its centre, in the page's own space."""
        if number not in self._characters:
            page = self._document[number - 1].get_textpage()
            found = []
            for at in range(page.count_chars()):
                left, bottom, right, top = page.get_charbox(at, loose=True)
                found.append((page.get_text_range(at, 1), (left + right) / 2, (bottom + top) / 2))
            self._characters[number] = found
        return self._characters[number]

    def ink(self, before: _Pages, widget: Widget) -> float:
        """The share of a place's pixels that are other than before."""
        area = widget.area
        rows = slice(int(area.y1 * _SCALE), int(area.y2 * _SCALE) + 1)
        columns = slice(int(area.x1 * _SCALE), int(area.x2 * _SCALE) + 1)
        one, other = (pages.picture(widget.page)[rows, columns] for pages in (before, self))
        if one.shape != other.shape or not one.size:
            return 0.0
        return float(np.mean(np.abs(one.astype(int) - other.astype(int)).max(axis=-1) > 64))

    def picture(self, number: int) -> Any:
        """The page as drawn."""
        if number not in self._pictures:
            self._pictures[number] = self._document[number - 1].render(scale=_SCALE).to_numpy()[..., :3]
        return self._pictures[number]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
