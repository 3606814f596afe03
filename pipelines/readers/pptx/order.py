"""The order in which a person reads a slide: by where things are, groups together."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pages.order import reading_order
from pipelines.readers.pptx.blocks import Block, SlideBlocks
from pipelines.readers.pptx.contents import Piece
from schemas.geometry import union_of


def in_order(blocks: SlideBlocks) -> list[Piece]:
    """The pieces of a slide: what runs at its top, its title, the rest by position, what runs at its foot."""
    body = _ordered(blocks.body, 0)
    parts = (blocks.headers, blocks.titles, body, blocks.footers)
    return [piece for part in parts for block in part for piece in block.pieces]


def _ordered(blocks: Sequence[Block], depth: int) -> list[Block]:
    """Blocks by position; those of one group stay together, those without a place come last."""
    units: dict[tuple[int, int], list[Block]] = {}
    for index, block in enumerate(blocks):
        if block.box is not None:
            key = (1, block.shape.groups[depth]) if len(block.shape.groups) > depth else (0, index)
            units.setdefault(key, []).append(block)
    members = list(units.values())
    boxes = [union_of([block.box for block in unit if block.box is not None]) for unit in members]
    right_to_left = 2 * sum(block.right_to_left for block in blocks) > len(blocks)
    ordered: list[Block] = []
    for index in reading_order(boxes, right_to_left=right_to_left):
        unit = members[index]
        ordered += _ordered(unit, depth + 1) if len(unit) > 1 else unit
    return ordered + [block for block in blocks if block.box is None]
