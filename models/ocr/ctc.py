"""What a recogniser's columns say: characters with their places, and the spaces between them.

Connectionist temporal classification (Graves et al. 2006): a column is a character, the one before it
again, or blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

# Between two characters a space is often the second best guess of a column where blank is the best, and is
# right more often than not from here on.
_LEAST_SPACE = 0.05


class Glyph(NamedTuple):
    """A character, its centre along the line (0 to 1) and its confidence."""

    char: str
    place: float
    confidence: float


class Columns(NamedTuple):
    """What is used of a line's columns: each one's best class, its probability, and the last class's."""

    best: NDArray[np.int64]
    sure: NDArray[np.float32]
    last: NDArray[np.float32]

    @classmethod
    def of(cls, probabilities: NDArray[np.float32]) -> Columns:
        """Of all probabilities, ``(columns, classes)``."""
        best = probabilities.argmax(axis=1)
        return cls(best, probabilities[np.arange(len(best)), best], probabilities[:, -1].copy())


def glyphs(columns: Columns, alphabet: Sequence[str], used: float) -> list[Glyph]:
    """The best path through ``columns``.

    Args:
        columns: what a network says; class 0 is blank.
        alphabet: the character of each class; the last is a space where it has one.
        used: the share of the columns that the line's picture takes up, the rest being padding.
    """
    spaced = alphabet[-1].isspace()
    best = columns.best
    changes = np.concatenate([[True], best[1:] != best[:-1]])
    path: list[tuple[str, int, float]] = []
    for column in np.flatnonzero((best != 0) & changes).tolist():
        char = alphabet[best[column]]
        if spaced and path and _may_part(path[-1][0], char):
            gap, sure = _space(columns.last, path[-1][1] + 1, column)
            if sure >= _LEAST_SPACE:
                path.append((" ", gap, sure))
        path.append((char, column, float(columns.sure[column])))
    length = len(best) * used
    return [Glyph(char, min(1.0, (column + 0.5) / length), sure) for char, column, sure in path]


def score(line: Sequence[Glyph]) -> float:
    """The mean confidence of the characters, 0 without any."""
    sure = [glyph.confidence for glyph in line if not glyph.char.isspace()]
    return sum(sure) / len(sure) if sure else 0.0


def words(line: Sequence[Glyph]) -> list[list[Glyph]]:
    """The glyphs of each word: cut at spaces."""
    groups: list[list[Glyph]] = [[]]
    for glyph in line:
        if glyph.char.isspace():
            groups.append([])
        else:
            groups[-1].append(glyph)
    return [group for group in groups if group]


def _may_part(left: str, right: str) -> bool:
    """Whether a space may stand unseen between two characters: not beside Chinese, Japanese or a space."""
    return not any(char.isspace() or east_asian_width(char) in {"W", "F"} for char in (left, right))


def _space(spaces: NDArray[np.float32], start: int, end: int) -> tuple[int, float]:
    """The column from ``start`` to before ``end`` that looks most like a space, and how much."""
    if end <= start:
        return start, 0.0
    column = start + int(spaces[start:end].argmax())
    return column, float(spaces[column])
