"""The words of forms, in several languages, as what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from pipelines.extraction.embedded.lexicon import Concept, Phrase, folded, is_listed, phrase, tokens

_LONGEST_PHRASE = 5
_LITTLE = 0.35
"""The weight of a concept that only says of what kind a value is."""
_SILENT = "-"
_AT_ENDS = "="


@lru_cache(maxsize=65536)
def meaning(text: str) -> Phrase:
    """The concepts of a label or of a few words; one in no list is a concept of its own.

    Phrases go before words, the words of forms before those of business papers.
    """
    return frozenset(in_order(text))


def in_order(text: str) -> tuple[Concept, ...]:
    """The same as they are said; words that only business papers have follow in no order of their own."""
    return tuple(_concepts(tokens(text)))


def numerals(concepts: Phrase) -> frozenset[str]:
    """The figures among concepts, which tell rows and lines apart; without leading zeros."""
    return frozenset(one.name.lstrip("0") or "0" for one in concepts if one.name.isdecimal())


def is_somebody_else(concept: Concept) -> bool:
    """Whether it is a person or party other than whom the form is about: a spouse, an employer."""
    return concept.name in _lexicon().others


def is_form_word(text: str) -> bool:
    """Whether labels are made of such words: each is in one of the lists."""
    said = meaning(text)
    return bool(said) and all(one.name in _lexicon().names or is_listed(one) for one in said)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Words with their concepts (None of those that say nothing); names of all, and of other people's."""

    words: dict[str, Concept | None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)


def _concepts(words: Sequence[str]) -> Iterator[Concept]:
    at = first = 0
    while at < len(words):
        size = _known(words, at)
        if size:
            yield from _others(words[first:at])
            if concept := _lookup(words, at, size):
                yield concept
            first = at + size
        at += size or 1
    yield from _others(words[first:])


def _others(words: Sequence[str]) -> list[Concept]:
    return sorted(phrase(" ".join(words)), key=lambda one: one.name)


def _known(words: Sequence[str], at: int) -> int:
    """Of how many words the longest listed phrase is that begins here; 0 if none does."""
    sizes = range(min(_LONGEST_PHRASE, len(words) - at), 0, -1)
    return next((n for n in sizes if _key(words, at, n) in _lexicon().words), 0)


def _lookup(words: Sequence[str], at: int, size: int) -> Concept | None:
    return _lexicon().words[_key(words, at, size)]


def _key(words: Sequence[str], at: int, size: int) -> str:
    key = "_".join(words[at : at + size])
    at_end = size == 1 and at in (0, len(words) - 1)
    return _AT_ENDS + key if at_end and _AT_ENDS + key in _lexicon().words else key


@cache
def _lexicon() -> _Lexicon:
    lexicon = _Lexicon()
    for line in resources.files(__package__).joinpath("form_words.txt").read_text("utf-8").splitlines():
        head, colon, words = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        name = head.rstrip("~!@")
        concept = None
        if name != _SILENT:
            concept = Concept(name, _LITTLE if head.endswith("~") else 1.0, head.endswith(("!", "@")))
            lexicon.names.add(name)
        if head.endswith("@"):
            lexicon.others.add(name)
        for word in words.split():
            lexicon.words.setdefault(folded(word), concept)
            together = folded(word).replace("_", "")
            if "_" in word and len(together) > _LONGEST_PHRASE:  # as names of fields have it: firstname
                lexicon.words.setdefault(together, concept)
    return lexicon
