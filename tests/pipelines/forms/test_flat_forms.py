"""Printed and scanned forms: labels find what is written at them, and running text and tables are none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.reader import flat_entries
from pipelines.work import PageWork
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import (
    CheckBox,
    FieldKind,
    GridCell,
    Region,
    RegionKind,
    SourcePage,
    TableGrid,
    TextLine,
)
from tests.fakes.engines import line

Read = list[tuple[str, str | bool | None]]


def page(lines: Sequence[TextLine], rules: Sequence[BBox] = (), regions: Sequence[Region] = ()) -> PageWork:
    source = SourcePage(1, 600, 800, list(lines))
    return PageWork(1, source, lines=list(lines), rules=list(rules), regions=list(regions))


def read(
    lines: Sequence[TextLine],
    rules: Sequence[BBox] = (),
    boxes: Sequence[CheckBox] = (),
    regions: Sequence[Region] = (),
    known: Sequence[Entry] = (),
) -> Read:
    found = flat_entries(page(lines, rules, regions), boxes, known)
    return [(entry.name, entry.value) for entry in found]


def level(x1: float, x2: float, y: float) -> BBox:
    return BBox(x1, y, x2, y + 1)


def frame(x1: float, y1: float, x2: float, y2: float) -> list[BBox]:
    upright = [BBox(x, y1, x + 1, y2 + 1) for x in (x1, x2)]
    return [level(x1, x2 + 1, y1), level(x1, x2 + 1, y2), *upright]


# --------------------------------------------------------------------------- labels and values


@pytest.mark.parametrize("colon", [":", "：", " :"])
def test_a_colon_asks(colon: str) -> None:
    assert read([line(f"Invoice number{colon}", 50, 100), line("A 123", 200, 100)]) == [
        ("Invoice number", "A 123")
    ]


def test_label_and_value_on_one_line_and_in_one_word() -> None:
    assert read([line("Name: Ada Lovelace", 50, 100), line("Fax:555-0100", 50, 130)]) == [
        ("Name", "Ada Lovelace"),
        ("Fax", "555-0100"),
    ]


def test_times_and_addresses_of_the_web_ask_nothing() -> None:
    assert read([line("We meet at 10:30", 50, 100), line("http://example.org/form", 50, 130)]) == []


def test_several_fields_on_one_line() -> None:
    assert read([line("Date: 12/3/98 Policy No: 77 Age: 30", 50, 100)]) == [
        ("Date", "12/3/98"),
        ("Policy No", "77"),
        ("Age", "30"),
    ]


def test_blanks_of_underscores_and_dots() -> None:
    found = read([line("Date ______ Room ........ 12", 50, 100), line("Place________", 50, 130)])
    assert found == [("Date", ""), ("Room", "12"), ("Place", "")]


def test_lines_to_write_on_part_labels_and_values() -> None:
    texts = [line("Study name Enzymes in rats", 50, 100), line("Sponsor", 50, 130)]
    rules = [level(100, 300, 110), level(90, 300, 140)]
    assert read(texts, rules) == [("Study name", "Enzymes in rats"), ("Sponsor", "")]


def test_an_underlined_word_is_no_label() -> None:
    text = line("You must sign here before noon", 50, 100)
    under = text.words[2].bbox
    assert read([text], [level(under.x1, under.x2, 110)]) == []


def test_a_value_over_several_rows() -> None:
    texts = [line("Sold to:", 50, 100), line("Ada Lovelace", 150, 100), line("12 Main Street", 150, 112)]
    texts.append(line("Thank you for your order", 150, 150))
    assert read(texts) == [("Sold to", "Ada Lovelace 12 Main Street")]


def test_a_label_over_two_rows_and_a_value_below_its_label() -> None:
    texts = [line("Name of the", 50, 100), line("Supplier:", 50, 112), line("ACME Ltd", 200, 112)]
    texts += [line("Remarks:", 50, 150), line("Fragile goods", 50, 165)]
    assert read(texts) == [("Name of the Supplier", "ACME Ltd"), ("Remarks", "Fragile goods")]


def test_what_to_write_is_no_value() -> None:
    texts = [line("Place:", 50, 100), line("(city and country)", 100, 100), line("Oslo", 250, 100)]
    assert read(texts) == [("Place", "Oslo")]


def test_common_words_ask_without_a_colon_where_others_ask_with_one() -> None:
    sure = [line("Name: Ada", 50, 100), line("Age: 30", 50, 130)]
    weak = [line("Telephone", 50, 160), line("555 0100", 200, 160)]
    assert ("Telephone", "555 0100") in read(sure + weak)
    assert read(weak) == []


def test_texts_in_line_with_labels_are_labels() -> None:
    texts = [line(f"{name}:", 50, 100 + 30 * i) for i, name in enumerate(("One", "Two", "Three", "Four"))]
    texts += [line("some text", 200, 100 + 30 * i) for i in range(4)]
    texts += [line("Favourite colour", 50, 220), line("green", 200, 220)]
    assert read(texts)[-1] == ("Favourite colour", "green")


def test_forms_of_boxes() -> None:
    fields = [
        ("1 Wages", "100.00"),
        ("2 Tips", "5.00"),
        ("3 Tax", "9.00"),
        ("4 Name", "Ada"),
        ("5 Code", "DD"),
    ]
    fields.append(("6 Other", "none"))
    texts, rules = [], []
    for i, (label, value) in enumerate(fields):
        rules += frame(50, 100 + 50 * i, 250, 150 + 50 * i)
        texts += [line(label, 55, 104 + 50 * i, size=7), line(value, 120, 128 + 50 * i, size=11)]
    assert read(texts, rules) == fields
    assert ("1 Wages", "100.00") not in read(texts[:6], rules)


def test_a_frame_beside_its_label() -> None:
    texts = [line("Status:", 50, 105), line("unknown", 205, 105), line("since May", 205, 118)]
    texts += [line("City:", 50, 155), line("Elsewhere", 500, 155)]
    rules = frame(200, 100, 400, 135) + frame(200, 150, 400, 170)
    assert read(texts, rules)[0] == ("Status", "unknown since May")


def test_words_of_an_entry_are_its_own() -> None:
    texts = [line("Name: Ada Lovelace", 50, 100), line("Nothing is asked here", 50, 200)]
    (entry,) = flat_entries(page(texts), [], [])
    assert entry.words == texts[0].words
    assert entry.kind is FieldKind.TEXT
    assert entry.label_box == texts[0].words[0].bbox
    assert entry.box == texts[0].words[1].bbox.union(texts[0].words[2].bbox)


def test_known_fields_keep_their_words() -> None:
    texts = [line("Name: Ada", 50, 100), line("City: Oslo", 50, 130)]
    known = Entry(FieldKind.TEXT, "Name", "Ada", None, words=texts[0].words)
    assert read(texts, known=[known]) == [("City", "Oslo")]


# --------------------------------------------------------------------------- what is none


def test_prose_is_no_form() -> None:
    texts = [
        line("This agreement is made between the parties named below", 50, 100),
        line("and sets out the terms on which they agree as follows:", 50, 112),
        line("The supplier delivers the goods and the buyer pays for", 50, 140),
        line("them within thirty days of the date of the invoice.", 50, 152),
    ]
    assert read(texts) == []


def test_a_label_introduces_prose() -> None:
    prose = "which we would like to be run by all of them in the sections that follow below here"
    letter = [line("Dear Ada:", 50, 100)] + [line(prose, 50, 115 + 11 * i) for i in range(3)]
    assert read(letter) == []
    notes = [line("Notes: these are", 50, 300), *(line(prose, 104, 311 + 11 * i) for i in range(3))]
    assert read(notes) == [("Notes", "these are")]


def test_the_row_below_that_asks_is_no_more_of_a_value() -> None:
    texts = [line(text, 50, 100 + 11 * i) for i, text in enumerate(["Net:", "VAT 06%:", "12.5%:"])]
    texts += [line(text, 100, 100 + 11 * i) for i, text in enumerate(["179.00", "10.74", "0.01"])]
    assert read(texts) == [("Net", "179.00"), ("VAT 06%", "10.74")]


def test_parts_of_sentences_are_no_labels() -> None:
    fields = [line("Date: today", 50, 50), line("No: 7", 50, 70)]
    texts = ["we sent you the price", "This is all of it.", "Sincerely,", "the article."]
    rules = [level(160, 300, 110 + 30 * i) for i in range(4)]
    assert len(read(fields + [line(text, 50, 100 + 30 * i) for i, text in enumerate(texts)], rules)) == 2


def test_a_form_has_labels_with_values_or_colons() -> None:
    words = ["Sincerely, Ada", "Taxi", "Meals", "Hotel", "Copy", "Fax"]
    framed = [part for i in range(2) for part in frame(45, 95 + 30 * i, 300, 120 + 30 * i)]
    texts = [line(f"{word}:", 50, 100 + 30 * i) for i, word in enumerate(words)]
    assert [name for name, _ in read(texts)] == words
    assert [name for name, _ in read(texts[:5], framed)] == words[:2]


@pytest.mark.parametrize("kind", [RegionKind.CAPTION, RegionKind.TITLE])
def test_captions_and_titles_are_no_fields(kind: RegionKind) -> None:
    text = line("Figure 1: A page", 50, 100)
    assert read([text]) == [("Figure 1", "A page")]
    assert read([text], regions=[Region(kind, BBox(40, 95, 300, 115))]) == []


def test_columns_that_say_the_same_are_no_labels_and_values() -> None:
    def rows(right: Sequence[str]) -> Read:
        left = ["Hull", "Acme Works", "Old Lane", "Springfield"]
        texts = [line("Date: today", 80, 50), line("No: 7", 340, 50)]
        texts += [line(text, 50, 100 + 30 * i) for i, text in enumerate(left)]
        return read([*texts, *(line(text, 300, 100 + 30 * i) for i, text in enumerate(right))])[2:]

    assert rows(["Leeds", "Ada", "Old Lane", "Springfield"]) == []
    assert len(rows(["one", "two", "three", "four"])) == 4


def test_columns_below_labels_are_their_values() -> None:
    texts = [line("Seller:", 50, 100), line("Buyer:", 300, 100)]
    texts += [
        line(text, 50, 114 + 11 * i) for i, text in enumerate(["Acme Works", "Old Lane", "Springfield"])
    ]
    texts += [line(text, 300, 114 + 11 * i) for i, text in enumerate(["Ada", "New Lane", "Shelbyville"])]
    assert read(texts) == [
        ("Seller", "Acme Works Old Lane Springfield"),
        ("Buyer", "Ada New Lane Shelbyville"),
    ]


def test_tables_of_data_are_no_form() -> None:
    texts = [line("Total price of goods:", 50, 90), line("25.00", 300, 90)]
    for row in range(6):
        texts += [line("Name of apples", 50, 120 + 20 * row), line("4.00", 200, 120 + 20 * row)]
    table = BBox(45, 115, 260, 240)
    grid = TableGrid(1, 1, [GridCell(0, 1, 0, 1, table)])
    assert read(texts, regions=[Region(RegionKind.TABLE, table, grid=grid)]) == [
        ("Total price of goods", "25.00")
    ]


@given(
    st.lists(
        st.tuples(st.text("ab:_. 1☐X()", min_size=1, max_size=12), st.integers(0, 590), st.integers(0, 790)),
        max_size=25,
    )
)
def test_no_word_is_in_two_entries(texts: list[tuple[str, int, int]]) -> None:
    lines = [line(text, x, y) for text, x, y in texts if text.split()]
    found = flat_entries(page(lines, [level(0, 500, 400)]), [box(300, 400)], [])
    words = [id(word) for entry in found for word in entry.words]
    assert len(words) == len(set(words))
    assert set(words) <= {id(word) for one in lines for word in one.words}


# --------------------------------------------------------------------------- boxes to tick


def box(x: float, y: float, *, checked: bool = False, round_: bool = False) -> CheckBox:
    return CheckBox(BBox(x, y, x + 10, y + 10), checked, 0.9, round_)


def test_boxes_have_their_texts_at_the_right() -> None:
    texts = [line("Yes", 65, 100), line("No", 135, 100)]
    assert read(texts, boxes=[box(50, 100, checked=True), box(120, 100)]) == [("Yes", True), ("No", False)]


def test_boxes_have_their_texts_at_the_left_where_none_is_at_the_right() -> None:
    texts = [line("Married:", 50, 100), line("Single:", 150, 100)]
    assert read(texts, boxes=[box(95, 100), box(190, 100, checked=True)]) == [
        ("Married", False),
        ("Single", True),
    ]


def test_round_boxes_are_radio_buttons() -> None:
    (entry,) = flat_entries(page([line("Cash", 65, 100)]), [box(50, 100, checked=True, round_=True)], [])
    assert (entry.kind, entry.value, entry.score) == (FieldKind.RADIO, True, 0.9)


@pytest.mark.parametrize(
    ("sign", "checked"),
    [("☐", False), ("☒", True), ("☑", True), ("[x]", True), ("[ ]", False), ("( )", False), ("\uf0fe", True)],
)
def test_written_boxes(sign: str, checked: bool) -> None:
    assert read([line(f"{sign} By post", 50, 100), line("☑ By hand ☐ By air", 50, 130)])[0] == (
        "By post",
        checked,
    )


def test_bullets_are_no_boxes() -> None:
    assert read([line("■ First item", 50, 100), line("■ Second item", 50, 120)]) == []


def test_a_letter_seen_as_a_box_is_none() -> None:
    assert read([line("BENEFITS", 50, 100)], boxes=[CheckBox(BBox(50, 100, 55, 110), True, 0.9)]) == []


def test_a_box_without_words_says_nothing() -> None:
    assert read([line("Far away", 400, 100), line("$", 65, 100)], boxes=[box(50, 100)]) == []


def test_a_letter_of_a_sentence_seen_as_a_box_is_none() -> None:
    digital = line("the rights or otherwise not", 50, 100)
    word = digital.words[3].bbox
    assert (
        read([digital], boxes=[CheckBox(BBox(word.x1, 102, word.x1 + 6, 108), False, 0.9, round=True)]) == []
    )
    read_by_ocr = line("one two three our four five six", 50, 100)
    for one in read_by_ocr.words:
        one.source = Source.OCR
    word = read_by_ocr.words[3].bbox
    seen = CheckBox(BBox(word.x1, 102, word.x1 + 6, 108), False, 0.9)
    assert read([read_by_ocr], boxes=[seen]) == []
    word = read_by_ocr.words[1].bbox
    lone = CheckBox(BBox(word.x1, 102, word.x1 + 6, 108), False, 0.9)
    assert read([read_by_ocr], boxes=[lone]) == []


def of_ocr(text: str, x: float, y: float) -> TextLine:
    read_by_ocr = line(text, x, y)
    for word in read_by_ocr.words:
        word.source = Source.OCR
    return read_by_ocr


def test_boxes_that_were_read_into_the_words_around_them() -> None:
    """Boxes and words as a recogniser gives them; a sure box in line says that the others are none."""
    row = of_ocr("northsouth", 65, 100)
    middle = box(row.bbox.center[0] - 5, 100, checked=True, round_=True)
    assert read([row], boxes=[middle]) == []
    found = read([row], boxes=[box(50, 100, round_=True), middle])
    assert found == [("north", False), ("south", True)]
    assert read([of_ocr("□Other:", 50, 100)], boxes=[box(50, 100)]) == [("Other", False)]


def test_a_box_in_a_long_text_without_blanks_is_a_letter() -> None:
    prose = of_ocr("图书馆的回收箱里有很多旧书和报纸杂志", 50, 100)
    letter = prose.bbox.x1 + prose.bbox.width * 4 / 18
    assert read([prose], boxes=[box(40, 130), box(letter, 100)]) == []


def test_what_is_far_lower_than_its_line_is_no_box() -> None:
    stop = CheckBox(BBox(52, 104, 55, 107), checked=False, score=0.9, round=True)
    assert read([line("o Yes", 50, 100)], boxes=[stop]) == []


def test_each_half_of_a_row_has_its_texts_at_its_own_side() -> None:
    """At the left half the texts follow their boxes, at the right half they precede them."""
    texts = [line("one", 65, 100), line("two", 125, 100), line("three", 260, 100), line("four", 340, 100)]
    boxes = [box(50, 100), box(110, 100), box(300, 100, checked=True), box(375, 100)]
    assert read(texts, boxes=boxes) == [("one", False), ("two", False), ("three", True), ("four", False)]


def test_grids_name_their_boxes_by_row_and_column() -> None:
    heads = [line("Good", 195, 80), line("Bad", 295, 80)]
    rows = [line("Food", 50, 100), line("Service", 50, 130)]
    boxes = [box(x, y, checked=(x, y) == (300, 130)) for y in (100, 130) for x in (200, 300)]
    assert read([*heads, *rows], boxes=boxes) == [
        ("Food: Good", False),
        ("Food: Bad", False),
        ("Service: Good", False),
        ("Service: Bad", True),
    ]


@pytest.mark.parametrize("y", [86, 114])
def test_texts_above_or_below_their_boxes(y: float) -> None:
    texts = [line("First", 50, y), line("Second", 150, y)]
    assert read(texts, boxes=[box(50, 100), box(150, 100, checked=True)]) == [
        ("First", False),
        ("Second", True),
    ]


def test_a_text_far_beside_a_box_that_is_surely_one() -> None:
    texts = [line("Near", 65, 100), line("Far", 130, 130)]
    assert read(texts, boxes=[box(50, 100), box(50, 130)]) == [("Near", False), ("Far", False)]
    assert read(texts[1:], boxes=[box(50, 130)]) == []


def test_filled_squares_before_far_texts_are_bullets() -> None:
    texts = [line(f"Item {i}", 120, 100 + 30 * i) for i in range(4)]
    assert read(texts, boxes=[box(50, 100 + 30 * i, checked=True) for i in range(4)]) == []


def test_squares_at_the_end_of_the_text_end_proofs() -> None:
    texts = [line("and so on, which is absurd", 50, 100), line("as was to be shown", 50, 160)]
    end = texts[0].bbox.x2
    assert read(texts, boxes=[box(end - 10, 115), box(end - 10, 160)]) == []


def test_the_words_right_before_a_box_are_its_label() -> None:
    question = line("Were all of the reports filed?", 50, 100)
    answer = line("No", question.bbox.x2 + 10, 100)
    row = TextLine(question.words + answer.words, question.bbox.union(answer.bbox))
    assert read([row], boxes=[box(answer.bbox.x2 + 5, 100, checked=True)]) == [("No", True)]


def test_even_a_field_in_a_frame_holds_no_whole_text() -> None:
    row = "one two three four five six seven eight"
    texts = [line(row, 60, 115 + 12 * i) for i in range(9)]
    rules = frame(45, 95, 500, 240)
    assert read([line("Dear Sir:", 60, 100), *texts], rules) == []
    assert len(read([line("Remarks:", 60, 100), *texts[:5]], rules)) == 1


# --------------------------------------------------------------------------- frames that nothing names


def test_frames_that_stand_alone_are_fields_when_there_are_several() -> None:
    """Text in boxes apart from each other was filled in; one such box may be a text set off."""
    tops = [100, 160, 220, 280]
    lines = [line(f"answer {i}", 104, top + 10) for i, top in enumerate(tops)]
    rules = [rule for top in tops for rule in frame(100, top, 300, top + 40)]
    assert read(lines, rules) == [("", f"answer {i}") for i in range(len(tops))]
    assert read(lines[:1], rules[:4]) == []


def test_cells_that_touch_are_no_fields() -> None:
    tops = [100, 140, 180, 220]
    lines = [line(f"answer {i}", 104, top + 10) for i, top in enumerate(tops)]
    assert read(lines, [rule for top in tops for rule in frame(100, top, 300, top + 40)]) == []


def test_other_beside_a_box_to_tick_asks_for_a_text_too() -> None:
    box = CheckBox(BBox(100, 100, 110, 110), checked=True, score=0.9)
    lines = [line("Other:", 114, 100), line("by boat", 204, 104)]
    assert read(lines, frame(200, 98, 400, 140), [box]) == [("Other", True), ("Other", "by boat")]


def test_boxes_to_tick_that_nothing_names_are_fields_when_there_are_several() -> None:
    boxes = [CheckBox(BBox(100, y, 110, y + 10), checked=y == 160, score=0.9) for y in (100, 130, 160, 190)]
    assert read([line("Far away", 400, 100)], [], boxes) == [
        ("", False),
        ("", False),
        ("", True),
        ("", False),
    ]
    assert read([line("Far away", 400, 100)], [], boxes[:1]) == []
