"""Blocks as DocTags: each with its place on a grid of 500 by 500 over its page, tables as OTSL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby

from api.docling.blocks import Block, Kind
from api.docling.tables import Grid, GridCell
from schemas.geometry import Box, PageSize

_GRID = 500

_TAGS = {
    Kind.TITLE: "title",
    Kind.TEXT: "text",
    Kind.FORMULA: "formula",
    Kind.CAPTION: "caption",
    Kind.PAGE_HEADER: "page_header",
    Kind.PAGE_FOOTER: "page_footer",
    Kind.FIELDS: "text",
}


def doctags_of(blocks: Iterable[Block], sizes: Mapping[int, PageSize | None]) -> str:
    """The document; ``sizes`` are those of its pages by number. Blocks of pages without one have no place."""
    lines = ["<doctag>"]
    page: int | None = None
    for (number, is_list), run in groupby(blocks, key=lambda block: (block.page, block.kind is Kind.ITEM)):
        if page not in (None, number):
            lines.append("<page_break>")
        page, size, together = number, sizes.get(number), list(run)
        lines.extend(_list(together, size) if is_list else (_block(block, size) for block in together))
    return "\n".join([*lines, "</doctag>"])


def _block(block: Block, size: PageSize | None) -> str:
    where, text = _place(block.box, size), _clean(block.text)
    match block.kind:
        case Kind.HEADING:
            tag = f"section_header_level_{min(block.level, 6)}"
        case Kind.CODE:
            return f"<code>{where}<_{block.language or 'unknown'}_>{text}</code>"
        case Kind.TABLE:
            return f"<otsl>{where}{_captions(block, size)}{''.join(_otsl(block.grid))}</otsl>"
        case Kind.PICTURE:
            kind = f"<{block.picture}>" if block.picture else ""
            return f"<picture>{where}{kind}{_captions(block, size)}</picture>"
        case _:
            tag = _TAGS[block.kind]
    return f"<{tag}>{where}{text}</{tag}>"


def _list(items: list[Block], size: PageSize | None) -> Iterator[str]:
    """A list in a list stands after the item that it belongs to, in a list of its own."""
    open_tags: list[str] = []
    for item in items:
        while len(open_tags) > item.depth + 1:
            yield f"</{open_tags.pop()}>"
        while len(open_tags) < item.depth + 1:
            open_tags.append("ordered_list" if item.enumerated else "unordered_list")
            yield f"<{open_tags[-1]}>"
        yield f"<list_item>{_place(item.box, size)}{_clean(item.text)}</list_item>"
    while open_tags:
        yield f"</{open_tags.pop()}>"


def _captions(block: Block, size: PageSize | None) -> str:
    return "".join(
        f"<caption>{_place(caption.box, size)}{_clean(caption.text)}</caption>" for caption in block.captions
    )


def _otsl(grid: Grid) -> Iterator[str]:
    for row, slots in enumerate(grid.slots()):
        for column, cell in enumerate(slots):
            yield _slot(cell, row, column)
        yield "<nl>"


def _slot(cell: GridCell | None, row: int, column: int) -> str:
    if cell is None:
        return "<ecel>"
    across, down = column > cell.column, row > cell.row
    if across or down:
        return "<xcel>" if across and down else "<lcel>" if across else "<ucel>"
    if not cell.text:
        return "<ecel>"
    return f"<{'ched' if cell.header else 'fcel'}>{_clean(cell.text)}"


def _place(box: Box | None, size: PageSize | None) -> str:
    if box is None or size is None or not size.width or not size.height:
        return ""
    across, down = _GRID / size.width, _GRID / size.height
    places = (box.x1 * across, box.y1 * down, box.x2 * across, box.y2 * down)
    return "".join(f"<loc_{min(max(round(place), 0), _GRID)}>" for place in places)


def _clean(text: str) -> str:
    """No text of a document is taken for a tag."""
    return escape(" ".join(text.split()), quote=False)
