"""Boxes to tick on pages drawn here: found and judged, and nothing else taken for one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from models.base import Image
from models.checkboxes.detector import ContourCheckBoxes
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import CheckBox

Mark = Callable[[Image, int, int, int], None]
INK = (20, 20, 20)


def page(width: int = 1240, height: int = 1754) -> Image:
    return np.full((height, width, 3), 255, np.uint8)


def find(image: Image) -> list[CheckBox]:
    return ContourCheckBoxes(Runtime(cuda=False, threads=1)).find(image)


def square(image: Image, x: int, y: int, side: int, thick: int = 2) -> None:
    cv2.rectangle(image, (x, y), (x + side, y + side), INK, thick)


def write(image: Image, text: str, x: int, y: int, size: float = 0.7) -> None:
    cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, INK, 2, cv2.LINE_AA)


def cross(image: Image, x: int, y: int, side: int) -> None:
    cv2.line(image, (x, y), (x + side, y + side), INK, 2, cv2.LINE_AA)
    cv2.line(image, (x, y + side), (x + side, y), INK, 2, cv2.LINE_AA)


def tick(image: Image, x: int, y: int, side: int) -> None:
    """Overshoots the frame at the top right."""
    corners = [(x + side // 4, y + side // 2), (x + side // 2, y + 3 * side // 4), (x + side + 6, y - 8)]
    cv2.polylines(image, [np.array(corners)], False, INK, 2, cv2.LINE_AA)


def block(image: Image, x: int, y: int, side: int) -> None:
    cv2.rectangle(image, (x + 4, y + 4), (x + side - 4, y + side - 4), INK, -1)


def nothing(image: Image, x: int, y: int, side: int) -> None:
    """Leaves a box empty."""


@pytest.mark.parametrize("side", [12, 18, 26, 38])
@pytest.mark.parametrize(("mark", "checked"), [(nothing, False), (cross, True), (tick, True), (block, True)])
def test_a_box_is_found_with_its_state(side: int, mark: Mark, checked: bool) -> None:
    image = page()
    square(image, 200, 300, side)
    mark(image, 200, 300, side)
    write(image, "Married", 200 + side + 14, 300 + side)
    (box,) = find(image)
    assert box.bbox.iou(BBox(199, 299, 202 + side, 302 + side)) > 0.75
    assert (box.checked, box.round) == (checked, False)


@pytest.mark.parametrize("side", [14, 22, 32])
def test_radio_buttons(side: int) -> None:
    image = page()
    for x, dotted in ((200, True), (500, False)):
        cv2.circle(image, (x, 300), side // 2, INK, 2, cv2.LINE_AA)
        if dotted:
            cv2.circle(image, (x, 300), side // 5 + 1, INK, -1, cv2.LINE_AA)
        write(image, "Yes", x + side + 4, 306)
    assert [(box.round, box.checked) for box in find(image)] == [(True, True), (True, False)]


def test_radio_buttons_in_frames() -> None:
    image = page()
    for x in (200, 500):
        cv2.rectangle(image, (x - 18, 270), (x + 120, 330), INK, 2)
        cv2.circle(image, (x, 300), 12, INK, 2, cv2.LINE_AA)
        write(image, "Yes", x + 30, 306)
    assert [(box.round, box.checked) for box in find(image)] == [(True, False), (True, False)]


def test_radio_buttons_of_a_close_list_and_near_the_edge_of_an_area() -> None:
    image = page()
    cv2.rectangle(image, (100, 240), (900, 360), (140, 190, 140), -1)
    for y in (265, 298, 332):
        write(image, "Yes", 130, y + 6)
        cv2.circle(image, (200, y), 13, INK, 2, cv2.LINE_AA)
    assert [(box.round, box.checked) for box in find(image)] == [(True, False)] * 3


def test_thick_circles_close_to_their_texts_are_found_by_one_that_stands_alone() -> None:
    image = page()
    for x, text in ((200, "Yes"), (400, "No"), (600, "")):
        cv2.circle(image, (x, 300), 10, INK, 3, cv2.LINE_AA)
        write(image, text, x + 18, 306)
    assert len(find(image)) == 3


def test_a_noisy_form_on_a_dark_colour() -> None:
    image = page()
    cv2.rectangle(image, (100, 240), (900, 640), (110, 150, 110), -1)
    for i in range(3):
        cv2.circle(image, (200, 300 + 100 * i), 11, INK, 2, cv2.LINE_AA)
        if i == 1:
            cv2.circle(image, (200, 300 + 100 * i), 4, INK, -1, cv2.LINE_AA)
        write(image, "Yes", 230, 306 + 100 * i)
    noise = np.random.default_rng(0).normal(0, 6, image.shape)
    noisy = np.clip(cv2.GaussianBlur(image, (0, 0), 0.7) + noise, 0, 255).astype(np.uint8)
    assert [(box.round, box.checked) for box in find(noisy)] == [(True, i == 1) for i in range(3)]


def test_a_noisy_scan_that_leans() -> None:
    image = page()
    for row in range(8):
        square(image, 200, 300 + 80 * row, 24)
        if row % 2:
            cross(image, 200, 300 + 80 * row, 24)
        write(image, "Choice", 250, 322 + 80 * row)
    turn = cv2.getRotationMatrix2D((620, 877), 1.0, 1.0)
    leaning = cv2.warpAffine(image, turn, (1240, 1754), borderValue=(255, 255, 255), flags=cv2.INTER_LINEAR)
    noise = np.random.default_rng(7).normal(0, 6, leaning.shape)
    found = find(np.clip(leaning + noise, 0, 255).astype(np.uint8))
    assert [box.checked for box in found] == [False, True] * 4


def test_small_pages_give_boxes_in_their_own_pixels() -> None:
    image = page(800, 1000)
    cv2.rectangle(image, (100, 200), (111, 211), INK, 1)
    (box,) = find(image)
    assert box.bbox.iou(BBox(100, 200, 112, 212)) > 0.7


def test_text_is_no_box() -> None:
    image = page()
    for row, text in enumerate(
        ["DO BOOK 0 OD 100.00 Q8 QUOTED", "odd good o book 00 D.O.B.", "EBDOP BEHOLD 80"]
    ):
        for size in (0.5, 0.8, 1.2):
            write(image, text, 100, 200 + 100 * row + round(500 * size), size)
    assert find(image) == []


def test_cells_and_fields_are_no_boxes() -> None:
    image = page()
    for row in range(6):
        for column in range(6):
            square(image, 200 + 30 * column, 300 + 30 * row, 30)
    cv2.rectangle(image, (200, 700), (520, 730), INK, 2)
    cv2.rectangle(image, (200, 900), (300, 1000), INK, 2)
    assert find(image) == []


def test_bullets_are_no_boxes_but_filled_boxes_are() -> None:
    image = page()
    cv2.rectangle(image, (200, 300), (216, 316), INK, -1)
    assert find(image) == []
    square(image, 200, 400, 16)
    assert [box.checked for box in find(image)] == [True, False]


def test_a_page_without_ink_has_none() -> None:
    assert find(page()) == []
    assert find(np.zeros((40, 3, 3), np.uint8)) == []
