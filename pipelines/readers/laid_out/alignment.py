"""Two spellings of one text, word by word: which word of the one is which of the other."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from html import unescape

from rapidfuzz.distance import LCSseq

# Scripts without spaces between words: each character counts as one.
_SINGLE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_SINGLE}]|\d+|[^\W\d_{_SINGLE}]+|(?:[^\w\s]|_)+")
_WORD = re.compile(r"\S+")
# What Markdown, HTML and LaTeX write around text: gone without a trace, or parting words.
_MARKS = re.compile(r"<!--.*?-->|</?(?!br\b)[A-Za-z][^<>]*>|(?<=\])\([^()\s]*\)|[*`~$]", re.DOTALL)
_GAPS = re.compile(r"<br\s*/?>|\\[A-Za-z]+|\\")
# Only there for line breaking, for joining letters and for directions; the last one lengthens Arabic words.
_INVISIBLE = str.maketrans("", "", "\xad\u200b\u200c\u200d\u200e\u200f\ufeff\u0640")
# Runs of so many words that come once in each text are the same place.
_ANCHOR = 3
# Between anchors texts are compared in pieces of so many words.
_PIECE = 1500


def tokens(text: str) -> list[str]:
    """What can be compared of a text: words in lower case without punctuation, and signs that stand alone."""
    if text.isascii() and text.isalpha():
        return [text.lower()]
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()
    found: list[str] = []
    for word in _WORD.findall(plain):
        pieces = _TOKEN.findall(word)
        spoken = [piece for piece in pieces if piece[0].isalnum()]
        found += spoken or pieces
    return found


def spoken_tokens(text: str) -> list[str]:
    """The tokens of a text without signs (bullets and boxes look different elsewhere), if it has others."""
    found = tokens(text)
    return [token for token in found if token[0].isalnum()] or found


def markdown_tokens(markdown: str) -> list[str]:
    """The spoken tokens of running text without its Markdown, HTML and LaTeX."""
    return spoken_tokens(unescape(_GAPS.sub(" ", _MARKS.sub("", markdown))))


def aligned(one: Sequence[str], other: Sequence[str]) -> list[int]:
    """For each token of ``one`` its index in ``other``, -1 where it is not there; indices only rise.

    Runs that both texts have once anchor the comparison; between them the longest common subsequence
    decides, piece by piece, so that long texts take time in proportion to their length.
    """
    found = [-1] * len(one)
    start, other_start = 0, 0
    for at, other_at in [*_anchors(one, other), (len(one), len(other))]:
        for i, j in _common(one, other, (start, at), (other_start, other_at)):
            found[i] = j
        if at < len(one):
            found[at] = other_at
        start, other_start = at + 1, other_at + 1
    return found


def common(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The longest common subsequence as pairs of indices."""
    blocks = LCSseq.opcodes(one, other)
    return [
        (block.src_start + step, block.dest_start + step)
        for block in blocks
        if block.tag == "equal"
        for step in range(block.src_end - block.src_start)
    ]


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The places of the runs that come once in each text, as far as they are in the same order in both."""
    places, other_places = _single_runs(one), _single_runs(other)
    pairs = [(at, other_places[run]) for run, at in places.items() if run in other_places]
    return _rising(pairs)


def _single_runs(text: Sequence[str]) -> dict[tuple[str, ...], int]:
    places: dict[tuple[str, ...], int] = {}
    for at in range(len(text) - _ANCHOR + 1):
        run = tuple(text[at : at + _ANCHOR])
        places[run] = -1 if run in places else at
    return {run: at for run, at in places.items() if at >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of ``pairs`` (sorted by their first number) whose second numbers rise."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            ends.append(index)
        else:
            tails[length], ends[length] = place, index
    found: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _common(
    one: Sequence[str], other: Sequence[str], span: tuple[int, int], other_span: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Common subsequences of two spans, in pieces that overlap: only the first half of each is kept."""
    (start, end), (other_start, other_end) = span, other_span
    while start < end and other_start < other_end:
        piece = one[start : start + _PIECE]
        other_piece = other[other_start : min(other_end, other_start + 2 * _PIECE)]
        if start + _PIECE < end:
            kept = _PIECE // 2
        else:
            kept, piece = end - start, one[start:end]
        last = other_start - 1
        for i, j in common(piece, other_piece):
            if i < kept:
                last = other_start + j
                yield start + i, last
        start, other_start = start + kept, last + 1
