from __future__ import annotations

import cv2
import numpy as np
import pymupdf
import pytest

from models import images
from models.base import Image
from models.runtime import Runtime
from models.skew import ProjectedSkew
from tests.pipelines.pdfs import prose

SKEW = ProjectedSkew(Runtime.of("cpu", 1))


def page(*, columns: int = 1, words: int = 300, ruled: bool = False) -> Image:
    """A page of level text at 150 dpi, in columns; or a form: ruled, with a few words in its boxes."""
    with pymupdf.open() as document:
        sheet = document.new_page(width=595, height=842)
        width = 480 / columns
        for column in range(columns):
            left = 60 + column * width
            room = sheet.insert_textbox((left, 70, left + width - 20, 780), prose(words, column), fontsize=11)
            assert room >= 0
        for row in range(10 if ruled else 0):
            sheet.draw_rect((60, 80 + 60 * row, 540, 130 + 60 * row))
            sheet.insert_text((64, 92 + 60 * row), prose(3, row), fontsize=8)
        pixmap = sheet.get_pixmap(dpi=150)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)


@pytest.mark.parametrize("angle", [-20.0, -7.3, -0.4, 0.0, 1.05, 12.0, 20.6])
def test_the_angle_of_text_is_measured_to_a_tenth_of_a_degree(angle: float) -> None:
    assert SKEW.skew(images.leaned(page(), -angle)) == pytest.approx(angle, abs=0.1)


def test_text_that_rises_to_the_right_must_be_turned_clockwise() -> None:
    rising = np.full((600, 800, 3), 255, np.uint8)
    for row in range(10):
        for column in range(30):
            x, y = 40 + 24 * column, 180 + 40 * row - 2 * column
            cv2.rectangle(rising, (x, y), (x + 12, y + 14), (0, 0, 0), -1)
    assert SKEW.skew(rising) == pytest.approx(np.degrees(np.arctan(2 / 24)), abs=0.2)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_text_on_its_side_has_the_angle_too(turns: int) -> None:
    assert SKEW.skew(images.turned(images.leaned(page(), -6.2), turns)) == pytest.approx(6.2, abs=0.1)


@pytest.mark.parametrize("drawn", [page(columns=2, words=110), page(words=25), page(words=0, ruled=True)])
def test_columns_forms_and_a_few_lines_are_enough(drawn: Image) -> None:
    assert SKEW.skew(images.leaned(drawn, -4.5)) == pytest.approx(4.5, abs=0.15)


def written_on_lines() -> Image:
    """Ruled paper with strokes that stand on its lines, as joined-up writing does."""
    sheet = np.full((1000, 800, 3), 250, np.uint8)
    random = np.random.default_rng(2)
    for y in range(120, 950, 40):
        cv2.line(sheet, (60, y), (740, y), (120, 120, 140), 2)
        for x in range(70, 700, 9):
            top = y - int(random.integers(6, 26))
            cv2.line(sheet, (x, y), (x + int(random.integers(-4, 9)), top), (20, 20, 40), 2)
    return sheet


@pytest.mark.parametrize("drawn", [written_on_lines(), 255 - page(words=200)])
def test_writing_that_is_no_dark_letters_on_paper_has_an_angle_too(drawn: Image) -> None:
    assert SKEW.skew(images.leaned(drawn, -7.0)) == pytest.approx(7.0, abs=0.15)


def test_the_dark_border_of_a_scan_and_a_large_picture_do_not_count() -> None:
    scanned = images.leaned(page(words=200), -5.0)
    noise = np.random.default_rng(4).integers(0, 255, (600, 700, 3), np.uint8)
    scanned[1100:1700, 300:1000] = noise
    scanned[:, :60] = scanned[-40:] = 10
    assert SKEW.skew(scanned) == pytest.approx(5.0, abs=0.15)


@pytest.mark.parametrize("angle", [27.0, -33.0, 45.0])
def test_an_angle_out_of_reach_is_none(angle: float) -> None:
    assert SKEW.skew(images.leaned(page(), -angle)) == 0.0


def test_a_long_receipt_keeps_its_letters() -> None:
    strip = np.concatenate([page(words=150)[:1200, :700]] * 5)
    assert SKEW.skew(images.leaned(strip, -3.0)) == pytest.approx(3.0, abs=0.15)


@pytest.mark.parametrize("shape", [(8, 60_000), (60_000, 8)])
def test_a_very_long_picture_is_no_trouble(shape: tuple[int, int]) -> None:
    assert SKEW.skew(np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)) == pytest.approx(
        0.0, abs=0.3
    )


def noise(size: int) -> Image:
    return np.random.default_rng(size).integers(0, 255, (size, size, 3), np.uint8)


@pytest.mark.parametrize(
    "nothing", [page(words=0), np.zeros((1, 1, 3), np.uint8), np.full((5, 900, 3), 90, np.uint8), noise(400)]
)
def test_where_nothing_is_written_there_is_no_angle(nothing: Image) -> None:
    assert SKEW.skew(nothing) == pytest.approx(0.0, abs=0.05)
