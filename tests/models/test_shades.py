"""Shaded boxes of page pictures."""

from __future__ import annotations

import numpy as np
import pytest

from models.base import Image
from models.shades import shaded_boxes
from schemas.geometry import BBox

FIELD = (100, 200, 400, 240)


def picture(paper: int = 255, shade: tuple[int, int, int] = (225, 232, 250)) -> Image:
    pixels = np.full((800, 600, 3), paper, np.uint8)
    x1, y1, x2, y2 = FIELD
    pixels[y1:y2, x1:x2] = shade
    return pixels


def close(box: BBox, *, by: float = 3) -> bool:
    return all(abs(one - other) <= by for one, other in zip(box, FIELD, strict=True))


def test_a_box_of_another_colour_is_found() -> None:
    (box,) = shaded_boxes(picture())
    assert close(box)


def test_a_white_box_on_coloured_ground_is_found() -> None:
    (box,) = shaded_boxes(picture(paper=225, shade=(255, 255, 255)))
    assert close(box)


@pytest.mark.parametrize("seed", [1, 2])
def test_boxes_of_scans_are_found_through_noise(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 5, (800, 600, 3))
    scan = np.clip(picture(paper=250) + noise, 0, 255).astype(np.uint8)
    assert [close(box) for box in shaded_boxes(scan)] == [True]


def test_dark_boxes_take_no_ink() -> None:
    assert shaded_boxes(picture(shade=(10, 40, 90))) == []


def test_boxes_with_something_on_them_are_left_out() -> None:
    pixels = picture()
    for x in range(120, 360, 20):
        pixels[205:235, x : x + 6] = 0
    assert shaded_boxes(pixels) == []


def test_a_plain_page_has_none() -> None:
    assert shaded_boxes(np.full((800, 600, 3), 240, np.uint8)) == []
