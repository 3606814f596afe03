"""Finding words in a result."""

from __future__ import annotations

import pytest

from api.mcp.search import Index, snippet
from tests.api.mcp.made import document, heading, lease, table, text


def pages_of(query: str, index: Index) -> list[int]:
    return [hit.page for hit in index.search("p", query, 10).hits]


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("ninety days", 3),
        ("NINETY", 3),
        ("termination", 3),
        ("tenants", 2),  # another ending
        ("ninty", 3),  # a slip
        ("1250.00", 2),  # written without the separator
        ("Basil", 1),
    ],
)
def test_the_place_with_the_words_comes_first(query: str, page: int) -> None:
    assert pages_of(query, Index(lease()))[0] == page


def test_a_row_of_a_table_is_found_with_the_box_of_its_cell() -> None:
    hit = Index(lease()).search("p", "1,300.00", 5).hits[0]
    assert hit.type == "table"
    assert hit.snippet == "2032 | 1,300.00"
    assert hit.box is not None
    assert (hit.box.x1, hit.box.y1) == (10, 20)


def test_text_is_about_what_its_headings_say() -> None:
    found = Index(
        document(
            [heading("Warranty", 0), text("Two years from the day of sale.", 1), text("Warranty card.", 2)]
        )
    ).search("p", "warranty years", 5)
    assert found.hits[0].snippet == "Two years from the day of sale."
    assert found.hits[0].section == "Warranty"


def test_words_in_quotes_stand_together() -> None:
    index = Index(document([text("The day of the sale", 0), text("The sale of the day", 1)]))
    hits = index.search("p", '"day of the sale"', 5).hits
    assert [hit.fragment_id for hit in hits] == ["1.0"]


def test_words_that_stand_nowhere_are_told_and_guesses_too() -> None:
    found = Index(lease()).search("p", "ninty qqqq", 5)
    assert found.unknown_words == ["qqqq"]
    assert found.read_as == {"ninty": ["ninety"]}


def test_only_the_pages_that_were_named() -> None:
    hits = Index(lease()).search("p", "the", 10, {3}).hits
    assert {hit.page for hit in hits} <= {3}


def test_languages_without_spaces_are_found_by_their_signs() -> None:
    index = Index(document([text("公司主营业务为现代广告服务业务。", 0), text("营业收入逐年上升。", 1)]))
    assert index.search("p", "营业收入", 5).hits[0].fragment_id == "1.1"


def test_one_table_does_not_take_the_whole_answer() -> None:
    rows = [["Item", "Price"], *([f"bolt {n}", "1"] for n in range(50))]
    found = Index(document([table(rows, 0), text("A bolt is a thing with a thread.", 1)])).search(
        "p", "bolt", 10
    )
    assert [hit.type for hit in found.hits].count("table") == 3
    assert [hit.type for hit in found.hits].count("text") == 1


def test_a_document_without_words_has_no_places() -> None:
    assert Index(document([])).search("p", "anything", 5).hits_in_all == 0


def test_a_snippet_is_where_the_words_are() -> None:
    long = "filler words go on " * 60 + "the keel is laid in May " + "and on they go again " * 60
    cut = snippet(long, {"keel"})
    assert "the keel is laid in May" in cut
    assert len(cut) <= 282
    assert cut.startswith("…")
    assert cut.endswith("…")
