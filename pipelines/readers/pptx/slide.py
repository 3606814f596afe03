"""A slide by role: titles, running lines, and the rest; what shows of its layout and master is part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.readers.pptx.contents import RUNNING, Piece, SheetContents, SlideSetting
from pipelines.readers.pptx.names import A, P
from pipelines.readers.pptx.shapes import Shape, shapes_of
from pipelines.readers.pptx.sheets import Sheet
from schemas.fragments import FragmentType, TableContent, TextContent
from schemas.geometry import BBox, Box

# Text of a layout in this share of the slide, at its top or bottom, is a page header or footer.
_EDGE = 0.15
# A text that stands for a title: its letters are larger than all others by this factor, and it is no longer.
_LARGER = 1.2
_PLAIN_SIZE = 1800.0
_LONGEST_TITLE, _MOST_TITLE_LINES = 200, 2
_EMPTY_FOOTER = re.compile(r"(?:<|&lt;)[^<>]*>")


@dataclass(slots=True)
class Block:
    """A shape that holds something."""

    shape: Shape
    pieces: list[Piece]

    @property
    def box(self) -> BBox | None:
        """Where it is, as far as it is on the slide."""
        return self.pieces[0].box

    @property
    def right_to_left(self) -> bool:
        """Whether any of its text is written so."""
        return any(properties.get("rtl") == "1" for properties in self.shape.element.iter(f"{A}pPr"))

    @property
    def size(self) -> float:
        """The size of its largest letters, in hundredths of a point; 0 if it holds no text."""
        return max(piece.size for piece in self.pieces)


@dataclass(slots=True)
class SlideBlocks:
    """The blocks of a slide by role; ``outside`` counts the shapes with text that lie off the slide."""

    headers: list[Block] = field(default_factory=list)
    titles: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    footers: list[Block] = field(default_factory=list)
    outside: int = 0


def blocks_of(slide: Sheet, setting: SlideSetting) -> SlideBlocks:
    """Everything that shows on a slide, from back to front."""
    found = SlideBlocks()
    contents = SheetContents(slide, setting)
    for shape in shapes_of(slide):
        pieces = [_clipped(piece, setting) for piece in contents.pieces(shape)]
        if not pieces:
            continue
        if shape.box is not None and not _shows(shape.box, setting):
            found.outside += 1
            continue
        block = Block(shape, pieces)
        role = shape.placeholder.role if shape.placeholder else ""
        if role == "title":
            found.titles.append(block)
        elif role in RUNNING:
            (found.headers if role == "hdr" else found.footers).append(block)
        else:
            found.body.append(block)
    if not found.titles:
        _promote_title(found, contents, setting)
    for sheet in _above(slide):
        contents = SheetContents(sheet, setting)
        for shape in shapes_of(sheet):
            if shape.placeholder is None:
                _add_standing(found, contents, shape, setting)
    return found


def _promote_title(found: SlideBlocks, contents: SheetContents, setting: SlideSetting) -> None:
    """Where no placeholder says which text is the title: the topmost one, if it is set off by its size."""
    written = [block for block in found.body if block.box is not None and block.size > 0]
    if len(found.body) < 2 or not written:
        return
    top = min(written, key=lambda block: block.box.y1 if block.box else 0.0)
    largest_other = max((block.size for block in written if block is not top), default=_PLAIN_SIZE)
    title = contents.title(top.shape)
    if (
        title is not None
        and len(top.pieces) <= _MOST_TITLE_LINES
        and all(piece.kind is FragmentType.TEXT for piece in top.pieces)
        and any(character.isalpha() for character in title.content.content)
        and len(title.content.content) <= _LONGEST_TITLE
        and top.size >= _LARGER * largest_other
        and top.box is not None
        and top.box.center[1] < setting.height / 2
    ):
        found.body.remove(top)
        found.titles.append(Block(top.shape, [_clipped(title, setting)]))


def _above(slide: Sheet) -> Iterator[Sheet]:
    """The sheets whose own drawings show on a slide."""
    sheet = slide
    while sheet.above is not None and sheet.shows_above():
        sheet = sheet.above
        yield sheet


def _add_standing(found: SlideBlocks, contents: SheetContents, shape: Shape, setting: SlideSetting) -> None:
    """What stands on the layout or master, pictures apart: running lines at the edges, else as on slides."""
    box = shape.box
    if box is None or not _shows(box, setting):
        return
    pieces = [piece for piece in contents.pieces(shape) if _says_something(piece)]
    if not pieces:
        return
    middle = box.center[1] / setting.height
    kind, blocks = None, found.body
    if middle < _EDGE:
        kind, blocks = FragmentType.PAGE_HEADER, found.headers
    elif middle > 1 - _EDGE:
        kind, blocks = FragmentType.PAGE_FOOTER, found.footers
    if kind is not None and shape.element.tag == f"{P}sp":
        if all(piece.content.content == str(setting.number) for piece in pieces):
            kind = FragmentType.PAGE_NUMBER
        pieces = [piece._replace(kind=kind) for piece in pieces if isinstance(piece.content, TextContent)]
    blocks.append(Block(shape, [_clipped(piece, setting) for piece in pieces]))


def _says_something(piece: Piece) -> bool:
    """Not so the quotation marks that decorate a layout, and LibreOffice's marks for footers left empty."""
    text = piece.content.content
    if piece.kind is FragmentType.FIGURE or _EMPTY_FOOTER.fullmatch(text):
        return False
    return any(character.isalnum() for character in text)


def _shows(box: BBox, setting: SlideSetting) -> bool:
    """Whether any of a box is on the slide."""
    return box.x1 < setting.width and box.y1 < setting.height and box.x2 > 0 and box.y2 > 0


def _clipped(piece: Piece, setting: SlideSetting) -> Piece:
    """The piece with its box, and those of its cells, cut to the slide."""
    if piece.box is None:
        return piece
    box, content = piece.box.clipped(setting.width, setting.height), piece.content
    if box != piece.box and isinstance(content, TableContent):
        cells = [
            cell.model_copy(
                update={
                    "bounding_box": Box.of(cell.bounding_box.bbox().clipped(setting.width, setting.height))
                }
            )
            for cell in content.cells
        ]
        content = content.model_copy(update={"cells": cells})
    return piece._replace(box=box, content=content)
