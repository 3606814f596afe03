"""The stage that gives table regions their grids."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipelines.pages.tables.cells import make_table
from pipelines.pages.tables.frames import is_note
from pipelines.pages.tables.guesses import clear_of, lines_of, moved
from pipelines.pages.tables.stage import Tables
from pipelines.work import PageWork
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import GridCell, Region, RegionKind, SourcePage, TableGrid, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line

XS = [40.0, 140.0, 240.0, 340.0]
BODY = [
    one
    for i, y in enumerate(range(60, 160, 20))
    for one in (line(f"Port{i}", 50, y), line(f"{i}12", 160, y), line(f"{i}.5", 260, y))
]
HEAD = [line("Name", 50, 40), line("Ships", 160, 40), line("Tons", 260, 40)]


def grid(xs: list[float], ys: list[float], *, ruled: bool = False) -> TableGrid:
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(x1, y1, x2, y2))
        for r, (y1, y2) in enumerate(pairwise(ys))
        for c, (x1, x2) in enumerate(pairwise(xs))
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, cells, ruled=ruled)


YS = [35.0, 55.0, 75.0, 95.0, 115.0, 135.0, 160.0]


def table(box: BBox, where: TableGrid | None, score: float | None = None) -> Region:
    return Region(RegionKind.TABLE, box, score, where)


def read(
    lines: list[TextLine],
    regions: list[Region],
    rules: list[BBox] | None = None,
    seen: list[TableGrid] | None = None,
    *,
    careful: bool = False,
) -> tuple[PageWork, FakeEngines]:
    engines = FakeEngines(grids=seen or [])
    page = PageWork(1, SourcePage(1, 600, 800), lines=lines, regions=regions, rules=rules or [])
    Tables(FakeReader(lambda number: SourcePage(number, 600, 800)), engines, careful=careful)([page])
    return page, engines


def tables(page: PageWork) -> list[Region]:
    return [region for region in page.regions or [] if region.kind is RegionKind.TABLE]


def test_a_sound_grid_is_made_final_without_a_look_at_the_picture() -> None:
    page, engines = read([*HEAD, *BODY], [table(BBox(40, 35, 340, 160), grid(XS, YS))])
    (found,) = tables(page)
    assert found.grid is not None
    assert (found.grid.rows, found.grid.columns, found.grid.ruled) == (6, 3, True)
    assert engines.calls == []


def test_the_careful_path_looks_at_every_table() -> None:
    _, engines = read([*HEAD, *BODY], [table(BBox(40, 35, 340, 160), grid(XS, YS))], careful=True)
    assert set(engines.calls) == {"table_structures"}


def test_a_grid_that_fails_the_words_gives_way_to_one_that_is_seen() -> None:
    names = [line("one two three four", 150, y) for y in range(60, 160, 20)]
    texts = [line(f"Port{i}", 50, 60 + 20 * i) for i in range(5)] + names + [line("9", 360, 60)]
    wrong = grid([40, 100, 170, 200, 230, 300, 400], [55, 75, 95, 115, 135, 160])
    seen = TableGrid(
        5,
        3,
        [
            GridCell(r, r + 1, c, c + 1, BBox(x1, 5 + 20 * r, x2, 15 + 20 * r))
            for r in range(5)
            for c, (x1, x2) in enumerate([(5, 40), (105, 200), (315, 320)])
        ],
        tight=True,
    )
    page, engines = read(texts, [table(BBox(40, 55, 400, 160), wrong)], seen=[seen])
    (found,) = tables(page)
    assert found.grid is not None
    assert engines.calls == ["table_structures"]
    assert {(c.col_start, c.col_end) for c in found.grid.cells} == {(0, 1), (1, 2), (2, 3)}


def test_a_table_only_seen_gets_a_grid_and_its_text_no_region_of_its_own() -> None:
    box = BBox(40, 35, 340, 160)
    seen = grid([0.0, 100.0, 200.0, 300.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0])
    text = Region(RegionKind.TEXT, BBox(45, 60, 90, 70))
    page, _ = read([*HEAD, *BODY], [table(box, None, 0.9), text], seen=[seen])
    assert len(tables(page)) == 1
    assert all(region.kind is RegionKind.TABLE for region in page.regions or [])


def test_what_was_seen_and_has_no_rows_and_columns_is_text() -> None:
    prose = [line("words that run on and on over the line", 45, y) for y in (40, 55, 70)]
    text = Region(RegionKind.TEXT, BBox(45, 40, 240, 80))
    page, _ = read(prose, [table(BBox(40, 35, 340, 90), None, 0.9), text], seen=[grid([0, 300], [0, 55])])
    assert [region.kind for region in page.regions or []] == [RegionKind.TEXT]


def test_a_title_and_notes_leave_the_frame() -> None:
    title = line("Table 3: Ships of the northern ports by year", 50, 20)
    note = line("Source: the harbor master's own books", 50, 170)
    where = grid(XS, [15.0, *YS, 185.0])
    page, _ = read([title, *HEAD, *BODY, note], [table(BBox(40, 15, 340, 185), where)])
    kinds = {region.kind: region for region in page.regions or []}
    assert kinds[RegionKind.CAPTION].bbox.iou(title.bbox) > 0.9
    assert kinds[RegionKind.FOOTNOTE].bbox.iou(note.bbox) > 0.9
    assert kinds[RegionKind.TABLE].bbox.y1 > 30
    assert kinds[RegionKind.TABLE].bbox.y2 < 170


def test_titles_and_notes_leave_ruled_frames_too() -> None:
    title, note = line("Exhibit 9 Ports", 50, 18), line("Source: the harbor master", 50, 168)
    drawn = grid(XS, YS, ruled=True)
    cells = [GridCell(0, 1, 0, 3, BBox(40, 15, 340, 35)), GridCell(7, 8, 0, 3, BBox(40, 160, 340, 180))]
    cells += [GridCell(c.row_start + 1, c.row_end + 1, c.col_start, c.col_end, c.bbox) for c in drawn.cells]
    where = TableGrid(8, 3, cells, ruled=True)
    page, _ = read([title, *HEAD, *BODY, note], [table(BBox(40, 15, 340, 180), where)])
    (found,) = tables(page)
    assert found.grid is not None
    assert found.grid.rows == 6
    assert min(cell.row_start for cell in found.grid.cells) == 0
    kinds = [region.kind for region in page.regions or []]
    assert kinds.count(RegionKind.CAPTION) == kinds.count(RegionKind.FOOTNOTE) == 1


def test_typed_rules_are_rules() -> None:
    typed = line("-" * 58, 45, 52, size=8)
    page, _ = read([*HEAD, typed, *BODY], [table(BBox(40, 35, 340, 160), grid(XS, YS))])
    assert all(one is not typed for one in page.lines or [])
    assert page.rules == [BBox(45, 56, typed.bbox.x2, 56)]
    outside = line("-" * 30, 45, 500)
    page, _ = read([*HEAD, outside, *BODY], [table(BBox(40, 35, 340, 160), grid(XS, YS))])
    assert any(one is outside for one in page.lines or [])


def test_two_lines_of_names_are_no_table_unless_seen() -> None:
    lines = [line(text, x, y) for y in (40, 60) for x, text in ((50, "Lee"), (160, "Harbor master"))]
    where = grid([40, 140, 340], [35, 55, 75])
    assert tables(read(lines, [table(BBox(40, 35, 340, 75), where)])[0]) == []
    assert len(tables(read(lines, [table(BBox(40, 35, 340, 75), where, 0.8)])[0])) == 1


def test_a_dash_that_the_reading_overlooked_is_read_in_its_cell() -> None:
    holed = [one for one in BODY if one.text != "2.5"]
    page = PageWork(1, SourcePage(1, 600, 800), lines=[*HEAD, *holed], scanned=True)
    page.regions = [table(BBox(40, 35, 340, 160), grid(XS, YS))]
    page.image, page.scale = np.full((1600, 1200, 3), 255, np.uint8), 2.0
    page.image[208:211, 540:552] = 0
    Tables(FakeReader(lambda number: SourcePage(number, 600, 800)), FakeEngines(), careful=False)([page])
    (dash,) = [one for one in page.lines or [] if one not in [*HEAD, *holed]]
    assert dash.text in "—–"
    assert dash.words[0].source is Source.OCR
    made = make_table(page.lines or [], tables(page)[0].grid or grid(XS, YS))
    assert [c.text for c in made.cells if (c.top, c.left) == (3, 2)] == [dash.text]


def test_pages_without_text_or_regions_pass() -> None:
    assert read([], [table(BBox(40, 35, 340, 75), None, 0.9)])[0].regions is not None
    assert read([*HEAD], [])[0].regions == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Source: own survey", True),
        ("* per thousand", True),
        ("Quelle: eigene", True),
        ("these are words of a note", True),
        ("Total", False),
        ("12 340", False),
    ],
)
def test_notes(text: str, expected: bool) -> None:
    assert is_note(text) is expected


def test_tight_boxes_give_lines_between_them() -> None:
    cells = [
        GridCell(r, r + 1, c, c + 1, BBox(10 + 50 * c, 5 + 20 * r, 30 + 50 * c, 15 + 20 * r))
        for r in range(2)
        for c in range(3)
    ]
    xs, ys = lines_of(TableGrid(2, 3, cells, tight=True), BBox(0, 0, 150, 45))
    assert xs == [0, 45, 95, 150]
    assert ys == [0, 20, 45]


def test_lines_move_clear_of_words() -> None:
    assert clear_of([0, 50, 100], [(45, 55), (60, 90), (10, 44)])[1] == 44.5
    assert clear_of([0, 50, 100], [(10, 40), (60, 90)]) == [0, 50, 100]


def test_a_moved_grid_keeps_its_kind() -> None:
    found = moved(TableGrid(1, 1, [GridCell(0, 1, 0, 1, BBox(2, 4, 6, 8))], tight=True), 0.5, 10, 20)
    assert found.tight
    assert found.cells[0].bbox == BBox(11, 22, 13, 24)


def test_a_table_grows_to_the_rules_that_are_like_those_in_it() -> None:
    twins = [BBox(40, y, 340, y) for y in (36, 55, 165)]
    small = table(BBox(40, 78, 340, 140), grid(XS, [78.0, 95.0, 115.0, 140.0]))
    page, _ = read([*HEAD, *BODY], [small], twins)
    (found,) = tables(page)
    assert found.bbox == BBox(40, 36, 340, 165)
    assert found.grid is not None
    assert found.grid.rows == 6


def test_a_table_does_not_grow_to_far_or_other_rules() -> None:
    small = table(BBox(40, 35, 340, 160), grid(XS, YS))
    for rules in ([BBox(40, 300, 340, 300), BBox(40, 55, 340, 55)], [BBox(40, 180, 340, 180)]):
        page, _ = read([*HEAD, *BODY, line("below", 50, 170)], [small], rules)
        assert tables(page)[0].bbox == small.bbox


def test_what_two_regions_of_tables_share_is_read_once() -> None:
    """The upper region holds two tables side by side; the right one was also seen as it is."""
    right = [
        one
        for i in range(12)
        for one in (line(f"Quay{i}", 360, 60 + 20 * i), line(f"{i}7", 480, 60 + 20 * i))
    ]
    left = [one for one in (*HEAD, *BODY) if one.bbox.x1 < 240]
    both = table(BBox(40, 35, 560, 160), grid([40, 140, 340, 450, 560], YS))
    own = table(BBox(340, 55, 560, 300), grid([340, 450, 560], [55 + 20 * i for i in range(13)]), 0.9)
    seen = grid([0.0, 100.0, 200.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0, 120.0])
    page, _ = read([*left, *right], [both, own], seen=[seen])
    found = tables(page)
    assert [(round(one.bbox.x1), one.grid.rows if one.grid else 0) for one in found] == [(50, 6), (340, 12)]


def test_two_rows_of_codes_and_texts_are_a_table() -> None:
    def found(label: str) -> list[Region]:
        rows = [line(f"{label}{i}", 50, 60 + 20 * i) for i in range(2)]
        rows += [line("open to ships", 160, 60 + 20 * i) for i in range(2)]
        page, _ = read(rows, [table(BBox(40, 55, 340, 95), grid([40, 140, 340], [55, 75, 95]))])
        return tables(page)

    assert len(found("A.17")) == 1
    assert found("Harbour of the town no. ") == []
