from __future__ import annotations

from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.cells import edges
from pipelines.pages.tables.twin_rules import grown
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind
from tests.fakes.engines import line

LINES = [line(f"name {i} {i}0", 50, 100 + 14 * i) for i in range(8)]


def table(top: float, bottom: float) -> Region:
    box = BBox(50, top, 250, bottom)
    return Region(RegionKind.TABLE, box, grid=tiles([50, 120, 250], [top, (top + bottom) / 2, bottom]))


def rule(y: float) -> BBox:
    return BBox(45, y, 255, y + 1)


def test_a_table_grows_to_the_rule_that_ends_it() -> None:
    found = grown(table(126, 154), LINES, [rule(125), rule(97), rule(155)])
    assert (found.bbox.y1, found.bbox.y2) == (97.5, 155.5)
    assert found.grid is not None
    assert len(edges(found.grid)[1]) > 3  # the rows that came in are rows


def test_ruled_paper_does_not_grow_a_table() -> None:
    part = table(182, 210)
    assert grown(part, LINES, [rule(97 + 14 * i) for i in range(9)]) is part


def test_without_twins_a_table_stays_as_it_is() -> None:
    part = table(126, 154)
    assert grown(part, LINES, [rule(97), BBox(45, 155, 120, 156)]) is part


def test_rules_that_are_drawn_column_by_column_are_one() -> None:
    def drawn(y: float) -> list[BBox]:
        return [BBox(x, y, x + 70, y + 1) for x in (45, 115, 185)]

    found = grown(table(126, 154), LINES, [*drawn(125), *drawn(97), *drawn(155)])
    assert (found.bbox.y1, found.bbox.y2) == (97.5, 155.5)
    apart = [BBox(x, y, x + 60, y + 1) for y in (125, 97, 155) for x in (45, 115, 185)]
    part = table(126, 154)
    assert grown(part, LINES, apart) is part, "no rule runs over all of it"
