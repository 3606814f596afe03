"""The real engines on a page that the test draws itself."""

from __future__ import annotations

import numpy as np
import pymupdf
import pytest

from models import images
from models.base import Image
from models.local import LocalEngines
from schemas.geometry import BBox
from schemas.reading import RegionKind

pytestmark = pytest.mark.engines

PARAGRAPH = (
    "The lighthouse keeper climbed the narrow stairs every evening and lit the lamp before the fog came in. "
    "Ships that passed the reef could see its light from eleven miles away, and none was lost in his time."
)


@pytest.fixture(scope="module")
def engines() -> LocalEngines:
    return LocalEngines("cpu")


@pytest.fixture(scope="module")
def picture() -> Image:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_text((70, 90), "Keeping the light", fontsize=22, fontname="hebo")
    page.insert_textbox((70, 120, 525, 260), PARAGRAPH, fontsize=12)
    for row in range(5):
        page.draw_line((70, 300 + 30 * row), (490, 300 + 30 * row))
    for column in range(4):
        page.draw_line((70 + 140 * column, 300), (70 + 140 * column, 420))
    for row, cells in enumerate(
        (("Year", "Ships", "Wrecks"), ("1901", "312", "4"), ("1902", "298", "0"), ("1903", "341", "2"))
    ):
        for column, text in enumerate(cells):
            page.insert_text((80 + 140 * column, 320 + 30 * row), text, fontsize=12)
    page.insert_textbox((70, 460, 525, 600), PARAGRAPH, fontsize=12)
    pixmap = page.get_pixmap(dpi=150)
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_orientation_says_how_to_turn_back(engines: LocalEngines, picture: Image, turns: int) -> None:
    assert (engines.quarter_turns(images.turned(picture, turns)) + turns) % 4 == 0


def test_words_come_with_boxes_and_confidences(engines: LocalEngines, picture: Image) -> None:
    lines = engines.read_text(picture, "model03")
    text = " ".join(line.text for line in lines)
    assert "Keeping the light" in text
    assert "Ships that passed the reef" in text
    narrow = next(word for line in lines for word in line.words if word.text == "narrow")
    assert narrow.confidence is not None
    assert narrow.confidence > 0.9
    ink = images.cropped(picture, narrow.bbox)
    assert ink.min() < 100
    letters = narrow.bbox.width / len("narrow")
    assert 0.3 * narrow.size < letters < narrow.size


def test_layout_finds_heading_text_and_table(engines: LocalEngines, picture: Image) -> None:
    lines = engines.read_text(picture, "model03")
    regions = engines.lay_out(picture, lines)
    kinds = {region.kind for region in regions}
    assert RegionKind.TEXT in kinds
    assert kinds & {RegionKind.TITLE, RegionKind.SECTION_HEADER}
    table = next(region for region in regions if region.kind is RegionKind.TABLE)
    assert table.grid is not None
    assert (table.grid.rows, table.grid.columns) == (4, 3)
    assert all(0 <= region.bbox.x1 < region.bbox.x2 <= picture.shape[1] for region in regions)


def test_a_blank_picture_has_no_text_and_no_regions(engines: LocalEngines) -> None:
    blank = np.full((400, 300, 3), 255, np.uint8)
    assert engines.read_text(blank, "model03") == []
    assert engines.lay_out(blank, []) == []


def test_regions_are_found_by_looks_alone(engines: LocalEngines, picture: Image) -> None:
    regions = engines.find_regions(picture)
    assert all(region.score is not None and 0 < region.score <= 1 for region in regions)
    table = next(region for region in regions if region.kind is RegionKind.TABLE)
    drawn = BBox(70, 300, 490, 420).scaled(150 / 72)
    assert table.bbox.iou(drawn) > 0.9
    wide = np.full((picture.shape[0], 3 * picture.shape[1], 3), 255, np.uint8)
    wide[:, : picture.shape[1]] = picture
    table = next(region for region in engines.find_regions(wide) if region.kind is RegionKind.TABLE)
    assert table.bbox.iou(drawn) > 0.7


def test_each_table_model_sees_the_rows_and_columns(engines: LocalEngines, picture: Image) -> None:
    table = images.cropped(picture, BBox(70, 300, 490, 420).scaled(150 / 72))
    grids = engines.table_structures(table)
    assert [(grid.rows, grid.columns) for grid in grids] == [(4, 3), (4, 3)]
    assert [grid.tight for grid in grids] == [False, True]
    assert all(len(grid.cells) == 12 for grid in grids)


def test_a_blank_picture_is_no_reason_to_fail(engines: LocalEngines) -> None:
    for size in ((1, 1), (40, 2000), (2000, 40)):
        engines.table_structures(np.full((*size, 3), 255, np.uint8))
