"""Texts as the tokens of an uncased BERT: words taken apart into the longest pieces that are known."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice, pairwise

_UNKNOWN, _BEGIN, _END = "[UNK]", "[CLS]", "[SEP]"
_LONGEST_WORD = 100
"""A longer word is an unknown one."""
_CACHED_WORDS = 50_000
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)
"""Code points that are words by themselves."""


class WordPiece:
    """After Wu et al. 2016 (arXiv 1609.08144), with the normalisation of BERT's uncased models.

    The names of special tokens are plain text to it: a document cannot write them.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        """``vocabulary``: the tokens in the order of their numbers; pieces within words begin with ``##``."""
        self._numbers = {token: number for number, token in enumerate(vocabulary)}
        self._longest = max(map(len, self._numbers), default=0)
        self._pieces = lru_cache(_CACHED_WORDS)(self._split)

    def tokens(self, text: str, most: int) -> list[int]:
        """The numbers of a text's tokens between those of begin and end, ``most`` of them in all."""
        seen = text[: most * _LONGEST_WORD]
        inside = chain.from_iterable(map(self._pieces, _words(seen)))
        return [self._numbers[_BEGIN], *islice(inside, most - 2), self._numbers[_END]]

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest piece from the left, again and again; unknown as a whole if anything is left."""
        found = []
        start = 0
        while start < len(word) <= _LONGEST_WORD:
            prefix = "##" if start else ""
            ends = range(min(len(word), start + self._longest), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self._numbers), 0)
            if not end:
                break
            found.append(self._numbers[prefix + word[start:end]])
            start = end
        return tuple(found) if start == len(word) else (self._numbers[_UNKNOWN],)


def _words(text: str) -> Iterator[str]:
    """Lower-case words without accents; every mark of punctuation and every ideograph is one."""
    kept = "".join(map(_spaced, text))
    for word in unicodedata.normalize("NFD", kept).split():
        plain = "".join(c.lower() for c in word if unicodedata.category(c) != "Mn")
        borders = [i for i, c in enumerate(plain) if _stands_alone(c)]
        cuts = sorted({0, len(plain), *borders, *(i + 1 for i in borders)})
        yield from (plain[begin:end] for begin, end in pairwise(cuts))


def _spaced(character: str) -> str:
    """A character as it counts: blanks are spaces, control characters nothing, ideographs stand apart."""
    if character in "\t\n\r":
        return " "
    if character == "\ufffd" or unicodedata.category(character) in _UNSEEN:
        return ""
    if character.isspace():
        return " "
    return f" {character} " if _is_ideograph(character) else character


def _is_ideograph(character: str) -> bool:
    return character >= "\u3400" and any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)


def _stands_alone(character: str) -> bool:
    """Whether it is punctuation: Unicode's, and the signs of ASCII."""
    if character.isascii():
        return not character.isalnum() and character.isprintable()
    return unicodedata.category(character).startswith("P")
