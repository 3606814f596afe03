from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.headings.contents import Entry, entries
from pipelines.documents.headings.names import Names, key
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.geometry import Box
from schemas.reading import Bookmark
from tests.documents.headings.pages import body, heading, outline, page, text
from tests.fakes.engines import line

INDEX = FragmentType.DOCUMENT_INDEX


def contents(number: int, *rows: tuple[int, str]) -> PageRecord:
    """A page with a table of contents: each row begins so many steps in."""
    lines = [line(words, 60 + 20 * step, 100 + 14 * i, size=10) for i, (step, words) in enumerate(rows)]
    words = "\n".join(one.text for one in lines)
    box = Box(x1=50, y1=90, x2=550, y2=110 + 14 * len(rows))
    index = PageFragment(fragment_type=INDEX, content=TextContent(content=words), bbox=box)
    return replace(page(number, heading("Contents", 12)), fragments=[index], lines=lines)


def test_entries_have_names_levels_and_pages() -> None:
    record = contents(
        1, (0, "Seas . . . . . 2"), (1, "Tides of the sea ..... 3"), (2, "Neap 4"), (0, "Ships……… xii")
    )
    assert entries([record]) == [
        Entry("Seas", 0, 2, 0),
        Entry("Tides of the sea", 1, 3, 0),
        Entry("Neap", 2, 4, 0),
        Entry("Ships", 0, None, 0),
    ]


def test_an_entry_may_have_two_rows_and_numbers_tell_levels_where_nothing_is_set_in() -> None:
    record = contents(
        1, (0, "1 Tides of the sea, and how"), (0, "they are measured .... 3"), (0, "1.1 Neap .... 4")
    )
    assert [(one.name, one.level) for one in entries([record])] == [
        ("1 Tides of the sea, and how they are measured", 0),
        ("1.1 Neap", 1),
    ]


def test_a_table_of_contents_tells_levels_that_looks_do_not() -> None:
    listed = contents(1, (0, "Seas .... 1"), (1, "Tides .... 1"), (0, "Ships .... 2"), (1, "Sails .... 2"))
    records = [
        listed,
        page(2, heading("Seas"), body(), heading("TIDES"), body()),
        page(3, heading("Ships"), body(), heading("Sails"), body()),
    ]
    assert [level for level, _ in outline(records)] == [1, 2, 1, 2]


def test_text_that_the_contents_name_is_a_heading_on_the_page_they_tell_and_nowhere_else() -> None:
    listed = contents(1, (0, "Seas .... 1"), (0, "Ships .... 2"), (0, "Sails .... 3"))
    records = [
        listed,
        page(2, heading("Seas"), body(), text("Ships"), body()),
        page(3, heading("Ships"), body()),
        page(4, text("Sails"), body()),
    ]
    assert [name for _, name in outline(records)] == ["Seas", "Ships", "Sails"]


def test_names_with_a_recognisers_errors_are_found() -> None:
    listed = contents(1, (0, "Seas of the north .... 1"), (1, "Ships of the south .... 1"))
    records = [listed, page(2, heading("Seas of thc north"), body(), heading("Ships of tne south"), body())]
    assert [level for level, _ in outline(records)] == [1, 2]


def test_a_text_is_a_heading_where_a_bookmark_leads_to_it() -> None:
    record = page(1, heading("1 Seas"), body(), text("Tides"), body(), text("Tides"))
    place = record.fragments[2].bbox
    assert place is not None
    there = replace(record, bookmarks=[Bookmark("tides", 1, place.y1 - 5)])
    assert [name for _, name in outline([there])] == ["1 Seas", "Tides"]
    elsewhere = replace(record, bookmarks=[Bookmark("tides", 1, 790.0)])
    assert outline([elsewhere]) == [(1, "1 Seas")]


def test_bookmarks_without_the_numbers_tell_levels() -> None:
    pages = [
        page(
            1,
            heading("A. Seas"),
            body(),
            heading("Tides"),
            body(),
            heading("B. Ships"),
            body(),
            heading("Sails"),
        )
    ]
    marks = [
        Bookmark("Seas", 0, None),
        Bookmark("Tides", 1, None),
        Bookmark("Ships", 0, None),
        Bookmark("Sails", 1, None),
    ]
    assert [level for level, _ in outline([replace(pages[0], bookmarks=marks)])] == [1, 2, 1, 2]


def test_a_first_bookmark_that_leads_to_the_document_puts_the_rest_no_lower() -> None:
    names = ("Thanks", "Seas", "Ships", "Ports")
    marks = [Bookmark(name, min(i, 1), None) for i, name in enumerate(names)]
    record = page(1, *(p for name in names for p in (heading(name), body(1))))
    assert [level for level, _ in outline([replace(record, bookmarks=marks)])] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "other", ["1.1  TIDES", "1.1 Ti\u00addes", "1.1Tides", "1.1 Tides …", "１.１ Ｔｉｄｅｓ"]
)
def test_names_are_alike_but_for_case_spaces_marks_and_widths(other: str) -> None:
    assert key(other) == key("1.1 Tides")
    assert key("ﬁnd") == key("find")


@given(st.lists(st.text("ab 1.", max_size=6), max_size=30), st.text("ab 1.", max_size=6))
def test_places_are_those_of_the_name(texts: list[str], name: str) -> None:
    names = Names([[key(one)] for one in texts])
    true = [i for i, one in enumerate(texts) if key(one) and key(one) == key(name)]
    assert names.places(name, 0, len(texts)) == true
    assert names.places(name, 2, 9) == [i for i in true if 2 <= i < 9]


def test_entries_of_the_right_column_are_indented_by_that_column() -> None:
    left = contents(1, (0, "Seas .... 1"), (1, "Tides .... 1"), (0, "Ships .... 2"))
    right = contents(1, (15, "Ports .... 3"), (16, "Piers .... 3"), (15, "Winds .... 4"))
    whole = replace(left, fragments=[*left.fragments, *right.fragments], lines=[*left.lines, *right.lines])
    boxes = [(50, 300), (320, 600)]
    for i, (x1, x2) in enumerate(boxes):
        box = Box(x1=x1, y1=90, x2=x2, y2=200)
        whole.fragments[i] = whole.fragments[i].model_copy(update={"bbox": box})
    assert [one.level for one in entries([whole])] == [0, 1, 0, 0, 1, 0]


def test_wrong_levels_of_contents_do_not_part_numbered_headings() -> None:
    listed = contents(
        1, (0, "1 Seas .... 1"), (0, "Thanks .... 1"), (1, "1.1 Tides .... 1"), (3, "1.2 Neap .... 2")
    )
    numbered = [heading(name) for name in ("1 Seas", "1.1 Tides", "1.2 Neap", "1.3 Spring")]
    assert [level for level, _ in outline([listed, page(2, *numbered)])] == [1, 2, 2, 2]
