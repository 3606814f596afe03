"""Interactive fields as entries: names from tooltips and print, words that leave the text."""

from dataclasses import replace

import pytest

from pipelines.pages.forms.digital import field_entries
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField, TextLine
from tests.fakes.engines import line


def text_field(name: str, x: float, y: float, width: float = 100, **more: object) -> FormField:
    return FormField(name, FieldKind.TEXT, BBox(x, y, x + width, y + 12), **more)  # type: ignore[arg-type]


def tick(name: str, x: float, y: float, **more: object) -> FormField:
    return FormField(name, FieldKind.RADIO, BBox(x, y, x + 10, y + 10), **more)  # type: ignore[arg-type]


def named(fields: list[FormField], *lines: TextLine) -> list[str]:
    return [entry.name for entry in field_entries(fields, lines)]


def test_the_value_and_the_print_beside_a_field_are_its_entry() -> None:
    lines = [line("Name:", 20, 10), line("Ada", 105, 10), line("Other text", 20, 60)]
    (entry,) = field_entries([text_field("f1", 100, 9, value="Ada", is_set=True)], lines)
    assert (entry.name, entry.value, entry.kind) == ("Name", "Ada", FieldKind.TEXT)
    assert entry.box == BBox(100, 9, 200, 21)
    assert entry.label_box == lines[0].bbox
    assert [word.text for word in entry.words] == ["Name:", "Ada"]
    assert entry.source is Source.FORM


@pytest.mark.parametrize(
    ("label", "at", "name"),
    [
        ("Left", (60, 10), "Left"),
        ("Above", (100, -3), "Above"),
        ("Below", (100, 24), "Below"),
        ("Right", (205, 10), "Right"),
        ("Far above", (100, -40), "f1"),
        ("Other row", (20, 40), "f1"),
        ("* . _", (60, 10), "f1"),
    ],
)
def test_a_label_stands_near(label: str, at: tuple[float, float], name: str) -> None:
    assert named([text_field("f1", 100, 9)], line(label, *at)) == [name]


def test_print_at_the_left_goes_before_print_above() -> None:
    assert named([text_field("f1", 100, 39)], line("Left:", 60, 40), line("Above", 100, 26)) == ["Left"]


def test_the_print_of_a_box_to_tick_above_names_no_field_below() -> None:
    fields = [text_field("f1", 130, 30), tick("sex", 115, 11), tick("sex", 175, 11)]
    lines = [line("female", 128, 10), line("male", 188, 10), line("Country", 40, 31)]
    assert named(fields, *lines)[0] == "Country"


def test_no_label_is_taken_over_another_field() -> None:
    fields = [text_field("a", 100, 9, 30), text_field("b", 135, 9, 30)]
    assert named(fields, line("Phone", 60, 10)) == ["Phone", "b"]


@pytest.mark.parametrize(
    ("tooltip", "printed", "name"),
    [
        ("Your first name", "First name:", "Your first name"),
        ("Name", "First name:", "First name"),
        ("dd.mm.yyyy", "Born:", "Born (dd.mm.yyyy)"),
        ("Only this", "", "Only this"),
        ("", "", "f1"),
    ],
)
def test_tooltip_and_print_make_the_name(tooltip: str, printed: str, name: str) -> None:
    lines = [line(printed, 20, 10)] if printed else []
    assert named([text_field("f1", 100, 9, label=tooltip)], *lines) == [name]


def test_print_in_a_field_is_told_with_its_name_and_leaves_the_text() -> None:
    (entry,) = field_entries([text_field("f1", 100, 9)], [line("Born:", 60, 10), line("dd.mm.yyyy", 102, 10)])
    assert entry.name == "Born (dd.mm.yyyy)"
    assert entry.value == ""
    assert [word.text for word in entry.words] == ["Born:", "dd.mm.yyyy"]


def test_blanks_in_a_sentence_leave_it_whole() -> None:
    sentence = [line("born on", 20, 10), line("..........", 60, 10), line("in the town", 125, 10)]
    (entry,) = field_entries([text_field("f1", 58, 9, 62)], sentence)
    assert (entry.name, entry.words) == ("f1", [])
    sentence[1] = line("May", 60, 10)
    (entry,) = field_entries([text_field("f1", 58, 9, 62, value="May", is_set=True)], sentence)
    assert [word.text for word in entry.words] == ["May"]


def test_a_group_of_boxes_is_named_by_group_and_own_print() -> None:
    fields = [tick("sex", 100, 10, options=["f"]), tick("sex", 160, 10, options=["m"], is_set=True)]
    lines = [line("Gender:", 40, 10), line("female", 113, 10), line("male", 173, 10)]
    entries = field_entries(fields, lines)
    assert [entry.name for entry in entries] == ["Gender: female", "Gender: male"]
    assert [entry.value for entry in entries] == [False, True]
    assert [[word.text for word in entry.words] for entry in entries] == [["Gender:", "female"], ["male"]]


def test_a_common_tooltip_names_the_group_and_options_what_has_no_print() -> None:
    fields = [tick("g", 100, 10 + 20 * i, label="Colour", options=[o]) for i, o in enumerate(["red", "blue"])]
    assert named(fields) == ["Colour: red", "Colour: blue"]
    fields = [tick("g", 100, 10 + 20 * i, label=tip) for i, tip in enumerate(["Pick red", "Pick blue"])]
    assert named(fields) == ["g: Pick red", "g: Pick blue"]


def test_print_that_says_what_a_common_tooltip_does_is_the_groups() -> None:
    fields = [tick("g", 100, 10 + 20 * i, label="Colour", options=[o]) for i, o in enumerate(["red", "blue"])]
    entries = field_entries(fields, [line("Colour:", 40, 10)])
    assert [word.text for word in entries[0].words] == ["Colour:"]
    entries = field_entries(fields, [line("Chapter", 40, 10)])
    assert entries[0].words == []


def test_a_value_that_is_badly_set_is_no_hint() -> None:
    words = [line("the n\u00efchste Zeile", 102, 10)]
    (entry,) = field_entries([text_field("f1", 100, 9, 200, value="the nächste Zeile", is_set=True)], words)
    assert entry.name == "f1"
    assert len(entry.words) == 3


def test_labels_of_boxes_stand_at_the_side_where_most_are_nearer() -> None:
    fields = [tick("g", 100, 10), tick("g", 150, 10), tick("g", 200, 10)]
    lines = [line("one", 82, 10), line("two", 132, 10), line("three", 172, 10)]
    assert named(fields, *lines) == ["g: one", "g: two", "g: three"]


def test_what_stands_after_the_last_box_of_a_row_is_its_label() -> None:
    """However near the question and the label before stand."""
    fields = [tick("g", 100, 10), tick("g", 142, 10)]
    lines = [line("Nights?", 63, 10), line("yes", 122, 10), line("no", 164, 10)]
    assert named(fields, *lines) == ["Nights?: yes", "Nights?: no"]


def test_boxes_of_their_own_names_in_a_row_are_labelled_at_one_side() -> None:
    row = [tick("a", 20, 40), tick("b", 78, 40), tick("c", 140, 40)]
    lines = [line("Status", 20, 20), line("single", 36, 40), line("married", 94, 40), line("other", 156, 40)]
    column = [tick(name, 300, 40 + 20 * i) for i, name in enumerate("defgh")]
    lines += [line(name * 4, 272, 40 + 20 * i) for i, name in enumerate("defgh")]
    assert named([*row, *column[1:]], *lines)[:3] == ["single", "married", "other"]
    assert named(row, *lines[:3]) == ["single", "married", "c"]  # the last label is somewhere else
    assert named([*row, *column[1:]], *lines)[3:] == ["eeee", "ffff", "gggg", "hhhh"]


def test_a_long_label_goes_on_in_the_next_lines() -> None:
    lines = [line("I agree to what is said in the", 115, 10), line("terms of use", 115, 22)]
    (entry,) = field_entries([tick("t", 100, 10)], lines)
    assert entry.name == "I agree to what is said in the terms of use"


def test_a_label_with_a_colon_ends_there() -> None:
    lines = [line("Date of your birth:", 20, 10), line("Town of your birth:", 20, 24)]
    assert named([text_field("f1", 130, 9)], *lines) == ["Date of your birth"]
    assert named([text_field("f1", 130, 23)], *lines) == ["Town of your birth"]


def test_writing_on_its_side_and_lines_of_paragraphs_name_no_field() -> None:
    turned = replace(line("Sideways", 60, 10), quarter_turns=1)
    assert named([text_field("f1", 110, 9)], turned) == ["f1"]
    prose = line("many words of a paragraph that goes on and on and on until it ends at the edge here", 0, 10)
    assert named([text_field("f1", prose.bbox.x2 + 15, 9)], prose) == ["f1"]


def test_a_label_at_the_left_has_the_line_above_it() -> None:
    lines = [line("Exemption from the reporting", 20, -2), line("code (if any)", 20, 10)]
    assert named([text_field("f1", 110, 9)], *lines) == ["Exemption from the reporting code (if any)"]


def test_a_number_over_a_field_is_of_the_label_beside_it() -> None:
    lines = [line("3", 100, -3), line("Your address", 125, -3), line("Another", 300, -3)]
    assert named([text_field("f1", 100, 9, 250)], *lines) == ["3 Your address"]


def test_hidden_fields_take_no_words() -> None:
    (entry,) = field_entries(
        [text_field("f1", 100, 9, value="x", is_set=True, hidden=True)], [line("x", 105, 10)]
    )
    assert (entry.name, entry.value, entry.words) == ("f1", "x", [])


def test_many_fields_do_not_take_long() -> None:
    fields = [text_field(f"f{i}", 100 * (i % 50), 20 * (i // 50), 40) for i in range(4000)]
    lines = [line(f"Label{i}", 100 * (i % 50) + 50, 20 * (i // 50)) for i in range(2000)]
    assert len(field_entries(fields, lines)) == 4000
