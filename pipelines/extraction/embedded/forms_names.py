"""How well what is printed at a field of a form means a field of a schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.extraction.embedded.lexicon import tokens
from pipelines.extraction.embedded.matching import Matcher, Scores
from pipelines.extraction.targets import Field

# Boxes are numbered; what follows a bracket, a semicolon or a sentence's end tells how to fill them in.
_NUMBER = re.compile(r"^\W*(?:\d{1,2}[a-z]?|[a-z])[.):]?\s+(?=\S{2})")
_ADVICE = re.compile(r"\s*(?:[(;:▶►]|\.\s|,\s(?:if|see|as|or)\s|\sif\s).*$", re.DOTALL | re.IGNORECASE)
_EMPTY = {"the", "and", "for", "was", "its", "your"}
_RECALL = 0.6
# A description says less for sure than a name does.
_OF_DESCRIPTION, _BY_MEANING = 0.95, 0.85


def entry_scores(matcher: Matcher, fields: Sequence[Field], names: Sequence[str]) -> Scores:
    """How well each printed name means each field, ``(fields, names)``, 0 to 1.

    Names on forms are sentences, and the descriptions of a form's schema quote them: both are compared,
    whole and without number and advice.
    """
    cores = [core(name) for name in names]
    bare = [replace(one, description="") for one in fields]
    told = [one.description.rstrip(". ") or one.title or one.name for one in fields]
    quoted = np.array([[_shared(text, name) for name in cores] for text in told], np.float32)
    meant = matcher.meanings(told, [name or " " for name in cores])
    best: Scores = np.maximum.reduce(
        [
            matcher.scores(fields, cores),
            matcher.scores(bare, names),
            _OF_DESCRIPTION * quoted,
            _BY_MEANING * meant,
        ]
    ).astype(np.float32)
    return best


def core(name: str) -> str:
    """A printed name without its number and the advice that follows it."""
    bare = _NUMBER.sub("", name.strip())
    return _ADVICE.sub("", bare).strip() or bare


def _shared(text: str, name: str) -> float:
    """How many of the words of two texts are the same, more so those of the first, 0 to 1."""
    wanted, said = _words(text), _words(name)
    if not wanted or not said:
        return 0.0
    both = len(wanted & said)
    return _RECALL * both / len(wanted) + (1 - _RECALL) * both / len(said)


def _words(text: str) -> frozenset[str]:
    """The words that say something: short ones and figures of speech are left out."""
    return frozenset(
        word.removesuffix("s")
        for word in tokens(text)
        if (len(word) > 2 or word.isdigit()) and word not in _EMPTY
    )
