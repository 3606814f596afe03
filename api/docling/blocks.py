"""A result as blocks in reading order: what every form that it is written in begins with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from api.docling.inline import marks_of, plain
from api.docling.tables import Grid, grid_of
from schemas.documents import Page, ParsedDocument
from schemas.fragments import (
    FORMS,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
)
from schemas.geometry import Box


class Kind(Enum):
    """What a block is."""

    TITLE = auto()
    HEADING = auto()
    TEXT = auto()
    CODE = auto()
    FORMULA = auto()
    ITEM = auto()
    TABLE = auto()
    PICTURE = auto()
    FIELDS = auto()
    CAPTION = auto()
    PAGE_HEADER = auto()
    PAGE_FOOTER = auto()


FURNITURE = frozenset({Kind.PAGE_HEADER, Kind.PAGE_FOOTER})
"""What stands around the text of each page: in the document, but in no text that is written of it."""


@dataclass(slots=True)
class Field:
    """A field of a form: its name, what stands in it, and where."""

    name: str
    value: str
    checkbox: bool = False
    box: Box | None = None


@dataclass(slots=True)
class Block:
    """A piece of a document.

    ``text`` is plain, ``markdown`` the same with its marks; of an item both are without its ``marker``
    (``1.``, ``-``), ``depth`` being 0 for those of the outermost list. ``level`` is a heading's, from 1.
    ``marks`` hold of all of the text (``bold``…). Of a picture ``text`` is the writing in it, ``image`` a
    PNG in base64, ``picture`` its class, ``data`` what a chart shows; ``summary`` is a model's.
    """

    kind: Kind
    page: int
    box: Box | None
    ref_id: str | None
    text: str = ""
    markdown: str = ""
    level: int = 1
    marker: str = "-"
    depth: int = 0
    language: str = ""
    marks: dict[str, bool] = field(default_factory=dict)
    grid: Grid = field(default_factory=Grid)
    fields: list[Field] = field(default_factory=list)
    image: str | None = None
    picture: str | None = None
    data: dict[str, Any] | None = None
    summary: str | None = None
    captions: list[Block] = field(default_factory=list)

    @property
    def enumerated(self) -> bool:
        """Whether an item has a number."""
        return self.kind is Kind.ITEM and self.marker[:1].isdigit()


_CAPTIONS = {
    FragmentType.TABLE_CAPTION: Kind.TABLE,
    FragmentType.FIGURE_CAPTION: Kind.PICTURE,
    FragmentType.FORMULA_CAPTION: Kind.FORMULA,
}
_CHARTS = {"bar": "bar_chart", "line": "line_chart", "pie": "pie_chart", "scatter": "scatter_chart"}
_ITEM = re.compile(r"([ \t]*)(?:([•‣◦▪▫●○■□∙·*+–—-])\s+|(\d{1,9}[.)])\s+)?")
_FENCE = re.compile(r"(`{3,}|~{3,})([^\n`]{0,40})\n(.*)\n\1\s*", re.DOTALL)


def blocks_of(document: ParsedDocument) -> list[Block]:
    """The blocks of all pages; captions are with what they are of, if that stands beside them."""
    blocks: list[Block] = []
    wanted: dict[int, Kind] = {}
    for page in document.pages:
        for fragment in sorted(page.page_fragments, key=_place):
            for block in _blocks(fragment, page):
                if fragment.fragment_type in _CAPTIONS:
                    wanted[len(blocks)] = _CAPTIONS[fragment.fragment_type]
                blocks.append(block)
    blocks = _with_captions(blocks, wanted)
    _nest(blocks)
    return blocks


def _place(fragment: PageFragment) -> tuple[bool, int]:
    order = -1 if fragment.reading_order is None else fragment.reading_order
    return (order < 0, order)


def _blocks(fragment: PageFragment, page: Page) -> Iterable[Block]:
    block = Block(Kind.TEXT, page.page_number, fragment.bbox, fragment.ref_id)
    content = fragment.content
    match content:
        case HeaderContent():
            is_title = fragment.fragment_type is FragmentType.TITLE or content.level < 1
            block.kind, block.level = (Kind.TITLE if is_title else Kind.HEADING), max(content.level, 1)
            _say(block, " ".join(content.content.split()))
        case TableContent():
            _fill_table(block, fragment.fragment_type, content)
        case FigureContent():
            _fill_picture(block, fragment.fragment_type, content)
        case _:
            _fill_text(block, fragment, content.content, page)
    if block.text or block.grid.cells or block.fields or block.kind is Kind.PICTURE:
        yield block


def _say(block: Block, markdown: str) -> None:
    block.markdown, block.text, block.marks = markdown, plain(markdown), marks_of(markdown)


_PLAIN_KINDS = {
    FragmentType.PAGE_HEADER: Kind.PAGE_HEADER,
    FragmentType.PAGE_FOOTER: Kind.PAGE_FOOTER,
    **dict.fromkeys(_CAPTIONS, Kind.CAPTION),
}


def _fill_text(block: Block, fragment: PageFragment, text: str, page: Page) -> None:
    _say(block, text.strip())
    match fragment.fragment_type:
        case FragmentType.LIST_ITEM:
            _fill_item(block, text)
        case FragmentType.FORMULA:
            block.kind = Kind.FORMULA
            block.text = text.strip().removeprefix("$$").removesuffix("$$").strip()
        case FragmentType.PAGE_NUMBER:
            block.kind = Kind.PAGE_HEADER if _is_high(fragment.bbox, page) else Kind.PAGE_FOOTER
        case FragmentType.SIGNATURE:
            block.kind, block.picture = Kind.PICTURE, "signature"
        case FragmentType.BARCODE:
            symbology = text.partition(":")[0].lower()
            block.kind, block.picture = Kind.PICTURE, "qr_code" if "qr" in symbology else "bar_code"
        case FragmentType.STRIKETHROUGH:
            block.marks, block.markdown = {"strikethrough": True}, f"~~{block.text}~~"
        case kind:
            block.kind = _PLAIN_KINDS.get(kind, Kind.TEXT)
            if code := _FENCE.fullmatch(text.strip()):
                block.kind, block.text, block.marks = Kind.CODE, code[3], {}
                block.language = code[2].strip().lower()


def _fill_item(block: Block, text: str) -> None:
    indent, bullet, number = marker.groups() if (marker := _ITEM.match(text)) else ("", None, None)
    _say(block, text[marker.end() :].strip() if marker else text.strip())
    block.kind, block.depth = Kind.ITEM, len(indent.expandtabs(4))
    block.marker = number or bullet or "-"


def _is_high(box: Box | None, page: Page) -> bool:
    size = page.page_dimensions
    return box is not None and size is not None and box.y2 < size.height / 2


def _fill_table(block: Block, kind: FragmentType, content: TableContent) -> None:
    block.summary = content.summary
    if kind in FORMS and (fields := _fields(content)):
        block.kind, block.fields = Kind.FIELDS, fields
        block.markdown = content.markdown or content.content
        block.text = "\n".join(f"{one.name}: {one.value}" for one in fields)
        return
    grid = grid_of(content)
    if not grid.cells:
        _say(block, content.markdown or content.content)
        return
    block.kind, block.grid = Kind.TABLE, grid
    block.markdown = content.markdown or content.content
    block.text = "\n".join(
        "\t".join(cell.text if cell else "" for cell in row).rstrip() for row in _unspanned(grid)
    )


def _unspanned(grid: Grid) -> Iterable[list[Any]]:
    for number, row in enumerate(grid.slots()):
        yield [
            cell if cell and (cell.row, cell.column) == (number, at) else None for at, cell in enumerate(row)
        ]


def _fields(content: TableContent) -> list[Field]:
    """The fields of a form, of which each has a cell with its place."""
    try:
        found = json.loads(content.content)
    except ValueError:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return []
    boxes = [cell.bounding_box for cell in content.cells] + [None] * len(found)
    return [
        Field(str(one.get("field_name", "")), _shown(one.get("value")), one.get("type") == "checkbox", box)
        for one, box in zip(found, boxes, strict=False)
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return {True: "true", False: "false", None: ""}.get(value) or str(value or "")


def _fill_picture(block: Block, kind: FragmentType, content: FigureContent) -> None:
    block.kind, block.summary, block.image = Kind.PICTURE, content.summary, content.image_base64
    if kind is FragmentType.CHART and (data := _object(content.content)) is not None:
        block.data, block.picture = data, _CHARTS.get(str(data.get("type", "")), "other")
        block.markdown = f"```json\n{content.content}\n```"
    else:
        block.markdown, block.text = content.content, plain(content.content)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _with_captions(blocks: list[Block], wanted: dict[int, Kind]) -> list[Block]:
    taken: set[int] = set()
    for at, kind in wanted.items():
        # Captions of tables mostly stand above, those of figures and formulas below.
        steps = (1, -1) if kind is Kind.TABLE else (-1, 1)
        for step in steps:
            near = at + step
            while 0 <= near < len(blocks) and (blocks[near].kind in FURNITURE or near in taken):
                near += step
            if 0 <= near < len(blocks) and _takes(blocks[near], blocks[at], kind):
                blocks[near].captions.append(blocks[at])
                taken.add(at)
                break
    return [block for at, block in enumerate(blocks) if at not in taken]


def _takes(block: Block, caption: Block, kind: Kind) -> bool:
    return block.kind is kind and block.page == caption.page and not block.captions


def _nest(blocks: list[Block]) -> None:
    """Makes of the indents of items how deep they stand in the list that they follow each other in."""
    open_items: list[int] = []
    for block in blocks:
        if block.kind is Kind.ITEM:
            while open_items and open_items[-1] >= block.depth:
                open_items.pop()
            open_items.append(block.depth)
            block.depth = len(open_items) - 1
        elif block.kind not in FURNITURE:
            open_items.clear()


@dataclass(frozen=True, slots=True)
class Above:
    """The headings above a block, the outermost first; of a heading its own is the last."""

    headings: tuple[str, ...]
    is_heading: bool


def headings_of(blocks: Iterable[Block]) -> dict[str, Above]:
    """What stands above each block and caption, by its ``ref_id``."""
    found: dict[str, Above] = {}
    open_headings: list[tuple[int, str]] = []
    for block in blocks:
        is_heading = block.kind in (Kind.TITLE, Kind.HEADING)
        if is_heading:
            level = 0 if block.kind is Kind.TITLE else block.level
            while open_headings and open_headings[-1][0] >= level:
                open_headings.pop()
            open_headings.append((level, block.text))
        above = Above(tuple(text for _, text in open_headings), is_heading)
        found |= {one.ref_id: above for one in (block, *block.captions) if one.ref_id}
    return found
