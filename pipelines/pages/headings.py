"""Headings: those the layout took for text, and the levels of all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.pages.blocks import Block
from pipelines.pages.paragraphs import rows, text_of
from schemas.reading import RegionKind

# Sizes that differ by less than this share are one class (sizes of scans are measured, not known).
_BODY = {RegionKind.TEXT, RegionKind.LIST_ITEM, RegionKind.FOOTNOTE}
_SAME_SIZE = 0.12
_DEEPEST = 5
_NUMBERING = re.compile(r"^(\d{1,2}(?:\.\d{1,2})+)\.?\s|^(\d{1,2})\.?\s")


# Text this much larger than the body is a heading (sizes of scans are measured, not known).
_LARGER, _LARGER_ON_SCANS = 1.25, 1.45
_LONGEST, _MOST_ROWS = 120, 2
_ENDS_A_SENTENCE = re.compile(r"[.,;:!?…。，；：]$")


def promoted(blocks: Sequence[Block], *, scanned: bool) -> list[Block]:
    """The blocks, short lines of text that stand out by size or weight as section headings."""
    words = [word for block in blocks if block.kind in _BODY for word in block.words]
    if not words:
        return list(blocks)
    body = sorted(word.size for word in words)[len(words) // 2]
    is_light = sum(word.bold for word in words) < 0.3 * len(words)
    larger = body * (_LARGER_ON_SCANS if scanned else _LARGER)

    def stands_out(block: Block) -> bool:
        bold = is_light and all(word.bold for word in block.words) and len(rows(block.lines)) == 1
        return _size(block) >= larger or bold

    return [
        replace(block, kind=RegionKind.SECTION_HEADER)
        if block.kind is RegionKind.TEXT and _could_be_heading(block) and stands_out(block)
        else block
        for block in blocks
    ]


def _could_be_heading(block: Block) -> bool:
    text = text_of(block.lines)
    if len(rows(block.lines)) > _MOST_ROWS or len(text) > _LONGEST or _ENDS_A_SENTENCE.search(text):
        return False
    return sum(char.isalpha() for char in text) > 0.5 * len(text) and not block.lines[0].quarter_turns


def levels(headings: Sequence[Block], texts: Sequence[str]) -> list[int]:
    """The level (1 and deeper) of each section heading of a page.

    A heading numbered ``2.3.1`` has the level of its numbering; the others follow the classes of their
    font sizes, largest first.
    """
    sizes = [_size(block) for block in headings]
    classes = _classes(sizes)
    found = []
    for size, text in zip(sizes, texts, strict=True):
        match = _NUMBERING.match(text)
        level = match[0].rstrip(". ").count(".") + 1 if match and match[1] else classes[size]
        found.append(min(level, _DEEPEST))
    return found


def _size(block: Block) -> float:
    sizes = sorted(word.size for word in block.words)
    return sizes[len(sizes) // 2] if sizes else 0.0


def _classes(sizes: Sequence[float]) -> dict[float, int]:
    """The level of each size: 1 for the largest and those about as large, and so on."""
    found: dict[float, int] = {}
    level, largest = 0, float("inf")
    for size in sorted(set(sizes), reverse=True):
        if size < largest * (1 - _SAME_SIZE):
            level, largest = level + 1, size
        found[size] = level
    return found
