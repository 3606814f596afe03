"""Blanks as forms have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.editing.matching import Matched, match
from schemas.forms import Blank, Choice, Origin
from schemas.reading import FieldKind
from tests.fakes.engines import FakeEngines


def text(name: str, *context: str, **more: Any) -> Blank:
    """A blank for text, called as it is in the file."""
    return _blank(FieldKind.TEXT, name, context, more)


def box(name: str, *context: str, **more: Any) -> Blank:
    """A box to tick."""
    return _blank(FieldKind.CHECKBOX, name, context, {"value": False, **more})


def radio(name: str, choices: Sequence[str | tuple[str, str]], *context: str, **more: Any) -> Blank:
    """Buttons of which one is chosen: each a label, or a stored value with its label."""
    return _blank(FieldKind.RADIO, name, context, {"choices": _choices(choices), **more})


def dropdown(name: str, choices: Sequence[str | tuple[str, str]], *context: str, **more: Any) -> Blank:
    """A list of which one is chosen."""
    return _blank(FieldKind.DROPDOWN, name, context, {"choices": _choices(choices), **more})


def signature(name: str) -> Blank:
    """A place to be signed."""
    return _blank(FieldKind.SIGNATURE, name, (), {})


def filled(prompt: str, *blanks: Blank) -> dict[str, str | bool]:
    """What is written where, by the blanks' ids."""
    return {one.blank: one.value for one in matched(prompt, *blanks).fillings}


def reasons(prompt: str, *blanks: Blank) -> dict[str, str]:
    """What has no place, with the reasons."""
    return {one.said: one.reason for one in matched(prompt, *blanks).unplaced}


def matched(prompt: str, *blanks: Blank) -> Matched:
    """All that comes of a prompt without a language model."""
    return match(prompt, blanks, FakeEngines(), lambda: None)


def _choices(choices: Sequence[str | tuple[str, str]]) -> list[Choice]:
    return [Choice(one, one) if isinstance(one, str) else Choice(*one) for one in choices]


def _blank(kind: FieldKind, name: str, context: Sequence[str], more: dict[str, Any]) -> Blank:
    known = {"id": name, "names": [name], "page": 1, "origin": Origin.ACROFORM, "bbox": None, **more}
    return Blank(kind=kind, context=list(context), **known)
