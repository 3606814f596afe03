"""A slide as pieces in reading order: what its shapes hold, and what shows of its layout and master."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.html_lists import Item, ItemList, indented
from pipelines.readers.ooxml.charts import chart_fragment
from pipelines.readers.ooxml.diagrams import outline
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.pptx.names import CX, DGM, A, C, P, R
from pipelines.readers.pptx.pictures import Picture, picture_of
from pipelines.readers.pptx.shapes import Shape, shapes_of
from pipelines.readers.pptx.sheets import Sheet
from pipelines.readers.pptx.tables import table_of
from pipelines.readers.pptx.text import TextSetting, contents_of, paragraphs_of
from schemas.fragments import Content, FigureContent, FragmentType, HeaderContent, TextContent
from schemas.geometry import BBox

# Text of a layout in this share of the slide, at its top or bottom, is a page header or footer.
_EDGE = 0.15
_RUNNING = {
    "dt": FragmentType.PAGE_FOOTER,
    "ftr": FragmentType.PAGE_FOOTER,
    "hdr": FragmentType.PAGE_HEADER,
    "sldNum": FragmentType.PAGE_NUMBER,
}


class Piece(NamedTuple):
    """What becomes a fragment, with its box in points and the pixels to be had of it."""

    kind: FragmentType
    content: Content
    box: BBox | None = None
    picture: Picture | None = None


@dataclass(slots=True)
class Block:
    """The pieces of one shape. ``groups`` are the groups around it (see ``Shape``)."""

    box: BBox | None
    pieces: list[Piece]
    groups: tuple[int, ...] = ()
    right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class SlideSetting:
    """What is known of a slide beside its own part; the size is in points."""

    package: Package
    number: int
    is_first: bool
    width: float
    height: float
    default_style: _Element | None = None
    charts_as_data: bool = False


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
    text = TextSetting(slide.relationships, setting.number)
    for sheet in _above(slide):
        for shape in shapes_of(sheet):
            if shape.placeholder is None:
                _add_standing(found, shape, TextSetting(sheet.relationships, setting.number), setting)
    for shape in shapes_of(slide):
        pieces = [_clipped(piece, setting) for piece in _Shapes(slide, text, setting).pieces(shape)]
        if not pieces:
            continue
        if shape.box is not None and not _shows(shape.box, setting):
            found.outside += 1
            continue
        block = Block(pieces[0].box, pieces, shape.groups, _is_right_to_left(shape.element))
        role = shape.placeholder.role if shape.placeholder else ""
        if role == "title":
            found.titles.append(block)
        elif role in _RUNNING:
            (found.headers if role == "hdr" else found.footers).append(block)
        else:
            found.body.append(block)
    return found


def _above(slide: Sheet) -> Iterator[Sheet]:
    """The sheets whose own drawings show on a slide."""
    sheet = slide
    while sheet.above is not None and sheet.shows_above():
        sheet = sheet.above
        yield sheet


def _add_standing(found: SlideBlocks, shape: Shape, text: TextSetting, setting: SlideSetting) -> None:
    """Text that stands on the layout or master: a running line at the edge, else part of the slide."""
    box = shape.box
    if box is None or not _shows(box, setting):
        return
    paragraphs = paragraphs_of(shape.element.find(f"{P}txBody"), (), text, emphasis=False)
    content = "\n".join(paragraph.text.markdown() for paragraph in paragraphs)
    if not any(character.isalnum() for character in content):
        return
    middle = box.center[1] / setting.height
    kind, blocks = FragmentType.TEXT, found.body
    if middle < _EDGE:
        kind, blocks = FragmentType.PAGE_HEADER, found.headers
    elif middle > 1 - _EDGE:
        kind, blocks = FragmentType.PAGE_FOOTER, found.footers
    piece = _clipped(Piece(kind, TextContent(content=content), box), setting)
    blocks.append(Block(piece.box, [piece]))


class _Shapes:
    """What the shapes of one slide hold."""

    def __init__(self, slide: Sheet, text: TextSetting, setting: SlideSetting) -> None:
        self._slide, self._text, self._setting = slide, text, setting

    def pieces(self, shape: Shape) -> Iterator[Piece]:
        element = shape.element
        if element.tag == f"{P}pic":
            yield self._figure(shape, element.find(f"{P}blipFill"))
        elif element.tag == f"{P}graphicFrame":
            data = element.find(f"{A}graphic/{A}graphicData")
            if data is not None:
                yield from self._graphic(shape, data)
        else:
            fill = element.find(f"{P}spPr/{A}blipFill")
            if fill is not None:
                yield self._figure(shape, fill)
            yield from self._written(shape)

    def _written(self, shape: Shape) -> Iterator[Piece]:
        """The text of a shape, as what its placeholder makes of it."""
        role = shape.placeholder.role if shape.placeholder else ""
        styles = self._slide.list_styles(shape.element, self._setting.default_style)
        paragraphs = paragraphs_of(
            shape.element.find(f"{P}txBody"), styles, self._text, emphasis=role in {"", "body"}
        )
        if role not in {"title", *_RUNNING}:
            yield from _pieces(contents_of(paragraphs), shape.box)
            return
        text = " ".join(" ".join(paragraph.text.markdown().split("\n")) for paragraph in paragraphs)
        if not text:
            return
        if role == "title":
            first = self._setting.is_first
            kind = FragmentType.TITLE if first else FragmentType.SECTION_HEADER
            yield Piece(kind, HeaderContent(content=text, level=0 if first else 1), shape.box)
        else:
            yield Piece(_RUNNING[role], TextContent(content=text), shape.box)

    def _figure(self, shape: Shape, fill: _Element | None) -> Piece:
        picture = picture_of(fill, shape, self._slide.relationships)
        return Piece(FragmentType.FIGURE, FigureContent(content=shape.described()), shape.box, picture)

    def _graphic(self, shape: Shape, data: _Element) -> Iterator[Piece]:
        """A table, chart, diagram or embedded object; of what is unknown its alternative text."""
        table = data.find(f"{A}tbl")
        if table is not None:
            read = table_of(shape, table, self._text)
            if read is not None:
                yield Piece(FragmentType.TABLE, *read)
            return
        chart = next(data.iter(f"{C}chart", f"{CX}chart"), None)
        diagram = data.find(f"{DGM}relIds")
        preview = next(data.iter(f"{P}pic"), None)
        contents: list[tuple[FragmentType, Content]] = []
        if chart is not None:
            contents = self._chart(chart)
        elif diagram is not None:
            contents = self._diagram(diagram)
        elif preview is not None:
            yield self._figure(shape, preview.find(f"{P}blipFill"))
            return
        if contents:
            yield from _pieces(contents, shape.box)
        elif shape.described():
            yield self._figure(shape, None)

    def _chart(self, chart: _Element) -> list[tuple[FragmentType, Content]]:
        relation = self._related(chart, "id")
        if relation is None:
            return []
        try:
            xml = self._setting.package.read(relation.target)
        except PartMissing:
            return []
        read = chart_fragment(xml, as_data=self._setting.charts_as_data)
        return [read] if read is not None else []

    def _diagram(self, diagram: _Element) -> list[tuple[FragmentType, Content]]:
        relation = self._related(diagram, "dm")
        if relation is None:
            return []
        try:
            data = self._setting.package.xml(relation.target)
        except PartMissing:
            return []
        items = (indented(text, Item(ItemList(), "", depth)) for depth, text in outline(data))
        return [(FragmentType.LIST_ITEM, TextContent(content=item)) for item in items]

    def _related(self, element: _Element, name: str) -> Relationship | None:
        relation = self._slide.relationships.get(element.get(f"{R}{name}", ""))
        return relation if relation is not None and not relation.external else None


def _pieces(contents: Iterable[tuple[FragmentType, Content]], box: BBox | None) -> Iterator[Piece]:
    return (Piece(kind, content, box) for kind, content in contents)


def _shows(box: BBox, setting: SlideSetting) -> bool:
    """Whether any of a box is on the slide."""
    return box.x1 < setting.width and box.y1 < setting.height and box.x2 > 0 and box.y2 > 0


def _clipped(piece: Piece, setting: SlideSetting) -> Piece:
    if piece.box is None:
        return piece
    return piece._replace(box=piece.box.clipped(setting.width, setting.height))


def _is_right_to_left(element: _Element) -> bool:
    return any(properties.get("rtl") == "1" for properties in element.iter(f"{A}pPr"))
