"""What fields of a file's own form are called: print beside, over, under and around them."""

from collections.abc import Sequence

import pytest

from pipelines.pages.forms.blanks.interactive import named
from pipelines.work import PageWork
from schemas.forms import Blank, Choice, Origin
from schemas.geometry import BBox
from schemas.reading import FieldKind, Region, RegionKind, SourcePage, TextLine
from tests.fakes.engines import line


def text(name: str, x: float, y: float, width: float = 60, **more: object) -> Blank:
    box = BBox(x, y, x + width, y + 12)
    return Blank(name, FieldKind.TEXT, Origin.ACROFORM, 1, box, [name], **more)  # type: ignore[arg-type]


def tick(name: str, x: float, y: float) -> Blank:
    return Blank(name, FieldKind.CHECKBOX, Origin.ACROFORM, 1, BBox(x, y, x + 10, y + 10), [name])


def page(*lines: TextLine, rules: Sequence[BBox] = (), regions: Sequence[Region] = ()) -> PageWork:
    source = SourcePage(1, 600, 800)
    return PageWork(1, source=source, lines=list(lines), rules=list(rules), regions=list(regions))


def names(blanks: Sequence[Blank], work: PageWork) -> list[str]:
    return [blank.names[0] for blank in named(blanks, work)]


def frame(x1: float, y1: float, x2: float, y2: float) -> list[BBox]:
    return [BBox(x1, y1, x2, y1), BBox(x1, y2, x2, y2), BBox(x1, y1, x1, y2), BBox(x2, y1, x2, y2)]


def test_print_goes_before_the_other_names_and_a_heading_is_context() -> None:
    heading = line("Employer", 20, 30)
    work = page(heading, line("Name:", 20, 60), regions=[Region(RegionKind.SECTION_HEADER, heading.bbox)])
    (blank,) = named([text("f1", 100, 59)], work)
    assert (blank.names, blank.context) == (["Name", "f1"], ["Employer"])
    assert named([text("f1", 100, 300)], page())[0].names == ["f1"]


def test_a_group_is_called_what_it_asks_and_its_choices_what_stands_at_them() -> None:
    choices = [Choice("1", "1", 1, BBox(100, 59, 110, 69)), Choice("2", "2", 1, BBox(200, 59, 210, 69))]
    group = Blank("g", FieldKind.RADIO, Origin.ACROFORM, 1, BBox(100, 59, 110, 69), ["g"], choices=choices)
    for question in (line("Size:", 20, 60), line("Which size?", 100, 30)):
        (blank,) = named([group], page(question, line("Small", 114, 60), line("Large", 214, 60)))
        assert [choice.label for choice in blank.choices] == ["Small", "Large"]
        assert [choice.value for choice in blank.choices] == ["1", "2"]
        assert blank.names[0] in {"Size", "Which size?"}


def test_what_is_asked_over_boxes_to_tick_is_their_context() -> None:
    boxes = [tick("a", 20, 60), tick("b", 20, 80)]
    work = page(line("How did you hear of us?", 20, 45), line("Friends", 34, 60), line("Press", 34, 80))
    assert [(blank.names[0], blank.context) for blank in named(boxes, work)] == [
        ("Friends", ["How did you hear of us?"]),
        ("Press", ["How did you hear of us?"]),
    ]


def test_cells_of_a_table_are_called_by_their_columns_with_their_rows_as_context() -> None:
    cells = [
        text(f"{row}{column}", 100 + 60 * column, 60 + 12 * row) for row in range(3) for column in range(2)
    ]
    heads = [line("Hours", 102, 46), line("Pay", 162, 46)]
    rows = [line(f"Week {row}", 20, 61 + 12 * row) for row in range(3)]
    found = {blank.id: blank for blank in named(cells, page(*heads, *rows))}
    assert found["21"].names[0] == "Pay"
    assert found["21"].context == ["Week 2"]
    assert "Hours" in [*found["20"].names, *found["20"].context]
    assert "Week 2" in [*found["20"].names, *found["20"].context]


def test_of_rows_without_names_the_first_is_called_what_its_columns_are() -> None:
    cells = [text(f"{i}{j}", 100 + 60 * j, 60 + 12 * i) for i in range(2) for j in range(2)]
    found = named(cells, page(line("Item", 102, 46), line("Price", 162, 46)))
    assert [blank.names[0] for blank in found] == ["Item", "Price", "10", "11"]
    assert [blank.context for blank in found[2:]] == [["Item"], ["Price"]]


def test_fields_in_a_column_with_labels_of_their_own_are_no_table() -> None:
    fields = [text(f"f{i}", 100, 60 + 12 * i) for i in range(3)]
    labels = [line(label, 50, 61 + 12 * i) for i, label in enumerate(("Name:", "Street:", "City:"))]
    found = named(fields, page(line("Please use capitals", 100, 46), *labels))
    assert [(blank.names[0], blank.context) for blank in found] == [
        ("Name", []),
        ("Street", []),
        ("City", []),
    ]


def test_the_parts_of_a_number_are_counted() -> None:
    parts = [
        text("a", 100, 60, 30, longest=3),
        text("b", 140, 60, 20, longest=2),
        text("c", 170, 60, longest=4),
    ]
    expected = ["Tax number (1 of 3)", "Tax number (2 of 3)", "Tax number (3 of 3)"]
    assert names(parts, page(line("Tax number", 30, 61))) == expected


def test_print_names_the_field_that_it_stands_before_and_no_other() -> None:
    lines = [line("Requester", 220, 58)]
    assert names([text("other", 100, 58, 110), text("own", 290, 57, 100)], page(*lines)) == [
        "other",
        "Requester",
    ]


def test_a_field_alone_in_a_frame_is_called_what_stands_in_it() -> None:
    rules = [*frame(50, 50, 250, 120), *frame(50, 120, 250, 190)]
    lines = [line("1 Rents", 54, 53), line("2 Royalties", 54, 123)]
    assert names([text("a", 60, 105, 100), text("b", 60, 175, 100)], page(*lines, rules=rules)) == [
        "1 Rents",
        "2 Royalties",
    ]


@pytest.mark.parametrize("below", [True, False])
def test_labels_stand_under_their_fields_where_most_do(below: bool) -> None:
    fields = [
        text(f"f{row}{column}", 50 + 150 * column, 60 + 24 * row, 100)
        for row in range(2)
        for column in range(3)
    ]
    lines = [
        line(f"label{row}{column}", 60 + 150 * column, (73 if below else 49) + 24 * row)
        for row in range(2)
        for column in range(3)
    ]
    expected = [f"label{row}{column}" for row in range(2) for column in range(3)]
    assert names(fields, page(*lines)) == expected


def test_a_numbered_label_of_two_lines_is_one() -> None:
    lines = [line("14 Nonqualified deferred", 54, 40), line("compensation", 69, 51)]
    first = lines[0].words[1].bbox.x1
    lines[1] = line("compensation", first, 51)
    assert names([text("a", 60, 66, 150)], page(*lines)) == ["14 Nonqualified deferred compensation"]


def test_print_that_stands_out_is_context_unless_it_is_a_label() -> None:
    large, label = line("Emergency contact", 20, 30, size=14), line("Phone", 100, 90, size=14)
    beside = [line("Name:", 20, 60), line("of whom we call", 20, 110), line("and when", 20, 130)]
    name, phone = named([text("f1", 220, 59), text("f2", 100, 106)], page(large, label, *beside))
    assert (name.names[0], name.context) == ("Name", ["Emergency contact"])
    assert phone.context == ["Emergency contact"]


def test_a_label_that_had_no_room_before_its_field_goes_on_below() -> None:
    wrapped = [
        line("Earliest", 20, 53),
        line("start", 20, 65),
        line("Salary (per", 180, 53),
        line("month)", 180, 65),
    ]
    fields = [text("f1", 65, 58), text("f2", 240, 58)]
    assert names(fields, page(*wrapped)) == ["Earliest start", "Salary (per month)"]
    short = [line("Earliest", 20, 53), line("start", 20, 65)]
    assert names([text("f1", 200, 52)], page(*short)) == ["Earliest"]


def test_two_questions_in_a_row_have_each_their_boxes() -> None:
    boxes = [tick("a", 20, 60), tick("b", 80, 60), tick("c", 300, 60), tick("d", 360, 60)]
    labels = [line(text, x, 60) for text, x in (("she", 34), ("he", 94), ("single", 314), ("married", 374))]
    asked = [line("Sex", 20, 45), line("Status", 300, 45)]
    found = [(blank.names[0], blank.context) for blank in named(boxes, page(*asked, *labels))]
    assert found == [("she", ["Sex"]), ("he", ["Sex"]), ("single", ["Status"]), ("married", ["Status"])]
