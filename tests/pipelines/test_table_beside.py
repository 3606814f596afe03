"""Two columns of a page that were taken for one table."""

from __future__ import annotations

from pipelines.pages.tables.beside import side_by_side
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine, Word
from tests.fakes.engines import line

REGION = Region(RegionKind.TABLE, BBox(0, 0, 620, 800), 0.9)


def table(left: float, top: float, count: int = 8) -> list[TextLine]:
    rows = [("Port", "Berths"), *((f"Harbour{i}", str(40 + i)) for i in range(count))]
    return [
        line(text, left + 150 * c, top + 15 * r) for r, row in enumerate(rows) for c, text in enumerate(row)
    ]


def test_rows_that_do_not_stand_level_are_of_two_tables() -> None:
    prose = [line("The harbours of the coast are listed here by name", 20, 40 + 15 * i) for i in range(4)]
    left, right = table(20, 130), table(340, 47, 15)
    found = list(side_by_side(REGION, [*prose, *left, *right]))
    assert [round(region.bbox.x1) for region in found] == [20, 340]
    assert [round(region.bbox.y1) for region in found] == [130, 47]
    assert all(region.kind is RegionKind.TABLE and region.score == 0.9 for region in found)


def test_rows_that_stand_level_are_of_one() -> None:
    assert list(side_by_side(REGION, [*table(20, 40), *table(340, 40)])) == [REGION]


def test_cells_of_several_lines_part_no_table() -> None:
    labels = [line(f"Harbour{i}", 20, 40 + 45 * i) for i in range(8)]
    labels += [line(str(i), 150, 40 + 45 * i) for i in range(8)]
    remarks = [line("open to all ships", 340, 40 + 15 * i) for i in range(24)]
    remarks += [line("no fee", 520, 40 + 15 * i) for i in range(24)]
    assert list(side_by_side(REGION, [*labels, *remarks])) == [REGION]


def test_a_few_rows_out_of_line_part_no_table() -> None:
    left, right = table(20, 40, 5), table(340, 25, 5)
    assert list(side_by_side(REGION, [*left, *right])) == [REGION]


def prose(left: float, top: float, count: int = 3) -> list[TextLine]:
    return [line("All ships pay before they sail", left, top + 15 * i) for i in range(count)]


def sides(left: list[TextLine], right: list[TextLine], text: list[TextLine]) -> list[tuple[int, int]]:
    """The left ends of the tables found, and how many lines stand in each."""
    lines = [*left, *right]
    found = side_by_side(REGION, lines, [*lines, *text])
    return [(round(r.bbox.x1), sum(r.bbox.holds(*one.bbox.center) for one in lines)) for r in found]


def test_the_same_columns_on_a_page_in_columns_are_two_tables() -> None:
    left, right = table(20, 40), table(340, 40, 6)
    assert sides(left, right, prose(340, 200)) == [(20, 18), (340, 14)]
    assert sides(left[2:], right[2:], prose(340, 200)) == [(20, 16), (340, 12)], "they have no header here"
    assert sides(left, table(340, 40, 1), prose(340, 200)) == [(20, 18), (340, 4)]


def test_text_over_the_whole_page_leaves_a_table_whole() -> None:
    wide = [line("All ships that pay their fees here may leave the harbour before sunset", 20, 300)]
    assert sides(table(20, 40), table(340, 40), [*prose(340, 200), *wide, *wide]) == [(0, 36)]
    assert sides(table(20, 40), table(340, 40), prose(340, 200, 2)) == [(0, 36)]


def test_other_columns_on_the_right_are_of_the_same_table() -> None:
    """A wide table on a page in columns: only values on the right, or columns elsewhere."""
    values = [line(str(10 + r), 340 + 150 * c, 40 + 15 * r) for r in range(9) for c in range(2)]
    assert sides(table(20, 40), values, prose(340, 200)) == [(0, 36)]
    elsewhere = [one for one in table(340, 40) if one.bbox.x1 < 400]
    elsewhere += [line(str(10 + r), 560, 40 + 15 * r) for r in range(9)]
    assert sides(table(20, 40), elsewhere, prose(340, 200)) == [(0, 36)]


def fleet(top: float = 40, count: int = 8) -> list[TextLine]:
    """Other columns, on the right."""
    return [
        line(text, 340 + 90 * c, top + 15 * r)
        for r in range(count)
        for c, text in enumerate((f"Ship{r}", "Rope", "9"))
    ]


def across(left: float, right: float) -> list[BBox]:
    return [BBox(left, y, right, y + 1) for y in range(52, 160, 15)]


def parts(
    lines: list[TextLine], rules: list[BBox] | None = None, others: list[BBox] | None = None
) -> list[int]:
    """The left ends of the tables found."""
    return [round(r.bbox.x1) for r in side_by_side(REGION, lines, lines, rules or [], others or [])]


def test_rules_over_either_side_alone_part_two_tables() -> None:
    lines = [*table(20, 40), *fleet()]
    assert parts(lines) == [0]
    assert parts(lines, [*across(10, 300), *across(330, 600)]) == [20, 340]
    assert parts(lines, [*across(10, 300), *across(330, 600), BBox(10, 60, 600, 61)]) == [0]
    assert parts(lines, [*across(10, 90), *across(160, 300), *across(330, 600)]) == [0]
    assert parts(lines, across(10, 300)) == [0]


def test_a_table_beside_one_side_that_ends_lower_parts_them() -> None:
    lines = [*table(20, 40), *fleet()]
    assert parts(lines, others=[BBox(330, 100, 620, 900)]) == [20, 340]
    assert parts(lines, others=[BBox(330, 100, 620, 160)]) == [0], "it lies in the region"
    assert parts(lines, others=[BBox(0, 100, 620, 900)]) == [0], "it lies below both"


def remarks(left: float, top: float, count: int = 5) -> list[TextLine]:
    """Rows of a code and a text of three lines."""
    texts = ("The pilots of the port open", "the lock to all ships when", "the tide is in")
    codes = [line(f"R{10 + i}", left, top + 45 * i) for i in range(count)]
    return codes + [
        line(text, left + 60, top + 45 * i + 15 * j) for i in range(count) for j, text in enumerate(texts)
    ]


def test_texts_of_several_lines_part_no_rows_and_end_with_their_last_line() -> None:
    left, right = remarks(20, 40), remarks(340, 47)
    assert sides(left, right, []) == [(20, 20), (340, 20)]


def test_a_few_rows_above_the_text_of_their_column_are_a_table_of_their_own() -> None:
    text = [line("The harbour was deepened twice, and its quays were", 340, 152 + 16 * i) for i in range(8)]
    left, right = remarks(20, 40), remarks(340, 47, 2)
    found = list(side_by_side(REGION, [*left, *right, *text]))
    assert [round(region.bbox.x1) for region in found] == [20, 340]
    assert found[1].bbox.y2 < 152


def test_lines_set_to_the_width_of_their_column_are_text() -> None:
    places = [
        (word, BBox(340 + 60 * i, 90 + 12 * j, 380 + 60 * i, 100 + 12 * j))
        for j in range(4)
        for i, word in enumerate(("The", "pilots", "open", "the", "lock"))
    ]
    spread = [TextLine([Word(word, box, size=10.0)], box) for word, box in places]
    right = [line(text, 340 + 130 * c, 42 + 15 * r) for r in range(3) for c, text in enumerate(("Ship", "9"))]
    found = list(side_by_side(REGION, [*table(20, 40), *right, *spread], others=[BBox(330, 100, 620, 900)]))
    assert [round(region.bbox.y2) for region in found] == [170, 82]
