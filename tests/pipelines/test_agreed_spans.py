"""A model's spans, taken where it agrees with the words."""

from __future__ import annotations

from pipelines.pages.tables.agreed_spans import with_spans
from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.cells import Table, make_table
from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid
from tests.fakes.engines import line

BOX = BBox(0, 0, 1, 1)


def table() -> Table:
    lines = [line("Spring", 70, 5)]
    lines += [line(text, 10 + 60 * c, y) for y in (25, 45) for c, text in enumerate(("p", "q", "r"))]
    return make_table(lines, tiles([0, 60, 120, 180], [0, 20, 40, 60]))


def guess(*cells: tuple[int, int, int, int]) -> TableGrid:
    return TableGrid(3, 3, [GridCell(*cell, BOX) for cell in cells], tight=True)


BODY = [(r, r + 1, c, c + 1) for r in (1, 2) for c in range(3)]


def test_spans_of_a_model_that_agrees_are_taken() -> None:
    found = with_spans(table(), guess((0, 1, 0, 1), (0, 1, 1, 3), *BODY))
    spanning = next(cell for cell in found.cells if cell.text == "Spring")
    assert (spanning.top, spanning.bottom, spanning.left, spanning.right) == (0, 1, 1, 3)
    assert spanning.place == BBox(60, 0, 180, 20)
    assert sorted(c.text for c in found.cells if c.lines) == ["Spring", *"ppqqrr"]


def test_a_model_that_joins_texts_or_sees_other_rows_is_not_heard() -> None:
    before = [(c.top, c.left, c.right, c.text) for c in table().cells]
    joining = guess((0, 1, 0, 3), (1, 2, 0, 2), (1, 2, 2, 3), *BODY[3:])
    fewer = TableGrid(2, 3, [GridCell(*cell, BOX) for cell in ((0, 1, 0, 3), *BODY[:3])], tight=True)
    holed = guess((0, 1, 0, 1), *BODY)
    for other in (joining, fewer, holed):
        assert [(c.top, c.left, c.right, c.text) for c in with_spans(table(), other).cells] == before
