"""Form fields of the older kind; and forms that are only typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.reading import FieldKind
from tests.readers.docx.build import p, row, t, table, write
from tests.readers.docx_forms.build import blanks, control, fill, legacy, part, said


@pytest.mark.parametrize("result", [None, "\u2002" * 5, "before"])
def test_a_field_for_text_takes_text_whether_it_has_a_result(tmp_path: Path, result: str | None) -> None:
    path = write(
        tmp_path / "a.docx", p(t("Phone: ") + legacy("Text1", "textInput", "", result) + t(" (day)"))
    )
    (blank,) = blanks(path)
    assert blank.names[0] == "Phone"
    assert blank.value == (None if result is None else result.strip() or None)
    filled = fill(path, {"Text1": "555 0100"})
    assert said(filled) == ["Phone: 555 0100 (day)"]
    xml = part(filled)
    assert xml.index('"separate"') < xml.index("555 0100") < xml.index('"end"')


def test_a_field_tells_how_much_it_takes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p(legacy("Text1", "textInput", '<w:maxLength w:val="3"/>', "")))
    assert blanks(path)[0].longest == 3
    assert "3" in fill(path, {"Text1": "long"}).placed[0].problem


def test_a_result_over_several_paragraphs_is_replaced(tmp_path: Path) -> None:
    begin, end = legacy("Text1", "textInput", "", "one").rsplit("<w:r>", 1)
    path = write(tmp_path / "a.docx", p(begin) + p(t("two") + "<w:r>" + end))
    assert said(fill(path, {"Text1": "new"})) == ["new"]


def test_a_box_and_a_list_keep_their_state_in_the_form_data(tmp_path: Path) -> None:
    entries = '<w:listEntry w:val="S"/><w:listEntry w:val="M"/>'
    body = p(legacy("Check1", "checkBox", '<w:default w:val="0"/>') + t(" Member"))
    path = write(tmp_path / "a.docx", body + p(t("Size: ") + legacy("Drop1", "ddList", entries)))
    box, choice = blanks(path)
    assert (box.kind, box.value, box.names) == (FieldKind.CHECKBOX, False, ["Member", "Check1"])
    assert [one.value for one in choice.choices] == ["S", "M"]
    xml = part(fill(path, {"Check1": True, "Drop1": "m"}))
    assert '<w:checked w:val="1"/>' in xml
    assert '<w:result w:val="1"/>' in xml


def test_what_word_computes_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p(legacy("Sum", "textInput", '<w:type w:val="calculated"/>', "0")))
    assert blanks(path)[0].read_only
    assert fill(path, {"Sum": "1"}).placed[0].problem


def test_typed_lines_boxes_and_empty_cells_are_blanks_where_no_field_is(tmp_path: Path) -> None:
    rule = '<w:tabs><w:tab w:val="left" w:leader="underscore" w:pos="6000"/></w:tabs>'
    body = (
        p("Name: ________ Date: ____")
        + p(t("Signed by") + "<w:r><w:tab/></w:r>", properties=rule)
        + p(t("in") + t("        ", '<w:u w:val="single"/>') + t(" (town)"))
        + p("Delivery: ☐ by post  ☐ by courier")
        + table(row("Street", ""), row("City", ""))
    )
    path = write(tmp_path / "a.docx", body)
    names = [blank.names for blank in blanks(path)]
    assert names[:4] == [["Name"], ["Date"], ["Signed by"], ["in", "town"]]
    assert names[4:] == [["by post"], ["by courier"], ["Street"], ["City"]]
    given = ["Jane Doe-Miller", "4.3.", "Joe", "Rome", True, False, "Elm", "Ulm"]
    values = {f"blank{number}": value for number, value in enumerate(given, start=1)}
    assert said(fill(path, values)) == [
        "Name: Jane Doe-Miller Date: 4.3.",
        "Signed byJoe",
        "inRome\u00a0\u00a0\u00a0\u00a0 (town)",
        "Delivery: ☒ by post  ☐ by courier",
        "Street",
        "Elm",
        "City",
        "Ulm",
    ]


def test_a_line_over_several_runs_is_one_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p(t("Name: __") + t("____", "<w:b/>") + t("__ Age: ___")))
    assert [blank.names for blank in blanks(path)] == [["Name"], ["Age"]]
    assert said(fill(path, {"blank2": "44", "blank1": "Jane"})) == ["Name: Jane____ Age: 44_"]


def test_typed_lines_are_none_where_there_are_fields(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p("Name: ______") + p(control("<w:text/>")))
    assert len(blanks(path)) == 1


def test_cells_that_a_table_of_data_leaves_empty_are_none(tmp_path: Path) -> None:
    rows = [row("Year", "Sales", "Costs"), row("2024", "10", "8"), row("2025", "12", "")]
    assert blanks(write(tmp_path / "a.docx", table(*rows))) == []
