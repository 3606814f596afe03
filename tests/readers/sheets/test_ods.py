from __future__ import annotations

import base64
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pipelines.readers.sheets import ods_stream
from pipelines.readers.sheets.ods import OdsReader
from schemas.errors import DocumentUnreadable
from schemas.fragments import TableContent
from schemas.reading import FlowView, HiddenReason
from tests.readers.sheets.books import page, read, shape

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"), ("chart", "chart"), ("config", "config"),
    )
)  # fmt: skip
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
STYLES = (
    '<style:style style:name="gone"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="strong"><style:text-properties fo:font-weight="bold"/></style:style>'
)


def cell(text: str = "", attributes: str = "") -> str:
    inside = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n")) if text else ""
    return f"<table:table-cell {attributes}>{inside}</table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    inside = "".join(c if c[:1] == "<" else cell(c) for c in cells)
    return f"<table:table-row {attributes}>{inside}</table:table-row>"


def sheet(*rows: str, name: str = "Data", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{"".join(rows)}</table:table>'


def document(*sheets: str, after: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES} {XLINK}>'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{''.join(sheets)}{after}</office:spreadsheet></office:body></office:document-content>"
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.ods"


def save(path: Path, content: str, **parts: bytes | str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return path


def test_cells_show_the_text_in_the_file(path: Path) -> None:
    save(
        path,
        document(
            sheet(
                row("when", "how much"),
                row(
                    cell("29/02/24", 'office:value-type="date" office:date-value="2024-02-29"'),
                    cell("12,50 €", 'office:value-type="currency" office:value="12.5"'),
                ),
                row(cell("", 'office:value-type="float" office:value="7"'), cell("two\nlines")),
            )
        ),
    )
    assert read(path, OdsReader) == [
        ("table", [["when", "how much"], ["29/02/24", "12,50 €"], ["7", "twolines"]])
    ]


def test_repeated_cells_and_rows(path: Path) -> None:
    save(
        path,
        document(
            sheet(
                row(cell("a", 'table:number-columns-repeated="2"'), "b"),
                row("1", "2", "3", attributes='table:number-rows-repeated="3"'),
                row(
                    cell("", 'table:number-columns-repeated="16384"'),
                    attributes='table:number-rows-repeated="1048000"',
                ),
                row("the end"),
            )
        ),
    )
    assert read(path, OdsReader) == [
        ("table", [["a", "a", "b"], *([["1", "2", "3"]] * 3)]),
        ("text", "the end"),
    ]


def test_a_repetition_without_end_is_cut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ods_stream, "_MOST_REPEATED", 20_000)
    many = cell("x", 'table:number-columns-repeated="999999999"')
    save(path, document(sheet(row("a", many, attributes='table:number-rows-repeated="999999999"'))))
    (table,) = OdsReader(path).flow_page(1, FlowView()).fragments[1:]
    assert isinstance(table.content, TableContent)
    assert 10_000 < (table.content.html or "").count("<t") < 25_000


def test_spans_links_marks_and_comments(path: Path) -> None:
    covered = "<table:covered-table-cell/>"
    link = '<text:a xlink:href="https://example.org">here</text:a>'
    comment = "<office:annotation><text:p>Sure?</text:p></office:annotation>"
    save(
        path,
        document(
            sheet(
                row(
                    cell("wide", 'table:number-columns-spanned="2" table:number-rows-spanned="1"'),
                    covered,
                    "c",
                ),
                row(cell(f"see {link}"), cell('a <text:span text:style-name="strong">b</text:span>'), "1"),
                row(f"<table:table-cell>{comment}<text:p>x</text:p></table:table-cell>", "2", "3"),
            )
        ),
    )
    content = page(path, OdsReader).fragments[1].content
    assert isinstance(content, TableContent)
    assert 'colspan="2">wide<' in (content.html or "")
    lines = (content.markdown or "").splitlines()
    assert "| see [here](https://example.org) | a **b** | 1 |" in lines
    assert "| x <!-- Comment: Sure? --> | 2 | 3 |" in lines
    assert "Sure" not in str(read(path, OdsReader, comments=False))


def test_what_is_hidden(path: Path) -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>'
    hidden = row("9", "9", "9", attributes='table:visibility="filter"')
    save(
        path,
        document(
            sheet(columns, row("a", "no", "b"), row("1", "no", "2"), hidden, row("3", "no", "4")),
            sheet(row("x"), name="Aside", attributes='table:style-name="gone"'),
        ),
    )
    assert read(path, OdsReader) == [("table", [["a", "b"], ["1", "2"], ["3", "4"]])]
    assert [one.reason for one in page(path, OdsReader).hidden] == [HiddenReason.SWITCHED_OFF]
    assert shape(page(path, OdsReader, number=2).fragments[0])[1] == "Aside (hidden)"


def test_headers_by_filter_buttons_and_frozen_rows(path: Path) -> None:
    ranges = (
        '<table:database-ranges><table:database-range table:display-filter-buttons="true" '
        "table:target-range-address=\"'My data'.A1:'My data'.B3\"/></table:database-ranges>"
    )
    rows = [row("1", "x"), row("2", "x"), row("3", "y")]
    entry = (
        '<config:config-item-map-entry config:name="Frozen">'
        '<config:config-item config:name="VerticalSplitMode">2</config:config-item>'
        '<config:config-item config:name="VerticalSplitPosition">2</config:config-item>'
        "</config:config-item-map-entry>"
    )
    settings = f"<office:document-settings {NAMES}>{entry}</office:document-settings>"
    save(
        path,
        document(sheet(*rows, name="My data"), sheet(*rows, name="Frozen"), after=ranges),
        settings_xml=settings,
    )
    for number, heads in ((1, 2), (2, 4)):
        content = page(path, OdsReader, number=number).fragments[1].content
        assert isinstance(content, TableContent)
        assert (content.html or "").count("<th>") == heads


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (0, 90, 0)).save(file, "PNG")
    return file.getvalue()


def test_pictures_charts_and_text_boxes(path: Path) -> None:
    picture = (
        '<draw:frame><draw:image xlink:href="Pictures/a.png"/><svg:title>A field</svg:title></draw:frame>'
    )
    box = "<draw:frame><draw:text-box><text:p>Beware</text:p></draw:text-box></draw:frame>"
    chart = '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>'
    data = f'<table:table table:name="local-table">{row("", "Sales")}{row("May", "5")}</table:table>'
    save(
        path,
        document(sheet(f"<table:shapes>{picture}{box}{chart}</table:shapes>", row("a", "b"), row("1", "2"))),
        Pictures__a_png=png(),
        **{
            "Object 1__content_xml": f"<office:document-content {NAMES}><chart:chart><chart:title>"
            f"<text:p>Year</text:p></chart:title>{data}</chart:chart></office:document-content>"
        },
    )
    reader = OdsReader(path)
    found = reader.flow_page(1, FlowView())
    assert [shape(fragment) for fragment in found.fragments[2:]] == [
        ("figure", "A field"),
        ("text", "Beware"),
        ("figure", "Year\n\n|  | Sales |\n| --- | --- |\n| May | 5 |"),
    ]
    pixels = reader.picture(1, found.pictures[0])
    assert pixels is not None
    assert pixels.shape == (30, 40, 3)


def test_a_flat_document(tmp_path: Path) -> None:
    data = base64.b64encode(png()).decode()
    picture = (
        f"<draw:frame><draw:image><office:binary-data>{data}</office:binary-data></draw:image></draw:frame>"
    )
    path = tmp_path / "book.fods"
    flat = document(sheet(f"<table:shapes>{picture}</table:shapes>", row("a", "b"), row("1", "2")))
    path.write_text(flat.replace("office:document-content", "office:document"), encoding="utf-8")
    assert read(path, OdsReader)[0] == ("table", [["a", "b"], ["1", "2"]])
    reader = OdsReader(path)
    assert reader.flow_page(1, FlowView()).pictures == [2]
    pixels = reader.picture(1, 2)
    assert pixels is not None
    assert pixels.shape == (30, 40, 3)


@pytest.mark.parametrize("content", ["", "no XML", "<a/>"])
def test_damaged_documents(path: Path, content: str) -> None:
    with pytest.raises(DocumentUnreadable, match="damaged"):
        OdsReader(save(path, content))
