"""Filled-in values in the text of a page, and widgets on turned pages."""

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from pipelines.readers.pdf.filled import with_values
from pipelines.readers.pdf.reader import PdfReader
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField, SourcePage, TextLine
from tests.fakes.engines import line
from tests.pipelines.forms.pdf_forms import form

FONT = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def look(text: str) -> str:
    """An appearance of 100 x 20 points that draws a text."""
    return f"<< /Subtype /Form /BBox [0 0 100 20] {FONT} >> stream BT /F 10 Tf 2 6 Td ({text}) Tj ET"


def page_of(path: Path) -> SourcePage:
    reader = PdfReader(path)
    try:
        return reader.page(1, layout=False)
    finally:
        reader.close()


def texts(lines: list[TextLine]) -> list[str]:
    return [one.text for one in lines]


def tick(kind: FieldKind, x: float, y: float, *, is_set: bool = False, hidden: bool = False) -> FormField:
    return FormField("t", kind, BBox(x, y, x + 10, y + 10), is_set=is_set, hidden=hidden)


def test_a_value_that_is_drawn_is_in_the_text_once(tmp_path: Path) -> None:
    widget = "/Rect [10 60 110 80] /FT /Tx /T (a) /V (Ada Lovelace) /AP << /N {0} >>"
    page = page_of(form(tmp_path / "a.pdf", [widget], others=[look("Ada Lovelace")]))
    assert texts(page.lines) == ["Ada Lovelace"]


def test_a_value_without_appearance_is_in_the_text(tmp_path: Path) -> None:
    empty = "<< /Subtype /Form /BBox [0 0 100 20] >> stream q Q"
    widget = "/Rect [10 60 110 80] /FT /Tx /T (a) /V (Ada\nLovelace) /AP << /N {0} >>"
    page = page_of(form(tmp_path / "a.pdf", [widget], others=[empty]))
    assert texts(page.lines) == ["Ada", "Lovelace"]
    for one in page.lines:
        assert one.bbox.inside(BBox(10, 20, 110, 40)) == 1.0
        assert {word.source for word in one.words} == {Source.FORM}


def test_garbled_values_are_replaced_and_others_kept() -> None:
    field = FormField("a", FieldKind.TEXT, BBox(0, 0, 100, 20), "1234.00", is_set=True)
    assert texts(with_values([line("\ufffd\ufffd\ufffd", 10, 5)], [field])) == ["1234.00"]
    assert texts(with_values([line("1,234.00", 10, 5)], [field])) == ["1,234.00"]


def test_hidden_and_blank_values_are_not_written() -> None:
    hidden = FormField("a", FieldKind.TEXT, BBox(0, 0, 100, 20), "x", is_set=True, hidden=True)
    blank = FormField("a", FieldKind.TEXT, BBox(0, 0, 100, 20), "  ", is_set=True)
    nowhere = FormField("a", FieldKind.TEXT, None, "x", is_set=True)
    assert with_values([], [hidden, blank, nowhere]) == []


def test_a_long_value_stays_in_its_box() -> None:
    field = FormField("a", FieldKind.TEXT, BBox(0, 0, 20, 10), "many words in a small box " * 20, is_set=True)
    (one,) = with_values([], [field])
    assert one.bbox.inside(field.bbox or BBox(0, 0, 0, 0)) > 0.99


def test_marks_join_the_text_beside_them() -> None:
    fields = [
        tick(FieldKind.CHECKBOX, 0, 0, is_set=True),
        tick(FieldKind.CHECKBOX, 50, 0),
        tick(FieldKind.RADIO, 0, 20, is_set=True),
        tick(FieldKind.RADIO, 0, 40),
        tick(FieldKind.CHECKBOX, 0, 60, hidden=True),
    ]
    lines = [line("yes", 14, 0), line("no", 64, 0), line("maybe", 14, 20)]
    assert texts(with_values(lines, fields)) == ["☒ yes", "☐ no", "◉ maybe", "○"]


def test_a_mark_in_a_line_goes_where_it_stands() -> None:
    (one,) = with_values([line("one two", 0, 0)], [tick(FieldKind.CHECKBOX, 15, 0)])
    assert one.text == "one ☐ two"


def test_a_drawn_tick_is_not_doubled() -> None:
    box = tick(FieldKind.CHECKBOX, 0, 0, is_set=True)
    assert texts(with_values([line("4", 2, 0), line("yes", 14, 0)], [box])) == ["☒ yes"]


def test_marks_alone_do_not_stand_for_a_page() -> None:
    lines = with_values([], [tick(FieldKind.CHECKBOX, 0, 0)])
    assert texts(lines) == ["☐"]
    assert SourcePage(1, 100, 100, lines=lines).needs_ocr


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_widgets_look_the_same_on_a_page_made_upright(tmp_path: Path, turn: int) -> None:
    widgets = [
        "/Rect [10 60 110 80] /FT /Tx /T (a) /V (other) /AP << /N {0} >>",
        "/Rect [10 20 110 40] /FT /Tx /T (b) /V (other) /AP << /N {0} >>",
        "/Rect [150 60 170 80] /FT /Btn /T (c) /AS /Yes /AP << /N << /Yes {1} /Off {2} >> >>",
        "/Rect [150 20 170 40] /FT /Tx /T (d) /AP << /N 5 >>",
    ]
    others = [
        look("as drawn"),
        "<< /Subtype /Form /BBox [0 0 20 20] /Matrix [1 0 0 1 3 4] >> stream 0 0 m 20 10 l S",
        "<< /Subtype /Form /BBox [0 0 20 20] >> stream q Q",
    ]
    path = form(tmp_path / "a.pdf", widgets, others=others, turn=turn)
    with pymupdf.open(path) as document:
        pixmap = document[0].get_pixmap()
        shown = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
    reader = PdfReader(path)
    assert np.abs(reader.render(1, 1.0).astype(int) - shown).mean() < 0.5
    assert [field.value for field in reader.fields(1)] == ["other", "other", "Yes", ""]
    lines = reader.page(1, layout=False).lines
    assert sorted(texts(lines)) == ["as drawn", "as drawn", "☒"]
    assert reader.fields(1)[2].is_set
    reader.close()
