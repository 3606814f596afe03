import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import images
from schemas.geometry import BBox, union_of

_sides = st.floats(1, 2000)


@given(st.integers(-8, 8), _sides, _sides, st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_boxes_turn_there_and_back(turns: int, width: float, height: float, at: list[float]) -> None:
    x1, x2 = sorted(v * width for v in at[:2])
    y1, y2 = sorted(v * height for v in at[2:])
    box = BBox(x1, y1, x2, y2)
    there = images.turned_box(box, turns, width, height)
    assert images.turned_back(there, turns, width, height) == pytest.approx(box, abs=1e-6)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_box_turns_as_the_pixels_do(turns: int) -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    box = BBox(5, 10, 20, 14)
    image[10:14, 5:20] = 255
    turned = images.turned(image, turns)
    ys, xs = np.nonzero(turned[:, :, 0])
    assert BBox(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) == images.turned_box(box, turns, 60, 40)


def test_crop_is_cut_at_the_edges_and_never_empty() -> None:
    image = np.arange(300, dtype=np.uint8).reshape(10, 10, 3)
    assert images.cropped(image, BBox(-5, -5, 3, 2)).shape == (2, 3, 3)
    assert images.cropped(image, BBox(99, 99, 120, 120)).shape == (1, 1, 3)


def test_scaling_keeps_at_least_one_pixel() -> None:
    assert images.scaled(np.zeros((3, 300, 3), np.uint8), 0.1).shape == (1, 30, 3)


def test_a_leaning_line_comes_in_level_pieces_over_its_whole_length() -> None:
    image = np.full((800, 1000, 3), 255, np.uint8)
    cv2.line(image, (50, 100), (950, 130), (0, 0, 0), 3)
    cv2.line(image, (500, 200), (480, 700), (0, 0, 0), 3)
    found = images.ruling_lines(image)
    across = sorted((rule for rule in found if rule.width > rule.height), key=lambda rule: rule.x1)
    down = [rule for rule in found if rule.height > rule.width]
    assert across[0].x1 < 60
    assert across[-1].x2 > 940
    assert max(rule.height for rule in across) < 20
    assert union_of(down).height > 480


def test_a_black_block_is_no_line() -> None:
    image = np.full((800, 1000, 3), 255, np.uint8)
    image[100:160, 100:900] = 0
    assert images.ruling_lines(image) == []
