"""What is compared of two readings of a page: words and numbers, without case, punctuation and mark-up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape

from schemas.fragments import Content, FragmentWord, Source, TableContent

SURE = 0.85
"""A word read with less confidence is no evidence against another reading."""

# Numbers stay whole, with their points and commas. Scripts without spaces are compared by the character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)*|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_FORMULA = re.compile(r"\$\$.{1,4000}?\$\$|\$[^$\n]{1,1000}\$", re.DOTALL)
_LIKE_MATH = re.compile(r"^\$\$|[\\^_{}=]")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_INLINE_TAG = re.compile(r"</?(?:sub|sup|ins|del|b|i|u|s)>")
_TAG = re.compile(r"<[^<>]*>")
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")


def tokens(text: str) -> list[str]:
    """The words and numbers of a plain text, lower case, in order."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def content_tokens(content: Content) -> list[str]:
    """The words and numbers of a fragment's content; formulas are left out: each reading spells its own."""
    marked = content.html if isinstance(content, TableContent) and content.html else content.content
    bare = _INLINE_TAG.sub("", _FORMULA.sub(_without_formula, marked))
    return tokens(unescape(_TAG.sub(" ", _LINK_TARGET.sub("]", bare))))


def formulas_of(content: Content) -> list[str]:
    """The formulas in a content, without TeX's commands."""
    return [_COMMAND.sub(" ", f) for f in _FORMULA.findall(content.content) if _LIKE_MATH.search(f)]


def digits_of(text: str) -> str:
    """The digits of a text, in a row."""
    return "".join(filter(str.isdecimal, text))


def _without_formula(found: re.Match[str]) -> str:
    """Nothing for a formula; what stands between two prices is text."""
    return " " if _LIKE_MATH.search(found.group()) else found.group()


def is_number(token: str) -> bool:
    """Whether a token is a number of several digits (single ones stand in lists, notes and indices)."""
    return len(token) > 1 and token[0].isdigit()


def is_telling(token: str) -> bool:
    """Whether a token is more than a letter or two of a formula, unless its script writes words so."""
    return len(token) > 2 or _UNSPACED_LETTER.match(token) is not None


@dataclass(slots=True)
class LocalWords:
    """The words of the local reading in its reading order, and their tokens.

    ``tokens[i]`` is of ``words[word_of[i]]``, which is of the fragment ``fragment_of[i]``; ``sure[i]`` says
    whether the word may be held against another reading.
    """

    words: list[FragmentWord] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    word_of: list[int] = field(default_factory=list)
    fragment_of: list[int] = field(default_factory=list)
    sure: list[bool] = field(default_factory=list)

    def tokens_of(self, fragment: int) -> list[int]:
        """The indexes of a fragment's tokens."""
        return [i for i, owner in enumerate(self.fragment_of) if owner == fragment]

    @classmethod
    def of(cls, fragments: Sequence[Sequence[FragmentWord]]) -> LocalWords:
        """Of each fragment's words."""
        local = cls()
        for index, words in enumerate(fragments):
            for word in words:
                for token in tokens(word.text):
                    local.tokens.append(token)
                    local.word_of.append(len(local.words))
                    local.fragment_of.append(index)
                    local.sure.append(word.source is Source.DIGITAL or (word.confidence or 0.0) >= SURE)
                local.words.append(word)
        return local
