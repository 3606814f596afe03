import pytest

from schemas.fragments import Source
from schemas.reading import Bookmark
from tests.documents.headings.pages import body, heading, outline, page, text


def levels(found: list[tuple[int, str]]) -> list[int]:
    return [level for level, _ in found]


def test_the_largest_heading_of_the_first_page_is_the_title_and_others_begin_at_one() -> None:
    records = [
        page(1, heading("On Tides", 24), body(), heading("Seas", 16), body()),
        page(2, heading("Ships", 16), body(), heading("Sails", 12), body()),
        page(3, heading("Ports", 16), body(), heading("Piers", 12), body()),
    ]
    assert levels(outline(records)) == [0, 1, 1, 2, 1, 2]


def test_headings_begin_at_one_without_a_title() -> None:
    records = [page(n, heading("Seas and ships", 16), body(), heading("Sails", 12), body()) for n in (1, 2)]
    assert levels(outline(records)) == [1, 2, 1, 2]


def test_numbers_tell_levels_whatever_the_looks() -> None:
    records = [
        page(1, heading("1 Seas", 12), body(), heading("1.1 Tides", 12), body()),
        page(
            2, heading("1.1.1 Spring", 12), body(), heading("2 Ships", 12), body(), heading("2.1 Sails", 12)
        ),
    ]
    assert levels(outline(records)) == [1, 2, 3, 1, 2]


@pytest.mark.parametrize(
    "numbers",
    [
        (
            "PART I",
            "Article 1",
            "1.1",
            "(a)",
            "(b)",
            "1.2",
            "Article 2",
            "2.1",
            "PART II",
            "Article 3",
            "3.1",
        ),
        ("Chapter 1", "I.", "A.", "1)", "2)", "B.", "II.", "A.", "Chapter 2", "I.", "A."),
        ("第一章", "一、", "（一）", "1、", "2、", "（二）", "二、", "（一）", "第二章", "一、", "（一）"),
    ],
)
def test_numbers_lie_in_each_other(numbers: tuple[str, ...]) -> None:
    records = [page(1, *(p for n in numbers for p in (heading(f"{n} Tides", 12), body(1))))]
    assert levels(outline(records)) == [1, 2, 3, 4, 4, 3, 2, 3, 1, 2, 3]


def test_what_follows_the_body_stands_as_high_as_its_chapters() -> None:
    numbered = [heading(f"{n} Tides", 12) for n in ("1", "1.1", "2", "2.1")]
    records = [page(1, *numbered), page(2, heading("Appendix A Ships", 12), body(), heading("Sources", 12))]
    assert levels(outline(records)) == [1, 2, 1, 2, 1, 1]


def test_chapters_before_a_numbered_series_stand_above_what_they_have_below_them() -> None:
    parts = [
        (heading("Review", 16), heading("Revenue", 12), heading("Costs", 12)),
        (heading("Statements", 16), heading("Income", 12)),
        (heading("Notes", 16), heading("Note 1. Basis", 12), heading("Note 2. Leases", 12)),
    ]
    records = [page(n, *(p for h in part for p in (h, body()))) for n, part in enumerate(parts, start=1)]
    assert levels(outline(records)) == [1, 2, 2, 1, 2, 1, 2, 2]


def test_what_stands_on_a_cover_makes_no_level() -> None:
    cover = page(1, heading("Lease of ships", 20), heading("between", 16), heading("The Port", 16), body())
    numbered = [p for n in ("1", "2", "3") for p in (heading(f"{n} Tides", 12), body())]
    assert levels(outline([cover, page(2, *numbered)])) == [0, 1, 1, 1, 1, 1]


def test_a_letter_that_follows_letters_is_no_roman_number() -> None:
    parts = [heading(f"{letter}. Tides", 12) for letter in "ABCDEFGHIJ"]
    assert levels(outline([page(1, *parts)])) == [1] * 10


def test_bookmarks_tell_levels_that_looks_do_not() -> None:
    records = [
        page(n, heading(f"Seas {'of the north' * n}", 12), heading("Ships"[n:], 12), body()) for n in (1, 2)
    ]
    for record in records:
        record.bookmarks = [
            Bookmark(f.content.content.upper(), level, None) for level, f in enumerate(record.fragments[:2])
        ]
    assert levels(outline(records)) == [1, 2, 1, 2]


def test_sentences_and_captions_are_no_headings() -> None:
    records = [
        page(1, heading("1 Seas", 14), body(), heading("Mind the tide:", 10), body()),
        page(2, heading("2 Ships", 14), body(), heading("Table 3: Ships by year", 10), body()),
    ]
    assert outline(records) == [(1, "1 Seas"), (1, "2 Ships")]


def test_sizes_of_scans_differ_a_little() -> None:
    records = [
        page(
            1,
            heading("Seas of the north", 16),
            body(),
            heading("Tides in autumn", 12.2),
            body(),
            source=Source.OCR,
        ),
        page(
            2,
            heading("Ships of the south", 15.3),
            body(),
            heading("Sails in winter", 11.8),
            body(),
            source=Source.OCR,
        ),
    ]
    assert levels(outline(records)) == [1, 2, 1, 2]


def test_running_text_stays_as_it_is() -> None:
    records = [page(1, body(), text("A short line"), body())]
    assert outline(records) == []


def test_a_word_that_nobody_knows_counts_where_it_goes_on() -> None:
    names = (
        "Articulus 1 Maria",
        "1.1 Aestus",
        "1.2 Venti",
        "Articulus 2 Naves",
        "2.1 Vela",
        "Articulus 3 Portus",
    )
    records = [page(1, *(p for name in names for p in (heading(name, 12), body(1))))]
    assert levels(outline(records)) == [1, 2, 2, 1, 2, 1]


def test_headings_without_numbers_between_numbered_ones_set_alike_are_parts_of_these() -> None:
    names = ("Preface", "1 Seas", "Tides", "Winds", "2 Ships", "Sails", "3 Ports", "References")
    records = [page(1, *(p for name in names for p in (heading(name, 12), body(1))))]
    assert levels(outline(records)) == [1, 1, 2, 2, 1, 2, 1, 1]
