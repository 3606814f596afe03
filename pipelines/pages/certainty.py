"""How sure a text is, and where it comes from: what its words and its region say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from schemas.fragments import Source
from schemas.reading import Word


def mean_confidence(words: Sequence[Word]) -> float | None:
    """The mean over the words' characters, 0 to 1; None when nothing is known of any word."""
    known = [(word.confidence, len(word.text)) for word in words if word.confidence is not None]
    letters = sum(length for _, length in known)
    if not letters:
        return None
    mean = sum(confidence * length for confidence, length in known) / letters
    return round(min(1.0, max(0.0, mean)), 4)


def certainty(words: Sequence[Word], score: float | None) -> float | None:
    """How sure a fragment is, 0 to 1: the geometric mean of what is known of its words and of its region.

    Of a text that is well read in a region that may be another, or the reverse, neither alone would tell.
    None when nothing is known of either.
    """
    read = mean_confidence(words)
    if read is None or score is None:
        return read if score is None else round(min(1.0, max(0.0, score)), 4)
    return round(math.sqrt(read * min(1.0, max(0.0, score))), 4)


def main_source(words: Sequence[Word]) -> Source | None:
    """Where most of the characters come from; None without words."""
    letters = Counter[Source]()
    for word in words:
        letters[word.source] += len(word.text)
    return letters.most_common(1)[0][0] if letters else None
