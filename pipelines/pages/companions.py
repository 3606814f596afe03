"""What is read together: icons and their text, pictures and the words on them, floats and their captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipelines.pages.blocks import Block
from schemas.geometry import BBox, union_of
from schemas.reading import RegionKind

_TEXTS = {RegionKind.TEXT, RegionKind.LIST_ITEM, RegionKind.SECTION_HEADER, RegionKind.TITLE}
_FLOATS = {RegionKind.PICTURE, RegionKind.TABLE}
# An icon is smaller than this share of its page, and this close to its text (its own shorter sides).
_ICON, _BESIDE = 0.02, 1.5
# Companions share this share of the shorter side, or of the smaller box.
_LEVEL, _WITHIN = 0.5, 0.8
# A caption is this close to its float (its own line heights).
_NEAR = 2.0

Group = list[int]
"""Indices of blocks that are read one after the other."""


def groups(blocks: Sequence[Block], page_area: float) -> list[Group]:
    """Every block in one group; the box of a group meets no other block that its members do not meet."""
    owner = list(range(len(blocks)))
    for one, other in _pairs(blocks, page_area):
        together = [i for i in range(len(blocks)) if owner[i] in {owner[one], owner[other]}]
        if _is_clear(together, blocks):
            first = min(owner[one], owner[other])
            for i in together:
                owner[i] = first
    return [[i for i in range(len(blocks)) if owner[i] == name] for name in sorted(set(owner))]


def _pairs(blocks: Sequence[Block], page_area: float) -> Iterator[tuple[int, int]]:
    for i, block in enumerate(blocks):
        if block.kind is RegionKind.PICTURE:
            yield from (
                (i, j) for j, b in enumerate(blocks) if j != i and b.bbox.inside(block.bbox) > _WITHIN
            )
            if block.bbox.area < _ICON * page_area:
                yield from ((i, j) for j in _beside(block.bbox, blocks))
        elif block.kind is RegionKind.CAPTION:
            yield from ((i, j) for j in _above_or_below(block, blocks))


def _beside(icon: BBox, blocks: Sequence[Block]) -> list[int]:
    """The nearest text at the level of an icon, close to it."""
    reach = _BESIDE * min(icon.width, icon.height)
    gaps = []
    for i, block in enumerate(blocks):
        box = block.bbox
        level = min(icon.y2, box.y2) - max(icon.y1, box.y1)
        gap = max(box.x1 - icon.x2, icon.x1 - box.x2)
        beside = level > _LEVEL * min(icon.height, box.height) and gap < reach
        if block.kind in _TEXTS and beside:
            gaps.append((gap, i))
    return [min(gaps)[1]] if gaps else []


def _above_or_below(caption: Block, blocks: Sequence[Block]) -> list[int]:
    """The nearest table or picture over or under a caption."""
    box = caption.bbox
    reach = _NEAR * min((line.bbox.height for line in caption.lines), default=0.0)
    gaps = []
    for i, block in enumerate(blocks):
        gap = max(block.bbox.y1 - box.y2, box.y1 - block.bbox.y2)
        shared = min(box.x2, block.bbox.x2) - max(box.x1, block.bbox.x1)
        over = shared > _LEVEL * min(box.width, block.bbox.width)
        if block.kind in _FLOATS and over and gap < reach:
            gaps.append((gap, i))
    return [min(gaps)[1]] if gaps else []


def _is_clear(group: Group, blocks: Sequence[Block]) -> bool:
    """Whether the box around a group holds nothing of any other block that no member overlaps by itself."""
    box = union_of([blocks[i].bbox for i in group])
    others = (b.bbox for i, b in enumerate(blocks) if i not in group)
    return not any(
        other.intersection(box) > 0 and not any(other.intersection(blocks[i].bbox) > 0 for i in group)
        for other in others
    )
