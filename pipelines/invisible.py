"""Characters that have no looks: a way to put words into a text that nobody sees.

Single ones have their uses (joiners in Persian or emoji, one variation selector after a sign, the tags in the
flags of regions, marks of direction); what is taken out are such as carry something: tags and selectors in a
row ("ASCII smuggling"), long runs of zero-width signs, and the overrides of direction, which make a text
show in another order than it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAGS = "\U000e0000-\U000e007f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufeff\uffa0"
)
_UNSEEN = re.compile(
    rf"(?P<flag>\U0001f3f4[\U000e0030-\U000e007a]{{1,7}}\U000e007f)"
    rf"|[{_TAGS}]+|[{_SELECTORS}]{{2,}}|[{_ZERO_WIDTH}]{{4,}}|[\u202d\u202e]"
)
_FIRST_TAG, _FIRST_SELECTOR, _FIRST_FURTHER = 0xE0000, 0xFE00, 0xE0100


def shown(text: str) -> str:
    """The text without what does not show."""
    return text if text.isascii() else _UNSEEN.sub(lambda found: found["flag"] or "", text)


def without_looks(text: str) -> str:
    """What ``shown`` takes out."""
    return "" if text.isascii() else "".join(_runs(text))


def smuggled(text: str) -> str:
    """What tags and variation selectors in a text spell, where they stand for letters and bytes."""
    if text.isascii():
        return ""
    return "\n".join(spelled for run in _runs(text) if (spelled := "".join(map(_letter, run)).strip()))


def _runs(text: str) -> Iterator[str]:
    return (found[0] for found in _UNSEEN.finditer(text) if not found["flag"])


def _letter(char: str) -> str:
    """The letter for which a tag stands, or a selector by its number; nothing for others."""
    code = ord(char)
    if _FIRST_TAG <= code <= _FIRST_TAG + 0x7F:
        code -= _FIRST_TAG
    elif _FIRST_SELECTOR <= code <= _FIRST_SELECTOR + 0xF:
        code -= _FIRST_SELECTOR
    elif _FIRST_FURTHER <= code <= _FIRST_FURTHER + 0xEF:
        code += 16 - _FIRST_FURTHER
    else:
        return ""
    return chr(code) if 0x20 <= code < 0x7F else ""
