"""Names of headings as bookmarks and tables of contents tell them: comparable, and found again."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz, process

# A recogniser's errors, and what a table of contents shortens, leave names this much alike (0 to 100).
_ALIKE = 88
# Shorter names are compared whole.
_LEAST_LETTERS = 6
# So many places are looked through for a name that is not there to the letter.
_WINDOW = 200
# Of the places of one name so many are looked at.
_MOST_ALIKE = 50
_NOT_SAID = re.compile(r"[\u00ad\u200b-\u200f\ufeff]")


def key(text: str) -> str:
    """The letters and digits of a name, without case, ligatures, spaces and marks."""
    folded = unicodedata.normalize("NFKC", _NOT_SAID.sub("", text)).casefold()
    return "".join(char for char in folded if char.isalnum())


class Names:
    """Where names stand: each place has several spellings, with its number and without."""

    def __init__(self, spellings: Sequence[Sequence[str]]) -> None:
        """``spellings``: the keys of each place, in the order of the document; the fullest first."""
        self._fullest = [keys[0] if keys else "" for keys in spellings]
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        for place, keys in enumerate(spellings):
            for one in dict.fromkeys(keys):
                if one:
                    self._places[one].append(place)

    def places(self, name: str, first: int, last: int) -> list[int]:
        """The places from ``first`` to before ``last`` where the name stands to the letter."""
        known = self._places.get(key(name), [])
        start = bisect_left(known, first)
        return known[start : min(bisect_left(known, last), start + _MOST_ALIKE)]

    def nearly(self, name: str, first: int, last: int) -> int | None:
        """The place from ``first`` to before ``last`` whose name is the most like this, if one is enough."""
        wanted = key(name)
        if len(wanted) < _LEAST_LETTERS:
            return None
        last = min(last, first + _WINDOW)
        best = process.extractOne(
            wanted, self._fullest[first:last], scorer=fuzz.ratio, score_cutoff=_ALIKE, processor=None
        )
        return first + best[2] if best else None
