"""Binary Excel workbooks, XLSB (MS-XLSB): the parts of an XLSX, its sheets and texts as records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.inline import Mark
from pipelines.readers.ooxml.package import PartMissing, Relationship
from pipelines.readers.sheets import xlsb_records as brt
from pipelines.readers.sheets.cells import marked, pieces
from pipelines.readers.sheets.model import Place, Range, Sheet
from pipelines.readers.sheets.reader import SheetName
from pipelines.readers.sheets.styles import Style, Styles, code_of
from pipelines.readers.sheets.xlsb_sheet import BinarySheet, range_of
from pipelines.readers.sheets.xlsx import DAMAGED, PackagedReader
from pipelines.readers.sheets.xlsx_strings import RichText, unescaped
from schemas.errors import DocumentUnreadable, PageUnreadable
from schemas.reading import FlowView

_BOLD_WEIGHT = 600
_ITALIC, _STRUCK, _FROM_1904 = 0x02, 0x08, 0x01
_SCRIPTS = {1: Mark("sup"), 2: Mark("sub")}


class XlsbReader(PackagedReader):
    """A workbook whose sheets, texts and styles are binary. Raises ``DocumentUnreadable``."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._sheets: list[tuple[SheetName, str]] = []
        self._from_1904 = False
        for kind, data in self._records(self._main):
            if kind == brt.PROPERTIES:
                self._from_1904 = bool(brt.unsigned(data, 0) & _FROM_1904)
            elif kind == brt.SHEET:
                relation, place = brt.text(data, 8)
                target = self._relations.get(relation)
                if target and not target.external:
                    name = SheetName(brt.text(data, place)[0], brt.unsigned(data, 0) != 0)
                    self._sheets.append((name, target.target))
        if not self._sheets:
            raise DocumentUnreadable("There are no sheets in the workbook, or their list is damaged.")

    @cached_property
    def sheets(self) -> list[SheetName]:
        """See ``SheetsReader``."""
        return [name for name, _ in self._sheets]

    def sheet(self, index: int, view: FlowView) -> Sheet:
        """See ``SheetsReader``."""
        name, part = self._sheets[index]
        relations = self._package.relationships(part)
        source = BinarySheet(
            self._strings, self._styles, self._rich, lambda key: _address(relations.get(key))
        )
        try:
            with self._package.open(part) as file:
                sheet = source.read(file)
        except (PartMissing, *DAMAGED) as error:
            raise PageUnreadable(
                f"The sheet {name.name!r} is damaged: open the workbook in Excel and save it again."
            ) from error
        for relation in relations.values():
            if relation.kind == "table":
                sheet.tables += self._declared(relation.target)
            elif relation.kind == "comments":
                sheet.comments |= self._comments(relation.target)
        self._on_top(sheet, part, view)
        return sheet

    def _unformatted(self, name: str) -> Sheet:
        source = BinarySheet(self._strings, self._styles.unformatted(), self._rich, lambda _: None)
        for sheet, part in self._sheets:
            if sheet.name == name:
                with suppress(PartMissing, *DAMAGED), self._package.open(part) as file:
                    return source.read(file)
        return Sheet()

    def _records(self, part: str) -> Iterator[tuple[int, bytes]]:
        """The records of a part, as far as it can be read."""
        try:
            with self._package.open(part) as file:
                yield from brt.records(file)
        except (PartMissing, *DAMAGED):
            return

    def _declared(self, part: str) -> list[Range]:
        """A table of a sheet, if it has a header."""
        found = (data for kind, data in self._records(part) if kind == brt.TABLE and len(data) >= 28)
        return [range_of(data) for data in found if brt.unsigned(data, 24)]

    def _comments(self, part: str) -> dict[Place, str]:
        comments: dict[Place, str] = {}
        place = (0, 0)
        for kind, data in self._records(part):
            if kind == brt.COMMENT and len(data) >= 20:
                place = (brt.unsigned(data, 4), brt.unsigned(data, 12))
            elif kind == brt.COMMENT_TEXT:
                text = unescaped(brt.runs(data)[0]).strip()
                comments |= {place: text} if text else {}
        return comments

    def _rich(self, data: bytes) -> RichText:
        text, found = brt.runs(data)
        return (
            RichText(*marked(pieces(unescaped(text), found, self._marks)))
            if found
            else RichText(unescaped(text))
        )

    @cached_property
    def _strings(self) -> list[RichText]:
        part = self._part_of_kind("sharedStrings")
        return [self._rich(data) for kind, data in self._records(part) if kind == brt.STRING]

    def _marks(self, font: int) -> tuple[Mark, ...]:
        return self._fonts[font] if font < len(self._fonts) else ()

    @cached_property
    def _fonts(self) -> list[tuple[Mark, ...]]:
        return [
            _font_marks(data) for kind, data in self._style_records if kind == brt.FONT and len(data) >= 8
        ]

    @cached_property
    def _style_records(self) -> list[tuple[int, bytes]]:
        return list(self._records(self._part_of_kind("styles")))

    @cached_property
    def _styles(self) -> Styles:
        own: dict[int, str] = {}
        styles: list[Style] = []
        of_cells = False
        for kind, data in self._style_records:
            if kind == brt.FORMAT:
                own[int.from_bytes(data[:2], "little")] = brt.text(data, 2)[0]
            elif kind in {brt.STYLES, brt.STYLES_END}:
                of_cells = kind == brt.STYLES
            elif kind == brt.STYLE and of_cells and len(data) >= 6:
                code, font = struct.unpack_from("<HH", data, 2)
                styles.append(Style(code_of(code, own), Mark("bold") in self._marks(font)))
        return Styles(styles, from_1904=self._from_1904)


def _font_marks(data: bytes) -> tuple[Mark, ...]:
    flags, weight, script = struct.unpack_from("<HHH", data, 2)
    marks = [Mark("bold")] if weight > _BOLD_WEIGHT else []
    marks += [Mark("italic")] if flags & _ITALIC else []
    marks += [Mark("del")] if flags & _STRUCK else []
    return (*marks, *((_SCRIPTS[script],) if script in _SCRIPTS else ()))


def _address(relation: Relationship | None) -> str | None:
    return relation.target if relation and relation.external else None
