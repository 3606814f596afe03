"""Kinds of pages that are known whoever asks: help for classes that are among them, rivals for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipelines.documents.classify.sheets import Sheet
from pipelines.documents.classify.sights import Sight
from pipelines.documents.classify.terms import telling, terms

_ENOUGH, _FURTHER = 4, 150
"""With so many of a kind's words a page is one as likely as not; one more for each so many words on it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What pages of a kind are called, what they are, and the words and sights that they have."""

    names: tuple[str, ...]
    about: str
    words: tuple[frozenset[str], ...]
    sights: frozenset[Sight]

    @property
    def text(self) -> str:
        """What is held against a page's meaning."""
        return f"{self.names[0]}: {self.about}"

    def sameness(self, name: str) -> float:
        """How much of a class's name is a name of this kind: 1 for “tax invoice”, 0.5 for “Swiss invoice”.

        The name begins or ends as the kind's does: “invoice of a dentist”, but no “late invoice list”.
        """
        said, words = telling(name), name.split()
        ends = terms(words[0]) | terms(words[-1]) if words else said
        shares = (
            len(own) / len(said) for own in map(telling, self.names) if own and own <= said and own & ends
        )
        return max(shares, default=0.0)

    def share(self, found: frozenset[str], sheet: Sheet) -> float:
        """How much a page, whose terms these are, is of this kind by its words and sights: 0 to 1."""
        hits = sum(word <= found for word in self.words) + sum(sheet.sights[one] > 0 for one in self.sights)
        return hits / (hits + _ENOUGH + sheet.words / _FURTHER)


@cache
def kinds() -> Sequence[Kind]:
    """All of them."""
    lines = resources.files(__package__).joinpath("kinds.txt").read_text(encoding="utf-8").splitlines()
    return tuple(_kind(line) for line in lines if line and not line.startswith("#"))


def _kind(line: str) -> Kind:
    names, _, rest = line.partition(": ")
    about, _, words = rest.partition("|")
    listed = [word.strip() for word in words.split(",") if word.strip()]
    return Kind(
        tuple(names.split(", ")),
        about.strip(),
        tuple(found for word in listed if not word.startswith("@") and (found := terms(word))),
        frozenset(Sight(word[1:]) for word in listed if word.startswith("@")),
    )
