"""A sheet's part of a binary Excel workbook (MS-XLSB §2.1.7.62)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import IO

from pipelines.readers.sheets import xlsb_records as brt
from pipelines.readers.sheets.cells import linked
from pipelines.readers.sheets.model import Cell, Range, Row, Sheet
from pipelines.readers.sheets.references import LAST_COLUMN, LAST_ROW
from pipelines.readers.sheets.styles import Styles
from pipelines.readers.sheets.xlsx_strings import RichText

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
# A row's height is in twentieths of a point, a column's width in 256ths of a character.
_THIN_ROW, _THIN_COLUMN = 7 * 20, 2 * 256
_HIDDEN_ROW, _HIDDEN_COLUMN, _FROZEN = 0x10, 1, 3


class BinarySheet:
    """Reads a sheet's records once. ``rich`` makes the text of a record, ``address`` a relation's target."""

    def __init__(
        self,
        strings: Sequence[RichText],
        styles: Styles,
        rich: Callable[[bytes], RichText],
        address: Callable[[str], str | None],
    ) -> None:
        self._strings, self._styles, self._rich, self._address = strings, styles, rich, address
        self._sheet = Sheet()
        self._columns: list[int] = []
        self._cells: list[Cell] = []
        self._row = self._column = -1
        self._layouts: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._by_number: dict[int, Row] = {}

    def read(self, file: IO[bytes]) -> Sheet:
        """The sheet; raises what ``zipfile`` does when the part is damaged."""
        handlers: dict[int, Callable[[bytes], None]] = {
            brt.ROW: self._start_row, brt.COLUMNS: self._add_columns, brt.MERGED: self._add_merged,
            brt.FILTER: self._add_filter, brt.PANE: self._add_pane, brt.LINK: self._add_link,
        }  # fmt: skip
        for kind, data in brt.records(file):
            try:
                if brt.BLANK <= kind <= brt.SHORT_SHARED or kind == brt.RICH_TEXT:
                    self._add_cell(kind, data)
                elif kind in handlers:
                    handlers[kind](data)
            except struct.error:  # a record that is too short
                continue
        self._end_row()
        return self._sheet

    def _start_row(self, data: bytes) -> None:
        self._end_row()
        self._row, self._column = brt.unsigned(data, 0), -1
        height, flags = struct.unpack_from("<HxB", data, 8)
        if flags & _HIDDEN_ROW or height == 0:
            self._sheet.hidden_rows.add(self._row)
        elif height < _THIN_ROW:
            self._sheet.thin_rows.add(self._row)

    def _end_row(self) -> None:
        rows = self._sheet.rows
        if self._cells and self._row <= LAST_ROW and (not rows or rows[-1].number < self._row):
            layout = tuple(self._columns)
            rows.append(Row(self._row, self._layouts.setdefault(layout, layout), self._cells))
        self._columns, self._cells = [], []

    def _add_cell(self, kind: int, data: bytes) -> None:
        """A cell begins with its column, unless it is a short one, and its style."""
        if brt.SHORT_BLANK <= kind <= brt.SHORT_SHARED:
            kind, column, place = kind - brt.SHORT_BLANK + brt.BLANK, self._column + 1, 0
        else:
            column, place = brt.unsigned(data, 0), 4
        before, self._column = self._column, column
        style = int.from_bytes(data[place : place + 3], "little")
        cell = self._cell(kind, data, place + 4, style)
        if cell is not None and cell.text.strip() and before < column <= LAST_COLUMN:
            self._columns.append(column)
            self._cells.append(cell)

    def _cell(self, kind: int, data: bytes, place: int, style: int) -> Cell | None:
        match kind:
            case brt.RK:
                return self._styles.number(brt.compact(data, place), style)
            case brt.REAL | brt.FORMULA_NUMBER:
                return self._styles.number(brt.real(data, place), style)
            case brt.SHARED:
                index = brt.unsigned(data, place)
                return self._text(self._strings[index], style) if index < len(self._strings) else None
            case brt.TEXT | brt.FORMULA_TEXT:
                return self._styles.text(brt.text(data, place)[0], style)
            case brt.RICH_TEXT:
                return self._text(self._rich(data[place:]), style)
            case brt.BOOL | brt.FORMULA_BOOL:
                return self._styles.sign("TRUE" if data[place : place + 1] != b"\0" else "FALSE", style)
            case brt.ERROR | brt.FORMULA_ERROR:
                return self._styles.sign(
                    _ERRORS.get(int.from_bytes(data[place : place + 1], "little"), "#ERROR"), style
                )
        return None

    def _text(self, text: RichText, style: int) -> Cell:
        cell = self._styles.text(text.plain, style, text.markdown)
        return cell._replace(bold=True) if text.bold else cell

    def _add_columns(self, data: bytes) -> None:
        first, last, width, _, flags = struct.unpack_from("<IIIIH", data)
        if flags & _HIDDEN_COLUMN or width == 0:
            self._sheet.hidden_columns.append((first, last))
        elif width < _THIN_COLUMN:
            self._sheet.thin_columns.append((first, last))

    def _add_merged(self, data: bytes) -> None:
        self._sheet.merged.append(range_of(data))

    def _add_filter(self, data: bytes) -> None:
        self._sheet.tables.append(range_of(data))

    def _add_pane(self, data: bytes) -> None:
        if data[28] & _FROZEN if len(data) > 28 else False:
            self._sheet.frozen_rows = int(min(max(0.0, brt.real(data, 8)), float(LAST_ROW)))

    def _add_link(self, data: bytes) -> None:
        """Links come after all cells; those of many cells are rare."""
        self._end_row()
        place = range_of(data)
        address = self._address(brt.text(data, 16)[0])
        rows = self._sheet.rows
        if not address or not rows:
            return
        if not self._by_number:
            self._by_number = {row.number: row for row in rows}
        row = self._by_number.get(place.top)
        for index, column in enumerate(row.columns if row else ()):
            if row and place.left <= column <= place.right:
                row.cells[index] = linked(row.cells[index], address)


def range_of(data: bytes) -> Range:
    """The rectangle that a record begins with."""
    top, bottom, left, right = struct.unpack_from("<IIII", data)
    return Range(top, left, bottom, right)
