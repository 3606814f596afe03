from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.laid_out.document import LaidOutDocument
from pipelines.readers.laid_out.placement import PlacedPage, placed
from pipelines.table_markup import MarkupCell, TableModel
from schemas.errors import DocumentUnreadable
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
)

Line = tuple[float, float, str]
"""Where a line starts (x and baseline, points) and its text."""


def text(content: str, kind: FragmentType = FragmentType.TEXT) -> PageFragment:
    made: Content = TextContent(content=content)
    if kind is FragmentType.SECTION_HEADER:
        made = HeaderContent(content=content, level=1)
    if kind is FragmentType.FIGURE:
        made = FigureContent(content=content)
    return PageFragment(fragment_type=kind, content=made)


@contextmanager
def laid_out(
    *pages: Sequence[Line], pictures: Sequence[tuple[int, tuple[float, ...]]] = ()
) -> Iterator[LaidOutDocument]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pages.pdf"
        document = pymupdf.open()
        for lines in pages:
            page = document.new_page(width=300, height=400)
            for x, y, line in lines:
                page.insert_text((x, y), line, fontsize=10)
        for number, box in pictures:
            pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 8 + number, 8))
            pixels.clear_with(120 + len(box))
            document[number].insert_image(pymupdf.Rect(box), pixmap=pixels, keep_proportion=False)
        document.save(path)
        made = LaidOutDocument(path)
        yield made
        made.close()


def by_page(pages: Sequence[PlacedPage]) -> list[list[str]]:
    return [[one.fragment.content.content for one in page.fragments] for page in pages]


def test_fragments_go_where_their_words_are() -> None:
    fragments = [
        text("Heading", FragmentType.SECTION_HEADER),
        text("First **paragraph** of two"),
        text("the last one"),
    ]
    with laid_out(
        [(50, 60, "Heading"), (50, 80, "First paragraph of two")], [(60, 70, "the last one")]
    ) as document:
        pages = placed(fragments, document)
    assert by_page(pages) == [["Heading", "First **paragraph** of two"], ["the last one"]]
    assert (pages[0].size.width, pages[0].size.height) == (300, 400)
    box = pages[1].fragments[0].fragment.bbox
    assert box is not None
    assert abs(box.x1 - 60) < 1
    assert box.y1 < 70 < box.y2 < 80


def test_a_paragraph_over_a_page_end_stays_whole() -> None:
    fragments = [text("one two three four five six"), text("seven eight nine")]
    with laid_out(
        [(50, 380, "one two three")], [(50, 50, "four five six"), (50, 80, "seven eight nine")]
    ) as document:
        pages = placed(fragments, document)
    assert by_page(pages) == [["one two three four five six"], ["seven eight nine"]]
    box = pages[0].fragments[0].fragment.bbox
    assert box is not None
    assert box.y1 > 360


def test_pages_on_which_nothing_starts_are_empty() -> None:
    long = " ".join(f"w{i}" for i in range(9))
    with laid_out([(50, 50, "w0 w1 w2")], [(50, 50, "w3 w4 w5")], [(50, 50, "w6 w7 w8")]) as document:
        assert by_page(placed([text(long)], document)) == [[long], [], []]


def test_heads_are_on_every_page_with_its_number() -> None:
    fragments = [
        text("Annual survey", FragmentType.PAGE_HEADER),
        text("Annual survey"),
        text("the rest of it"),
        text("Page 1 of 2", FragmentType.PAGE_FOOTER),
    ]
    with laid_out(
        [(50, 30, "Annual survey"), (50, 90, "Annual survey"), (50, 385, "Page 1 of 2")],
        [(50, 30, "Annual survey"), (50, 90, "the rest of it"), (50, 385, "Page 2 of 2")],
    ) as document:
        pages = placed(fragments, document)
    assert by_page(pages) == [
        ["Annual survey", "Annual survey", "Page 1 of 2"],
        ["Annual survey", "the rest of it", "Page 2 of 2"],
    ]
    tops = [one.fragment.bbox.y1 for one in pages[0].fragments if one.fragment.bbox]
    assert tops == sorted(tops)
    assert len(tops) == 3


def test_a_head_of_one_page_is_on_that_page() -> None:
    fragments = [
        text("Cover", FragmentType.PAGE_HEADER),
        text("Later pages", FragmentType.PAGE_HEADER),
        text("a b c d"),
    ]
    with laid_out(
        [(50, 30, "Cover"), (50, 200, "a b")], [(50, 30, "Later pages"), (50, 200, "c d")]
    ) as document:
        assert by_page(placed(fragments, document)) == [["Cover", "a b c d"], ["Later pages"]]


def test_heads_that_differ_in_a_number_are_told_apart() -> None:
    fragments = [text(f"Chapter {number}", FragmentType.PAGE_HEADER) for number in (1, 2, 3)]
    with laid_out(*([(50, 30, f"Chapter {number}"), (50, 200, "words")] for number in (2, 1, 3))) as document:
        assert by_page(placed(fragments, document)) == [["Chapter 2"], ["Chapter 1"], ["Chapter 3"]]


def test_notes_at_a_pages_end() -> None:
    fragments = [text("alpha beta gamma1 delta"), text("epsilon zeta eta"), text("1 a note about gamma")]
    with laid_out(
        [(50, 50, "alpha beta gamma1 delta"), (50, 380, "1 a note about gamma")],
        [(50, 50, "epsilon zeta eta")],
    ) as document:
        pages = placed(fragments, document)
    assert by_page(pages) == [["alpha beta gamma1 delta", "1 a note about gamma"], ["epsilon zeta eta"]]


def test_short_notes_are_found_by_those_around_them() -> None:
    notes = [text("1 a longer note about alpha"), text("2 Ibid."), text("3 a longer note about delta")]
    fragments = [
        text("alpha1 beta2 gamma"),
        text("delta3 epsilon zeta"),
        text("eta theta iota kappa"),
        *notes,
    ]
    with laid_out(
        [(50, 50, "alpha1 beta2 gamma"), (50, 370, "1 a longer note about alpha"), (50, 385, "2 Ibid.")],
        [(50, 50, "delta3 epsilon zeta"), (50, 370, "3 a longer note about delta")],
        [(50, 50, "eta theta iota kappa")],
    ) as document:
        pages = placed(fragments, document)
    assert [[one.index for one in page.fragments] for page in pages] == [[0, 3, 4], [1, 5], [2]]
    assert all(one.fragment.bbox for page in pages for one in page.fragments)


def test_a_paragraph_over_two_columns_has_the_box_of_the_first() -> None:
    with laid_out(
        [(30, 350, "one two three"), (30, 370, "four five"), (170, 50, "six seven eight")]
    ) as document:
        box = (
            placed([text("one two three four five six seven eight")], document)[0].fragments[0].fragment.bbox
        )
    assert box is not None
    assert box.x2 < 150
    assert box.y1 > 330


def test_what_is_not_shown_stays_with_its_neighbours() -> None:
    fragments = [
        text("first words here"),
        text("second words here"),
        text("wholly different"),
        text("third words here"),
    ]
    with laid_out(
        [(50, 50, "first words here")], [(50, 50, "second words here"), (50, 80, "third words here")]
    ) as document:
        pages = placed(fragments, document)
    assert by_page(pages)[1] == ["second words here", "wholly different", "third words here"]
    assert pages[1].fragments[1].fragment.bbox is None


def test_a_field_takes_what_stands_in_its_place() -> None:
    fragments = [text("Written on this day"), text("1 May 2001"), text("by somebody else")]
    with laid_out(
        [(50, 50, "Written on this day"), (50, 70, "22 November 2026"), (50, 90, "by somebody else")]
    ) as document:
        box = placed(fragments, document)[0].fragments[1].fragment.bbox
    assert box is not None
    assert box.y1 < 70 < box.y2


def test_a_formula_takes_all_that_stands_between() -> None:
    formula = text("$$\\frac{a+b}{c}$$", FragmentType.FORMULA)
    fragments = [text("We begin with this"), formula, text("and so it ends")]
    lines = [(50, 50, "We begin with this"), (150, 80, "a+b"), (155, 95, "c"), (50, 120, "and so it ends")]
    with laid_out(lines) as document:
        box = placed(fragments, document)[0].fragments[1].fragment.bbox
    assert box is not None
    assert 50 < box.y1 < 75
    assert 95 <= box.y2 < 115
    assert box.x1 > 140


def test_drawings_between_neighbours_are_the_figure() -> None:
    fragments = [text("before the chart"), text("", FragmentType.FIGURE), text("after the chart")]
    with TemporaryDirectory() as folder:
        document = pymupdf.open()
        page = document.new_page(width=300, height=400)
        page.insert_text((50, 50), "before the chart", fontsize=10)
        page.insert_text((50, 250), "after the chart", fontsize=10)
        page.draw_rect(pymupdf.Rect(60, 80, 200, 220))
        for bar in range(4):
            page.draw_rect(pymupdf.Rect(70 + 30 * bar, 150, 85 + 30 * bar, 210), fill=(0, 0, 1))
        document.save(Path(folder) / "pages.pdf")
        made = LaidOutDocument(Path(folder) / "pages.pdf")
        box = placed(fragments, made)[0].fragments[1].fragment.bbox
        made.close()
    assert box is not None
    assert abs(box.x1 - 60) < 2
    assert abs(box.y2 - 220) < 2


def test_what_is_no_pdf_cannot_be_laid_out(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"no PDF at all")
    with pytest.raises(DocumentUnreadable):
        LaidOutDocument(tmp_path / "a.pdf")


def test_bullets_belong_to_their_items() -> None:
    with laid_out([(50, 50, "*"), (62, 50, "an item of a list")]) as document:
        box = (
            placed([text("an item of a list", FragmentType.LIST_ITEM)], document)[0]
            .fragments[0]
            .fragment.bbox
        )
    assert box is not None
    assert box.x1 < 55


def table(rows: Sequence[Sequence[str]]) -> PageFragment:
    cells = [MarkupCell(r, c, text=t) for r, row in enumerate(rows) for c, t in enumerate(row)]
    return PageFragment(fragment_type=FragmentType.TABLE, content=TableModel(cells).content())


def test_cells_have_boxes_where_all_were_found() -> None:
    lines: list[Line] = [(50, 50, "name"), (150, 50, "age"), (50, 70, "Ada"), (150, 70, "36"), (150, 90, "+")]
    with laid_out(lines) as document:
        content = (
            placed([table([["name", "age"], ["Ada", "36"], ["", "+"]])], document)[0]
            .fragments[0]
            .fragment.content
        )
    assert isinstance(content, TableContent)
    assert [cell.text for cell in content.cells] == ["name", "age", "Ada", "36", "+"]
    assert all(cell.bounding_box.x1 > 140 for cell in content.cells if cell.text in {"age", "36", "+"})


def test_cells_have_no_boxes_where_one_is_missing_or_on_another_page() -> None:
    rows = [["name", "age"], ["Ada", "36"], ["Grace", "85"]]
    first: list[Line] = [(50, 50, "name"), (150, 50, "age"), (50, 70, "Ada"), (150, 70, "36")]
    for pages in ([first], [first, [(50, 50, "Grace"), (150, 50, "85")]]):
        with laid_out(*pages) as document:
            fragment = placed([table(rows)], document)[0].fragments[0].fragment
        assert fragment.bbox is not None
        assert isinstance(fragment.content, TableContent)
        assert fragment.content.cells == []


def test_figures_take_the_pictures_between_their_neighbours() -> None:
    fragments = [
        text("", FragmentType.FIGURE),
        text("some text in between"),
        text("an apple", FragmentType.FIGURE),
        text("the end of it"),
    ]
    with laid_out(
        [(50, 150, "some text in between")],
        [(50, 300, "the end of it")],
        pictures=[(0, (50, 20, 150, 120)), (1, (60, 40, 120, 90))],
    ) as document:
        pages = placed(fragments, document)
    first, second = pages[0].fragments[0].fragment.bbox, pages[1].fragments[0].fragment.bbox
    assert first is not None
    assert (first.x1, first.y1, first.x2, first.y2) == (50, 20, 150, 120)
    assert second is not None
    assert (second.x1, second.x2) == (60, 120)


KINDS = [
    FragmentType.TEXT,
    FragmentType.LIST_ITEM,
    FragmentType.FORMULA,
    FragmentType.FIGURE,
    *[FragmentType.PAGE_HEADER],
]
SAID = st.lists(st.sampled_from("a b cat dog 1 2 + $x$ **x**".split()), max_size=6).map(" ".join)
FRAGMENTS = st.lists(st.builds(text, SAID, st.sampled_from(KINDS)), max_size=8)
PAGES = st.lists(
    st.lists(
        st.tuples(st.sampled_from([40.0, 160.0]), st.sampled_from([30.0, 60.0, 200.0, 390.0]), SAID),
        max_size=5,
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60)
@given(FRAGMENTS, PAGES)
def test_nothing_is_lost_or_doubled(fragments: list[PageFragment], lines: list[list[Line]]) -> None:
    with laid_out(*lines) as document:
        pages = placed(fragments, document)
    assert len(pages) == len(lines)
    shown = [one for page in pages for one in page.fragments]
    body = [one for one in shown if one.fragment.fragment_type is not FragmentType.PAGE_HEADER]
    assert Counter(one.index for one in body) == Counter(
        i for i, fragment in enumerate(fragments) if fragment.fragment_type is not FragmentType.PAGE_HEADER
    )
    assert {one.index for one in shown} == set(range(len(fragments)))
    assert all(one.fragment.content == fragments[one.index].content for one in body)
    for page in pages:
        assert [one.index for one in page.fragments] == sorted(one.index for one in page.fragments)
