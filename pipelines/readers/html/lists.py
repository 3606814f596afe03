"""Lists: how deep an item stands and what it is numbered with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.readers.numerals import numeral

_INDENT = 4
_DEEPEST = 20
_NUMBER = re.compile(r"\d{1,9}[.)]\s")


@dataclass(slots=True)
class ItemList:
    """An open list: ``style`` is the ``type`` of an ``ol`` and empty for others."""

    style: str = ""
    next_number: int = 1
    step: int = 1
    has_terms: bool = False

    @classmethod
    def of(cls, element: _Element) -> ItemList:
        """The list that an ``ol``, ``ul``, ``menu`` or ``dl`` begins."""
        if element.tag != "ol":
            return cls()
        step = -1 if element.get("reversed") is not None else 1
        first = 1 if step == 1 else sum(child.tag == "li" for child in element)
        return cls(element.get("type") or "1", _integer(element.get("start"), first), step)


@dataclass(slots=True)
class Item:
    """An open item of a list; ``shown`` is the number of blocks once it has one of its own, else 0."""

    items: ItemList
    label: str
    depth: int
    shown: int = 0


def label(element: _Element, items: ItemList) -> str:
    """What stands before an item (``3.``, ``c.``, ``iii.``), empty for a bullet; counts the list on."""
    items.has_terms |= element.tag == "dt"
    if not items.style or element.tag != "li":
        return ""
    number = _integer(element.get("value"), items.next_number)
    items.next_number = number + items.step
    return f"{_numeral(number, items.style)}."


def indented(text: str, item: Item, *, first: bool = True) -> str:
    """The text of an item at its depth, with its label if it is the ``first``; later lines stand below it.

    A bullet is not written: whoever renders the item adds it, unless the text would pass for numbered.
    """
    margin = " " * (_INDENT * min(item.depth, _DEEPEST))
    below = margin + " " * (len(item.label or "*") + 1)
    marker = item.label or ("*" if _NUMBER.match(text) else "")
    start = (f"{margin}{marker} " if marker else margin) if first else below
    return start + text.replace("\n", f"\n{below}")


def _integer(text: str | None, default: int) -> int:
    try:
        return int((text or "")[:9])
    except ValueError:
        return default


def _numeral(number: int, style: str) -> str:
    if not 0 < number < 4000 or style not in {"a", "A", "i", "I"}:
        return str(number)
    shown = numeral(number, "lowerRoman") if style in {"i", "I"} else _letters(number)
    return shown.upper() if style.isupper() else shown


def _letters(number: int) -> str:
    """1 → ``a``, 27 → ``aa``, 28 → ``ab``: as browsers count, and Word does not."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("a") + rest) + found
    return found
