"""What a shape holds: text, a picture, a table, a chart, a diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.lists import Item, ItemList, indented
from pipelines.readers.ooxml.charts import chart_fragment
from pipelines.readers.ooxml.diagrams import outline
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.pptx.faint import ground_of
from pipelines.readers.pptx.names import CX, DGM, A, C, P, R
from pipelines.readers.pptx.pictures import Picture, picture_of, vml_picture
from pipelines.readers.pptx.shapes import Shape
from pipelines.readers.pptx.sheets import Sheet
from pipelines.readers.pptx.tables import table_of
from pipelines.readers.pptx.text import Paragraph, TextSetting, contents_of, paragraphs_of
from schemas.fragments import Content, FigureContent, FragmentType, HeaderContent, TextContent
from schemas.geometry import BBox

RUNNING = {
    "dt": FragmentType.PAGE_FOOTER,
    "ftr": FragmentType.PAGE_FOOTER,
    "hdr": FragmentType.PAGE_HEADER,
    "sldNum": FragmentType.PAGE_NUMBER,
}


class Piece(NamedTuple):
    """What becomes a fragment, with its box in points and the pixels to be had of it.

    ``size`` is that of its largest letters, in hundredths of a point; 0 for anything but text.
    """

    kind: FragmentType
    content: Content
    box: BBox | None = None
    picture: Picture | None = None
    size: float = 0.0


@dataclass(frozen=True, slots=True)
class SlideSetting:
    """What is known of a slide beside its own part; the size is in points.

    ``hidden`` counts what does not show.
    """

    package: Package
    number: int
    is_first: bool
    width: float
    height: float
    default_style: _Element | None = None
    charts_as_data: bool = False
    hidden: HiddenTally = field(default_factory=HiddenTally)


class SheetContents:
    """Reads the shapes of a sheet, as they show on a slide."""

    def __init__(self, sheet: Sheet, setting: SlideSetting) -> None:
        self._sheet, self._setting = sheet, setting
        self._text = TextSetting(sheet.relationships, setting.number)
        self._counted: set[_Element] = set()

    def pieces(self, shape: Shape) -> Iterator[Piece]:
        """What a shape holds, in order; nothing if it is empty."""
        element = shape.element
        if element.tag == f"{P}pic":
            yield self.figure(shape, element.find(f"{P}blipFill"))
        elif element.tag == f"{P}graphicFrame":
            data = element.find(f"{A}graphic/{A}graphicData")
            if data is not None:
                yield from self._graphic(shape, data)
        else:
            fill = element.find(f"{P}spPr/{A}blipFill")
            if fill is not None:
                yield self.figure(shape, fill)
            yield from self._written(shape)

    def title(self, shape: Shape) -> Piece | None:
        """A shape's text as the slide's title, that of the first being the document's; None without text."""
        paragraphs = self._paragraphs(shape, emphasis=False)
        if not paragraphs:
            return None
        size = max(paragraph.size for paragraph in paragraphs)
        if self._setting.is_first:
            content, kind = HeaderContent(content=_line(paragraphs), level=0), FragmentType.TITLE
        else:
            content, kind = HeaderContent(content=_line(paragraphs), level=1), FragmentType.SECTION_HEADER
        return Piece(kind, content, shape.box, size=size)

    def figure(self, shape: Shape, fill: _Element | None) -> Piece:
        """The picture that fills a shape, and what is said of it."""
        picture = picture_of(fill, shape, self._sheet.relationships)
        return Piece(FragmentType.FIGURE, FigureContent(content=shape.described()), shape.box, picture)

    def _written(self, shape: Shape) -> Iterator[Piece]:
        """The text of a shape, as what its placeholder makes of it."""
        role = shape.placeholder.role if shape.placeholder else ""
        if role == "title":
            title = self.title(shape)
            yield from (title,) if title else ()
        elif role in RUNNING:
            paragraphs = self._paragraphs(shape, emphasis=False)
            if paragraphs:
                yield Piece(RUNNING[role], TextContent(content=_line(paragraphs)), shape.box)
        else:
            paragraphs = self._paragraphs(shape, emphasis=True)
            for paragraph, (kind, content) in zip(paragraphs, contents_of(paragraphs), strict=True):
                yield Piece(kind, content, shape.box, size=paragraph.size)

    def _paragraphs(self, shape: Shape, *, emphasis: bool) -> list[Paragraph]:
        styles = self._sheet.list_styles(shape.element, self._setting.default_style)
        text = replace(
            self._text,
            link=self._text.address(shape.properties),
            ground=ground_of(shape.element),
            hidden=HiddenTally() if shape.element in self._counted else self._setting.hidden,
        )
        self._counted.add(shape.element)
        return paragraphs_of(shape.element.find(f"{P}txBody"), styles, text, emphasis=emphasis)

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
        embedded = next(data.iter(f"{P}oleObj"), None)
        contents: list[tuple[FragmentType, Content]] = []
        if chart is not None:
            contents = self._chart(chart)
        elif diagram is not None:
            contents = self._diagram(diagram)
        elif embedded is not None:
            yield self._preview(shape, data, embedded.get("spid", ""))
            return
        yield from (Piece(kind, content, shape.box) for kind, content in contents)
        if not contents and shape.described():
            yield self.figure(shape, None)

    def _preview(self, shape: Shape, data: _Element, shape_id: str) -> Piece:
        """What is shown of an embedded object."""
        picture = next(data.iter(f"{P}pic"), None)
        if picture is not None:
            return self.figure(shape, picture.find(f"{P}blipFill"))
        found = vml_picture(self._setting.package, self._sheet.relationships, shape_id)
        return self.figure(shape, None)._replace(picture=found)

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
        relation = self._sheet.relationships.get(element.get(f"{R}{name}", ""))
        return relation if relation is not None and not relation.external else None


def _line(paragraphs: Sequence[Paragraph]) -> str:
    return " ".join(" ".join(paragraph.text.markdown().split("\n")) for paragraph in paragraphs)
