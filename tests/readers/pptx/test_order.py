from __future__ import annotations

from pathlib import Path

from pipelines.readers.pptx.reader import PptxReader
from schemas.reading import FlowView
from tests.readers.pptx.decks import Slide, deck, group, paragraph, picture, shape, xfrm


def texts(path: Path) -> list[str]:
    reader = PptxReader(path)
    found = reader.flow_page(1, FlowView()).fragments
    reader.close()
    return [fragment.content.content for fragment in found]


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    slide = "".join(
        shape(name, xfrm(x, y, 300, height))
        for name, x, y, height in (
            ("r1", 400, 100, 40),
            ("l2", 20, 150, 300),
            ("l1", 20, 100, 40),
            ("r2", 400, 150, 300),
        )
    )
    assert texts(deck(tmp_path / "a.pptx", [slide])) == ["l1", "l2", "r1", "r2"]


def test_cards_of_one_size_are_read_row_by_row(tmp_path: Path) -> None:
    cards = "".join(
        shape(f"{row}{column}", xfrm(20 + 230 * column, 130 + 190 * row, 210, 180))
        for column in (2, 0, 1)
        for row in (1, 0)
    )
    slide = shape("above", xfrm(20, 10, 600, 30)) + cards + shape("below", xfrm(20, 510, 600, 20))
    assert texts(deck(tmp_path / "a.pptx", [slide])) == [
        "above", "00", "01", "02", "10", "11", "12", "below",
    ]  # fmt: skip


def test_what_stands_over_each_card_keeps_it_in_its_column(tmp_path: Path) -> None:
    slide = "".join(
        shape(f"head {row}{column}", xfrm(20 + 330 * column, 10 + 260 * row, 300, 30))
        + shape(f"card {row}{column}", xfrm(20 + 330 * column, 45 + 260 * row, 300, 200))
        for row in (0, 1)
        for column in (0, 1)
    )
    found = texts(deck(tmp_path / "a.pptx", [slide]))
    assert [found[i + 1] for i in range(0, 8, 2)] == [f"card{name[4:]}" for name in found[::2]]


def test_right_to_left_slides_begin_at_the_right(tmp_path: Path) -> None:
    def text(name: str) -> str:
        return paragraph(name, '<a:pPr rtl="1"/>')

    slide = shape(text("second"), xfrm(20, 100, 300, 100)) + shape(text("first"), xfrm(400, 100, 300, 100))
    assert texts(deck(tmp_path / "a.pptx", [slide])) == ["first", "second"]


def test_a_backdrop_comes_before_what_lies_on_it(tmp_path: Path) -> None:
    slide = (
        shape("low", xfrm(50, 400, 300, 40))
        + shape("high", xfrm(50, 50, 300, 40))
        + shape("on the panel", xfrm(420, 60, 200, 40))
        + shape("panel", xfrm(400, 40, 300, 450))
        + picture("none", xfrm(0, 0, 720, 540), "backdrop")
    )
    assert texts(deck(tmp_path / "a.pptx", [Slide(slide)])) == [
        "backdrop", "high", "low", "panel", "on the panel",
    ]  # fmt: skip


def test_the_name_of_a_file_describes_no_picture(tmp_path: Path) -> None:
    slide = picture("none", xfrm(0, 0, 720, 540), "IMG 0815.JPG")
    assert texts(deck(tmp_path / "a.pptx", [Slide(slide)])) == [""]


def test_thousands_of_shapes_on_each_other_are_read(tmp_path: Path) -> None:
    pile = "".join(shape(str(n), xfrm(n / 100, n / 100, 100, 100)) for n in range(2000))
    assert len(texts(deck(tmp_path / "a.pptx", [pile]))) == 2000


def test_groups_may_nest_as_deep_as_they_like(tmp_path: Path) -> None:
    nested = shape("deep", xfrm(1, 1, 9, 9)) + shape("down", xfrm(1, 30, 9, 9))
    for _ in range(900):
        nested = group(nested, "")
    assert texts(deck(tmp_path / "a.pptx", [nested + shape("beside", xfrm(100, 1, 9, 9))])) == [
        "deep", "down", "beside",
    ]  # fmt: skip
