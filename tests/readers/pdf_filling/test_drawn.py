"""Writing on pages that know no fields: it stands in its blank, or a problem says why not."""

from __future__ import annotations

import io

import numpy as np
import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from models.images import leaned_box, leaned_size
from pipelines.readers.pdf.filling.drawn import draw
from schemas.forms import Blank, Choice, Filling, Origin, Placed
from schemas.geometry import BBox
from schemas.reading import FieldKind

BOX = BBox(100, 100, 300, 118)


def blank(kind: FieldKind = FieldKind.TEXT, bbox: BBox | None = BOX, **more: object) -> Blank:
    return Blank("p1.b1", kind, Origin.DRAWN, 1, bbox, size=10, **more)  # type: ignore[arg-type]


def page(**boxes: str) -> pymupdf.Document:
    document = pymupdf.open()
    xref = document.new_page(width=500, height=400).xref
    for key, value in boxes.items():
        document.xref_set_key(xref, key, value)
    return pymupdf.open("pdf", document.tobytes())


def fill(what: Blank, value: str | bool, document: pymupdf.Document | None = None) -> tuple[Placed, bytes]:
    document = document or page()
    (placed,) = draw(document, [what], [Filling(what.id, value)])
    return placed, document.tobytes()


def ink(pdf: bytes, box: BBox | None = None) -> BBox | None:
    """The bounds of what is dark on the page as displayed, in ``box``."""
    shown = pymupdf.open("pdf", pdf)[0].get_pixmap(dpi=144, clip=pymupdf.Rect(box) if box else None)
    grey = np.frombuffer(shown.samples, np.uint8).reshape(shown.h, shown.w, shown.n)[:, :, 0]
    rows, columns = np.nonzero(grey < 128)
    if not len(rows):
        return None
    x, y = shown.x, shown.y
    return BBox(
        *(float(v) / 2 for v in (x + columns.min(), y + rows.min(), x + columns.max(), y + rows.max()))
    )


def lies_in(found: BBox | None, box: BBox) -> bool:
    return found is not None and found.inside(BBox(box.x1 - 1, box.y1 - 1, box.x2 + 1, box.y2 + 1)) == 1.0


# --------------------------------------------------------------------------- text


@pytest.mark.parametrize("text", ["Ada Lovelace", "Ωmega Ж ł", "中文姓名", "محمد علي", "दिल्ली"])
def test_text_of_any_script_stands_in_its_blank(text: str) -> None:
    placed, pdf = fill(blank(), text)
    assert (placed.text, placed.problem) == (text, "")
    assert lies_in(ink(pdf), BOX)


def test_another_library_reads_what_was_written() -> None:
    _, pdf = fill(blank(), "Ada Lovelace")
    assert PdfReader(io.BytesIO(pdf)).pages[0].extract_text().strip() == "Ada Lovelace"


@settings(max_examples=30)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=60), st.booleans())
def test_whatever_is_written_stays_in_its_blank(text: str, wraps: bool) -> None:
    placed, pdf = fill(blank(multiline=wraps), text)
    shown = ink(pdf)
    assert shown is None or lies_in(shown, BOX)
    assert not (placed.text and placed.problem)


def test_long_text_is_set_smaller_and_too_long_text_is_told() -> None:
    short, medium, long = ("word " * count for count in (3, 9, 60))
    heights = [ink(fill(blank(), text)[1]) for text in (short, medium)]
    assert heights[0] is not None
    assert heights[1] is not None
    assert heights[0].height > heights[1].height
    placed, pdf = fill(blank(), long)
    assert placed == Placed("p1.b1", problem="There is not enough room for it.")
    assert ink(pdf) is None


def test_text_wraps_in_room_for_several_lines() -> None:
    box = BBox(100, 100, 220, 160)
    placed, pdf = fill(blank(bbox=box, multiline=True), "one two three four five six seven eight nine ten")
    shown = ink(pdf)
    assert placed.text
    assert lies_in(shown, box)
    assert shown is not None
    assert shown.height > 20


def test_text_runs_on_over_the_lines_that_are_drawn() -> None:
    parts = [BBox(200, 100, 300, 114), BBox(100, 120, 300, 134)]
    what = blank(bbox=BBox(100, 100, 300, 134), multiline=True, parts=parts)
    _, pdf = fill(what, "a text that needs the second line")
    assert all(ink(pdf, part) is not None for part in parts)
    assert ink(pdf, BBox(100, 100, 198, 118)) is None


def test_each_character_stands_in_its_cell() -> None:
    cells = [BBox(x, 100, x + 15, 118) for x in (100, 115, 130, 160, 175)]
    what = blank(bbox=BBox(100, 100, 190, 118), comb=True, longest=5, parts=cells)
    _, pdf = fill(what, "12345")
    assert all(lies_in(ink(pdf, cell), cell) for cell in cells)
    assert ink(pdf, BBox(146, 100, 159, 118)) is None
    placed, _ = fill(what, "123456")
    assert placed.problem == "It takes 5 characters at most."


def test_a_date_is_written_part_by_part() -> None:
    parts = [BBox(100, 100, 120, 118), BBox(130, 100, 150, 118), BBox(160, 100, 200, 118)]
    what = blank(bbox=BBox(100, 100, 200, 118), parts=parts)
    _, pdf = fill(what, "03/04/1980")
    assert all(ink(pdf, part) is not None for part in parts)
    assert ink(pdf, BBox(121, 100, 129, 118)) is None
    placed, _ = fill(what, "yesterday")
    assert "3 parts" in placed.problem


def test_characters_that_no_font_has_are_told() -> None:
    placed, pdf = fill(blank(), "\U0001fbff")
    assert placed.problem == "It has characters that no font here can show."
    assert ink(pdf) is None


# --------------------------------------------------------------------------- marks


def test_boxes_are_crossed_and_answers_marked_at_their_box() -> None:
    box = BBox(50, 50, 62, 62)
    placed, pdf = fill(blank(FieldKind.CHECKBOX, box, value=False), value=True)
    assert placed.text == "true"
    assert lies_in(ink(pdf), box)
    choices = [Choice("Yes", "Yes", 1, BBox(50, 80, 60, 90)), Choice("No", "No", 1, BBox(90, 80, 100, 90))]
    placed, pdf = fill(blank(FieldKind.RADIO, BBox(50, 80, 100, 90), choices=choices), "No")
    assert placed.text == "No"
    assert lies_in(ink(pdf), BBox(90, 80, 100, 90))
    placed, _ = fill(blank(FieldKind.RADIO, BBox(50, 80, 100, 90), choices=choices), "Perhaps")
    assert placed.problem == "That is none of its choices."


def test_print_is_not_written_over_nor_cleared() -> None:
    for what, value in (
        (blank(value="Bob"), "Ada"),
        (blank(value="Bob"), ""),
        (blank(FieldKind.CHECKBOX, BBox(50, 50, 62, 62), value=True), False),
    ):
        placed, pdf = fill(what, value)
        assert "written there already" in placed.problem
        assert ink(pdf) is None
    assert fill(blank(value="Bob"), "Bob")[0] == Placed("p1.b1", "Bob")


def test_places_to_sign_are_left_to_be_signed() -> None:
    placed, pdf = fill(blank(FieldKind.SIGNATURE), "Ada")
    assert placed.problem
    assert ink(pdf) is None


def test_only_fillings_of_drawn_blanks_are_looked_at() -> None:
    own = Blank("name", FieldKind.TEXT, Origin.ACROFORM, 1, BOX)
    assert draw(page(), [own], [Filling("name", "Ada"), Filling("unknown", "Ada")]) == []


# --------------------------------------------------------------------------- pages


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("boxes", [{}, {"MediaBox": "[10 -20 510 380]", "CropBox": "[50 0 450 350]"}])
@pytest.mark.parametrize("unit", [1, 2])
def test_pages_that_are_turned_cut_or_have_units_of_their_own(
    turn: int, boxes: dict[str, str], unit: int
) -> None:
    document = page(**boxes, Rotate=str(turn), UserUnit=str(unit))
    placed, pdf = fill(blank(), "Ada Lovelace", document)
    assert placed.text
    assert lies_in(ink(pdf), BOX)


def test_writing_lies_along_a_leaning_blank() -> None:
    angle = 5.0
    _, pdf = fill(blank(bbox=BBox(50, 190, 450, 210), angle=angle), "M" * 40)
    shown = ink(pdf)
    assert shown is not None
    left, right = ink(pdf, BBox(0, 0, 100, 400)), ink(pdf, BBox(300, 0, 500, 400))
    assert left is not None
    assert right is not None
    assert left.y1 - right.y1 > 10  # what leans to the left rises to the right
    width, height = leaned_size(500, 400, angle)
    assert leaned_box(shown, angle, 500, 400).clipped(width, height).center[1] == pytest.approx(
        height / 2, abs=4
    )


def test_writing_on_a_page_that_lies_on_its_side() -> None:
    box = BBox(100, 100, 118, 300)
    _, pdf = fill(blank(bbox=box, angle=90.0), "Ada Lovelace")
    shown = ink(pdf)
    assert lies_in(shown, box)
    assert shown is not None
    assert shown.height > 3 * shown.width
    assert shown.y2 > 290  # it begins at the foot, and reads upwards


def test_what_was_on_the_page_stays_there() -> None:
    document = page()
    document[0].insert_text((50, 50), "Printed")
    _, pdf = fill(blank(), "Ada", document)
    assert pymupdf.open("pdf", pdf)[0].get_text().split() == ["Printed", "Ada"]
