"""What a document's own dates and numbers tell of how its others are to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

# Enough of a document to tell how it writes; more costs time and tells the same.
_MOST_VOTES = 2000
# So many round thousands are no quantities with three decimals.
_SEVERAL = 3

_SLASHED = regex.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d./-])")
_DECIMAL = regex.compile(r"(?<![\d.,])\d{1,3}(?:[., ']\d{3})*([.,])\d{2}(?![\d.,]|\s?%)")
_THOUSANDS = regex.compile(r"(?<![\d.,])\d{1,3}([.,])000(?![\d.,])")

# The end of an address in the United States, where the month comes first: OH 45402.
_AMERICAN = regex.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a document writes: None where nothing tells.

    ``month_first``: 3/4 is March the fourth. ``decimal`` is its decimal separator, a point or a comma.
    """

    month_first: bool | None = None
    decimal: str | None = None


UNKNOWN = Conventions()


def conventions_of(texts: Iterable[str]) -> Conventions:
    """What the dates and amounts in some texts say, those that can be read in one way only.

    Where no date tells the order of day and month, an American address does.
    """
    first = second = points = commas = votes = 0
    thousands = {".": 0, ",": 0}
    american = False
    for text in texts:
        american = american or _AMERICAN.search(text) is not None
        for found in _SLASHED.finditer(text):
            first += int(found[1]) > 12 >= int(found[3])
            second += int(found[3]) > 12 >= int(found[1])
            votes += 1
        for found in _DECIMAL.finditer(text):
            points += found[1] == "."
            commas += found[1] == ","
            votes += 1
        for found in _THOUSANDS.finditer(text):
            thousands[found[1]] += 1
            votes += 1
        if votes > _MOST_VOTES:
            break
    if points == commas == 0:  # prices without cents: what parts their thousands parts no decimals
        points, commas = thousands[","] // _SEVERAL, thousands["."] // _SEVERAL
    return Conventions(
        month_first=(True if american else None) if first == second else second > first,
        decimal=None if points == commas else "." if points > commas else ",",
    )
