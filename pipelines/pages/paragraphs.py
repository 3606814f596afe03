"""Lines to running text: rows, their order and their seams, list items."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from pipelines.pages.joins import is_vertical, joined, seam
from pipelines.readers.direction import is_right_to_left
from pipelines.readers.inline import Mark
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

_BULLET = re.compile(r"^[•◦▪▫■□●○◆◇▶►➢➤✓‣⁃∙·*–—-]$")
_ORDINAL = re.compile(r"^(?:\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)]|\[\d{1,3}\]|[①-⑳])$")
_RAISED = str.maketrans("0123456789+-−()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_SOFT_HYPHEN = "\u00ad"
# Runs at a line's end that may be parts of its last word.
_TAIL = 4
# A drop cap has so many letters (a quotation mark may be one), and at least so many times the text's size.
_CAP_LETTERS, _CAP_SIZE = 2, 1.8
# The next line's first word would have fitted into this share of the room left: the break was meant.
_ROOM = 0.9
# Words this far apart (font sizes) are texts of their own in one row; justified lines stretch less.
_APART = 2.0

Row = list[TextLine]
"""Pieces of lines at the same height, in writing order."""


class Run(NamedTuple):
    """Text under the same marks."""

    text: str
    marks: tuple[Mark, ...] = ()


def rows(lines: Sequence[TextLine]) -> list[Row]:
    """Lines of one block as rows, top to bottom; turned lines stand alone.

    Columns of vertical writing are rows of their own, from the right to the left.
    """
    if lines and sum(map(_is_vertical, lines)) > len(lines) / 2:
        return [[line] for line in sorted(lines, key=lambda one: (-one.bbox.center[0], one.bbox.y1))]
    found: list[Row] = []
    boxes: list[BBox] = []
    for line in sorted(lines, key=lambda one: (one.bbox.center[1], one.bbox.x1)):
        level = [i for i, box in enumerate(boxes) if box.y1 < line.bbox.y2 and line.bbox.y1 < box.y2]
        home = next((i for i in reversed(level) if _same_row(line, found[i], boxes[i])), None)
        if home is None:
            found.append([line])
            boxes.append(line.bbox)
        else:
            found[home].append(line)
    return [_across(row) for row in found]


def _across(row: Row) -> Row:
    """The lines of a row in writing order; lines that stand in each other's gaps are one line.

    A recogniser's box may leave out a word that stands a little lower, and find it by itself.
    """
    if len(row) == 1:
        return row
    backwards = is_right_to_left("".join(line.text for line in row))
    row = sorted(row, key=lambda one: one.bbox.x1, reverse=backwards)
    mended = [row[0]]
    for line in row[1:]:
        before = mended[-1]
        read = line.words[0].source is Source.OCR
        if not read or backwards or line.bbox.x1 >= before.words[-1].bbox.x1:
            mended.append(line)
            continue
        words = sorted(
            [*before.words, replace(line.words[0], space_before=True), *line.words[1:]],
            key=lambda word: word.bbox.x1,
        )
        mended[-1] = replace(before, words=words, bbox=before.bbox.union(line.bbox))
    return mended


def _same_row(line: TextLine, row: Row, box: BBox) -> bool:
    if line.quarter_turns or row[0].quarter_turns:
        return False
    shared = min(line.bbox.y2, box.y2) - max(line.bbox.y1, box.y1)
    if shared < 0.5 * min(line.bbox.height, box.height):
        return False
    return not any(
        min(mine.bbox.x2, theirs.bbox.x2) - max(mine.bbox.x1, theirs.bbox.x1)
        > 0.5 * min(mine.bbox.width, theirs.bbox.width)
        for mine in _level(line)
        for other in row
        if other.bbox.x1 < line.bbox.x2 and line.bbox.x1 < other.bbox.x2
        for theirs in _level(other)
    )


def _level(line: TextLine) -> list[Word]:
    """The words on a line's baseline: a superscript may stand over another piece's subscript."""
    return [word for word in line.words if not (word.superscript or word.subscript)]


def row_text(row: Row) -> str:
    """A row's words with their spaces."""
    return "".join(run.text for run in plain(row))


def plain(row: Row) -> list[Run]:
    """A row as one run without marks."""
    text = _plain(row[0])
    for before, line in pairwise(row):
        text = text + _plain(line) if _is_glued(before, line) else joined(text, _plain(line))
    return [Run(text)]


def _plain(line: TextLine) -> str:
    """A line's text; figures raised over a figure stay raised: a note's mark must not change a number."""
    if not any(word.superscript for word in line.words):
        return line.text
    text = ""
    for word in line.words:
        raised = word.superscript and text[-1:].isdigit() and not word.space_before
        space = " " if text and word.space_before else ""
        text += space + (word.text.translate(_RAISED) if raised else word.text)
    return text


def _is_glued(before: TextLine, line: TextLine) -> bool:
    close = line.bbox.x1 - before.bbox.x2 < 0.1 * line.bbox.height
    return close and not line.words[0].space_before


def text_of(lines: Sequence[TextLine], *, keep_breaks: bool = False) -> str:
    r"""Running text of a block: words broken at a line's end made whole, lines joined.

    ``keep_breaks`` keeps as ``\n`` the breaks that were meant: where the next line's first word would
    have found room.
    """
    return "".join(run.text for run in flow(lines, plain, keep_breaks=keep_breaks))


def flow(
    lines: Sequence[TextLine],
    spell: Callable[[Row], list[Run]],
    *,
    keep_breaks: bool,
    compounds: frozenset[str] = frozenset(),
) -> list[Run]:
    r"""The runs of a block, its rows spelt by ``spell`` and joined; a break that is kept is a run ``\n``.

    ``compounds``: words known to have a hyphen, in small letters.
    """
    whole = _with_drop_cap(rows(lines))
    if not whole:
        return []
    right = max(row[-1].bbox.x2 for row in whole)
    vertical = _is_vertical(whole[0][0])
    found = spell(whole[0])
    for above, below in pairwise(whole):
        following = spell(below)
        if keep_breaks and not vertical and is_meant_break(above, below, right):
            found.append(Run("\n"))
        elif found and following:
            tail = "".join(run.text for run in found[-_TAIL:])
            head = "".join(run.text for run in following[:_TAIL])
            dropped, between = seam(tail, head, compounds)
            last = found[-1]
            found[-1] = last._replace(text=last.text[: len(last.text) - dropped])
            if between:
                found.append(Run(between, last.marks if last.marks == following[0].marks else ()))
        found += following
    return [run._replace(text=run.text.replace(_SOFT_HYPHEN, "")) for run in found]


def _with_drop_cap(rows: list[Row]) -> list[Row]:
    """The rows of a paragraph whose first letter is as high as several of them: it joins the first word."""
    for row in rows:
        cap = row[0].words[0]
        is_alone = len(row[0].words) == 1 and len(cap.text) <= _CAP_LETTERS and cap.text[-1:].isalpha()
        others = [line for other in rows for line in other if line is not row[0]]
        if not is_alone or not others:
            continue
        beside = [one for one in others if one.bbox.x1 >= cap.bbox.center[0] and one.bbox.y1 < cap.bbox.y2]
        first = min(beside, key=lambda one: one.bbox.y1, default=None)
        if first is None or cap.size < _CAP_SIZE * first.words[0].size or first.bbox.y2 < cap.bbox.y1:
            continue
        words = [cap, replace(first.words[0], space_before=False), *first.words[1:]]
        whole = replace(first, words=words, bbox=first.bbox._replace(x1=cap.bbox.x1))
        kept = [[whole if one is first else one for one in other if one is not row[0]] for other in rows]
        return sorted((other for other in kept if other), key=lambda other: other[0].bbox.center[1])
    return rows


def _is_vertical(line: TextLine) -> bool:
    box = line.bbox
    return box.height > box.width and not line.quarter_turns and is_vertical(line.text, box.width, box.height)


def is_meant_break(above: Row, below: Row, right: float) -> bool:
    """Whether the line was ended on purpose: the next row's first word had room before ``right``.

    A row of texts apart from each other, a name and its value, ends where it ends.
    """
    if _is_apart(above) or _is_apart(below):
        return True
    first = below[0].words[0]
    room = right - above[-1].bbox.x2
    return first.bbox.width + 0.3 * first.size < _ROOM * room


def _is_apart(row: Row) -> bool:
    words = [word for line in row for word in line.words]
    return any(
        second.bbox.x1 - first.bbox.x2 > _APART * max(first.size, second.size) and not is_marker(first.text)
        for first, second in pairwise(words)
    )


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
