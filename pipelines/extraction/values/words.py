"""Words as they are compared: without case and marks; the tables of names that are not ours."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import regex

CLDR = Path(__file__).with_name("cldr.json")

# What NFKD leaves as a letter of its own.
_SPELLED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_PARTS = regex.compile(r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{L}\p{M}--\p{Lu}]+|\d+", regex.V1)
_SPACES = regex.compile(r"\s+")
_NOT_LETTERS = regex.compile(r"[^\p{L}\p{N}]+")


def fold(text: str) -> str:
    """Lower case, without accents and other marks."""
    bare = unicodedata.normalize("NFKD", text).casefold().translate(_SPELLED)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def parts(name: str) -> list[str]:
    """The folded words of a name or a text: ``invoiceDate``, ``invoice_date`` and ``Invoice date`` alike."""
    return [fold(part) for part in _PARTS.findall(name)]


def tidy(text: str) -> str:
    """The text in one line: runs of white space are one space, none at the ends."""
    return _SPACES.sub(" ", text).strip()


def bare(text: str) -> str:
    """Folded letters and digits only: what is left to compare texts that were set or read differently."""
    return _NOT_LETTERS.sub("", fold(text))


@cache
def names(table: str) -> Any:
    """A table of ``cldr.json`` (see ``make_cldr``): names that are looked up folded, signs as they are."""
    found = json.loads(CLDR.read_text(encoding="utf-8"))[table]
    return found if isinstance(found, dict) else frozenset(found)
