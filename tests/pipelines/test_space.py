from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import images
from pipelines.space import Pose
from schemas.geometry import BBox

POSES = st.builds(Pose, st.just(400.0), st.just(600.0), st.integers(0, 3), st.floats(-44, 44))
SHARES = st.floats(0.35, 0.65)


@given(POSES, SHARES, SHARES)
def test_a_point_of_the_upright_page_is_displayed_and_found_again(pose: Pose, x: float, y: float) -> None:
    width, height = pose.upright_size
    point = BBox(x * width, y * height, x * width, y * height)
    again = pose.to_upright(pose.to_displayed(point))
    assert tuple(again) == pytest.approx(tuple(point), abs=1e-6)


@given(POSES, SHARES, SHARES)
def test_a_box_stays_within_the_bounds_of_its_way_there_and_back(pose: Pose, x: float, y: float) -> None:
    box = BBox(x * 400, y * 600, x * 400 + 30, y * 600 + 8)
    again = pose.to_displayed(pose.to_upright(box))
    assert box.inside(again) == pytest.approx(1.0)
    assert again.center == pytest.approx(box.center)


@given(st.integers(0, 3))
def test_a_page_that_does_not_lean_is_mapped_to_the_bit(turns: int) -> None:
    box = BBox(10.1, 20.2, 110.3, 33.3)
    pose = Pose(595.32, 841.92, turns)
    assert pose.to_upright(box) == images.turned_box(box, turns, 595.32, 841.92)
    assert pose.upright_size == ((841.92, 595.32) if turns % 2 else (595.32, 841.92))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("angle", [-12.0, 0.0, 3.5, 40.0])
def test_boxes_go_where_the_pixels_go(turns: int, angle: float) -> None:
    picture = np.full((600, 400, 3), 250, np.uint8)
    picture[430:470, 90:130] = 0
    pose = Pose(400, 600, turns, angle)
    upright = pose.upright(picture)
    assert upright.shape[1::-1] == pytest.approx(pose.upright_size, abs=1)
    inked = images.ink_box(upright, margin=0)
    assert tuple(inked) == pytest.approx(tuple(pose.to_upright(BBox(90, 430, 130, 470))), abs=2)
    assert pose.to_displayed(inked).center == pytest.approx((110, 450), abs=1.5)


def test_new_corners_have_the_colour_of_the_paper() -> None:
    paper = np.full((300, 200, 3), (240, 230, 200), np.uint8)
    paper[100:180, 50:150] = 0
    paper[:, :20] = 5  # the scanner's border is no paper
    assert images.leaned(paper, 10.0)[0, 0].tolist() == [240, 230, 200]
