"""Small boxes that strokes close off."""

from __future__ import annotations

import numpy as np

from models.hollows import hollow_boxes
from schemas.geometry import BBox


def test_the_cells_of_a_comb_are_found_within_their_strokes() -> None:
    page = np.full((1600, 1200, 3), 255, np.uint8)
    for x in range(100, 261, 32):
        page[200:232, x : x + 2] = 0
    for y in (200, 230):
        page[y : y + 2, 100:262] = 0
    assert hollow_boxes(page) == [BBox(x + 2, 202, x + 32, 230) for x in range(100, 260, 32)]


def test_large_and_round_areas_are_none() -> None:
    page = np.full((1600, 1200, 3), 255, np.uint8)
    page[100:700, 100:102] = page[100:700, 400:402] = page[100:102, 100:402] = page[698:700, 100:402] = 0
    rows, columns = np.mgrid[:1600, :1200]
    away = np.hypot(rows - 1200, columns - 600)
    page[(away > 15) & (away < 18)] = 0
    assert hollow_boxes(page) == []
