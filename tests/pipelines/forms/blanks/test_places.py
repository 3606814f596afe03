"""Lines, frames, typed runs and gaps are places to write at, called by the print that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.forms import Origin
from schemas.geometry import BBox
from schemas.reading import FieldKind
from tests.pipelines.forms.blanks.sheets import Sheet, blanks_of, names


def near(found: BBox | None, *expected: float, by: float = 3.0) -> bool:
    return found is not None and all(abs(a - b) <= by for a, b in zip(found, expected, strict=True))


# --------------------------------------------------------------------------- typed


def test_typed_runs_are_called_by_the_text_before_them(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(50, 60, "Full name: ______________________   E-mail ______________________")
    sheet.text(50, 90, "Place ..............................")
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Full name", "E-mail", "Place"]
    assert [(b.id, b.page, b.origin, b.kind) for b in found] == [
        (f"p1.b{n}", 1, Origin.DRAWN, FieldKind.TEXT) for n in (1, 2, 3)
    ]
    assert all(blank.bbox and blank.bbox.height > 9 for blank in found)


def test_blanks_in_a_sentence_know_the_sentence_and_what_stands_in_brackets(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "I, ________________, living in ________________ (city), ask for leave.")
    found = blanks_of(sheet.save(tmp_path))
    assert found[1].names == ["city", "living in"]
    assert found[0].context == ["I, ____ , living in ____ (city), ask for leave."]


def test_a_bracket_that_asks_names_what_follows_it(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Telephone (home): ______________ (office): ______________")
    assert names(blanks_of(sheet.save(tmp_path))) == ["Telephone (home)", "office"]


def test_the_runs_of_a_date_are_one_blank_in_parts(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Date of birth: ____/____/________")
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.names, len(blank.parts), blank.multiline) == (["Date of birth"], 3, False)


def test_runs_that_go_on_in_the_next_lines_are_one_blank(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Remarks: ________________________________________")
    sheet.text(40, 80, "________________________________________________")
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert blank.multiline
    assert len(blank.parts) == 2


def test_dots_that_lead_to_a_number_are_no_blank(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Introduction .............................. 12")
    assert not [blank for blank in blanks_of(sheet.save(tmp_path)) if not blank.value]


# --------------------------------------------------------------------------- lines


def test_lines_with_labels_before_and_captions_below(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Occupation")
    sheet.line(100, 300, 62)
    sheet.line(40, 200, 120)
    sheet.text(40, 130, "Last name", 7)
    sheet.line(220, 400, 120)
    sheet.text(220, 130, "First name", 7)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Occupation", "Last name", "First name"]
    assert near(found[1].bbox, 42, 108, 198, 120)


def test_labels_that_ask_may_stand_in_a_column_far_from_their_lines(tmp_path: Path) -> None:
    sheet = Sheet()
    for y, label in ((60, "Name:"), (90, "Date of birth:"), (120, "See page 4")):
        sheet.text(40, y, label)
        sheet.line(180, 300, y + 2)
        sheet.line(340, 440, y + 2)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Name", "Date of birth"]
    assert near(found[0].bbox, 182, 46, 298, 62)


def test_a_line_that_something_is_written_on_is_filled_in(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.line(40, 300, 60)
    sheet.text(120, 58, "Ada Lovelace")
    sheet.text(40, 70, "(name)", 7)
    assert all(blank.value for blank in blanks_of(sheet.save(tmp_path)))


def test_one_line_holds_several_fields_that_ask(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.line(40, 540, 60)
    sheet.text(42, 57, "Owner:")
    sheet.text(300, 57, "Date:")
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Owner", "Date"]
    assert found[0].bbox
    assert found[0].bbox.x2 <= 300


def test_lines_below_one_another_go_on(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Reason:")
    for y, start in ((62, 90), (82, 40), (102, 40)):
        sheet.line(start, 500, y)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert blank.multiline
    assert [round(part.y2) for part in blank.parts] == [62, 82, 102]


def test_rules_that_end_a_part_of_the_page_are_no_lines_to_write_on(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "The terms of this agreement are set out on the pages that follow.")
    sheet.line(40, 560, 90)
    sheet.text(40, 120, "They hold from the day on which both parties have signed them, and no earlier.")
    assert blanks_of(sheet.save(tmp_path)) == []


@pytest.mark.parametrize("caption", ["Signature of applicant", "Unterschrift", "Подпись"])
def test_a_place_to_sign_is_told(tmp_path: Path, caption: str) -> None:
    sheet = Sheet()
    sheet.line(40, 240, 100)
    font = "helv" if caption.isascii() else "china-s"
    sheet.page.insert_text((40, 110), caption, fontsize=8, fontname=font)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert blank.kind is FieldKind.SIGNATURE


# --------------------------------------------------------------------------- frames


def test_frames_with_their_labels_inside_have_room_below(tmp_path: Path) -> None:
    sheet = Sheet()
    for i, label in enumerate(["1 Employer", "2 Wages", "3 Town"]):
        sheet.box(40 + 150 * i, 50, 190 + 150 * i, 80)
        sheet.text(43 + 150 * i, 58, label, 7)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["1 Employer", "2 Wages", "3 Town"]
    assert all(blank.bbox and blank.bbox.y1 > 58 and blank.bbox.y2 <= 80 for blank in found)


def test_a_frame_with_several_labels_has_room_below_each(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.box(40, 50, 340, 140)
    for y, label in ((59, "Name of owner"), (89, "Street address"), (119, "Town and zip")):
        sheet.text(44, y, label, 7)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Name of owner", "Street address", "Town and zip"]
    assert [round(blank.bbox.y1 / 10) for blank in found if blank.bbox] == [6, 9, 12]


def test_room_begins_right_of_the_sign_of_a_currency(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.box(40, 50, 190, 84)
    sheet.text(43, 58, "1 Total amount", 7)
    sheet.text(43, 78, "$")
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert blank.names == ["1 Total amount"]
    assert blank.bbox
    assert blank.bbox.x1 > 48


def test_a_frame_that_holds_a_value_set_otherwise_is_filled_in(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.box(40, 50, 240, 90)
    sheet.text(43, 58, "Name of owner", 6)
    sheet.text(43, 70, "Ada Lovelace", 11)
    assert not [blank for blank in blanks_of(sheet.save(tmp_path)) if not blank.value]


def test_empty_frames_are_called_by_the_print_beside_or_above(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "First name:")
    sheet.box(110, 48, 300, 66)
    sheet.text(40, 100, "Home address")
    sheet.box(40, 105, 300, 165)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["First name", "Home address"]
    assert [blank.multiline for blank in found] == [False, True]


def test_boxes_between_lines_with_a_rule_at_the_side(tmp_path: Path) -> None:
    sheet = Sheet()
    for y in (50, 80, 110):
        sheet.line(40, 560, y)
    sheet.page.draw_line((300, 50), (300, 110), width=0.6)
    for x, y, label in (
        (43, 58, "1 Name"),
        (303, 58, "2 Country"),
        (43, 88, "3 Street"),
        (303, 88, "4 Town"),
    ):
        sheet.text(x, y, label, 7)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["1 Name", "2 Country", "3 Street", "4 Town"]


def test_empty_cells_are_called_by_row_and_column(tmp_path: Path) -> None:
    sheet = Sheet()
    texts = [["Kind", "March", "April"], ["Meals", "", ""], ["Travel", "", ""]]
    for row, cells in enumerate(texts):
        for column, text in enumerate(cells):
            x, y = 40 + 100 * column, 50 + 20 * row
            sheet.box(x, y, x + 100, y + 20)
            sheet.text(x + 4, y + 14, text)
    found = blanks_of(sheet.save(tmp_path))
    assert [(blank.names, blank.context) for blank in found] == [
        ([month, f"{kind} {month}"], [kind]) for kind in ("Meals", "Travel") for month in ("March", "April")
    ]


def test_rows_without_a_label_are_counted(tmp_path: Path) -> None:
    sheet = Sheet()
    for row in range(3):
        for column, text in enumerate(["Date", "Amount"]):
            x, y = 40 + 120 * column, 50 + 20 * row
            sheet.box(x, y, x + 120, y + 20)
            if not row:
                sheet.text(x + 4, y + 14, text)
    found = blanks_of(sheet.save(tmp_path))
    assert [(blank.names[0], blank.context) for blank in found] == [
        ("Date", []),
        ("Amount", []),
        ("Date", ["row 2"]),
        ("Amount", ["row 2"]),
    ]


def test_a_comb_takes_one_character_a_cell(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 62, "Social security number")
    x = 160.0
    for group in (3, 2, 4):
        for _ in range(group):
            sheet.box(x, 50, x + 15, 66)
            x += 15
        x += 12
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.names, blank.comb, blank.longest, len(blank.parts)) == (
        ["Social security number"],
        True,
        9,
        9,
    )


def test_shaded_boxes_are_fields_where_something_names_them(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Insurance number", 8)
    sheet.shade(40, 65, 240, 85)
    sheet.shade(40, 250, 240, 270)
    assert names(blanks_of(sheet.save(tmp_path))) == ["Insurance number"]


def test_an_amount_is_called_by_what_its_number_counts(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 64, "11 Adjusted gross income")
    sheet.text(380, 64, "11")
    sheet.box(400, 52, 500, 68)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert "11 Adjusted gross income" in blank.names


# --------------------------------------------------------------------------- gaps and values


def test_labels_that_nothing_follows_have_room_after_them(tmp_path: Path) -> None:
    sheet = Sheet()
    for y, left, right in ((60, "Name:", "Date:"), (90, "Place:", "Phone:")):
        sheet.text(40, y, left)
        sheet.text(300, y, right)
    sheet.text(
        40, 300, "This text shows how far to the right the print of the page reaches: to here, no more."
    )
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Name", "Date", "Place", "Phone"]
    assert found[0].bbox
    assert found[0].bbox.x2 < 300


def test_what_is_written_already_is_the_value(tmp_path: Path) -> None:
    sheet = Sheet()
    for y, label, value in ((60, "Name:", "Ada Lovelace"), (80, "Town:", "London"), (100, "Age:", "36")):
        sheet.text(40, y, label)
        sheet.text(150, y, value)
    found = blanks_of(sheet.save(tmp_path))
    assert [(blank.names[0], blank.value) for blank in found] == [
        ("Name", "Ada Lovelace"),
        ("Town", "London"),
        ("Age", "36"),
    ]


def test_ink_that_is_no_text_fills_a_place(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Owner:")
    sheet.box(110, 40, 300, 70)
    strokes = [(120 + 10 * i, 44 if i % 2 else 66) for i in range(15)]
    sheet.page.draw_polyline(strokes, width=2)
    assert [blank.value for blank in blanks_of(sheet.save(tmp_path))] == ["(written by hand)"]


def test_a_date_says_how_it_is_written(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.line(40, 240, 100)
    sheet.text(40, 110, "Date (MM/DD/YYYY)", 8)
    assert [blank.format for blank in blanks_of(sheet.save(tmp_path))] == ["mm/dd/yyyy"]


def test_running_text_has_no_blanks(tmp_path: Path) -> None:
    sheet = Sheet()
    for i in range(12):
        sheet.text(
            40, 60 + 14 * i, "A sentence of a letter that asks for nothing, goes on, and then it ends."
        )
    assert blanks_of(sheet.save(tmp_path)) == []


def test_a_run_alone_in_its_line_is_called_by_its_caption(tmp_path: Path) -> None:
    sheet = Sheet()
    for y, caption in ((60, "Place, date"), (100, "Signature of the parents")):
        sheet.text(40, y, "______________________")
        sheet.text(40, y + 12, caption, 9)
    found = blanks_of(sheet.save(tmp_path))
    assert names(found) == ["Place, date", "Signature of the parents"]


def test_heads_of_tables_and_their_corner_are_no_blanks(tmp_path: Path) -> None:
    sheet = Sheet()
    for row, cells in enumerate([["", "Mother", "Father"], ["Name", "", ""], ["Phone", "", ""]]):
        for column, text in enumerate(cells):
            x, y = 40 + 150 * column, 50 + 30 * row
            sheet.box(x, y, x + 150, y + 30)
            sheet.text(x + 4, y + 10, text, 8)
    found = blanks_of(sheet.save(tmp_path))
    assert [blank.names[1] for blank in found] == [
        "Name Mother",
        "Name Father",
        "Phone Mother",
        "Phone Father",
    ]


def test_lines_across_the_page_below_a_label_that_asks(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Current medication:")
    for y in (85, 105, 125):
        sheet.line(40, 560, y)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert blank.names == ["Current medication"]
    assert len(blank.parts) == 3


def test_close_rows_beside_numbered_boxes_name_one_each(tmp_path: Path) -> None:
    sheet = Sheet()
    for i, label in enumerate(["1 Wages", "2 Interest", "3 Dividends"]):
        y = 60 + 13 * i
        sheet.text(40, y, label)
        sheet.text(380, y, str(i + 1))
        sheet.box(400, y - 10, 500, y + 3)
    assert names(blanks_of(sheet.save(tmp_path))) == ["1 Wages", "2 Interest", "3 Dividends"]
