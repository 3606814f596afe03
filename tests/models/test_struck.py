# mypy: disable-error-code="no-untyped-call"
"""Strokes through words on a picture, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pymupdf
import pytest

from models.base import Image
from models.runtime import Runtime
from models.struck import StruckWords
from schemas.geometry import BBox

SIZE, BASELINE, DPI = 12.0, 60.0, 150

Draw = Callable[[pymupdf.Page, list[pymupdf.Rect]], object]
"""Draws on a page whose words (their glyphs' widths, from ascent to descent) are given."""


def stroke(raised: float, *, beyond: float = 0.0, fall: float = 0.0, **how: object) -> Draw:
    """A line through the second word: so far over the baseline (font sizes), leaning and reaching out."""

    def draw(page: pymupdf.Page, words: list[pymupdf.Rect]) -> None:
        y, out = BASELINE - raised * SIZE, beyond * SIZE
        page.draw_line(
            (words[1].x0 - out, y - fall * SIZE / 2), (words[1].x1 + out, y + fall * SIZE / 2), **how
        )

    return draw


def crossed(page: pymupdf.Page, words: list[pymupdf.Rect]) -> None:
    box = words[1]
    page.draw_line((box.x0, BASELINE - 9), (box.x1, BASELINE + 2))
    page.draw_line((box.x0, BASELINE + 2), (box.x1, BASELINE - 9))


def picture(text: str, draw: Draw, font: str = "helv") -> tuple[Image, list[BBox]]:
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=100)
        x, words = 40.0, []
        for word in text.split():
            width = pymupdf.get_text_length(word, font, SIZE)
            page.insert_text((x, BASELINE), word, fontname=font, fontsize=SIZE)
            words.append(pymupdf.Rect(x, BASELINE - 0.85 * SIZE, x + width, BASELINE + 0.3 * SIZE))
            x += width + 0.3 * SIZE
        draw(page, words)
        pixels = page.get_pixmap(dpi=DPI, alpha=False)
    image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    return image, [BBox(*word).scaled(DPI / 72) for word in words]


def struck(text: str, draw: Draw, font: str = "helv") -> list[str]:
    image, words = picture(text, draw, font)
    found = StruckWords(Runtime.of("cpu", 1)).struck(image, words)
    return [word for word, is_struck in zip(text.split(), found, strict=True) if is_struck]


STRIKES = {
    "line": stroke(0.27),
    "thin": stroke(0.25, width=0.5),
    "thick": stroke(0.3, width=1.2),
    "red": stroke(0.27, color=(0.9, 0, 0)),
    "leaning": stroke(0.28, beyond=0.2, fall=0.3),
    "crossed": crossed,
}
OTHERS = {
    "nothing": lambda page, words: None,
    "underline": stroke(-0.12),
    "line to write on": stroke(-0.03, beyond=2.0),
    "overline": stroke(0.85),
    "rule of a table": lambda page, words: page.draw_line((5, BASELINE - 3), (395, BASELINE - 3)),
    "box": lambda page, words: page.draw_rect(words[1] + (-2, -1, 2, 1)),
}


@pytest.mark.parametrize("font", ["helv", "hebo", "tiro", "tiit", "cour"])
@pytest.mark.parametrize("way", STRIKES)
def test_a_word_is_struck_by(way: str, font: str) -> None:
    assert struck("before remarkable after", STRIKES[way], font) == ["remarkable"]


@pytest.mark.parametrize("font", ["helv", "hebo", "tiro", "tiit", "cour"])
@pytest.mark.parametrize("way", OTHERS)
def test_a_word_is_not_struck_by(way: str, font: str) -> None:
    assert struck("before remarkable after", OTHERS[way], font) == []


@pytest.mark.parametrize("font", ["helv", "hebo", "tiro", "tiit", "cour"])
def test_words_are_struck_by_a_wavy_line_that_goes_on_from_one_to_the_next(font: str) -> None:
    def wave(page: pymupdf.Page, words: list[pymupdf.Rect]) -> None:
        start, end = (words[1].x0, BASELINE - 3.2), (words[2].x1, BASELINE - 3.2)
        page.draw_squiggle(start, end, breadth=0.8)

    assert struck("before remarkable thing after", wave, font) == ["remarkable", "thing"]


def test_letters_that_have_such_strokes_are_not_struck() -> None:
    assert struck("H see fee tt ff e A X = - three been eee", OTHERS["nothing"]) == []


def test_a_short_word_is_struck_by_what_reaches_out_of_it_or_goes_on() -> None:
    assert struck("before it after", stroke(0.27, beyond=0.25)) == ["it"]

    def both(page: pymupdf.Page, words: list[pymupdf.Rect]) -> None:
        page.draw_line((words[1].x0, BASELINE - 3), (words[2].x1, BASELINE - 3))

    assert struck("before it another after", both) == ["it", "another"]


@pytest.mark.parametrize(
    "box", [BBox(0, 0, 0, 0), BBox(-50, -50, -10, -10), BBox(900, 5, 950, 30), BBox(5, 5, 9, 8)]
)
def test_boxes_without_a_word_are_not_struck(box: BBox) -> None:
    image, _ = picture("word", OTHERS["nothing"])
    assert StruckWords(Runtime.of("cpu", 1)).struck(image, [box]) == [False]
    assert StruckWords(Runtime.of("cpu", 1)).struck(np.zeros_like(image), [box]) == [False]


def test_light_letters_on_a_dark_ground_are_not_struck() -> None:
    image, words = picture("before remarkable after", STRIKES["line"])
    box = words[1]
    image = image.copy()
    inside = image[int(box.y1) - 2 : int(box.y2) + 2, int(box.x1) - 2 : int(box.x2) + 2]
    inside[:] = 255 - inside
    assert StruckWords(Runtime.of("cpu", 1)).struck(image, words) == [False] * 3


def test_of_words_too_small_to_be_told_nothing_is_said() -> None:
    image, words = picture("before remarkable after", STRIKES["line"])
    small = np.ascontiguousarray(image[::2, ::2])
    assert (
        StruckWords(Runtime.of("cpu", 1)).struck(small, [word.scaled(0.5) for word in words]) == [False] * 3
    )
