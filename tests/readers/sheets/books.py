"""What the tests of spreadsheets share: workbooks made on the spot, and pages as plain lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.readers.sheets.reader import SheetsReader
from pipelines.readers.sheets.xlsx import XlsxReader
from schemas.fragments import FragmentType, PageFragment, TableContent
from schemas.reading import FlowPage, FlowView

Grid = list[list[str]]


def book(path: Path, fill: Callable[[Worksheet], object], name: str = "Data") -> Path:
    """A workbook of one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    fill(sheet)
    workbook.save(path)
    return path


def put(sheet: Worksheet, rows: Iterable[Sequence[Any]], at: str = "A1") -> None:
    """Writes rows with their first cell ``at``; None leaves a cell empty."""
    corner = sheet[at]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.cell(corner.row + r, corner.column + c, value)


def page(path: Path, reader: type[SheetsReader] = XlsxReader, number: int = 1, **view: bool) -> FlowPage:
    opened = reader(path)
    try:
        return opened.flow_page(number, FlowView(**view))
    finally:
        opened.close()


def read(path: Path, reader: type[SheetsReader] = XlsxReader, **view: bool) -> list[tuple[str, Any]]:
    """The kinds and contents of the first page below its heading, tables as grids."""
    return [shape(fragment) for fragment in page(path, reader, **view).fragments[1:]]


def shape(fragment: PageFragment) -> tuple[str, Any]:
    content = fragment.content
    if isinstance(content, TableContent):
        return fragment.fragment_type.value, grid(content)
    return fragment.fragment_type.value, content.content


def grid(content: TableContent) -> Grid:
    rows = lxml.html.fromstring(content.html or "").iter("tr")
    return [[cell.text_content() for cell in row if isinstance(cell.tag, str)] for row in rows]


def tables(found: list[tuple[str, Any]]) -> list[Grid]:
    return [what for kind, what in found if kind == FragmentType.TABLE]


def header(path: Path) -> Grid:
    """The header rows of the first table."""
    for fragment in page(path).fragments:
        if isinstance(fragment.content, TableContent):
            rows = lxml.html.fromstring(fragment.content.html or "").xpath(".//thead/tr")
            return [[cell.text_content() for cell in row] for row in rows]
    return []
