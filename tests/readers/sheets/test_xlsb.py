from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.sheets import xlsb_records as brt
from pipelines.readers.sheets.xlsb import XlsbReader
from schemas.errors import DocumentUnreadable
from schemas.fragments import TableContent
from schemas.reading import FlowView, HiddenReason
from tests.readers.sheets.books import page, read, shape, tables

EXTERNAL = ' TargetMode="External"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    length = b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return head + length + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    return record(brt.ROW, struct.pack("<IIHBBB", number, 0, 300, 0, 0x10 if hidden else 0, 0)) + b"".join(
        cells
    )


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


def shared(column: int, index: int) -> bytes:
    return cell(brt.SHARED, column, struct.pack("<I", index))


def real(column: int, value: float, style: int = 0) -> bytes:
    return cell(brt.REAL, column, struct.pack("<d", value), style)


def rectangle(top: int, bottom: int, left: int, right: int) -> bytes:
    return struct.pack("<IIII", top, bottom, left, right)


def relations(*found: tuple[str, str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"'
        f"{EXTERNAL if '://' in target else ''}/>"
        for name, kind, target in found
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'


STYLES = b"".join([
    record(brt.FONT, struct.pack("<HHHH", 220, 0, 400, 0) + bytes(17) + wide("Calibri")),
    record(brt.FONT, struct.pack("<HHHH", 220, 0, 700, 0) + bytes(17) + wide("Calibri")),
    record(brt.FORMAT, struct.pack("<H", 170) + wide('0.0" kg"')),
    record(brt.STYLES, struct.pack("<I", 3)),
    record(brt.STYLE, struct.pack("<HHH", 0, 0, 0) + bytes(10)),
    record(brt.STYLE, struct.pack("<HHH", 0, 170, 0) + bytes(10)),
    record(brt.STYLE, struct.pack("<HHH", 0, 15, 1) + bytes(10)),
    record(brt.STYLES_END),
])  # fmt: skip
STRINGS = b"".join([
    record(brt.STRING, b"\0" + wide("name")),
    record(brt.STRING, b"\0" + wide("weight")),
    record(brt.STRING, b"\1" + wide("a bold") + struct.pack("<IHHHH", 2, 0, 0, 2, 1)),
])  # fmt: skip


def save(
    path: Path, *rows: bytes, sheets: tuple[tuple[str, int], ...] = (("Data", 0),), after: bytes = b""
) -> Path:
    names = b"".join(
        record(brt.SHEET, struct.pack("<II", state, n) + wide(f"r{n}") + wide(name))
        for n, (name, state) in enumerate(sheets, 1)
    )
    targets = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    others = [("s", "styles", "styles.bin"), ("t", "sharedStrings", "sharedStrings.bin")]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", relations(("r1", "officeDocument", "xl/workbook.bin")))
        archive.writestr("xl/workbook.bin", record(brt.PROPERTIES, bytes(12)) + names)
        archive.writestr("xl/_rels/workbook.bin.rels", relations(*targets, *others))
        archive.writestr("xl/styles.bin", STYLES)
        archive.writestr("xl/sharedStrings.bin", STRINGS)
        for n in range(1, len(sheets) + 1):
            archive.writestr(f"xl/worksheets/sheet{n}.bin", b"".join(rows) + after)
        archive.writestr(
            "xl/worksheets/_rels/sheet1.bin.rels", relations(("h", "hyperlink", "https://example.org"))
        )
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsb"


def test_every_kind_of_cell(path: Path) -> None:
    head = row(0, shared(0, 0), shared(1, 1))
    values = [
        cell(brt.TEXT, 0, wide("text")) + cell(brt.RK, 1, struct.pack("<i", 725 << 2 | 3), 1),
        cell(brt.FORMULA_TEXT, 0, wide("told") + bytes(8)) + real(1, 2.26, 1),
        cell(brt.BOOL, 0, b"\1") + cell(brt.ERROR, 1, b"\x07"),
        cell(brt.FORMULA_BOOL, 0, b"\0") + cell(brt.FORMULA_NUMBER, 1, struct.pack("<d", 45000), 2),
        cell(brt.RK, 0, struct.pack("<i", -5 << 2 | 2)) + cell(brt.RK, 1, struct.pack("<d", 1.5)[4:]),
        record(brt.SHORT_BLANK + 6, bytes(4) + struct.pack("<I", 0))
        + record(16, bytes(4) + struct.pack("<d", 8)),
    ]
    save(path, head, *(row(n, value) for n, value in enumerate(values, 1)))
    assert tables(read(path, XlsbReader)) == [
        [
            ["name", "weight"], ["text", "7.3 kg"], ["told", "2.3 kg"], ["TRUE", "#DIV/0!"],
            ["FALSE", "15-Mar-23"], ["-5", "1.5"], ["name", "8"],
        ]
    ]  # fmt: skip


def test_marks_spans_links_and_what_is_hidden(path: Path) -> None:
    columns = record(brt.COLUMNS, struct.pack("<IIIIH", 2, 2, 2000, 0, 1))
    rows = [
        row(0, shared(0, 0), real(2, 9)),
        row(1, shared(0, 2), cell(brt.TEXT, 1, wide("home"))),
        row(2, real(0, 9), real(1, 9), hidden=True),
        row(3, real(0, 1), real(1, 2)),
    ]
    after = record(brt.MERGED, rectangle(0, 0, 0, 1))
    after += record(brt.LINK, rectangle(1, 1, 1, 1) + wide("h") + wide("") + wide("") + wide(""))
    save(path, columns, *rows, after=after)
    found = page(path, XlsbReader)
    assert shape(found.fragments[1]) == ("table_caption", "name")
    content = found.fragments[2].content
    assert isinstance(content, TableContent)
    assert (content.markdown or "").splitlines()[0] == "| a **bold** | [home](https://example.org) |"
    assert [one.reason for one in found.hidden] == [HiddenReason.SWITCHED_OFF]


def test_sheets_and_their_states(path: Path) -> None:
    reader = XlsbReader(save(path, row(0, real(0, 1)), sheets=(("One", 0), ("Two", 1), ("Three", 2))))
    titles = [shape(reader.flow_page(n, FlowView()).fragments[0])[1] for n in (1, 2, 3)]
    assert titles == ["One", "Two (hidden)", "Three (hidden)"]


def test_no_sheets(path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="no sheets"):
        XlsbReader(save(path, sheets=()))


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_sheet(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.xlsb"
    kinds = [kind for kind, _ in read(save(path, row(0, real(0, 1)), data), XlsbReader)]
    assert kinds
