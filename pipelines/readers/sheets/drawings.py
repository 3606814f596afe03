"""What lies on a sheet: pictures, charts, text boxes and diagrams (ECMA-376 part 1 §20.5)."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.readers.ooxml.chart_parts import Cells
from pipelines.readers.ooxml.charts import chart_fragment
from pipelines.readers.ooxml.diagrams import outline
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.sheets.cells import inline
from pipelines.readers.sheets.model import Drawing, Place
from schemas.fragments import Content, FigureContent, FragmentType, TextContent

_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MOST_DRAWN = 2000


def drawings_of(package: Package, part: str, values: Cells, *, charts_as_data: bool) -> list[Drawing]:
    """What a drawing part holds, in the order of the file; what cannot be read is left out.

    ``values`` gives charts the values of cells that they do not store themselves.
    """
    try:
        root = package.xml(part)
    except PartMissing:
        return []
    reader = _DrawingPart(package, package.relationships(part), values, charts_as_data=charts_as_data)
    found: list[Drawing] = []
    for anchor in root:
        if _name(anchor) in _ANCHORS and len(found) < _MOST_DRAWN:
            found.extend(reader.drawings(anchor))
    return found


class _DrawingPart:
    def __init__(
        self, package: Package, relations: dict[str, Relationship], values: Cells, *, charts_as_data: bool
    ) -> None:
        self._package, self._relations = package, relations
        self._values, self._charts_as_data = values, charts_as_data

    def drawings(self, anchor: _Element) -> Iterator[Drawing]:
        place = _place(anchor)
        waiting = [anchor]
        while waiting:
            element = waiting.pop()
            name = _name(element)
            if name == "AlternateContent":
                choices = [child for child in element if _name(child) in {"Choice", "Fallback"}]
                waiting.extend(choices[:1])
                continue
            if name in {"pic", "graphicFrame", "sp", "cxnSp"}:
                if not _is_hidden(element):
                    yield from self._drawn(name, element, place)
                continue
            waiting.extend(child for child in reversed(element) if isinstance(child.tag, str))

    def _drawn(self, name: str, element: _Element, place: Place) -> Iterator[Drawing]:
        if name == "pic":
            yield self._picture(element, place)
        elif name == "graphicFrame":
            for kind, content in self._frame(element):
                yield Drawing(place, kind, content)
        else:
            text = _text(element)
            if text:
                yield Drawing(place, FragmentType.TEXT, TextContent(content=text))

    def _picture(self, element: _Element, place: Place) -> Drawing:
        said = next(element.iter("{*}cNvPr"), None)
        text = (said.get("descr") or "") if said is not None else ""
        blip = next(element.iter("{*}blip"), None)
        relation = self._relations.get(blip.get(f"{_R}embed", "")) if blip is not None else None
        part = relation.target if relation and not relation.external else ""
        return Drawing(place, FragmentType.FIGURE, FigureContent(content=" ".join(text.split())), part)

    def _frame(self, element: _Element) -> Iterator[tuple[FragmentType, Content]]:
        for data in element.iter("{*}chart", "{*}relIds"):
            relation = self._relations.get(data.get(f"{_R}id") or data.get(f"{_R}dm") or "")
            if relation is None or relation.external:
                continue
            try:
                if _name(data) == "chart":
                    xml = self._package.read(relation.target)
                    found = chart_fragment(xml, as_data=self._charts_as_data, cells=self._values)
                    if found:
                        yield found
                else:
                    for depth, text in outline(self._package.xml(relation.target)):
                        yield FragmentType.LIST_ITEM, TextContent(content=f"{'  ' * depth}{text}")
            except PartMissing:
                continue


def _text(shape: _Element) -> str:
    """The paragraphs of a text box."""
    lines = (
        "".join(t.text or "" for t in paragraph.iter("{*}t"))
        for paragraph in shape.iterfind("{*}txBody/{*}p")
    )
    return inline([("\n".join(line for line in lines if line.strip()), ())]).markdown()


def _is_hidden(element: _Element) -> bool:
    said = next(element.iter("{*}cNvPr"), None)
    return said is not None and said.get("hidden") in {"1", "true"}


def _place(anchor: _Element) -> Place:
    row, column = anchor.findtext("{*}from/{*}row"), anchor.findtext("{*}from/{*}col")
    return (int(row) if row and row.isdecimal() else 0, int(column) if column and column.isdecimal() else 0)


def _name(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
