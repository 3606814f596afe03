import pytest

from pipelines.pages.blocks import Block
from pipelines.pages.headings import promoted
from schemas.geometry import union_of
from schemas.reading import RegionKind, TextLine
from tests.fakes.engines import line

WIDE = "the water of the bay comes and goes twice a day"
TEXT, HEADING = RegionKind.TEXT, RegionKind.SECTION_HEADER


def set_as(text: str, y: float, *, size: float = 10, bold: bool = False, italic: bool = False) -> TextLine:
    one = line(text, 50, y, size=size)
    for word in one.words:
        word.bold, word.italic = bold, italic
    return one


def block(*lines: TextLine, kind: RegionKind = TEXT, score: float | None = None) -> Block:
    return Block(kind, union_of([one.bbox for one in lines]), list(lines), score=score)


def body(y: float = 300) -> Block:
    return block(*(set_as(WIDE, y + 12 * row) for row in range(6)))


def kinds(*blocks: Block, scanned: bool = False) -> list[RegionKind]:
    return [b.kind for b in promoted([*blocks, body()], scanned=scanned)[:-1]]


@pytest.mark.parametrize(
    ("text", "looks", "kind"),
    [
        ("4.3. The tides of spring", {}, HEADING),
        ("2.1.4 The tides of spring", {"italic": True}, HEADING),
        ("IV. THE TIDES", {}, HEADING),
        ("B. The tides of spring", {"italic": True}, HEADING),
        ("B. Tide, who saw it first", {}, TEXT),
        ("4.3. The tides come twice a day.", {}, TEXT),
        ("4.3 m above the mark", {}, TEXT),
        ("The tides of spring", {"italic": True}, TEXT),
    ],
)
def test_a_number_and_its_looks_make_a_heading(text: str, looks: dict[str, bool], kind: RegionKind) -> None:
    assert kinds(block(set_as(text, 100, **looks))) == [kind]


def test_numbered_items_of_a_list_are_no_headings() -> None:
    items = [block(set_as(f"{i}. TIDE", 100 + 12 * i), kind=RegionKind.LIST_ITEM) for i in range(1, 4)]
    assert HEADING not in kinds(*items[:-1])


def test_what_was_surely_seen_as_text_is_no_heading_for_its_size() -> None:
    names = set_as("Ada Shore and Ben Reef", 100, size=14)
    assert kinds(block(names)) == [HEADING]
    assert kinds(block(names, score=0.9)) == [TEXT]


def test_a_heading_at_the_end_of_a_paragraph_is_cut_off() -> None:
    lines = [set_as(WIDE, 100), set_as(WIDE, 112), set_as("A. Spring tides", 124, italic=True)]
    found = promoted([block(*lines), body()], scanned=False)
    assert [(b.kind, len(b.lines)) for b in found] == [(TEXT, 2), (HEADING, 1), (TEXT, 6)]
    assert found[1].bbox == lines[2].bbox


def test_a_heading_at_the_start_of_a_paragraph_is_cut_off() -> None:
    lines = [set_as("Spring tides", 100, bold=True), set_as(WIDE, 112), set_as(WIDE, 124)]
    found = promoted([block(*lines), body()], scanned=False)
    assert [(b.kind, len(b.lines)) for b in found] == [(HEADING, 1), (TEXT, 2), (TEXT, 6)]


def test_bold_words_that_run_into_the_text_stay_in_it() -> None:
    full = [set_as(WIDE, 100, bold=True), set_as(WIDE, 112)]
    assert kinds(block(*full)) == [TEXT]


def test_a_heading_over_two_lines_is_one() -> None:
    first, second = set_as("Tides of the northern", 100, size=16), set_as("and southern seas", 119, size=16)
    (found, _) = promoted([block(first, kind=HEADING), block(second, kind=HEADING), body()], scanned=False)
    assert len(found.lines) == 2


def test_two_numbered_headings_stay_two() -> None:
    first, second = set_as("4 Tides", 100, size=16), set_as("4.1 Spring", 119, size=16)
    assert kinds(block(first, kind=HEADING), block(second, kind=HEADING)) == [HEADING, HEADING]


def test_the_middle_of_a_sentence_is_no_heading() -> None:
    part = set_as("where the depth is given as", 100)
    assert kinds(block(part, kind=HEADING)) == [TEXT]
    assert kinds(block(part, kind=HEADING, score=0.7)) == [HEADING]


def test_lines_of_a_scan_seem_smaller_without_tall_letters() -> None:
    first, second = set_as("Tides of the northern", 100, size=16), set_as("seas", 119, size=11)
    pair = [block(first, kind=HEADING), block(second, kind=HEADING)]
    assert kinds(*pair, scanned=True) == [HEADING]
    assert kinds(*pair) == [HEADING, HEADING]


def test_a_heading_takes_its_last_words_from_the_text_below() -> None:
    first, second = set_as("Tides of the northern", 100, size=16), set_as("and southern seas", 119, size=16)
    assert kinds(block(first, kind=HEADING), block(second)) == [HEADING]
    assert kinds(block(first, kind=HEADING), block(set_as("and so it went", 119))) == [HEADING, TEXT]


def test_a_letterhead_is_no_running_head() -> None:
    head = RegionKind.PAGE_HEADER
    assert kinds(block(set_as("AMBER & REEF LTD.", 30, size=18), kind=head)) == [HEADING]
    assert kinds(block(set_as("Amber and Reef", 30, size=11), kind=head)) == [head]
    assert kinds(block(set_as("12", 30, size=18), kind=head)) == [head]


def test_sentences_hardly_seen_as_a_heading_are_text() -> None:
    long = [set_as(WIDE, 100 + 12 * row) for row in range(3)]
    assert kinds(block(*long, kind=HEADING, score=0.3)) == [TEXT]
    assert kinds(block(*long, kind=HEADING, score=0.7)) == [HEADING]


def test_a_numbered_row_a_little_larger_is_cut_off_a_paragraph_and_need_leave_no_room() -> None:
    rows = [set_as(WIDE, 100 + 12 * row) for row in range(3)]
    heading = set_as("4.2.2 Transitional rules", 136, size=11)
    assert kinds(block(*rows, heading)) == [TEXT, HEADING]
    assert kinds(block(*rows, set_as("Transitional rules", 136, size=11))) == [TEXT]
    wide = set_as("2.3 Transitional rules of all bays", 88, size=14)
    assert kinds(block(wide, *rows)) == [HEADING, TEXT]
    assert kinds(block(wide, *rows), scanned=True) == [TEXT]


@pytest.mark.parametrize(
    ("below", "size"), [("Table 3: Tides by year", 12), ("A smaller heading", 11), ("Bring with you:", 12)]
)
def test_headings_do_not_go_on_in_captions_or_in_another_size(below: str, size: float) -> None:
    above = block(set_as("Tides of spring", 100, size=12, bold=True), kind=HEADING)
    under = block(set_as(below, 114, size=size, bold=True), kind=HEADING)
    assert len(kinds(above, under)) == 2
