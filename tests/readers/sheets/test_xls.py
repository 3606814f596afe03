from __future__ import annotations

import shutil
import struct
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from pipelines.readers.base import ReaderSetup
from pipelines.readers.libreoffice import converted
from pipelines.readers.sheets.ods import OdsReader
from pipelines.readers.sheets.reader import SheetsReader
from pipelines.readers.sheets.xls import XlsReader
from schemas.documents import WarningKind
from schemas.errors import DocumentEncrypted, DocumentUnreadable
from schemas.fragments import FigureContent, TableContent
from schemas.reading import FlowView
from tests.readers.sheets.books import page, put, read, shape


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def label(row: int, column: int, text: str) -> bytes:
    return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1"))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x0203, struct.pack("<HHHd", row, column, 0, value))


BEGIN_BOOK, BEGIN_SHEET, END = (
    record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)),
    record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)),
    record(0x000A),
)


def save(path: Path, *cells: bytes, state: int = 0, also: bytes = b"") -> Path:
    """A workbook of one sheet as a bare stream of records, as the first programs wrote them."""

    def globals_(offset: int) -> bytes:
        sheet = record(0x0085, struct.pack("<IBBBB", offset, state, 0, 4, 0) + b"Data")
        return (
            BEGIN_BOOK
            + also
            + record(0x0042, struct.pack("<H", 1200))
            + record(0x00E0, bytes(20))
            + sheet
            + END
        )

    start = globals_(len(globals_(0)))
    path.write_bytes(start + BEGIN_SHEET + b"".join(cells) + END)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xls"


def test_cells_of_a_bare_stream(path: Path) -> None:
    cells = [label(0, 0, "town"), label(0, 1, "size"), label(1, 0, "Rome"), number(1, 1, 2.5)]
    error = record(0x0205, struct.pack("<HHHBB", 2, 1, 0, 0x07, 1))
    save(path, *cells, label(2, 0, "Oslo"), error)
    assert read(path, XlsReader) == [("table", [["town", "size"], ["Rome", "2.5"], ["Oslo", "#DIV/0!"]])]


def test_a_hidden_sheet_says_so(path: Path) -> None:
    assert shape(page(save(path, label(0, 0, "x"), state=2), XlsReader).fragments[0])[1] == "Data (hidden)"


def test_a_password_is_asked_for(path: Path) -> None:
    with pytest.raises(DocumentEncrypted, match="password"):
        XlsReader(save(path, also=record(0x002F, bytes(54))))


@pytest.mark.parametrize(
    "data", [b"", b"nothing of the kind", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_damaged_workbooks(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(DocumentUnreadable, match="damaged"):
        XlsReader(path)


CHART = record(0x005D, struct.pack("<HHHHH", 0x15, 0x12, 0x05, 1, 0) + bytes(16))
NOTE = record(0x005D, struct.pack("<HHHHH", 0x15, 0x12, 0x19, 1, 0) + bytes(16))


@pytest.mark.parametrize(("drawn", "told"), [(CHART, True), (NOTE, False), (b"", False)])
def test_drawings_that_are_not_read_are_told(path: Path, drawn: bytes, told: bool) -> None:
    warnings = page(save(path, label(0, 0, "x"), drawn), XlsReader).warnings
    assert [warning.kind for warning in warnings] == [WarningKind.NOT_AVAILABLE] * told


@pytest.mark.engines
def test_drawings_are_read_through_libreoffice(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    put(sheet, [["name", "age"], ["Ada", 36], ["Bob", 41]])
    chart = BarChart()
    chart.title = "Ages"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "D5")
    workbook.save(tmp_path / "book.xlsx")
    setup = ReaderSetup(scratch=tmp_path, soffice=Path(soffice))
    reader = XlsReader(converted(tmp_path / "book.xlsx", "xls", setup), setup)
    (*_, figure) = reader.flow_page(1, FlowView()).fragments
    assert isinstance(figure.content, FigureContent)
    assert "Ages" in figure.content.content
    assert "| 41 |" in figure.content.content


@pytest.mark.engines
@pytest.mark.parametrize(("to", "reader"), [("xls", XlsReader), ("ods", OdsReader)])
def test_a_workbook_saved_in_another_format_reads_the_same(
    tmp_path: Path, to: str, reader: type[SheetsReader]
) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not installed")
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    put(
        sheet,
        [
            ["Stock"],
            ["what", "since", "price"],
            ["nails", date(2024, 2, 29), -1234.5],
            ["rods", "never", 0.5],
        ],
    )
    sheet.merge_cells("A1:C1")
    sheet["B3"].number_format = "yyyy-mm-dd"
    sheet["C3"].number_format = "#,##0.00;(#,##0.00)"
    sheet["C4"].number_format = "0%"
    sheet["A3"].hyperlink = "https://example.org/"
    sheet["B4"].comment = Comment("Sure?", "Ada")
    put(sheet, [["aside"], [1]], "F20")
    sheet.row_dimensions[21].hidden = True
    workbook.create_sheet("Second").sheet_state = "hidden"
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    other = converted(path, to, ReaderSetup(scratch=tmp_path, soffice=Path(soffice)))
    expected, found = page(path), page(other, reader)
    assert [shape(fragment) for fragment in found.fragments] == [
        shape(fragment) for fragment in expected.fragments
    ]
    for one, two in zip(found.fragments, expected.fragments, strict=True):
        if isinstance(one.content, TableContent) and isinstance(two.content, TableContent):
            assert one.content.markdown == two.content.markdown
    assert found.warnings == expected.warnings
    assert shape(page(other, reader, number=2).fragments[0])[1] == "Second (hidden)"
