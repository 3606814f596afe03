from dataclasses import replace

from pipelines.documents.headings.outline import with_outline
from schemas.fragments import FragmentType, TextContent
from schemas.reading import Bookmark
from tests.documents.headings.pages import body, heading, outline, page, piece


def texts(found: list[tuple[int, str]]) -> list[str]:
    return [text for _, text in found]


def test_a_heading_goes_on_over_the_end_of_a_page() -> None:
    records = [
        page(
            1,
            heading("1 Ships"),
            body(),
            heading("2 Tides of the sea and"),
            piece(FragmentType.PAGE_NUMBER, "1"),
        ),
        page(2, piece(FragmentType.PAGE_HEADER, "Harbor Log"), heading("how they are measured"), body()),
    ]
    assert texts(outline(records)) == ["1 Ships", "2 Tides of the sea and how they are measured"]


def test_a_heading_at_the_end_of_a_page_does_not_go_on_in_one_of_the_next() -> None:
    records = [
        page(1, heading("1 Ships"), body(), heading("2 Tides")),
        page(2, heading("Spring tides"), body(), heading("3 Ports"), body()),
    ]
    assert texts(outline(records)) == ["1 Ships", "2 Tides", "Spring tides", "3 Ports"]


def test_pieces_that_a_bookmark_names_as_one_are_one() -> None:
    records = [page(1, heading("Tides"), heading("Measures"), body(), heading("Ports"), body())]
    assert texts(outline(records)) == ["Tides", "Measures", "Ports"]
    records = [
        replace(records[0], bookmarks=[Bookmark("Tides Measures", 0, None), Bookmark("Ports", 0, None)])
    ]
    assert outline(records) == [(1, "Tides Measures"), (1, "Ports")]


def test_the_name_under_the_number_of_a_chapter_belongs_to_it() -> None:
    records = [
        page(1, heading("CHAPTER I", 12), heading("Tides", 16), body()),
        page(2, heading("CHAPTER II", 12), heading("Ships", 16), body()),
    ]
    assert outline(records) == [(1, "CHAPTER I Tides"), (1, "CHAPTER II Ships")]


def test_a_heading_may_go_on_in_what_was_seen_as_text() -> None:
    first = page(1, heading("1 Ships"), body(), heading("2 Tides of the sea and"), body(), heading("3 Ports"))
    assert texts(outline([first])) == ["1 Ships", "2 Tides of the sea and", "3 Ports"]
    below = page(
        1, heading("1 Ships"), body(), heading("2 Tides of the sea and\nhow they are measured"), body()
    )
    whole = below.fragments[2]
    assert whole.bbox is not None
    half = (whole.bbox.y1 + whole.bbox.y2) / 2
    upper = whole.model_copy(
        update={
            "bbox": whole.bbox.model_copy(update={"y2": half}),
            "content": whole.content.model_copy(update={"content": "2 Tides of the sea and"}),
        }
    )
    lower = whole.model_copy(
        update={
            "bbox": whole.bbox.model_copy(update={"y1": half}),
            "content": TextContent(content="how they are measured"),
            "fragment_type": FragmentType.TEXT,
        }
    )
    below.fragments[2:3] = [upper, lower]
    (joined,) = with_outline([below])
    assert texts(outline([below])) == ["1 Ships", "2 Tides of the sea and how they are measured"]
    assert joined.fragments[2].bbox == whole.bbox
