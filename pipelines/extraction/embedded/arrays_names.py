"""How well the name of a column means a field: tables have words of their own, and few of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from pipelines.extraction.embedded.lexicon import phrase, plain, tokens
from pipelines.extraction.embedded.matching import Matcher, Scores
from pipelines.extraction.targets import Field

_LONGEST_PHRASE = 3
_SUMS = {"total", "subtotal", "payable", "balance", "gross", "carried"}
# What names a sum is short (words).
_SHORT = 6
# What only says how an amount is meant, beside other words.
_QUALIFIERS = {"subtotal", "gross", "currency", "line", "item"}
_QUALIFIER_WEIGHT = 0.3
# Concepts of a field that others over a column stand for, and how well.
_NEAR = {
    ("item", "description"): 0.7,
    ("description", "item"): 0.7,
    ("name", "description"): 0.8,
    ("name", "item"): 0.8,
    ("amount", "total"): 0.9,
    ("amount", "unit_price"): 0.4,
    ("unit_price", "amount"): 0.4,
    ("booking_date", "date"): 0.9,
    ("booking_date", "value_date"): 0.6,
    ("value_date", "booking_date"): 0.4,
    ("type", "coverage"): 0.5,
    ("code", "item"): 0.6,
    ("reference", "number"): 0.6,
    ("tax", "percent"): 0.6,
}
_RECALL, _BY_MEANING = 0.7, 0.7


def column_scores(matcher: Matcher, fields: Sequence[Field], names: Sequence[str]) -> Scores:
    """How well each name of a column means each field, ``(fields, names)``, 0 to 1."""
    if not fields or not names:
        return np.zeros((len(fields), len(names)), np.float32)
    shared = np.array([[_likeness(one, name) for name in names] for one in fields], np.float32)
    told = [" ".join(filter(None, (plain(one.title or one.name), one.description))) for one in fields]
    meant = matcher.meanings(told, [plain(name) or name for name in names])
    scores: Scores = np.maximum(shared, _BY_MEANING * meant).astype(np.float32)
    return scores


def _likeness(one: Field, name: str) -> float:
    said = concepts(name)
    own = [concepts(text) for text in (one.name, one.title) if text]
    return max((_shared(wanted, said) for wanted in own), default=0.0)


def concepts(text: str) -> frozenset[str]:
    """What the words of a column's name, or of a field's, stand for."""
    words, listed = tokens(text), _listed()
    found: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            if concept := listed.get("_".join(words[at : at + size])):
                found.append(concept)
                at += size
                break
        else:
            found += [concept.name for concept in phrase(words[at])]
            at += 1
    return frozenset(found)


@cache
def _listed() -> dict[str, str]:
    found: dict[str, str] = {}
    text = Path(__file__).with_name("column_words.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            concept, words = line.split(": ", 1)
            found |= {word: concept for word in words.split() if word not in found}
    return found


def _shared(wanted: frozenset[str], said: frozenset[str]) -> float:
    return _RECALL * _covered(wanted, said) + (1 - _RECALL) * _covered(said, wanted, backwards=True)


def _covered(these: frozenset[str], others: frozenset[str], *, backwards: bool = False) -> float:
    """The share of these concepts, by weight, that the others have or stand for."""
    weights = {one: _QUALIFIER_WEIGHT if one in _QUALIFIERS and len(these) > 1 else 1.0 for one in these}
    stands = {
        one: 1.0
        if one in others
        else max(
            (_NEAR.get((other, one) if backwards else (one, other), 0.0) for other in others), default=0.0
        )
        for one in these
    }
    return sum(weights[one] * stands[one] for one in these) / (sum(weights.values()) or 1.0)


def names_sum(text: str, *, few: bool) -> bool:
    """Whether a short text is of a sum; in a row with ``few`` cells it need not begin so."""
    words = tokens(text)
    said = [concept.name in _SUMS for word in (words if few else words[:2]) for concept in phrase(word)]
    return 0 < len(words) <= _SHORT and any(said)
