"""SLANet's tokens to cells."""

from __future__ import annotations

import numpy as np

from models.tables.slanet import _cells

BOXES = np.tile(np.array([0.1, 0.2, 0.3, 0.2, 0.3, 0.4, 0.1, 0.4], dtype=np.float32), (40, 1))


def places(tokens: list[str]) -> list[tuple[int, int, int, int]]:
    return [(c.row_start, c.row_end, c.col_start, c.col_end) for c in _cells(tokens, BOXES)]


def test_cells_go_to_the_first_free_place_of_their_row() -> None:
    tokens = ["<tr>", "<td", ' rowspan="2"', ">", "</td>", "<td", ' colspan="2"', ">", "</td>", "</tr>"]
    tokens += ["<tr>", "<td></td>", "<td></td>", "</tr>"]
    assert places(tokens) == [(0, 2, 0, 1), (0, 1, 1, 3), (1, 2, 1, 2), (1, 2, 2, 3)]


def test_a_cell_may_span_rows_and_columns_at_once() -> None:
    tokens = ["<tr>", "<td", ' colspan="3"', ' rowspan="2"', ">", "</td>", "<td></td>", "</tr>", "<tr>"]
    assert places([*tokens, "<td></td>"]) == [(0, 2, 0, 3), (0, 1, 3, 4), (1, 2, 3, 4)]


def test_cells_before_the_first_row_are_no_cells() -> None:
    assert places(["<td></td>", "<tr>", "<td></td>"]) == [(0, 1, 0, 1)]


def test_a_cells_box_is_around_its_corners() -> None:
    cell = next(_cells(["<tr>", "<td></td>"], BOXES * 100))
    assert np.allclose(cell.bbox, (10, 20, 30, 40))
