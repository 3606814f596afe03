"""OpenDocument spreadsheets: ODS, their templates, and flat ones."""

from __future__ import annotations

import base64
import binascii
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.media import pixels_of
from pipelines.readers.ooxml.package import Package, PartMissing
from pipelines.readers.sheets.cells import inline
from pipelines.readers.sheets.contents import Found
from pipelines.readers.sheets.model import Drawing, Sheet
from pipelines.readers.sheets.ods_stream import DRAW, HREF, OFFICE, TABLE, TEXT, OdsSheet, OdsStream
from pipelines.readers.sheets.reader import SheetName, SheetsReader
from pipelines.table_markup import TableModel
from schemas.errors import DocumentUnreadable
from schemas.fragments import FigureContent, FragmentType, TextContent
from schemas.reading import FlowView

_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_CHART = "{urn:oasis:names:tc:opendocument:xmlns:chart:1.0}"
_CONFIG = "{urn:oasis:names:tc:opendocument:xmlns:config:1.0}"
_FROZEN = "2"
_DAMAGED = (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
_MOST_FRAMES = 2000
_MOST_POINTS = 10_000


class OdsReader(SheetsReader):
    """A spreadsheet whose cells hold their text as shown. Raises ``DocumentUnreadable``."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._package = Package(path, setup.max_unpacked_bytes) if zipfile.is_zipfile(path) else None
        self._inline: list[bytes] = []
        try:
            with self._package.open("content.xml") if self._package else path.open("rb") as file:
                self._found = OdsStream().read(file)
        except (PartMissing, *_DAMAGED) as error:
            raise _damaged() from error
        if not self._found:
            raise _damaged()
        self._freeze()

    @cached_property
    def sheets(self) -> list[SheetName]:
        """See ``SheetsReader``."""
        return [SheetName(sheet.name, sheet.hidden) for sheet in self._found]

    def sheet(self, index: int, view: FlowView) -> Sheet:
        """See ``SheetsReader``."""
        source = self._found[index]
        sheet = source.found
        sheet.drawings = list(self._drawings(source))
        return sheet

    def pixels(self, name: str) -> Image | None:
        """See ``SheetsReader``."""
        if self._package is None:
            return pixels_of(self._inline[int(name)], self._setup)
        try:
            return pixels_of(self._package.read(name), self._setup)
        except PartMissing:
            return None

    def close(self) -> None:
        """See ``FlowReader``."""
        if self._package:
            self._package.close()

    def _freeze(self) -> None:
        """Tells each sheet how many of its first rows stay when it is scrolled."""
        try:
            root = self._package.xml("settings.xml") if self._package else None
        except PartMissing:
            return
        entries = [] if root is None else root.iter(f"{_CONFIG}config-item-map-entry")
        frozen = {}
        for entry in entries:
            said = {
                item.get(f"{_CONFIG}name"): item.text or ""
                for item in entry.iterchildren(f"{_CONFIG}config-item")
            }
            if said.get("VerticalSplitMode") == _FROZEN and said.get("VerticalSplitPosition", "").isdecimal():
                frozen[entry.get(f"{_CONFIG}name")] = int(said["VerticalSplitPosition"])
        for sheet in self._found:
            sheet.found.frozen_rows = frozen.get(sheet.name, 0)

    def _drawings(self, sheet: OdsSheet) -> Iterator[Drawing]:
        for place, frame in sheet.frames[:_MOST_FRAMES]:
            for element in frame.iter(f"{DRAW}frame", f"{DRAW}custom-shape", f"{DRAW}text-box"):
                for (kind, content), picture in self._drawn(element):
                    yield Drawing(place, kind, content, picture)

    def _drawn(self, element: _Element) -> Iterator[tuple[Found, str]]:
        """What one shape shows, and the part that holds its pixels."""
        chart = element.find(f"{DRAW}object")
        image = element.find(f"{DRAW}image")
        if chart is not None:
            found = self._chart(chart.get(HREF, ""))
            if found:
                yield found, ""
        elif image is not None:
            said = element.findtext(f"{_SVG}title") or element.findtext(f"{_SVG}desc") or ""
            figure = FigureContent(content=" ".join(said.split()))
            yield (FragmentType.FIGURE, figure), self._picture(image)
        text = "\n".join("".join(p.itertext()) for p in element.iterchildren(f"{TEXT}p"))
        if text.strip():
            yield (FragmentType.TEXT, TextContent(content=inline([(text, ())]).markdown())), ""

    def _picture(self, image: _Element) -> str:
        if self._package is not None:
            return image.get(HREF, "").removeprefix("./")
        try:
            data = base64.b64decode(image.findtext(f"{OFFICE}binary-data") or "")
        except (binascii.Error, ValueError):
            return ""
        self._inline.append(data)
        return str(len(self._inline) - 1) if data else ""

    def _chart(self, folder: str) -> Found | None:
        """A chart inside the document: its title and the table of its data."""
        if self._package is None:
            return None
        try:
            root = self._package.xml(f"{folder.removeprefix('./')}/content.xml")
        except PartMissing:
            return None
        chart = next(root.iter(f"{_CHART}chart"), None)
        if chart is None:
            return None
        titles = ["".join(t.itertext()) for t in chart.iterfind(f"{_CHART}title/{TEXT}p")]
        rows = [
            ["\n".join("".join(p.itertext()) for p in cell.iterchildren(f"{TEXT}p")) for cell in row]
            for table in chart.iterchildren(f"{TABLE}table")
            for row in table.iter(f"{TABLE}table-row")
        ]
        table = TableModel.of_rows(rows[:_MOST_POINTS], header=True).markdown()
        return FragmentType.FIGURE, FigureContent(
            content="\n\n".join(part for part in (" ".join(titles), table) if part)
        )


def _damaged() -> DocumentUnreadable:
    return DocumentUnreadable(
        "The spreadsheet is damaged or cut off: open it in LibreOffice and save it again, or save it as XLSX."
    )
