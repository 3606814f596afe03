"""Running heads and feet of one page: what shares its row with a header, a footer or a page number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from pipelines.pages.blocks import Block
from pipelines.pages.paragraphs import rows
from schemas.reading import RegionKind

_RUNS = {RegionKind.PAGE_HEADER, RegionKind.PAGE_FOOTER}
_COULD_RUN = {RegionKind.TEXT, RegionKind.SECTION_HEADER, RegionKind.LIST_ITEM}
# A running row lies in this share of the page's height, has so few words in each part, none of them this much
# larger than in another: beside a slide's number stands its title.
_MARGIN, _MOST_WORDS, _LARGER = 0.15, 10, 1.3
_LEVEL = 0.5


def with_running_rows(blocks: Sequence[Block], height: float) -> list[Block]:
    """The blocks of a page ``height`` high; what stands beside a running line in its row runs, too.

    On a page that holds nothing else, nothing runs: its lines are its text.
    """
    if all(block.kind in _RUNS for block in blocks):
        return [replace(block, kind=RegionKind.TEXT, score=None) for block in blocks]
    running = [
        block for block in blocks if block.kind in _RUNS and block.lines and _is_in_margin(block, height)
    ]
    return [
        replace(block, kind=twin.kind) if (twin := _twin(block, running)) is not None else block
        for block in blocks
    ]


def _is_in_margin(block: Block, height: float) -> bool:
    middle = block.bbox.center[1]
    return min(middle, height - middle) < _MARGIN * height


def _twin(block: Block, running: Sequence[Block]) -> Block | None:
    """The running block that a short text stands beside, set about as large."""
    if block.kind not in _COULD_RUN or len(block.words) > _MOST_WORDS or len(rows(block.lines)) != 1:
        return None
    return next((other for other in running if _is_beside(block, other)), None)


def _is_beside(block: Block, other: Block) -> bool:
    shared = min(block.bbox.y2, other.bbox.y2) - max(block.bbox.y1, other.bbox.y1)
    level = shared > _LEVEL * min(block.bbox.height, other.bbox.height)
    return level and _size(block) < _LARGER * _size(other)


def _size(block: Block) -> float:
    return median(word.size for word in block.words)
