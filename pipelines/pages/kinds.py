"""From the classes of a layout to the wire's fragment types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.pages.blocks import Block
from pipelines.pages.captions import label_kind
from schemas.fragments import FragmentType
from schemas.geometry import BBox
from schemas.reading import RegionKind

_TYPES: dict[RegionKind, FragmentType] = {
    RegionKind.TEXT: FragmentType.TEXT,
    RegionKind.TITLE: FragmentType.TITLE,
    RegionKind.SECTION_HEADER: FragmentType.SECTION_HEADER,
    RegionKind.LIST_ITEM: FragmentType.LIST_ITEM,
    RegionKind.TABLE: FragmentType.TABLE,
    RegionKind.PICTURE: FragmentType.FIGURE,
    RegionKind.FORMULA: FragmentType.FORMULA,
    RegionKind.FOOTNOTE: FragmentType.TEXT,
    RegionKind.PAGE_HEADER: FragmentType.PAGE_HEADER,
    RegionKind.PAGE_FOOTER: FragmentType.PAGE_FOOTER,
    RegionKind.INDEX: FragmentType.DOCUMENT_INDEX,
}
_PAGE_NUMBER = re.compile(
    r"^[\W_]*(?:(?:page|seite|p\.|pág\.?|página|pagina|стр\.?|第)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|de|di|sur|из|-|–)\s*\d{1,4})?(?:\s*页)?[\W_]*$",
    re.IGNORECASE,
)


def is_page_number(text: str) -> bool:
    """Whether a running line is the page's number and nothing else."""
    return bool(_PAGE_NUMBER.match(text))


def fragment_type(block: Block, text: str, blocks: Sequence[Block]) -> FragmentType:
    """The fragment type of a block, given its text and its neighbours on the page."""
    if block.find:
        return block.find.kind
    if block.kind in {RegionKind.PAGE_HEADER, RegionKind.PAGE_FOOTER} and is_page_number(text):
        return FragmentType.PAGE_NUMBER
    if block.kind is RegionKind.CAPTION:
        return _caption(block.bbox, text, blocks)
    return _TYPES[block.kind]


def _caption(box: BBox, text: str, blocks: Sequence[Block]) -> FragmentType:
    """A caption's type is what its label says, else that of the nearest table or picture, or text."""
    types = {
        RegionKind.TABLE: FragmentType.TABLE_CAPTION,
        RegionKind.PICTURE: FragmentType.FIGURE_CAPTION,
    }
    if labelled := label_kind(text):
        return types[labelled]
    near = [b for b in blocks if b.kind in types]
    if not near:
        return FragmentType.TEXT
    return types[min(near, key=lambda b: _distance(box, b.bbox)).kind]


def _distance(one: BBox, other: BBox) -> float:
    """Between the edges of two boxes: vertical gap plus horizontal gap, 0 when they touch."""
    across = max(one.x1 - other.x2, other.x1 - one.x2, 0.0)
    down = max(one.y1 - other.y2, other.y1 - one.y2, 0.0)
    return across + down
