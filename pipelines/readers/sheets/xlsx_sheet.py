"""A sheet's part of an Excel workbook (ECMA-376 part 1 §18.3), read as a stream."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import IO

from lxml.etree import _Element

from pipelines.readers.sheets.cells import linked
from pipelines.readers.sheets.model import Cell, Range, Row, Sheet
from pipelines.readers.sheets.references import LAST_COLUMN, LAST_ROW, column_of, range_of
from pipelines.readers.sheets.styles import Styles
from pipelines.readers.sheets.xlsx_strings import RichText, rich_text, unescaped
from pipelines.readers.sheets.xml_stream import drop, is_cut_off, stream

# Rows lower (in points) and columns narrower (in characters) than these hold no text.
_THIN_ROW, _THIN_COLUMN = 7.0, 2.0
_MOST_LINKED = 200_000
# Cells with the same text are one object, up to so many texts.
_MOST_KEPT = 50_000
_HYPERLINK = re.compile(r'_?(?:xlfn\.)?HYPERLINK\("((?:[^"]|"")*)"', re.IGNORECASE)
_TRUE = {"1", "true", "on"}


class SheetStream:
    """Reads a sheet's XML once; afterwards ``sheet`` is what was found.

    ``drawings`` are the relations of what is drawn on it, ``address`` gives the target of a relation.
    """

    def __init__(
        self, strings: Sequence[RichText], styles: Styles, address: Callable[[str], str | None]
    ) -> None:
        self.sheet = Sheet()
        self.drawings: list[str] = []
        self._strings, self._styles, self._address = strings, styles, address
        self._texts: dict[tuple[str, str | None], Cell] = {}
        self._layouts: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._links: list[tuple[Range, str]] = []
        self._row = -1

    def read(self, file: IO[bytes]) -> Sheet:
        """The sheet; raises ``etree.XMLSyntaxError`` and what ``zipfile`` does when the part is damaged."""
        handlers: dict[str, Callable[[_Element], None]] = {
            "row": self._add_row, "col": self._add_columns, "mergeCell": self._add_merged,
            "hyperlink": self._add_link, "autoFilter": self._add_filter, "pane": self._add_pane,
            "drawing": self._add_drawing, "conditionalFormatting": self._add_condition,
        }  # fmt: skip
        source = stream(file, [f"{{*}}{name}" for name in handlers])
        for _, element in source:
            handlers[str(element.tag).rpartition("}")[2]](element)
            drop(element)
        self.sheet.cut_off = is_cut_off(source)
        self._order_rows()
        self._apply_links()
        return self.sheet

    def _add_row(self, element: _Element) -> None:
        number = _int(element.get("r"), self._row + 2) - 1
        if not 0 <= number <= LAST_ROW:
            return
        self._row = number
        if element.get("hidden") in _TRUE or element.get("ht") == "0":
            self.sheet.hidden_rows.add(number)
        elif _float(element.get("ht"), 15.0) < _THIN_ROW:
            self.sheet.thin_rows.add(number)
        columns: list[int] = []
        cells: list[Cell] = []
        column = -1
        for child in element:
            reference = child.get("r")
            column = column_of(reference.rstrip("0123456789")) if reference else column + 1
            cell = self._cell(child)
            if cell is not None and cell.text.strip() and 0 <= column <= LAST_COLUMN:
                columns.append(column)
                cells.append(cell)
        if not cells:
            return
        if any(a >= b for a, b in pairwise(columns)):
            found = dict(zip(columns, cells, strict=True))
            columns = sorted(found)
            cells = [found[c] for c in columns]
        layout = tuple(columns)
        self.sheet.rows.append(Row(number, self._layouts.setdefault(layout, layout), cells))

    def _cell(self, element: _Element) -> Cell | None:
        value = formula = rich = None
        for child in element:
            tag = str(child.tag)
            if tag[-2:] == "}v":
                value = child.text
            elif tag[-2:] == "}f":
                formula = child
            elif tag[-3:] == "}is":
                rich = child
        kind, style = element.get("t"), element.get("s")
        if rich is not None:
            return self._rich(rich_text(rich), _int(style, 0))
        if value is None:
            return self._uncomputed(formula, _int(style, 0)) if formula is not None else None
        cell = self._known(kind, value, style)
        if formula is not None and formula.text:
            link = _HYPERLINK.match(formula.text)
            return linked(cell, link.group(1).replace('""', '"')) if link else cell
        return cell

    def _known(self, kind: str | None, value: str, style: str | None) -> Cell:
        match kind:
            case "s":
                return self._shared(value, style)
            case "str":
                return self._styles.text(unescaped(value), _int(style, 0))
            case "b":
                return self._styles.sign("TRUE" if value.strip() in _TRUE else "FALSE", _int(style, 0))
            case "e":
                return self._styles.sign(value, _int(style, 0))
            case "d":
                return self._date(value, _int(style, 0))
        try:
            return self._styles.number(float(value), _int(style, 0))
        except ValueError:
            return self._styles.text(value, _int(style, 0))

    def _shared(self, value: str, style: str | None) -> Cell:
        cell = self._texts.get((value, style))
        if cell is None:
            index = _int(value, -1)
            text = self._strings[index] if 0 <= index < len(self._strings) else RichText("")
            cell = self._rich(text, _int(style, 0))
            if len(self._texts) < _MOST_KEPT:
                self._texts[value, style] = cell
        return cell

    def _rich(self, text: RichText, style: int) -> Cell:
        cell = self._styles.text(text.plain, style, text.markdown)
        return cell._replace(bold=True) if text.bold else cell

    def _date(self, value: str, style: int) -> Cell:
        try:
            return self._styles.date(datetime.fromisoformat(value), style)
        except ValueError:
            return self._styles.text(value, style)

    def _uncomputed(self, formula: _Element, style: int) -> Cell | None:
        if not formula.text:
            return None
        self.sheet.uncomputed += 1
        return self._styles.sign(f"={formula.text}", style)

    def _add_columns(self, element: _Element) -> None:
        first, last = _int(element.get("min"), 1) - 1, _int(element.get("max"), 1) - 1
        width = _float(element.get("width"), 8.0)
        if element.get("hidden") in _TRUE or width == 0:
            self.sheet.hidden_columns.append((first, last))
        elif width < _THIN_COLUMN:
            self.sheet.thin_columns.append((first, last))

    def _add_merged(self, element: _Element) -> None:
        found = range_of(element.get("ref"))
        if found:
            self.sheet.merged.append(found)

    def _add_filter(self, element: _Element) -> None:
        found = range_of(element.get("ref"))
        if found:
            self.sheet.tables.append(found)

    def _add_pane(self, element: _Element) -> None:
        if element.get("state") in {"frozen", "frozenSplit"}:
            self.sheet.frozen_rows = int(_float(element.get("ySplit"), 0))

    def _add_condition(self, _element: _Element) -> None:
        self.sheet.looks_change = True

    def _add_drawing(self, element: _Element) -> None:
        self.drawings.extend(value for key, value in element.attrib.items() if key.endswith("}id"))

    def _add_link(self, element: _Element) -> None:
        place = range_of(element.get("ref"))
        relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        address = self._address(relation) if relation else None
        if place and address:
            location = element.get("location")
            self._links.append(
                (place, f"{address}#{location}" if location and "#" not in address else address)
            )

    def _order_rows(self) -> None:
        rows = self.sheet.rows
        if any(a.number >= b.number for a, b in pairwise(rows)):
            self.sheet.rows = [row for _, row in sorted({row.number: row for row in rows}.items())]

    def _apply_links(self) -> None:
        if not self._links:
            return
        rows = {row.number: row for row in self.sheet.rows}
        left = _MOST_LINKED
        for place, address in self._links:
            left -= place.bottom - place.top + 1
            for number in range(place.top, place.bottom + 1 if left >= 0 else place.top):
                row = rows.get(number)
                if row is None:
                    continue
                for index in range(
                    bisect_left(row.columns, place.left), bisect_right(row.columns, place.right)
                ):
                    row.cells[index] = linked(row.cells[index], address)


def _int(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def _float(text: str | None, default: float) -> float:
    try:
        return float(text) if text is not None else default
    except ValueError:
        return default
