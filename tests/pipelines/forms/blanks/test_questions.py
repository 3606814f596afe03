"""Boxes to tick: answers that exclude each other are one blank, others each one."""

from __future__ import annotations

from pathlib import Path

from pipelines.pages.forms.flat.marks import ticks
from schemas.geometry import BBox
from schemas.reading import CheckBox, FieldKind
from tests.fakes.engines import line
from tests.pipelines.forms.blanks.sheets import Sheet, blanks_of


def row(sheet: Sheet, y: float, question: str, answers: list[str], *, marked: int = -1) -> None:
    sheet.text(40, y, question)
    for i, answer in enumerate(answers):
        x = 200 + 90 * i
        sheet.box(x, y - 9, x + 10, y + 1)
        sheet.text(x + 15, y, answer)
        if i == marked:
            sheet.page.draw_line((x + 1, y - 8), (x + 9, y), width=1.5)
            sheet.page.draw_line((x + 1, y), (x + 9, y - 8), width=1.5)


def test_answers_that_exclude_each_other_are_one_question(tmp_path: Path) -> None:
    sheet = Sheet()
    row(sheet, 60, "Marital status:", ["Single", "Married", "Divorced"])
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.kind, blank.names, blank.value) == (FieldKind.RADIO, ["Marital status"], None)
    assert [(choice.value, choice.page) for choice in blank.choices] == [
        ("Single", 1),
        ("Married", 1),
        ("Divorced", 1),
    ]
    assert [round(choice.bbox.x1 / 10) for choice in blank.choices if choice.bbox] == [20, 29, 38]


def test_the_answer_that_is_ticked_is_the_value(tmp_path: Path) -> None:
    sheet = Sheet()
    row(sheet, 60, "Citizen?", ["Yes", "No"], marked=1)
    assert [blank.value for blank in blanks_of(sheet.save(tmp_path))] == ["No"]


def test_answers_that_may_all_be_true_are_boxes_of_their_own(tmp_path: Path) -> None:
    sheet = Sheet()
    row(sheet, 60, "Services:", ["Checking", "Mortgage"], marked=0)
    found = blanks_of(sheet.save(tmp_path))
    assert [(b.kind, b.names, b.context, b.value) for b in found] == [
        (FieldKind.CHECKBOX, ["Checking"], ["Services"], True),
        (FieldKind.CHECKBOX, ["Mortgage"], ["Services"], False),
    ]


def test_a_question_that_wants_one_answer_is_one_blank(tmp_path: Path) -> None:
    sheet = Sheet()
    row(sheet, 60, "Colour (check one):", ["Red", "Blue"])
    assert [blank.kind for blank in blanks_of(sheet.save(tmp_path))] == [FieldKind.RADIO]


def test_circles_below_a_question_are_one_blank(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "How will you travel?")
    for i, answer in enumerate(["By train", "By boat", "On foot"]):
        sheet.circle(50, 76 + 18 * i)
        sheet.text(62, 80 + 18 * i, answer)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.names, [choice.label for choice in blank.choices]) == (
        ["How will you travel?"],
        ["By train", "By boat", "On foot"],
    )


def test_rows_with_questions_of_their_own_are_apart(tmp_path: Path) -> None:
    sheet = Sheet()
    row(sheet, 60, "Do you smoke?", ["Yes", "No"])
    row(sheet, 78, "Do you drive?", ["Yes", "No"])
    assert [blank.names for blank in blanks_of(sheet.save(tmp_path))] == [
        ["Do you smoke?"],
        ["Do you drive?"],
    ]


def test_typed_boxes_are_boxes(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.text(40, 60, "Agreed?   [ ] Yes   [x] No")
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.kind, blank.value) == (FieldKind.RADIO, "No")


def test_rows_with_columns_of_answers_are_questions(tmp_path: Path) -> None:
    sheet = Sheet()
    edges = [40, 240, 290, 340, 480]
    for row_number, cells in enumerate(
        [["", "Yes", "No", "Details"], ["Asthma", "", "", ""], ["Cancer", "", "", ""]]
    ):
        for x1, x2, text in zip(edges, edges[1:], cells, strict=False):
            y = 50 + 20 * row_number
            sheet.box(x1, y, x2, y + 20)
            sheet.text(x1 + 4, y + 14, text)
    found = blanks_of(sheet.save(tmp_path))
    assert [(blank.kind, blank.names[0], [choice.label for choice in blank.choices]) for blank in found] == [
        (FieldKind.RADIO, "Asthma", ["Yes", "No"]),
        (FieldKind.TEXT, "Details", []),
        (FieldKind.RADIO, "Cancer", ["Yes", "No"]),
        (FieldKind.TEXT, "Details", []),
    ]


def test_signs_that_may_be_bullets_are_boxes_where_two_stand_in_a_row() -> None:
    said = [line("Delivered in good condition?  □ yes  □ no", 50, 60), line("□ One thing", 50, 100)]
    assert [tick.bbox.y1 for tick in ticks(said, [], on_form=True)] == [60, 60]
    assert ticks(said, []) == []


def test_boxes_that_were_read_over_or_glued_to_their_words_are_boxes() -> None:
    said = [line("Sex: []M []F", 50, 60)]
    assert [round(tick.bbox.x1) for tick in ticks(said, [], on_form=True)] == [
        round(word.bbox.x1) for word in said[0].words[1:]
    ]
    words = [line("male", 100, 90), line("female", 200, 90)]
    seen = [CheckBox(BBox(x, 90, x + 9, 99), checked=False, score=1.0) for x in (100, 200)]
    assert len(ticks(words, seen, on_form=True)) == 2
    assert ticks(words[:1], seen[:1], on_form=True) == []
