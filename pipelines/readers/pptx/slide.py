"""A slide as it shows: its own shapes, and what stands on its layout and master."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.readers.pptx.blocks import Block, SlideBlocks
from pipelines.readers.pptx.contents import RUNNING, Piece, SheetContents, SlideSetting
from pipelines.readers.pptx.names import A, P
from pipelines.readers.pptx.shapes import Shape, shapes_of
from pipelines.readers.pptx.sheets import Sheet
from pipelines.readers.pptx.titles import settle_titles
from schemas.fragments import FragmentType, HeaderContent, TableContent, TextContent
from schemas.geometry import BBox, Box
from schemas.reading import HiddenReason

# Text of a layout in this share of the slide, at its top or bottom, is a page header or footer.
_EDGE = 0.15
_EMPTY_FOOTER = re.compile(r"(?:<|&lt;)[^<>]*>")


def blocks_of(slide: Sheet, setting: SlideSetting) -> SlideBlocks:
    """Everything that shows on a slide, from back to front."""
    found = SlideBlocks()
    contents = SheetContents(slide, setting)
    fill = slide.root.find(f"{P}cSld/{P}bg/{P}bgPr/{A}blipFill")
    if fill is not None:
        whole = Shape(slide.root, box=BBox(0.0, 0.0, setting.width, setting.height))
        found.body.append(Block(whole, [contents.figure(whole, fill)]))
    for shape in shapes_of(slide, setting.hidden):
        pieces = [_clipped(piece, setting) for piece in contents.pieces(shape)]
        if not pieces:
            continue
        if shape.box is not None and not _shows(shape.box, setting):
            texts = [piece.content.content for piece in pieces if piece.kind is not FragmentType.FIGURE]
            setting.hidden.add(HiddenReason.OFF_PAGE, " ".join(texts), shape.box)
            continue
        block = Block(shape, pieces)
        role = shape.placeholder.role if shape.placeholder else ""
        if role == "title" and isinstance(pieces[-1].content, HeaderContent):
            found.titles.append(block)
        elif role in RUNNING:
            (found.headers if role == "hdr" else found.footers).append(block)
        else:
            found.body.append(block)
    settle_titles(found, contents, setting)
    for sheet in _above(slide):
        contents = SheetContents(sheet, setting)
        for shape in shapes_of(sheet):
            if shape.placeholder is None:
                _add_standing(found, contents, shape, setting)
    return found


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
