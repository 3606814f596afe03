from pipelines.pages.fusion import fused
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TableGrid, TextLine
from tests.fakes.engines import line


def paragraph(x: float, y: float, rows: int = 4, *, size: float = 10.0) -> list[TextLine]:
    return [line("water rises and falls", x, y + 1.2 * size * row, size=size) for row in range(rows)]


def around(lines: list[TextLine], margin: float = 0.0) -> BBox:
    x1, y1, x2, y2 = union_of([one.bbox for one in lines])
    return BBox(x1 - margin, y1 - margin, x2 + margin, y2 + margin)


def written(kind: RegionKind, box: BBox) -> Region:
    return Region(kind, box)


def seen(kind: RegionKind, box: BBox, score: float = 0.9) -> Region:
    return Region(kind, box, score=score)


def test_a_first_line_taken_for_a_heading_stays_in_its_paragraph() -> None:
    lines = paragraph(50, 100)
    found = fused(
        [
            written(RegionKind.SECTION_HEADER, around(lines[:1])),
            written(RegionKind.TEXT, around(lines[1:])),
        ],
        [seen(RegionKind.TEXT, around(lines, 3))],
        lines,
    )
    assert found == [seen(RegionKind.TEXT, around(lines))]


def test_what_was_not_seen_stays() -> None:
    lines = [*paragraph(50, 100), line("7", 300, 780)]
    number = written(RegionKind.PAGE_FOOTER, around(lines[-1:]))
    found = fused([number], [seen(RegionKind.TEXT, around(lines[:-1]))], lines)
    assert [r.kind for r in found] == [RegionKind.TEXT, RegionKind.PAGE_FOOTER]


def test_two_items_seen_in_one_written_region_are_two() -> None:
    lines = paragraph(50, 100)
    items = [seen(RegionKind.LIST_ITEM, around(half)) for half in (lines[:2], lines[2:])]
    assert fused([written(RegionKind.TEXT, around(lines))], items, lines) == items


def test_a_line_the_eye_cut_off_goes_to_the_rest_of_its_region() -> None:
    lines = paragraph(50, 100)
    (found,) = fused(
        [written(RegionKind.TEXT, around(lines))], [seen(RegionKind.TEXT, around(lines[:3]))], lines
    )
    assert found.bbox == around(lines)


def test_a_line_far_from_the_rest_of_its_region_stands_alone() -> None:
    lines = [*paragraph(50, 100), *paragraph(50, 300, 1)]
    found = fused(
        [written(RegionKind.TEXT, around(lines))], [seen(RegionKind.TEXT, around(lines[:4]))], lines
    )
    assert [r.bbox for r in found] == [around(lines[:4]), around(lines[4:])]


def test_an_unsure_eye_does_not_outweigh_the_text() -> None:
    lines = paragraph(50, 100)
    text = written(RegionKind.TEXT, around(lines))
    assert fused([text], [seen(RegionKind.TABLE, around(lines), 0.3)], lines) == [text]
    assert fused([text], [seen(RegionKind.LIST_ITEM, around(lines), 0.3)], lines) == [text]


def test_a_table_keeps_its_grid_and_hears_what_was_seen() -> None:
    lines = paragraph(50, 100)
    table = Region(RegionKind.TABLE, around(lines), grid=TableGrid(3, 2))
    found = fused(
        [table], [seen(RegionKind.TABLE, around(lines, 2)), seen(RegionKind.TEXT, around(lines))], lines
    )
    assert found == [Region(RegionKind.TABLE, around(lines), score=0.9, grid=table.grid)]


def test_a_table_only_seen_leaves_the_text_in_it_alone() -> None:
    lines = paragraph(50, 100)
    table, text = seen(RegionKind.TABLE, around(lines, 5)), written(RegionKind.TEXT, around(lines))
    assert fused([text], [table], lines) == [table, text]


def test_a_picture_on_the_text_that_reads_as_text_is_text() -> None:
    lines = paragraph(50, 100)
    text = seen(RegionKind.TEXT, around(lines), 0.4)
    assert fused([written(RegionKind.PICTURE, around(lines, 5))], [text], lines) == [text]


def test_labels_belong_to_their_picture_and_titles_to_the_page() -> None:
    labels, body = paragraph(100, 130, 1), paragraph(50, 400, 6)
    title = [line("High Tide", 100, 200, size=30)]
    lines = [*labels, *title, *body]
    chart = seen(RegionKind.PICTURE, BBox(80, 100, 500, 300), 0.6)
    found = fused([written(RegionKind.TEXT, around(part)) for part in (labels, title, body)], [chart], lines)
    assert [r.bbox for r in found] == [chart.bbox, around(title), around(body)]


def test_a_picture_takes_the_edges_of_the_files_own() -> None:
    exact = BBox(100, 100, 300, 250)
    (found,) = fused([], [seen(RegionKind.PICTURE, BBox(96, 103, 304, 256))], [], [exact])
    assert found.bbox == exact


def test_a_picture_seen_in_pieces_of_a_written_one() -> None:
    whole = BBox(100, 100, 300, 400)
    above, below = BBox(95, 95, 305, 245), BBox(95, 255, 305, 405)
    halves = [seen(RegionKind.PICTURE, above, 0.6), seen(RegionKind.PICTURE, below, 0.5)]
    assert fused([written(RegionKind.PICTURE, whole)], halves, []) == halves
    corner = seen(RegionKind.PICTURE, BBox(100, 100, 180, 160), 0.9)
    assert fused([written(RegionKind.PICTURE, whole)], [corner], []) == [written(RegionKind.PICTURE, whole)]
    nested = [seen(RegionKind.PICTURE, whole, 0.4), seen(RegionKind.PICTURE, above, 0.8)]
    assert [r.score for r in fused([], nested, [])] == [0.8]


def test_edges_that_cut_a_line_lose_no_word() -> None:
    text = line("A heading over both columns", 72, 60, size=20)
    edges = BBox(90, 58, text.bbox.x2 + 5, 82)
    (found,) = fused(
        [written(RegionKind.SECTION_HEADER, text.bbox)], [seen(RegionKind.SECTION_HEADER, edges)], [text]
    )
    assert found.bbox == text.bbox


def test_what_looks_like_a_picture_is_one_where_nothing_else_is() -> None:
    lines = paragraph(50, 100)
    icon, smudge = BBox(300, 100, 340, 140), around(lines[:2])
    found = fused([written(RegionKind.TEXT, around(lines))], [], lines, shapes=[icon, smudge])
    assert [(r.kind, r.bbox) for r in found[1:]] == [(RegionKind.PICTURE, icon)]


def test_a_table_that_the_eye_reads_as_text_is_none() -> None:
    lines = paragraph(50, 100)
    table = Region(RegionKind.TABLE, around(lines), grid=TableGrid(3, 2))
    text = seen(RegionKind.TEXT, around(lines))
    assert fused([table], [text], lines) == [text]
    assert table.grid is not None
    assert fused([table], [seen(RegionKind.TEXT, around(lines[:1]))], lines)[0].grid is table.grid


def test_a_table_of_which_the_eye_reads_cells_as_headings_stays() -> None:
    rows = [[line("reed", x, y) for x in (50, 200, 300)] for y in (100, 120, 140, 160)]
    lines = [cell for row in rows for cell in row]
    table = Region(RegionKind.TABLE, around(lines), grid=TableGrid(4, 3))
    labels = [seen(RegionKind.SECTION_HEADER, around(row[:1])) for row in rows]
    header = seen(RegionKind.PAGE_HEADER, around(rows[0][1:]))
    assert fused([table], [*labels, header], lines)[0].grid is table.grid
    column = seen(RegionKind.TEXT, around([row[0] for row in rows]))
    others = seen(RegionKind.TEXT, around([cell for row in rows for cell in row[1:]]))
    assert fused([table], [column, others], lines)[0].grid is None


def test_a_line_of_letters_is_no_picture() -> None:
    lines = [line("HIGHTIDE", 50, 100, size=30)]
    found = fused([], [seen(RegionKind.PICTURE, around(lines, 1), 0.6)], lines)
    assert found == []


def test_photographs_in_a_row_are_several_pictures() -> None:
    group = seen(RegionKind.PICTURE, BBox(50, 100, 500, 250))
    photos = [BBox(x, 110, x + width, 210) for x, width in ((60, 90), (190, 80), (320, 95))]
    assert [r.bbox for r in fused([], [group], [], shapes=photos)] == photos
    bars = [BBox(x, 210 - height, x + 40, 210) for x, height in ((60, 90), (190, 60), (320, 30))]
    assert fused([], [group], [], shapes=bars) == [group]
    assert fused([], [group], [], shapes=photos[:2]) == [group]


def test_a_shape_read_as_one_letter_stays_a_picture() -> None:
    glyph = TextLine([line("E", 100, 100, size=200).words[0]], BBox(100, 100, 200, 300))
    bars = seen(RegionKind.PICTURE, glyph.bbox, 0.6)
    assert [r.kind for r in fused([], [bars], [glyph])] == [RegionKind.PICTURE]


def test_a_picture_of_words_that_nobody_saw_and_nobody_drew_is_text() -> None:
    lines = paragraph(50, 100)
    guess = written(RegionKind.PICTURE, around(lines, 10))
    assert fused([guess], [], lines) == []
    assert fused([guess], [], lines, files=[around(lines, 12)]) == [
        written(RegionKind.PICTURE, around(lines, 12))
    ]


def test_a_line_left_below_a_heading_is_none_of_it() -> None:
    lines = paragraph(50, 100, 3)
    found = fused(
        [written(RegionKind.TEXT, around(lines))], [seen(RegionKind.SECTION_HEADER, around(lines[:2]))], lines
    )
    assert [(r.kind, r.bbox) for r in found] == [
        (RegionKind.SECTION_HEADER, around(lines[:2])),
        (RegionKind.TEXT, around(lines[2:])),
    ]


def test_two_rows_and_columns_that_were_hardly_seen_are_no_table() -> None:
    lines = paragraph(50, 100)
    table = Region(RegionKind.TABLE, around(lines), grid=TableGrid(2, 2))
    assert fused([table], [seen(RegionKind.TABLE, around(lines[:3]), 0.3)], lines) == []
    for eye in ([], [seen(RegionKind.TABLE, around(lines), 0.6)]):
        (found,) = fused([table], eye, lines)
        assert found.grid is table.grid
