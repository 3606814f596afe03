"""Two columns of a page that were taken for one table."""

from __future__ import annotations

from pipelines.pages.tables.beside import side_by_side
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine
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
