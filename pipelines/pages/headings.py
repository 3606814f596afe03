"""Headings that the layout took for text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.pages.blocks import Block
from pipelines.pages.paragraphs import rows, text_of
from schemas.reading import RegionKind

_BODY = {RegionKind.TEXT, RegionKind.LIST_ITEM, RegionKind.FOOTNOTE}


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


def _size(block: Block) -> float:
    sizes = sorted(word.size for word in block.words)
    return sizes[len(sizes) // 2] if sizes else 0.0
