"""What a text is about, word by word: concepts of several languages, and codes (``W-2``, ``10-K``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from pipelines.extraction.embedded.lexicon import phrase

_CODE = re.compile(r"(?<![\w.,-])(?:[A-Za-z]{1,4}-?)?\d[\dA-Za-z]*(?:-[\dA-Za-z]+)*(?![\w.,%-]*\d)")
_MOST_CODE = 12
# Words of classes and headings that tell no kind of page from another.
GENERIC = frozenset("page document form copy type class kind sample other us sheet official".split())
_GENERIC_WEIGHT = 0.2
_CODE_WEIGHT = 2.0

Weights = Mapping[str, float]


@lru_cache(maxsize=16384)
def terms(text: str) -> frozenset[str]:
    """The codes of a short text, without hyphens and case, and the concepts of its words."""
    return codes(text) | {concept.name for concept in phrase(_CODE.sub(" ", text))}


def telling(text: str) -> frozenset[str]:
    """The terms that tell kinds of pages apart; all, where none does."""
    found = terms(text)
    return found - GENERIC or found


@lru_cache(maxsize=16384)
def codes(text: str) -> frozenset[str]:
    """Names made of letters and digits: what tells one form of an office from the next."""
    found = (code.replace("-", "").lower() for code in _CODE.findall(text))
    return frozenset(code for code in found if len(code) <= _MOST_CODE)


def family(code: str, others: Collection[str]) -> re.Pattern[str]:
    """The codes that one stands for: ``1099`` for ``1099int`` too, if that is none of the ``others``."""
    taken = "".join(rf"(?!{re.escape(other)}$)" for other in sorted(others) if other != code)
    return re.compile(rf"{taken}{re.escape(code)}[a-z]*")


def name_weights(names: Sequence[str]) -> list[Weights]:
    """What the terms of each name say of it: less where other names have them, too."""
    shared = Counter(term for name in names for term in terms(name))
    return [
        {term: _of_name(term, term in codes(name)) / shared[term] for term in terms(name)} for name in names
    ]


def text_weights(texts: Sequence[str]) -> list[Weights]:
    """The same of descriptions, where words for kinds of values say little."""
    shared = Counter(term for text in texts for term in terms(text))
    return [
        {
            concept.name: concept.weight * _of_name(concept.name, is_code=False) / shared[concept.name]
            for concept in phrase(_CODE.sub(" ", text))
        }
        | {code: _CODE_WEIGHT / shared[code] for code in codes(text)}
        for text in texts
    ]


def coverage(weights: Weights, found: Iterable[str]) -> float:
    """The share of the terms, by weight, that are among those found; 0 without terms."""
    whole = sum(weights.values())
    return sum(weights.get(term, 0.0) for term in set(found)) / whole if whole else 0.0


def _of_name(term: str, is_code: bool) -> float:
    return _CODE_WEIGHT if is_code else _GENERIC_WEIGHT if term in GENERIC else 1.0
