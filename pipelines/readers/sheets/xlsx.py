"""Excel workbooks: XLSX, XLSM and their templates (ECMA-376 part 1 §18)."""

from __future__ import annotations

import zipfile
import zlib
from abc import abstractmethod
from bisect import bisect_left
from contextlib import suppress
from functools import cached_property
from itertools import islice, product
from pathlib import Path

from lxml import etree
from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.media import pixels_of
from pipelines.readers.ooxml.chart_parts import Value
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.sheets.comments import comments_of
from pipelines.readers.sheets.drawings import drawings_of
from pipelines.readers.sheets.model import Drawing, Range, Row, Sheet
from pipelines.readers.sheets.reader import SheetName, SheetsReader
from pipelines.readers.sheets.references import range_of
from pipelines.readers.sheets.styles import Style, Styles
from pipelines.readers.sheets.xlsx_sheet import SheetStream
from pipelines.readers.sheets.xlsx_strings import RichText, shared_strings
from pipelines.readers.sheets.xlsx_styles import cell_styles
from schemas.errors import DocumentUnreadable, PageUnreadable
from schemas.reading import FlowView

_TRUE = {"1", "true"}
DAMAGED = (etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
"""What the reading of a damaged part raises."""


_MOST_VALUES = 32_000


class PackagedReader(SheetsReader):
    """A workbook in an Open Packaging container, whatever its sheets are written in."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._package = Package(path, setup.max_unpacked_bytes)
        self._main = self._main_part()
        self._relations = self._package.relationships(self._main)
        self._seen: tuple[str, dict[int, Row]] = ("", {})

    def pixels(self, name: str) -> Image | None:
        """See ``SheetsReader``."""
        try:
            return pixels_of(self._package.read(name), self._setup)
        except PartMissing:
            return None

    def close(self) -> None:
        """See ``FlowReader``."""
        self._package.close()

    def _main_part(self) -> str:
        relations = self._package.relationships("").values()
        found = next((r.target for r in relations if r.kind == "officeDocument" and not r.external), "")
        if not self._package.size(found):
            raise DocumentUnreadable(
                "The file is a package without a workbook in it, or too damaged to open: open it in Excel or "
                "LibreOffice and save it again."
            )
        return found

    def _part_of_kind(self, kind: str) -> str:
        return next((r.target for r in self._relations.values() if r.kind == kind and not r.external), "")

    def _on_top(self, sheet: Sheet, part: str, view: FlowView) -> None:
        """Adds what other parts hold of a sheet: tables, comments, drawings."""
        relations = self._package.relationships(part).values()
        sheet.comments.update(comments_of(self._package, relations))
        for relation in relations:
            if relation.kind == "drawing" and not relation.external:
                sheet.drawings += drawings_of(
                    self._package, relation.target, self._values, charts_as_data=view.charts
                )
        self._seen = "", {}

    @abstractmethod
    def _unformatted(self, name: str) -> Sheet:
        """The sheet of this name with numbers as such; an empty one if it cannot be read."""

    def _values(self, reference: str) -> list[Value]:
        """The values of a range (``'Sheet 1'!$B$2:$B$9``), row by row; those of empty cells are None."""
        name, _, corners = reference.rpartition("!")
        place = range_of(corners)
        if place is None or not name:
            return []
        if self._seen[0] != name:
            sheet = self._unformatted(name.strip("'").replace("''", "'"))
            self._seen = name, {row.number: row for row in sheet.rows}
        slots = product(range(place.top, place.bottom + 1), range(place.left, place.right + 1))
        return [_value(self._seen[1].get(row), column) for row, column in islice(slots, _MOST_VALUES)]


class XlsxReader(PackagedReader):
    """A workbook whose parts are XML. Raises ``DocumentUnreadable``."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        try:
            self._workbook = self._package.xml(self._main)
        except PartMissing as error:
            raise DocumentUnreadable(
                "The workbook's list of sheets is damaged: open it in Excel or LibreOffice and save it again."
            ) from error
        self._entries = [
            (entry, relation)
            for entry in self._workbook.iterfind("{*}sheets/{*}sheet")
            if (relation := self._relation_of(entry)) and not relation.external
        ]
        if not self._entries:
            raise DocumentUnreadable("There are no sheets in the workbook, or their list is damaged.")

    @cached_property
    def sheets(self) -> list[SheetName]:
        """See ``SheetsReader``."""
        return [
            SheetName(entry.get("name") or "", entry.get("state", "visible") != "visible")
            for entry, _ in self._entries
        ]

    def sheet(self, index: int, view: FlowView) -> Sheet:
        """See ``SheetsReader``."""
        part = self._entries[index][1].target
        relations = self._package.relationships(part)
        stream = SheetStream(
            self._strings,
            self._styles,
            lambda name: r.target if (r := relations.get(name)) and r.external else None,
        )
        try:
            with self._package.open(part) as file:
                sheet = stream.read(file)
        except (PartMissing, *DAMAGED) as error:
            raise PageUnreadable(
                f"The sheet {self.sheets[index].name!r} is damaged: open the workbook in Excel or "
                "LibreOffice and save it again."
            ) from error
        sheet.tables += self._declared(relations)
        self._on_top(sheet, part, view)
        return sheet

    def _unformatted(self, name: str) -> Sheet:
        stream = SheetStream(self._strings, self._styles.unformatted(), lambda _: None)
        for entry, relation in self._entries:
            if entry.get("name") == name:
                with suppress(PartMissing, *DAMAGED), self._package.open(relation.target) as file:
                    return stream.read(file)
        return Sheet()

    def drawings(self, name: str, view: FlowView) -> list[Drawing]:
        """What is drawn on the sheet of this name."""
        sheet = Sheet()
        for entry, relation in self._entries:
            if entry.get("name") == name:
                self._on_top(sheet, relation.target, view)
        return sheet.drawings

    def _relation_of(self, entry: _Element) -> Relationship | None:
        name = next((value for key, value in entry.attrib.items() if str(key).endswith("}id")), "")
        return self._relations.get(name)

    def _declared(self, relations: dict[str, Relationship]) -> list[Range]:
        """The tables of a sheet that have a header."""
        found = []
        for relation in relations.values():
            if relation.kind != "table" or relation.external:
                continue
            try:
                table = self._package.xml(relation.target)
            except PartMissing:
                continue
            place = range_of(table.get("ref"))
            if place and table.get("headerRowCount", "1") != "0":
                found.append(place)
        return found

    @cached_property
    def _strings(self) -> list[RichText]:
        part = self._part_of_kind("sharedStrings")
        try:
            with self._package.open(part) as file:
                return shared_strings(file)
        except (PartMissing, *DAMAGED):
            return []

    @cached_property
    def _styles(self) -> Styles:
        properties = self._workbook.find("{*}workbookPr")
        from_1904 = properties is not None and properties.get("date1904") in _TRUE
        styles: list[Style] = []
        with suppress(PartMissing):
            styles = cell_styles(self._package.xml(self._part_of_kind("styles")))
        return Styles(styles, from_1904=from_1904)


def _value(row: Row | None, column: int) -> Value:
    index = bisect_left(row.columns, column) if row else 0
    if row is None or index == len(row.columns) or row.columns[index] != column:
        return None
    cell = row.cells[index]
    with suppress(ValueError):
        return float(cell.text) if cell.value else cell.text
    return cell.text
