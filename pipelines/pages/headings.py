"""Heading levels from font sizes and numbering."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.pages.blocks import Block

# Sizes that differ by less than this share are one class (sizes of scans are measured, not known).
_SAME_SIZE = 0.12
_DEEPEST = 5
_NUMBERING = re.compile(r"^(\d{1,2}(?:\.\d{1,2})+)\.?\s|^(\d{1,2})\.?\s")


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
