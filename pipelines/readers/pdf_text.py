# mypy: disable-error-code="no-untyped-call"
"""Embedded text of a PDF page: characters to words and lines, and how far it can be trusted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import pymupdf

from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# Ligatures come expanded and unmapped glyphs as U+FFFD, because the flags for the opposite are not set.
_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
_SUPERSCRIPT, _ITALIC, _BOLD = 1, 2, 16
_SOFT_HYPHEN = "\u00ad"
_WEIGHTLESS = frozenset("\u200b\u2060\ufeff")
# What the old symbol fonts keep in the private use area, where it has a usual meaning.
_SYMBOLS = {
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "➢",
    "\uf0fc": "✓",
    "\uf0a8": "□",
    "\uf06f": "□",
    "\uf0e0": "→",
}
# Text this long with a smaller share of letters and digits than this is soup, not text.
_SOUP_LENGTH, _SOUP_SHARE = 200, 0.4
_LEADERS = frozenset("._-–—·•…|/*=+~<>()[]")
# Words with the same text that overlap so far were printed twice (shadows, faked bold).
_TWICE = 0.7
# MuPDF sees a space in gaps of a fifth of the font size; closely set lines have narrower ones.
_WORD_GAP = 0.11
# Pieces of a line share this much of their height, and stand this close (font sizes).
_SAME_LINE, _SPACE = 0.7, 0.6
_ACROSS = (1.0, 0.0)


def lines(page: pymupdf.Page) -> tuple[list[TextLine], float]:
    """The words on the page, by line and in the file's order, in page units; and the share of garbled text.

    Text outside the page and text printed twice at the same place are left out.
    """
    limits = BBox(*page.rect)
    found: list[TextLine] = []
    printed: dict[str, list[BBox]] = {}
    raw = ""
    for block in page.get_text("rawdict", flags=_FLAGS)["blocks"]:
        for line in block.get("lines", ()):
            raw += "".join(char["c"] for span in line["spans"] for char in span["chars"])
            words = [
                word
                for word in _words(line)
                if limits.holds(*word.bbox.center) and not _is_printed(word, printed)
            ]
            if words:
                box = union_of([word.bbox for word in words])
                found.append(TextLine(words, box, block=block["number"], quarter_turns=_turns(line)))
    return found, garbled_share(raw)


def whole_lines(lines: Sequence[TextLine]) -> list[TextLine]:
    """Neighbouring pieces on one baseline, no further apart than words are, as one line.

    Some programs write each word by itself, with spaces that MuPDF cannot see.
    """
    found: list[TextLine] = []
    for line in lines:
        if found and _goes_on(found[-1], line):
            before = found[-1]
            words = [*before.words, replace(line.words[0], space_before=True), *line.words[1:]]
            found[-1] = replace(before, words=words, bbox=before.bbox.union(line.bbox))
        else:
            found.append(line)
    return found


def _goes_on(before: TextLine, line: TextLine) -> bool:
    if before.quarter_turns or line.quarter_turns:
        return False
    shared = min(before.bbox.y2, line.bbox.y2) - max(before.bbox.y1, line.bbox.y1)
    gap = line.bbox.x1 - before.bbox.x2
    level = shared > _SAME_LINE * max(before.bbox.height, line.bbox.height)
    return level and 0 < gap < _SPACE * min(before.words[-1].size, line.words[0].size)


def garbled_share(text: str) -> float:
    """The share of ``text`` that is no usable Unicode, 0 to 1; all of it when it is glyph soup."""
    chars = [char for char in text if not char.isspace()]
    if not chars:
        return 0.0
    bad = sum(_is_bad(char) for char in chars)
    counted = [char for char in chars if char not in _LEADERS]
    if len(counted) >= _SOUP_LENGTH and sum(map(_is_readable, counted)) < _SOUP_SHARE * len(counted):
        return 1.0
    return bad / len(chars)


def _is_bad(char: str) -> bool:
    return char == "\ufffd" or (unicodedata.category(char) in {"Cc", "Co", "Cn"} and char not in _SYMBOLS)


def _is_readable(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or char in ",;:!?'\"%$€£&"


def _words(line: dict[str, Any]) -> Iterator[Word]:
    """Cuts a line at its spaces, at gaps as wide as one, and where superscript begins or ends."""
    chars: list[dict[str, Any]] = []
    style: dict[str, Any] = {}
    space = False
    gap = _word_gap(line)
    for span in line["spans"]:
        if chars and (span["flags"] ^ style["flags"]) & _SUPERSCRIPT:
            yield from _word(chars, style, space)
            chars, space = [], False
        for char in span["chars"]:
            if char["c"].isspace():
                yield from _word(chars, style, space)
                chars, space = [], True
                continue
            wide = chars and char["bbox"][0] - chars[-1]["bbox"][2] > gap * span["size"]
            if wide and line["dir"] == _ACROSS and char["c"].isalnum():
                yield from _word(chars, style, space)
                chars, space = [], True
            if not chars:
                style = span
            chars.append(char)
    yield from _word(chars, style, space)


def _word_gap(line: dict[str, Any]) -> float:
    """The gap (font sizes) from which a line's letters belong to two words: well above its usual gap."""
    gaps = [
        (second["bbox"][0] - first["bbox"][2]) / span["size"]
        for span in line["spans"]
        if span["size"] > 0
        for first, second in pairwise(span["chars"])
        if not first["c"].isspace() and not second["c"].isspace()
    ]
    return max(0.0, median(gaps) if gaps else 0.0) + _WORD_GAP


def _word(chars: list[dict[str, Any]], span: dict[str, Any], space: bool) -> Iterator[Word]:
    text = "".join(map(_clean, (char["c"] for char in chars)))
    text = text[:-1].replace(_SOFT_HYPHEN, "") + text[-1:]
    if not text:
        return
    flags = span["flags"]
    yield Word(
        text=text,
        bbox=union_of([BBox(*char["bbox"]) for char in chars]),
        confidence=round(1.0 - sum(map(_is_bad, text)) / len(text), 4),
        size=span["size"],
        bold=bool(flags & _BOLD) or "bold" in span["font"].lower(),
        italic=bool(flags & _ITALIC),
        superscript=bool(flags & _SUPERSCRIPT),
        space_before=space,
    )


def _clean(char: str) -> str:
    if char in _WEIGHTLESS or unicodedata.category(char) == "Cc":
        return ""
    return _SYMBOLS.get(char, char)


def _is_printed(word: Word, printed: dict[str, list[BBox]]) -> bool:
    """Whether the same word already stands here; remembers it if not."""
    places = printed.setdefault(word.text, [])
    if any(word.bbox.iou(place) > _TWICE for place in places):
        return True
    places.append(word.bbox)
    return False


def _turns(line: dict[str, Any]) -> int:
    """Clockwise quarter turns of the writing, from its direction; vertical writing counts as upright."""
    if line["wmode"]:
        return 0
    x, y = line["dir"]
    if abs(x) >= abs(y):
        return 0 if x > 0 else 2
    return 1 if y > 0 else 3
