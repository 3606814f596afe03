"""Where a line ends and the next begins: a space, nothing, or a word made whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_SOFT_HYPHEN = "\u00ad"
_HYPHENS = frozenset("-\u2010\u2011\u00ad")
_DASHES = frozenset("–—/\u2011")
# Scripts written without spaces: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
_SPACELESS = re.compile(
    r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff65\u0e00-\u0eff"
    r"\u1000-\u109f\u1780-\u17ff]|[\U00020000-\U0003ffff]"
)
# Marks that stand in such text without being of it, as figures do.
_NEUTRAL = frozenset("“”‘’…—·")
# An address that cannot end here: more of it follows on the next line.
_OPEN_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|www\.|doi:|doi\.org/|10\.\d{4,}/)\S*[/\-_=&?%#~:]$|doi:10\.$|\S+@$", re.IGNORECASE
)
_ADDRESS = re.compile(r"^(?:(?:https?|ftp)://|www\.|doi:|10\.\d{4,}/)\S+$|^[\w.+-]+@[\w-]+$", re.IGNORECASE)
_ADDRESS_GOES_ON = re.compile(r"^[/?#&=._~%][\w/?#&=.~%-]|^@")

# After these a hyphen stands for what comes later: "short- and long-term", "Arbeits- und Sozialrecht".
_CONJUNCTIONS = frozenset("and or nor to und oder bis sowie et ou y e o en of og och eller i".split())
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")


class Seam(NamedTuple):
    """How two texts join: how many characters of the first go, and what comes between."""

    dropped: int
    between: str


def seam(first: str, second: str, compounds: frozenset[str] = frozenset()) -> Seam:
    """The seam between the text of a line and that of the next one in the same paragraph.

    A hyphen goes where it only parts a word: before a small letter, or between capitals in a word of
    capitals. It stays in compounds that have one already or are known, between figures, before a capital
    and before "and".
    """
    if not first or not second or first[-1].isspace() or second[0].isspace():
        return Seam(0, "")
    token = first.rsplit(None, 1)[-1]
    following = second.split(None, 1)[0]
    if first[-1] == _SOFT_HYPHEN:
        return Seam(1, "")
    if _OPEN_ADDRESS.search(token) or (_ADDRESS.match(token) and _ADDRESS_GOES_ON.match(following)):
        return Seam(0, "")
    if len(token) > 1 and first[-1] in _HYPHENS:
        return _after_hyphen(token, following, compounds)
    if len(token) > 1 and first[-1] in _DASHES and token[-2].isalnum() and following[0].isalnum():
        return Seam(0, "")
    return Seam(0, "" if _is_spaceless(first[-1], second[0]) else " ")


def compounds(texts: Iterable[str]) -> frozenset[str]:
    """The words among ``texts`` that have a hyphen inside, in small letters."""
    return frozenset(found[0].lower() for text in texts if "-" in text and (found := _COMPOUND.search(text)))


def _after_hyphen(token: str, following: str, compounds: frozenset[str]) -> Seam:
    before, after = token[-2], following[0]
    if not (before.isalnum() and after.isalnum()):
        return Seam(0, " ")
    stem = token.strip("([{\"'“‘")[:-1]
    if before.isdigit() or after.isdigit():
        return Seam(0, "")
    whole = _COMPOUND.search(f"{token[:-1]}-{following}")
    if following.strip(".,;:").lower() in _CONJUNCTIONS:
        return Seam(0, " ")
    if any(hyphen in stem for hyphen in _HYPHENS) or (whole and whole[0].lower() in compounds):
        return Seam(0, "")
    if after.islower():
        return Seam(1, "")
    word = re.match(r"\w+", following)
    capitals = (
        len(stem) > 1 and stem.isupper() and word is not None and len(word[0]) > 1 and word[0].isupper()
    )
    return Seam(1 if capitals else 0, "")


def _is_spaceless(before: str, after: str) -> bool:
    first, second = _SPACELESS.match(before), _SPACELESS.match(after)
    return bool((first and (second or _is_neutral(after))) or (second and _is_neutral(before)))


def _is_neutral(char: str) -> bool:
    return char in _NEUTRAL or char.isdigit()


def joined(first: str, second: str) -> str:
    """Two pieces of one line, with a space unless both sides are written without."""
    if not first or not second:
        return first or second
    spaceless = _SPACELESS.match(first[-1]) and _SPACELESS.match(second[0])
    return first + second if spaceless else f"{first} {second}"


def is_vertical(text: str, width: float, height: float) -> bool:
    """Whether a line stands upright, its characters one above the other (only where such is written)."""
    if height <= 1.5 * width or len(text) < 2:  # nearly always
        return False
    return sum(unicodedata.east_asian_width(char) in "WF" for char in text) > len(text) / 2
