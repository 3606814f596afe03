"""A row in parts: labels with a colon, and what stands between wide gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.extraction.embedded.lexicon import known
from pipelines.extraction.embedded.rows import Row
from pipelines.extraction.embedded.runs import Run
from pipelines.extraction.evidence import PlacedWord

_LONGEST_LABEL = 4
"""Before a colon so many words are a label as a whole; of longer runs those that name things are."""
_COLON = re.compile(r"[:：]$")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Part(Run):
    """Words of a row between its gaps and colons; ``names`` what comes next if a colon ends it."""

    names: bool

    @cached_property
    def is_value(self) -> bool:
        """Whether it is rather a number or a code than words that name one, as "VAT 20%" does."""
        if "%" in self.text and _LETTERS.search(self.text):
            return False
        with_digits = sum(bool(_DIGIT.search(word.text)) for word in self.words)
        return not self.names and (2 * with_digits >= len(self.words) or not _LETTERS.search(self.text))


def parts_of(row: Row) -> list[Part]:
    """The pieces of a row, cut after colons; of a run of values and labels, too, before each label."""
    parts: list[Part] = []
    for piece in row.pieces:
        run: list[PlacedWord] = []
        for word in piece.words:
            run.append(word)
            if _COLON.search(word.text):
                begin = _label_begin(run)
                if begin:
                    parts.append(Part(tuple(run[:begin]), names=False))
                parts.append(Part(tuple(run[begin:]), names=True))
                run = []
        if run:
            parts.append(Part(tuple(run), names=False))
    return list(_with_own_colons(parts))


def _with_own_colons(parts: Sequence[Part]) -> Iterator[Part]:
    """A colon that stands alone belongs to the words before it."""
    last: Part | None = None
    for part in parts:
        if last and part.names and not _LETTERS.search(part.text) and not _DIGIT.search(part.text):
            last = Part((*last.words, *part.words), names=True)
            continue
        if last:
            yield last
        last = part
    if last:
        yield last


def _label_begin(run: Sequence[PlacedWord]) -> int:
    """Where in a run that ends with a colon its label begins: after a value, or at words that name things."""
    values = [i for i, word in enumerate(run[:-1]) if _DIGIT.search(word.text)]
    if values:
        return values[-1] + 1
    if len(run) <= _LONGEST_LABEL:
        return 0
    begin = len(run) - 1
    while begin and known(run[begin - 1].text.lower()):
        begin -= 1
    return begin
