from dataclasses import replace

import pytest

from pipelines.documents.headings.outline import with_outline
from pipelines.work import PageRecord
from schemas.fragments import FragmentType
from schemas.geometry import BBox
from tests.documents.headings.pages import Piece, body, heading, outline, page, piece, text

SECTION, TITLE = FragmentType.SECTION_HEADER, FragmentType.TITLE
TEXT, ITEM = FragmentType.TEXT, FragmentType.LIST_ITEM


def kinds(*records: PageRecord) -> list[FragmentType]:
    return [
        f.fragment_type
        for record in with_outline(records)
        for f in record.fragments
        if len(f.content.content) < 99
    ]


def shifted(record: PageRecord, by: float, *places: int) -> PageRecord:
    """The page with some of its fragments, and the lines on them, moved to the right."""
    fragments = list(record.fragments)
    lines = list(record.lines)
    for place in places:
        box = fragments[place].bbox
        assert box is not None
        lines = [
            one.moved(lambda b: b.shifted(by, 0)) if one.bbox.inside(box.bbox()) > 0.5 else one
            for one in lines
        ]
        moved = box.model_copy(update={"x1": box.x1 + by, "x2": box.x2 + by})
        fragments[place] = fragments[place].model_copy(update={"bbox": moved})
    return replace(record, fragments=fragments, lines=lines)


NUMBERED: list[Piece] = [heading("1 Seas"), body(), heading("2 Ships"), body(), heading("3 Ports"), body()]


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (heading("Table 3: Ships by year"), FragmentType.TABLE_CAPTION),
        (heading("Fig. 3 Ships by year"), FragmentType.FIGURE_CAPTION),
        (heading("Mind the tide:", 10), TEXT),
        (heading("The tide comes in twice a day.", 10), TEXT),
        (heading("• tides", 10), TEXT),
        (heading("Ada Reef, Mole Street 3", 10, bold=False), TEXT),
        (heading("Tides", 12), SECTION),
        (heading("Tides", 10), SECTION),
    ],
)
def test_what_only_looks_like_a_heading_is_none(one: Piece, kind: FragmentType) -> None:
    assert kinds(page(1, *NUMBERED, one, body()))[-1] is kind


def test_the_title_of_a_note_that_is_set_in_is_none() -> None:
    record = page(1, *NUMBERED, body(), heading("Caution", 10), body(), body())
    assert kinds(record)[-1] is SECTION
    assert kinds(shifted(record, 12, 7, 8))[-1] is TEXT


def test_titles_that_recur_in_one_look_are_headings_however_they_end() -> None:
    titles = [heading(words, 10) for words in ("Return of Goods.", "Successors and Assigns.", "Indemnity.")]
    clauses = [one for title in titles for one in (title, body())]
    assert kinds(page(1, heading("Agreement", 18), *clauses))[1:] == [SECTION] * 3
    assert kinds(page(1, heading("Agreement", 18), *clauses[:4]))[1:] == [TEXT] * 2
    notes = [heading(words, 10) for words in ("Caution:", "Mind the tide.", "Note:", "Keep it dry:")]
    assert kinds(page(1, *NUMBERED, *(one for note in notes for one in (note, body()))))[3:] == [TEXT] * 4


def test_items_of_a_list_that_goes_on_are_none() -> None:
    items = [piece(ITEM, "(a) tides"), piece(ITEM, "(b) seas")]
    record = page(1, *NUMBERED, body(), *items)
    record_after = page(2, heading("(c) ships", 10, bold=False), body())
    assert kinds(record, record_after)[-1] is ITEM
    assert kinds(record, page(2, heading("(c) Ships", 14), body()))[-1] is SECTION
    assert kinds(record, shifted(record_after, -20, 0))[-1] is TEXT


def test_a_running_head_that_says_a_heading_again_is_none() -> None:
    records = [
        page(1, heading("1 Seas"), body(), heading("2 Ships"), body()),
        page(2, heading("Ships", 9), body()),
    ]
    assert kinds(*records) == [SECTION, SECTION, FragmentType.PAGE_HEADER]


@pytest.mark.parametrize("mark", [" (continued)", " – cont’d", "（续）", " (Fortsetzung)"])
def test_a_heading_that_is_continued_is_there_once(mark: str) -> None:
    records = [
        page(1, heading("1 Seas"), body()),
        page(2, heading(f"1 Seas{mark}"), body(), heading("2 Ships")),
    ]
    assert outline(records) == [(1, "1 Seas"), (1, "2 Ships")]


@pytest.mark.parametrize("kind", [TEXT, ITEM, FragmentType.PAGE_HEADER])
def test_what_goes_on_the_count_and_is_set_as_headings_are_is_one(kind: FragmentType) -> None:
    records = [page(1, *NUMBERED), page(2, piece(kind, "4 Tides", 14, bold=True), body())]
    assert outline(records)[-1] == (1, "4 Tides")
    records = [page(1, *NUMBERED), page(2, piece(kind, "9 Tides", 14, bold=True), body())]
    assert outline(records)[-1] == (1, "3 Ports")
    records = [page(1, *NUMBERED), page(2, piece(kind, "4 tides", 10), body())]
    assert outline(records)[-1] == (1, "3 Ports")


def test_a_plain_number_that_begins_a_count_shows_on_the_next_one() -> None:
    plain = [heading(f"({sign}) Tides", 10, bold=False) for sign in "ab"]
    records = [
        page(1, heading("1 Seas"), body(), *plain, heading("2 Ships"), text("(a) Tides"), plain[1], body())
    ]
    assert [level for level, _ in outline(records)] == [1, 2, 2, 1, 2, 2]


def test_text_set_as_headings_without_numbers_are_is_one() -> None:
    records = [
        page(1, heading("Seas"), body(), heading("Ships"), body(), text("Ports", 14, bold=True), body())
    ]
    assert [name for _, name in outline(records)] == ["Seas", "Ships", "Ports"]
    records[0] = page(
        1, heading("Seas"), body(), heading("Ships"), body(), text("Ports.", 14, bold=True), body()
    )
    assert [name for _, name in outline(records)] == ["Seas", "Ships"]


def test_there_is_one_title_and_the_author_above_it_is_no_heading() -> None:
    author = heading("Ada Reef", 10)
    first = page(
        1, author, (TITLE, "On Tides", 24.0, True), heading("Seas", 16), body(), heading("Ships", 16), body()
    )
    later = page(2, (TITLE, "Ports", 16.0, True), body())
    assert kinds(first, later) == [TEXT, TITLE, SECTION, SECTION, SECTION]
    assert outline([first, later]) == [(0, "On Tides"), (1, "Seas"), (1, "Ships"), (1, "Ports")]


def test_a_table_of_contents_does_not_name_the_document() -> None:
    records = [
        page(1, heading("Contents", 20)),
        page(2, heading("Seas", 16), body(), heading("Ships", 16), body()),
    ]
    assert [level for level, _ in outline(records)] == [1, 1, 1]


def test_boxes_of_words_may_lie_anywhere() -> None:
    record = page(1, *NUMBERED)
    record.lines[0].words[0].bbox = BBox(float("nan"), 0, 1, 1)
    assert outline([record])[1:] == [(1, "2 Ships"), (1, "3 Ports")]


def test_an_item_that_fills_a_gap_in_the_count_and_begins_where_headings_do_is_one() -> None:
    first, third = (heading(f"{n}. Ships", 10, bold=False) for n in (1, 3))
    record = page(
        1, first, body(), piece(ITEM, "2. Tides"), body(), third, body(), heading("4. Ports", 10, bold=False)
    )
    assert [name for _, name in outline([record])] == ["1. Ships", "2. Tides", "3. Ships", "4. Ports"]
    assert [name for _, name in outline([shifted(record, 9, 2)])] == ["1. Ships", "3. Ships", "4. Ports"]
