"""Lines cut out of pictures, and words put back where their ink is."""

from __future__ import annotations

import numpy as np
import pytest

from models.base import Image
from models.ocr import lines
from models.ocr.ctc import Glyph


def quad(x1: float, y1: float, x2: float, y2: float) -> lines.Quad:
    return np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], dtype=np.float32)


def picture() -> Image:
    """A line 200 x 20 at (50, 30) with ink at 0-60 and 80-200 of it, and a rule below all of it."""
    image = np.full((100, 300, 3), 255, np.uint8)
    for x in [*range(50, 110, 5), *range(130, 250, 5)]:  # strokes
        image[35:45, x : x + 2] = 0
    image[48:50, 50:250] = 0
    return image


def glyphs(places: list[tuple[str, float]], sure: float = 0.9) -> list[Glyph]:
    return [Glyph(char, place, sure) for char, place in places]


def test_words_end_where_their_ink_ends() -> None:
    where = quad(50, 30, 250, 50)
    read = glyphs([("A", 0.1), ("B", 0.25), (" ", 0.3), ("C", 0.5), ("D", 0.9)])
    line = lines.text_line(where, lines.cut(picture(), where, 0), read, 0)
    assert line is not None
    assert line.text == "AB CD"
    first, second = line.words
    assert first.bbox.x1 == pytest.approx(50, abs=1)
    assert first.bbox.x2 == pytest.approx(110, abs=4)
    assert second.bbox.x1 == pytest.approx(130, abs=1)
    assert second.bbox.x2 == pytest.approx(250, abs=4)
    assert (first.bbox.y1, first.bbox.y2, first.size) == (30, 50, 20)
    assert first.confidence == 0.9


def test_words_part_half_way_where_there_is_no_gap() -> None:
    image = np.full((40, 200, 3), 255, np.uint8)
    image[18:20] = 0
    where = quad(0, 0, 200, 40)
    read = glyphs([("A", 0.2), (" ", 0.5), ("B", 0.8)])
    line = lines.text_line(where, lines.cut(image, where, 0), read, 0)
    assert line is not None
    assert line.words[0].bbox.x2 == line.words[1].bbox.x1 == pytest.approx(100)


def test_a_line_read_without_certainty_is_left_out() -> None:
    where = quad(50, 30, 250, 50)
    cut = lines.cut(picture(), where, 0)
    assert lines.text_line(where, cut, glyphs([("A", 0.5)], sure=0.4), 0) is None
    assert lines.text_line(where, cut, [], 0) is None


@pytest.mark.parametrize(("turns", "first_above"), [(1, True), (3, False)])
def test_tall_lines_run_down_or_up(turns: int, first_above: bool) -> None:
    where = quad(10, 10, 30, 210)
    image = np.full((250, 60, 3), 255, np.uint8)
    for y in [*range(15, 100, 5), *range(120, 205, 5)]:
        image[y : y + 2, 14:26] = 0
    cut = lines.cut(image, where, turns)
    assert cut.shape[:2] == (20, 200)
    read = glyphs([("A", 0.2), (" ", 0.5), ("B", 0.8)])
    line = lines.text_line(where, cut, read, turns)
    assert line is not None
    a, b = line.words
    assert (a.bbox.y2 < b.bbox.y1) is first_above
    assert line.quarter_turns == turns


def test_a_digit_is_tall_and_stands_upright() -> None:
    assert lines.likely_turns(quad(0, 0, 100, 20)) == [0]
    assert lines.likely_turns(quad(0, 0, 20, 25)) == [0]
    assert lines.likely_turns(quad(0, 0, 10, 22)) == [1, 3, 0]
    assert lines.likely_turns(quad(0, 0, 10, 90)) == [1, 3]
