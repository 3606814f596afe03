from __future__ import annotations

import numpy as np
import pytest

from models import images
from models.base import Image
from pipelines.pages.parts import upright_part
from pipelines.work import PageWork
from schemas.geometry import BBox
from schemas.reading import SourcePage
from tests.fakes.engines import FakeReader

SIZE = (400, 600)


def made(number: int) -> SourcePage:
    return SourcePage(number, *SIZE)


class PictureReader(FakeReader):
    """A white page with a black square around its point (110, 450)."""

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        sheet = np.full((round(SIZE[1] * scale), round(SIZE[0] * scale), 3), 255, np.uint8)
        square = BBox(90, 430, 130, 470).scaled(scale)
        sheet[round(square.y1) : round(square.y2), round(square.x1) : round(square.x2)] = 0
        return images.cropped(sheet, (clip or BBox(0, 0, *SIZE)).scaled(scale))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("angle", [0.0, 11.0, -20.0])
@pytest.mark.parametrize("scanned", [False, True])
def test_a_part_of_the_upright_page_shows_what_lies_there(turns: int, angle: float, *, scanned: bool) -> None:
    page = PageWork(1, source=made(1), turns=turns, angle=angle)
    reader = PictureReader(made)
    if scanned:
        page.image, page.scale = page.pose.upright(reader.render(1, 2.0)), 2.0
    x, y = page.pose.to_upright(BBox(110, 450, 110, 450)).center
    picture, scale = upright_part(page, reader, BBox(x - 50, y - 30, x + 100, y + 70), 2.0)
    assert picture.shape[:2] == pytest.approx((100 * scale, 150 * scale), abs=3)
    assert tuple(images.ink_box(picture, 0).center) == pytest.approx((50 * scale, 30 * scale), abs=3)
