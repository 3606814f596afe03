import cv2
import numpy as np

from models.base import Image
from models.layout.shapes import shapes
from schemas.geometry import BBox


def paper() -> Image:
    return np.full((1400, 1000, 3), 255, np.uint8)


def noise(image: Image, box: BBox) -> None:
    x1, y1, x2, y2 = (int(v) for v in box)
    image[y1:y2, x1:x2] = np.random.default_rng(7).integers(0, 255, (y2 - y1, x2 - x1, 1), np.uint8)


def test_a_photograph_and_an_icon_are_found_where_they_are() -> None:
    image = paper()
    photo, icon = BBox(100, 200, 500, 500), BBox(700, 900, 760, 960)
    noise(image, photo)
    for radius in range(4, 30, 6):
        cv2.circle(image, (730, 930), radius, (20, 120, 90), 3)
    found = shapes(image, [])
    assert len(found) == 2
    assert max(box.iou(photo) for box in found) > 0.9
    assert max(box.iou(icon) for box in found) > 0.7


def test_text_lines_and_panels_are_no_pictures() -> None:
    image = paper()
    word = BBox(100, 100, 420, 150)
    cv2.putText(image, "HIGH TIDE", (105, 145), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (0, 0, 0), 4)
    for y in range(300, 600, 60):
        cv2.line(image, (100, y), (900, y), (0, 0, 0), 2)
    for x in (100, 500, 900):
        cv2.line(image, (x, 300), (x, 540), (0, 0, 0), 2)
    image[800:1000, 100:900] = (190, 230, 120)
    assert shapes(image, [word]) == []
    assert shapes(image, []) != []  # letters that nobody read look like a drawing


def test_dirty_paper_is_no_picture() -> None:
    image = paper()
    for row in range(8):
        for column in range(8):
            noise(image, BBox(50 + 110 * column, 50 + 150 * row, 90 + 110 * column, 90 + 150 * row))
    assert shapes(image, []) == []
