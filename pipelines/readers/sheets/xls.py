"""Excel workbooks of 1993 to 2003 (BIFF 5 and 8), and those before them, through xlrd."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import xlrd

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.inline import Mark
from pipelines.readers.libreoffice import converted
from pipelines.readers.sheets.cells import linked, marked, pieces
from pipelines.readers.sheets.model import Cell, Range, Row, Sheet
from pipelines.readers.sheets.reader import SheetName, SheetsReader
from pipelines.readers.sheets.styles import Style, Styles
from pipelines.readers.sheets.xlsx import XlsxReader
from schemas.errors import DocumentEncrypted, DocumentError, DocumentUnreadable, PageUnreadable
from schemas.reading import FlowView

_BOLD_WEIGHT = 600
_TWIPS = 20
_THIN_ROW, _THIN_COLUMN = 7 * _TWIPS, 2 * 256
# Objects (MS-XLS §2.4.181): groups, lines, shapes, charts, texts, pictures; no notes, no buttons.
_OBJECT, _OBJECT_HEAD = 0x5D, 10
_DRAWN = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x09, 0x1E}
_SCRIPTS = {1: Mark("sup"), 2: Mark("sub")}


class XlsReader(SheetsReader):
    """A workbook in Excel's old binary format.

    What is drawn on its sheets (pictures, charts, texts) is read in an XLSX that LibreOffice makes of it.

    Raises:
        DocumentEncrypted: it wants a password.
        DocumentUnreadable: it is damaged, or no such workbook.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        try:
            self._book = xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True, on_demand=True)
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise DocumentEncrypted(
                    "The workbook is protected by a password: open it in Excel and save it without one."
                ) from error
            raise _damaged() from error
        except Exception as error:  # xlrd raises many kinds on damaged files
            raise _damaged() from error
        if not self._book.nsheets:
            raise _damaged()

    @cached_property
    def sheets(self) -> list[SheetName]:
        """See ``SheetsReader``."""
        book = self._book
        return [
            SheetName(name, bool(hidden))
            for name, hidden in zip(book.sheet_names(), book._sheet_visibility, strict=False)  # noqa: SLF001
        ]

    def sheet(self, index: int, view: FlowView) -> Sheet:
        """See ``SheetsReader``."""
        try:
            sheet = self._found(self._book.sheet_by_index(index))
        except Exception as error:  # xlrd raises many kinds on damaged files
            raise PageUnreadable(
                f"The sheet {self.sheets[index].name!r} is damaged: open the workbook in Excel or "
                "LibreOffice and save it again."
            ) from error
        finally:
            self._book.unload_sheet(index)
        if self._has_drawings:
            drawn = self._drawn
            sheet.undrawn = drawn is None
            sheet.drawings = drawn.drawings(self.sheets[index].name, view) if drawn else []
        return sheet

    def pixels(self, name: str) -> Image | None:
        """See ``SheetsReader``."""
        return self._drawn.pixels(name) if self._drawn else None

    def close(self) -> None:
        """See ``FlowReader``."""
        self._book.release_resources()

    @cached_property
    def _has_drawings(self) -> bool:
        """Whether there are objects in the workbook that show more than a cell does."""
        data, place = self._book.mem, self._book.base
        end = place + self._book.stream_len - _OBJECT_HEAD
        while place < end:
            kind, size = struct.unpack_from("<HH", data, place)
            if kind == _OBJECT and struct.unpack_from("<H", data, place + _OBJECT_HEAD - 2)[0] in _DRAWN:
                return True
            place += 4 + size
        return False

    @cached_property
    def _drawn(self) -> XlsxReader | None:
        """The workbook as XLSX; None without LibreOffice, or if it cannot read the workbook."""
        if self._setup.soffice is None:
            return None
        try:
            return XlsxReader(converted(self._path, "xlsx", self._setup, ".xls"), self._setup)
        except DocumentError:
            return None

    @cached_property
    def _styles(self) -> Styles:
        formats, fonts = self._book.format_map, self._book.font_list
        styles = []
        for xf in self._book.xf_list:
            known = formats.get(xf.format_key)
            bold = xf.font_index < len(fonts) and fonts[xf.font_index].weight > _BOLD_WEIGHT
            styles.append(Style(known.format_str if known else "General", bold))
        return Styles(styles, from_1904=bool(self._book.datemode))

    def _found(self, source: Any) -> Sheet:
        sheet = Sheet(
            merged=[
                Range(top, left, bottom - 1, right - 1) for top, bottom, left, right in source.merged_cells
            ],
            frozen_rows=source.horz_split_pos if source.panes_are_frozen else 0,
            comments={
                place: note.text.strip() for place, note in source.cell_note_map.items() if note.text.strip()
            },
        )
        links = {
            place: link.url_or_path
            for place, link in source.hyperlink_map.items()
            if isinstance(link.url_or_path, str)
        }
        layouts: dict[tuple[int, ...], tuple[int, ...]] = {}
        for number in range(source.nrows):
            cells = dict(self._cells(source, number, links))
            if cells:
                layout = tuple(cells)
                sheet.rows.append(Row(number, layouts.setdefault(layout, layout), list(cells.values())))
        for number, row in source.rowinfo_map.items():
            if row.hidden or row.height == 0:
                sheet.hidden_rows.add(number)
            elif row.height is not None and row.height < _THIN_ROW:
                sheet.thin_rows.add(number)
        for number, column in source.colinfo_map.items():
            if column.hidden or column.width == 0:
                sheet.hidden_columns.append((number, number))
            elif column.width < _THIN_COLUMN:
                sheet.thin_columns.append((number, number))
        return sheet

    def _cells(
        self, source: Any, number: int, links: dict[tuple[int, int], str]
    ) -> Iterator[tuple[int, Cell]]:
        kinds, values = source.row_types(number), source.row_values(number)
        for column, kind in enumerate(kinds):
            if kind in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                continue
            style = source.cell_xf_index(number, column)
            value = values[column]
            if kind == xlrd.XL_CELL_TEXT:
                cell = self._text(value, style, source.rich_text_runlist_map.get((number, column)))
            elif kind == xlrd.XL_CELL_BOOLEAN:
                cell = self._styles.sign("TRUE" if value else "FALSE", style)
            elif kind == xlrd.XL_CELL_ERROR:
                cell = self._styles.sign(xlrd.error_text_from_code.get(value, "#ERROR"), style)
            else:
                cell = self._styles.number(float(value), style)
            if cell.text.strip():
                address = links.get((number, column))
                yield column, linked(cell, address) if address else cell

    def _text(self, text: str, style: int, runs: list[tuple[int, int]] | None) -> Cell:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not runs:
            return self._styles.text(text, style)
        plain, bold, markdown = marked(pieces(text, runs, self._marks))
        cell = self._styles.text(plain, style, markdown)
        return cell._replace(bold=True) if bold else cell

    def _marks(self, font_index: int) -> tuple[Mark, ...]:
        fonts = self._book.font_list
        if font_index >= len(fonts):
            return ()
        font = fonts[font_index]
        marks = [Mark("bold")] if font.weight > _BOLD_WEIGHT else []
        marks += [Mark("italic")] if font.italic else []
        marks += [Mark("del")] if font.struck_out else []
        return (*marks, *((_SCRIPTS[font.escapement],) if font.escapement in _SCRIPTS else ()))


def _damaged() -> DocumentUnreadable:
    return DocumentUnreadable(
        "The Excel workbook is damaged or cut off: open it in Excel or LibreOffice and save it as XLSX."
    )
