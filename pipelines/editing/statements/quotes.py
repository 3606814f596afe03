"""Text whose quoted stretches hide what is in them from whoever looks for its structure."""

from __future__ import annotations

from dataclasses import dataclass

import regex

_PAIRS = {'"': '"', "“": "”“", "„": "“”", "«": "»", "»": "«", "‘": "’", "「": "」", "`": "`", "'": "'"}
_MARK = regex.compile(r"[\"“„«»‘「`']")
_LONGEST = 2000
"""A quotation that does not end within so many letters is none."""
_MOST_MARKS = 8
"""So many marks within words are looked over for the one that ends a quotation."""
_HIDDEN = "\ue000"


@dataclass(frozen=True, slots=True)
class Masked:
    """A text, and the same with its quotations hidden letter by letter, so that offsets are those of both."""

    text: str
    plain: str

    @classmethod
    def of(cls, text: str) -> Masked:
        """A text as it was written."""
        return cls(text, _masked(text))

    def part(self, begin: int, end: int | None = None) -> Masked:
        """A stretch of it, without white space around."""
        text = self.text[begin:end]
        lead = len(text) - len(text.lstrip())
        size = len(text.strip())
        return Masked(text[lead : lead + size], self.plain[begin:end][lead : lead + size])

    @property
    def value(self) -> str:
        """The text, without the marks of a quotation that is all of it."""
        text = self.text.strip()
        if len(text) > 1 and self.plain.strip() == _HIDDEN * len(text):
            return text[1:-1]
        return text


def _masked(text: str) -> str:
    pieces = []
    done = 0
    while found := _MARK.search(text, done):
        begin = found.start()
        end = _end(text, begin)
        if end < 0:
            pieces.append(text[done : begin + 1])
            done = begin + 1
            continue
        pieces += (text[done:begin], _HIDDEN * (end + 1 - begin))
        done = end + 1
    return "".join([*pieces, text[done:]])


def _end(text: str, begin: int) -> int:
    """Where a quotation ends that begins somewhere; -1 where none does: an apostrophe, a mark of inches."""
    if begin and text[begin - 1].isalnum():
        return -1
    closing = _PAIRS[text[begin]]
    at = begin + 1
    for _ in range(_MOST_MARKS):
        ends = [place for mark in closing if (place := text.find(mark, at, begin + _LONGEST)) >= 0]
        if not ends or "\n\n" in text[begin : min(ends)]:
            return -1
        end = min(ends)
        after = text[end + 1 : end + 2]
        if not after or not after.isalnum():
            return end if end > begin + 1 else -1
        at = end + 1
    return -1
