# mypy: disable-error-code="no-untyped-call"
"""Text that a PDF gives for its glyphs (ActualText, ISO 32000-1 §14.9.4), where it says something else."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import Any

import pymupdf

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pdf.glyphs import is_bad
from pipelines.readers.pdf.hidden import characters, origin
from schemas.geometry import BBox
from schemas.reading import HiddenReason

# Letters and digits of a page that no glyph shows: fewer are a hyphen, a case, a sign written out.
_LEAST = 4
# A glyph that says nothing itself may stand for so many.
_OF_ONE = 4


def as_painted(page: pymupdf.Page, flags: int, tally: HiddenTally) -> dict[str, Any]:
    """The ``rawdict`` of a page; what is only said of its glyphs counts where these cannot be read.

    Where it says more than they show, and they can be read, they are taken as they are, and it is hidden.
    """
    said: dict[str, Any] = page.get_text("rawdict", flags=flags)
    flags |= pymupdf.TEXT_IGNORE_ACTUALTEXT
    glyphs = page.get_text("text", flags=flags)
    more = _letters("".join(char["c"] for _, char in characters(said))) - _letters(glyphs)
    if more.total() < _LEAST + _OF_ONE * sum(map(is_bad, glyphs)):
        return said
    painted: dict[str, Any] = page.get_text("rawdict", flags=flags)
    seen = {(origin(char["origin"]), char["c"]) for _, char in characters(painted)}
    for _, char in characters(said):
        if (origin(char["origin"]), char["c"]) not in seen:
            tally.add(HiddenReason.OTHER_TEXT, char["c"], BBox(*char["bbox"]))
    return painted


def _letters(text: str) -> Counter[str]:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return Counter(char for char in text.casefold() if char.isalnum())
