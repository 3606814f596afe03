# mypy: disable-error-code="no-untyped-call"
"""Which lines, drawn how, strike words of a PDF out, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

from pipelines.readers.pdf.reader import PdfReader

Draw = Callable[[pymupdf.Page, float, float, float], None]
"""Draws on a page about a word from ``x1`` to ``x2`` with its baseline at ``y``, 12 points high."""


def in_short_pieces(page: pymupdf.Page, x1: float, x2: float, y: float) -> None:
    for i in range(8):
        page.draw_line((x1 + i * (x2 - x1) / 8, y - 3.5), (x1 + (i + 1) * (x2 - x1) / 8, y - 3.5), width=0.4)


def as_an_outline(page: pymupdf.Page, x1: float, x2: float, y: float) -> None:
    shape = page.new_shape()
    shape.draw_polyline([(x1, y - 4), (x2, y - 4), (x2, y - 3.3), (x1, y - 3.3)])
    shape.finish(fill=(0, 0, 0), color=None)
    shape.commit()


STRIKES: dict[str, Draw] = {
    "line": lambda page, x1, x2, y: page.draw_line((x1, y - 3.5), (x2, y - 3.5)),
    "double": lambda page, x1, x2, y: [
        page.draw_line((x1, y - h), (x2, y - h), width=0.5) for h in (2.6, 4.4)
    ],
    "red and leaning": lambda page, x1, x2, y: page.draw_line(
        (x1 - 3, y + 2), (x2 + 3, y - 8), color=(1, 0, 0)
    ),
    "crossed": lambda page, x1, x2, y: [
        page.draw_line((x1, y + a), (x2, y + b)) for a, b in ((2, -10), (-10, 2))
    ],
    "wavy": lambda page, x1, x2, y: page.draw_squiggle((x1, y - 3.5), (x2, y - 3.5), breadth=1),
    "thin area": lambda page, x1, x2, y: page.draw_rect((x1, y - 4, x2, y - 3.2), color=None, fill=(0, 0, 0)),
    "outline": as_an_outline,
    "pieces": in_short_pieces,
    "scribble": lambda page, x1, x2, y: page.draw_polyline([(x1, y), (x2, y - 7), (x1, y - 3), (x2, y - 9)]),
    "strike-out annotation": lambda page, x1, x2, y: page.add_strikeout_annot((x1, y - 9, x2, y + 2)),
    "ink annotation": lambda page, x1, x2, y: page.add_ink_annot(
        [[(x1 - 2, y - 1), (x1 + 9, y - 5), (x2 - 9, y - 3), (x2 + 3, y - 6)]]
    ),
    "line annotation": lambda page, x1, x2, y: page.add_line_annot((x1, y - 3), (x2, y - 4)),
}
OTHERS: dict[str, Draw] = {
    "underline": lambda page, x1, x2, y: page.draw_line((x1, y + 1.5), (x2, y + 1.5)),
    "overline": lambda page, x1, x2, y: page.draw_line((x1, y - 10), (x2, y - 10)),
    "rule": lambda page, x1, x2, y: page.draw_line((x1 - 60, y - 3.5), (x2 + 90, y - 3.5)),
    "half": lambda page, x1, x2, y: page.draw_line((x1, y - 3.5), ((x1 + x2) / 2, y - 3.5)),
    "white": lambda page, x1, x2, y: page.draw_line((x1, y - 3.5), (x2, y - 3.5), color=(1, 1, 1)),
    "marker": lambda page, x1, x2, y: page.draw_line((x1, y - 3.5), (x2, y - 3.5), width=10, color=(1, 1, 0)),
    "box": lambda page, x1, x2, y: page.draw_rect((x1, y - 10, x2, y + 3)),
    "circle": lambda page, x1, x2, y: page.draw_oval((x1 - 3, y - 12, x2 + 3, y + 5)),
    "underline annotation": lambda page, x1, x2, y: page.add_underline_annot((x1, y - 9, x2, y + 2)),
    "squiggly annotation": lambda page, x1, x2, y: page.add_squiggly_annot((x1, y - 9, x2, y + 2)),
    "highlight annotation": lambda page, x1, x2, y: page.add_highlight_annot((x1, y - 9, x2, y + 2)),
    "redaction to come": lambda page, x1, x2, y: page.add_redact_annot((x1, y - 9, x2, y + 2)),
}


def struck(draw: Draw, folder: Path, *, rotation: int = 0, text: str = "marked") -> list[str]:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 150), f"before {text} after", fontsize=12)
    start = 72 + pymupdf.get_text_length("before ", fontsize=12)
    draw(page, start, start + pymupdf.get_text_length(text, fontsize=12), 150)
    page.set_rotation(rotation)
    document.save(folder / "page.pdf")
    lines = PdfReader(folder / "page.pdf").page(1, layout=False).lines
    return [word.text for line in lines for word in line.words if word.struck]


@pytest.mark.parametrize("way", STRIKES)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_word_is_struck_by(way: str, rotation: int, tmp_path: Path) -> None:
    assert struck(STRIKES[way], tmp_path, rotation=rotation) == ["marked"]


@pytest.mark.parametrize("way", OTHERS)
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_word_is_not_struck_by(way: str, rotation: int, tmp_path: Path) -> None:
    assert struck(OTHERS[way], tmp_path, rotation=rotation) == []


def test_dashes_are_struck_only_among_words(tmp_path: Path) -> None:
    assert struck(STRIKES["line"], tmp_path, text="---") == []
    assert struck(STRIKES["line"], tmp_path, text="one ---") == ["one", "---"]
