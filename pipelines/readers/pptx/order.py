"""The order in which a person reads a slide: by position, groups together, panels before what is on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.pages.order import reading_order
from pipelines.readers.pptx.blocks import Block, SlideBlocks
from pipelines.readers.pptx.cards import cards_of
from pipelines.readers.pptx.contents import Piece
from schemas.geometry import BBox, union_of

# More things than these are read line by line: looking for columns among them would take too long.
_MOST_UNITS = 300
# This share of a thing lies on another that it belongs to.
_ON = 0.9


@dataclass(slots=True)
class _Unit:
    """A shape, a group of them, or a grid of cards: those are its ``cards`` in order.

    ``on_it`` are the units that lie on it.
    """

    box: BBox
    blocks: list[Block]
    on_it: list[_Unit] = field(default_factory=list)
    cards: list[_Unit] = field(default_factory=list)


def in_order(blocks: SlideBlocks) -> list[Piece]:
    """The pieces of a slide: what runs at its top, its title, the rest by position, what runs at its foot."""
    body = _ordered(blocks.body, 0)
    parts = (blocks.headers, blocks.titles, body, blocks.footers)
    return [piece for part in parts for block in part for piece in block.pieces]


def _ordered(blocks: Sequence[Block], depth: int) -> list[Block]:
    """Blocks by position, their groups taken apart ``depth`` levels; those without a place come last."""
    members: dict[tuple[int, int], list[Block]] = {}
    for index, block in enumerate(blocks):
        if block.box is not None:
            groups = block.shape.groups
            key = (1, groups[depth]) if len(groups) > depth else (0, index)
            members.setdefault(key, []).append(block)
    units = [
        _Unit(union_of([block.box for block in unit if block.box is not None]), unit)
        for unit in members.values()
    ]
    right_to_left = 2 * sum(block.right_to_left for block in blocks) > len(blocks)
    ordered: list[Block] = []
    pending = _by_position(_stacked(units), right_to_left)[::-1]
    while pending:
        unit = pending.pop()
        ordered += _ordered(unit.blocks, depth + 1) if len(unit.blocks) > 1 else unit.blocks
        pending += _by_position(unit.on_it, right_to_left)[::-1] + unit.cards[::-1]
    return ordered + [block for block in blocks if block.box is None]


def _stacked(units: list[_Unit]) -> list[_Unit]:
    """The units that lie on no other; each other one is put on the smallest that it lies on."""
    if len(units) > _MOST_UNITS:
        return units
    bottom: list[_Unit] = []
    by_size = sorted(units, key=lambda unit: unit.box.area)
    for place, unit in enumerate(by_size):
        larger = (other for other in by_size[place + 1 :] if other.box.area > unit.box.area)
        below = next((other for other in larger if unit.box.inside(other.box) >= _ON), None)
        (below.on_it if below else bottom).append(unit)
    return bottom


def _with_cards(units: list[_Unit], right_to_left: bool) -> list[_Unit]:
    """The units, each grid of cards among them as one."""
    left = dict(enumerate(units))
    grids = []
    for rows in cards_of([unit.box for unit in units]):
        across = [row[::-1] if right_to_left else row for row in rows]
        cards = [left.pop(index) for row in across for index in row]
        grids.append(_Unit(union_of([card.box for card in cards]), [], cards=cards))
    return [*left.values(), *grids]


def _by_position(units: list[_Unit], right_to_left: bool) -> list[_Unit]:
    if len(units) > _MOST_UNITS:
        return sorted(units, key=lambda unit: (unit.box.y1, unit.box.x1))
    units = _with_cards(units, right_to_left)
    boxes = [unit.box for unit in units]
    return [units[index] for index in reading_order(boxes, right_to_left=right_to_left)]
