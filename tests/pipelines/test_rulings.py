from collections.abc import Iterable
from itertools import pairwise

from pipelines.pages.blocks import Block, whole_paragraphs
from pipelines.pages.headings import promoted
from pipelines.pages.tables.rulings import with_rulings
from schemas.geometry import BBox, union_of
from schemas.reading import GridCell, Region, RegionKind, TableGrid, TextLine
from tests.fakes.engines import line


def rules(x: float, y: float, columns: int = 2, rows: int = 2) -> list[BBox]:
    """A grid of lines, each cell 100 x 20."""
    right, bottom = x + 100 * columns, y + 20 * rows
    across = [BBox(x, y + 20 * row, right, y + 20 * row) for row in range(rows + 1)]
    return across + [BBox(x + 100 * col, y, x + 100 * col, bottom) for col in range(columns + 1)]


def texts(x: float, y: float, columns: int = 2, rows: int = 2) -> list[TextLine]:
    return [
        line(f"w{row}c{col}", x + 5 + 100 * col, y + 5 + 20 * row)
        for row in range(rows)
        for col in range(columns)
    ]


def row_of(lines: Iterable[TextLine]) -> TextLine:
    words = [word for one in lines for word in one.words]
    return TextLine(words, union_of([word.bbox for word in words]))


def guess(box: BBox, columns: int, rows: int) -> Region:
    xs = [box.x1 + box.width * i / columns for i in range(columns + 1)]
    ys = [box.y1 + box.height * i / rows for i in range(rows + 1)]
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(x1, y1, x2, y2))
        for r, (y1, y2) in enumerate(pairwise(ys))
        for c, (x1, x2) in enumerate(pairwise(xs))
    ]
    return Region(RegionKind.TABLE, box, grid=TableGrid(rows, columns, cells))


def shape(region: Region) -> tuple[int, int, bool]:
    assert region.grid is not None
    return region.grid.rows, region.grid.columns, region.grid.ruled


def test_drawn_lines_beat_the_models_guess() -> None:
    (found,) = with_rulings([guess(BBox(52, 52, 245, 88), 5, 7)], texts(50, 50), rules(50, 50), 600)
    assert shape(found) == (2, 2, True)
    assert found.bbox == BBox(50, 50, 250, 90)


def test_without_lines_the_guess_stays() -> None:
    table = guess(BBox(50, 50, 250, 90), 2, 2)
    assert with_rulings([table], texts(50, 50), [], 600) == [table]


def test_drawn_columns_are_crossed_with_guessed_rows() -> None:
    frame = [BBox(50, y, 250, y) for y in (30, 50, 150)] + [BBox(x, 30, x, 150) for x in (50, 150, 250)]
    lines = [line("Port", 55, 35), line("Ships", 155, 35)]
    lines += [line(text, x, 55 + 20 * i) for i in range(5) for text, x in ((f"P{i}", 55), (f"{i}0", 220))]
    (found,) = with_rulings([guess(BBox(50, 30, 250, 150), 3, 6)], lines, frame, 600)
    assert shape(found) == (6, 2, False)


def test_drawn_rows_are_crossed_with_guessed_columns() -> None:
    drawn = [BBox(50, 50 + 20 * i, 350, 50 + 20 * i) for i in range(5)]
    drawn += [BBox(x, 50, x, 70) for x in (150, 250)] + [BBox(x, 50, x, 130) for x in (50, 350)]
    rows = [
        row_of(line(f"{row}{col}", 60 + 100 * col, 55 + 20 * row) for col in range(3)) for row in range(4)
    ]
    (found,) = with_rulings([guess(BBox(50, 50, 350, 130), 3, 9)], rows, drawn, 600)
    assert shape(found) == (4, 3, False)


def test_a_region_over_two_ruled_tables_is_divided() -> None:
    lines = texts(50, 50) + texts(50, 150, columns=3)
    drawn = rules(50, 50) + rules(50, 150, columns=3)
    found = with_rulings([guess(BBox(50, 50, 350, 190), 3, 5)], lines, drawn, 600)
    assert sorted(shape(region) for region in found) == [(2, 2, True), (2, 3, True)]


def test_a_picture_that_is_a_ruled_table_becomes_one_and_an_empty_frame_does_not() -> None:
    picture = Region(RegionKind.PICTURE, BBox(48, 48, 252, 92))
    (found,) = with_rulings([picture], texts(50, 50), rules(50, 50), 600)
    assert shape(found) == (2, 2, True)
    assert with_rulings([picture], texts(50, 50)[:1], rules(50, 50), 600) == [picture]


def block(text: str, y: float, *, size: float = 10, bold: bool = False) -> Block:
    one = line(text, 50, y, size=size)
    for word in one.words:
        word.bold = bold
    return Block(RegionKind.TEXT, one.bbox, [one])


def test_lines_that_stand_out_are_headings() -> None:
    body = [block("plain text of the body goes on here.", 200 + 20 * i) for i in range(5)]
    found = promoted(
        [
            block("A large line", 100, size=14),
            block("A bold line", 120, bold=True),
            block("A bold sentence.", 140, bold=True),
            block("12 345", 160, size=14),
            *body,
        ],
        scanned=False,
    )
    assert [b.kind is RegionKind.SECTION_HEADER for b in found] == [True, True, False, False] + [False] * 5


def test_on_scans_a_little_larger_is_not_enough() -> None:
    body = [block("plain text of the body goes on here.", 200 + 20 * i) for i in range(5)]
    kinds = [b.kind for b in promoted([block("A line", 100, size=13), *body], scanned=True)]
    assert RegionKind.SECTION_HEADER not in kinds


def test_pieces_of_a_paragraph_are_put_together() -> None:
    blocks = [block("The ships came", 100), block("home at last.", 112), block("The next paragraph", 124)]
    assert [len(b.lines) for b in whole_paragraphs(blocks)] == [2, 1]


def test_a_first_line_taken_for_a_heading_goes_back_to_its_paragraph() -> None:
    first, rest, bold = (
        block("The ships came", 100),
        block("home at last.", 112),
        block("Tides of", 100, bold=True),
    )
    first.kind = bold.kind = RegionKind.SECTION_HEADER
    assert [b.kind for b in whole_paragraphs([first, rest])] == [RegionKind.TEXT]
    assert [b.kind for b in whole_paragraphs([bold, rest])] == [RegionKind.SECTION_HEADER, RegionKind.TEXT]


def test_a_first_column_without_lines_is_divided_by_the_rows_beside_it() -> None:
    drawn = [BBox(150, 50 + 20 * i, 250, 50 + 20 * i) for i in range(1, 5)]
    drawn += [BBox(50, y, 250, y) for y in (50, 150)] + [BBox(x, 50, x, 150) for x in (50, 150, 250)]
    (found,) = with_rulings([guess(BBox(50, 50, 250, 150), 2, 3)], texts(50, 50, rows=5), drawn, 600)
    assert shape(found) == (5, 2, True)


def test_labels_beside_amounts_are_rows_where_their_corner_is_not_ruled() -> None:
    across = [
        BBox(50, 50, 250, 50),
        *(BBox(150, 50 + 20 * i, 250, 50 + 20 * i) for i in (1, 2)),
        BBox(50, 110, 250, 110),
    ]
    down = [BBox(x, 50, x, 110) for x in (50, 150, 250)]
    (found,) = with_rulings([guess(BBox(50, 50, 250, 110), 2, 3)], texts(50, 50, rows=3), across + down, 600)
    assert shape(found) == (3, 2, True)
    assert found.grid is not None
    assert len(found.grid.cells) == 6


def test_a_corner_whose_lines_are_not_level_with_the_rows_is_left_to_the_words() -> None:
    across = [
        BBox(50, 50, 250, 50),
        *(BBox(150, 50 + 20 * i, 250, 50 + 20 * i) for i in (1, 2)),
        BBox(50, 110, 250, 110),
    ]
    down = [BBox(x, 50, x, 110) for x in (50, 150, 250)]
    label = [line(text, 60, 64 + 11 * i) for i, text in enumerate(("North", "and", "South"))]
    values = [line(f"{i}.5", 155, 55 + 20 * i) for i in range(3)]
    (found,) = with_rulings([guess(BBox(50, 50, 250, 110), 2, 3)], label + values, across + down, 600)
    assert shape(found) == (3, 2, False)


def test_two_drawn_tables_in_one_region_are_two_though_one_is_nearly_empty() -> None:
    names = [line(f"name{col}", 55 + 100 * col, 55) for col in range(4)]
    value = line("PO-33", 155, 75)
    lines = [*names, value, *texts(50, 110, columns=4)]
    drawn = rules(50, 50, columns=4) + rules(50, 105, columns=4)
    found = with_rulings([guess(BBox(50, 50, 450, 145), 4, 4)], lines, drawn, 600)
    assert [shape(region) for region in found] == [(2, 4, True), (2, 4, True)]
