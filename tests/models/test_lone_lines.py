"""A page that is nearly empty is read like any other."""

from __future__ import annotations

import numpy as np
import pymupdf
import pytest

from models.base import Image
from models.images import ink_box
from models.local import LocalEngines
from schemas.geometry import BBox


def page(text: str, x: float, y: float, dpi: int) -> Image:
    document = pymupdf.open()
    sheet = document.new_page(width=612, height=792)
    sheet.insert_text((x, y), text, fontsize=11)
    pixels = sheet.get_pixmap(dpi=dpi)
    return np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)


def test_ink_is_what_stands_out_from_the_background() -> None:
    image = np.full((100, 200, 3), 30, np.uint8)
    assert ink_box(image, 5) == BBox(0, 0, 200, 100)
    image[40:50, 60:80] = 220
    assert ink_box(image, 5) == BBox(55, 35, 85, 55)
    assert ink_box(image, 500) == BBox(0, 0, 200, 100)


@pytest.mark.engines
@pytest.mark.parametrize("dpi", [100, 150, 200])
@pytest.mark.parametrize(("x", "y"), [(72, 90), (400, 400), (60, 760)])
def test_a_lone_line_is_found_where_it_stands(dpi: int, x: float, y: float) -> None:
    lines = LocalEngines("cpu").read_text(page("Amount due 1250.75", x, y, dpi), "model03")
    assert [line.text for line in lines] == ["Amount due 1250.75"]
    box = lines[0].bbox.scaled(72 / dpi)
    assert abs(box.x1 - x) < 6
    assert abs(box.y2 - y) < 8


@pytest.mark.engines
@pytest.mark.parametrize("text", ["1", "7", "I", "5"])
def test_a_lone_character_is_not_read_lying_down(text: str) -> None:
    (line,) = LocalEngines("cpu").read_text(page(text, 200, 300, 150), "model03")
    assert (line.text, line.quarter_turns) == (text, 0)
