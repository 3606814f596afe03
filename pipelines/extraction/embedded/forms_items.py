"""A field of a form as a name and a value to be matched with a schema."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox

_OWNER = re.compile(r"^\W*(?:(?:\d{1,2}[a-z]?|[a-z])[.)]?\s+)?(\w+['’]?s)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormItem:
    """A name on a form and its value: ``text``, or for a box to tick whether it ``is_set``.

    A question with boxes for yes and no is not ``is_answered`` where it has no answer, or both.
    ``is_framed``: a box is drawn around it. ``label`` are the words of its name; ``also`` are other names,
    ``part`` is that of the part of the form it stands in. An address may go on with the words ``below``.
    """

    name: str
    text: str
    page: int
    bbox: BBox | None
    words: tuple[PlacedWord, ...] = ()
    label: tuple[PlacedWord, ...] = ()
    is_tick: bool = False
    is_set: bool = False
    is_answered: bool = True
    is_interactive: bool = False
    is_framed: bool = False
    part: str = ""
    also: tuple[str, ...] = ()
    below: tuple[PlacedWord, ...] = ()


def owner_of(name: str) -> str:
    """Whose it is, if the name begins so: ``Employer's`` of "c Employer's name, address, and ZIP code"."""
    found = _OWNER.match(name)
    return found[1] if found and _is_possessive(found[1]) else ""


def _is_possessive(word: str) -> bool:
    return "'" in word or "’" in word
