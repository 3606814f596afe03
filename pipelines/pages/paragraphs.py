"""Lines to running text: rows, spaces, hyphens, list items."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from schemas.geometry import BBox
from schemas.reading import TextLine

_HYPHENS = ("-", "\u2010", "\u00ad")
_SPACELESS = re.compile(r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uff65]")
_BULLET = re.compile(r"^[•◦▪▫■□●○◆◇▶►➢➤✓‣⁃∙·*–—-]$")
_ORDINAL = re.compile(r"^(?:\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|\[\d{1,3}\]|[①-⑳])$")
# The next line's first word would have fitted into this share of the room left: the break was meant.
_ROOM = 0.9

Row = list[TextLine]
"""Pieces of lines at the same height, left to right."""


def rows(lines: Sequence[TextLine]) -> list[Row]:
    """Lines of one block as rows, top to bottom; turned lines stand alone."""
    found: list[Row] = []
    boxes: list[BBox] = []
    for line in sorted(lines, key=lambda one: (one.bbox.center[1], one.bbox.x1)):
        home = next((i for i in range(len(found) - 1, -1, -1) if _same_row(line, found[i], boxes[i])), None)
        if home is None:
            found.append([line])
            boxes.append(line.bbox)
        else:
            found[home].append(line)
    for row in found:
        row.sort(key=lambda one: one.bbox.x1)
    return found


def _same_row(line: TextLine, row: Row, box: BBox) -> bool:
    if line.quarter_turns or row[0].quarter_turns:
        return False
    shared = min(line.bbox.y2, box.y2) - max(line.bbox.y1, box.y1)
    if shared < 0.5 * min(line.bbox.height, box.height):
        return False
    return not any(
        min(line.bbox.x2, other.bbox.x2) - max(line.bbox.x1, other.bbox.x1)
        > 0.5 * min(line.bbox.width, other.bbox.width)
        for other in row
    )


def row_text(row: Row) -> str:
    """A row's words with their spaces."""
    text = row[0].text
    for before, line in pairwise(row):
        close = line.bbox.x1 - before.bbox.x2 < 0.1 * line.bbox.height
        glued = close and not line.words[0].space_before
        text = text + line.text if glued else joined(text, line.text)
    return text


def joined(first: str, second: str) -> str:
    """Two texts that follow each other, with a space unless both sides are written without."""
    if not first or not second:
        return first or second
    if _SPACELESS.match(first[-1]) and _SPACELESS.match(second[0]):
        return first + second
    return f"{first} {second}"


def text_of(lines: Sequence[TextLine], *, keep_breaks: bool = False) -> str:
    r"""Running text of a block: words broken at a line's end made whole, lines joined.

    ``keep_breaks`` keeps as ``\n`` the breaks that were meant: where the next line's first word would
    have found room.
    """
    whole = rows(lines)
    if not whole:
        return ""
    right = max(row[-1].bbox.x2 for row in whole)
    text = row_text(whole[0])
    for above, below in pairwise(whole):
        following = row_text(below)
        if keep_breaks and is_meant_break(above, below, right):
            text = f"{text}\n{following}"
        elif _is_broken_word(text, following):
            text = text[:-1] + following
        else:
            text = joined(text, following)
    return text.replace("\u00ad", "")


def is_meant_break(above: Row, below: Row, right: float) -> bool:
    """Whether the line was ended on purpose: the next row's first word had room before ``right``."""
    first = below[0].words[0]
    room = right - above[-1].bbox.x2
    return first.bbox.width + 0.3 * first.size < _ROOM * room


def _is_broken_word(text: str, following: str) -> bool:
    if text.endswith("\u00ad"):
        return True
    return text.endswith(_HYPHENS) and len(text) > 1 and text[-2].isalpha() and following[:1].islower()


def list_items(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """A block of list items cut into items: a new one at each row that starts with a bullet or number."""
    items: list[list[TextLine]] = []
    for row in rows(lines):
        if not items or _marker(row) is not None:
            items.append([])
        items[-1].extend(row)
    return items


def without_bullet(text: str) -> str:
    """A list item's text without its bullet; numbers and letters stay."""
    head, _, rest = text.partition(" ")
    if rest and _BULLET.match(head):
        return rest.lstrip()
    return text[1:].lstrip() if len(text) > 1 and _BULLET.match(text[0]) and text[0] not in "*–—-" else text


def is_marker(text: str) -> bool:
    """Whether a text is a bullet or the number of a list item, and nothing else."""
    return bool(_BULLET.match(text) or _ORDINAL.match(text))


def _marker(row: Row) -> str | None:
    word = row[0].words[0].text
    if _BULLET.match(word) or _ORDINAL.match(word):
        return word
    return word[0] if _BULLET.match(word[0]) and word[0] not in "*–—-" else None
