"""Dashes on the picture of a cell."""

from __future__ import annotations

import numpy as np
import pytest

from models.base import Image
from models.tables.strokes import lone_dash


def cell(*boxes: tuple[int, int, int, int], ink: int = 20, paper: int = 250) -> Image:
    image = np.full((30, 120, 3), paper, np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = ink
    return image


def test_a_lone_stroke_in_the_middle_is_a_dash() -> None:
    assert lone_dash(cell((50, 14, 64, 16)), 24) == (50, 14, 64, 16)
    assert lone_dash(cell((50, 14, 64, 16), ink=240, paper=10), 24) == (50, 14, 64, 16)


def test_rules_at_the_edges_are_left_out() -> None:
    assert lone_dash(cell((0, 0, 120, 2), (50, 14, 64, 16)), 24) == (50, 14, 64, 16)


@pytest.mark.parametrize(
    "boxes",
    [
        [],
        [(50, 14, 64, 16), (80, 14, 94, 16)],  # two strokes
        [(50, 8, 64, 22)],  # a blot
        [(50, 14, 52, 16)],  # a dot
        [(20, 14, 100, 16)],  # a rule
        [(50, 26, 64, 28)],  # an underscore
    ],
)
def test_other_ink_is_no_dash(boxes: list[tuple[int, int, int, int]]) -> None:
    assert lone_dash(cell(*boxes), 24) is None
