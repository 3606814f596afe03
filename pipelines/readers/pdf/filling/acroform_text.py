# mypy: disable-error-code="no-untyped-call"
"""Text set for the looks of fields: in fonts that have all its letters, shaped, and made to fit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from html import escape
from io import BytesIO
from unicodedata import category

import pymupdf

# Of the font's size: capitals are so high, a line takes so much.
_CAPITALS, _LEADING = 0.72, 1.15
# Where the form leaves the size open, text is as large as print on forms is (points), if that fits.
_USUAL, _OF_HEIGHT = 12.0, 0.75
# Text too long for its field gets smaller by these steps, down to this size (points).
_STEP, _SMALLEST = 0.92, 4.0
# Letters that had to be made smaller than this (points) are hard to read in print.
_READABLE = 6.0
# Letters that fonts join into one sign, which would be read back as that: elements between keep them apart.
_LIGATURE = re.compile("f(?=[fijlt])")
# Joiners, marks of direction and of variants show nothing themselves.
_UNSEEN = {"Cf", "Mn"}
# A sheet on which no text ends.
_ENDLESS = 14_400.0


class Layout(Enum):
    """How a text stands in its room."""

    LINE = "line"
    BLOCK = "block"
    LIST = "list"
    """Lines that are not broken, from the top."""


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look; ``size`` in points, 0: what fits; ``color`` red, green, blue from 0 to 1.

    ``align``: 0 at the left, 1 in the middle, 2 at the right.
    """

    size: float = 0.0
    family: str = "sans-serif"
    bold: bool = False
    italic: bool = False
    color: tuple[float, float, float] = (0.0, 0.0, 0.0)
    align: int = 0


@dataclass(frozen=True, slots=True)
class SetText:
    """A text and the room for it (points)."""

    text: str
    width: float
    height: float
    style: Style
    layout: Layout = Layout.LINE


def unwritable(text: str) -> str:
    """The first character of a text that no font here has; nothing where there is none."""
    seen = (char for char in text if not char.isspace() and category(char) not in _UNSEEN)
    return next((char for char in seen if not _font().has_glyph(ord(char), fallback=True)), "")


class Typeset:
    """Texts, each on a page of a document that must be closed, and how it comes into its room.

    ``matrices[i]`` maps page ``i`` to the room of text ``i``, whose origin is its lower left corner;
    ``small`` tells which texts are too long: they are hard to read, or cut off.
    """

    def __init__(self, texts: Sequence[SetText]) -> None:
        buffer = BytesIO()
        writer = pymupdf.DocumentWriter(buffer)
        scales = [_write(writer, text) for text in texts]
        if not texts:
            writer.begin_page(pymupdf.Rect(0, 0, 1, 1))
            writer.end_page()
        writer.close()
        self.document = pymupdf.open("pdf", buffer.getvalue())
        self.matrices = [
            _matrix(self.document[i], text, scale)
            for i, (text, scale) in enumerate(zip(texts, scales, strict=True))
        ]
        self.small = [
            _size(text) * matrix.a <= _SMALLEST for text, matrix in zip(texts, self.matrices, strict=True)
        ]
        self.document.subset_fonts()


def list_lines(height: float, size: float) -> tuple[int, float]:
    """How many lines of a ``LIST`` go into a room, and the height of each."""
    line = _LEADING * (size or _USUAL)
    return max(1, int(height / line)), line


@cache
def _font() -> pymupdf.Font:
    return pymupdf.Font("helv")


def _size(text: SetText) -> float:
    """The size to begin with."""
    if text.style.size:
        return text.style.size
    if text.layout is Layout.LINE:
        return max(min(_USUAL, _OF_HEIGHT * text.height), 1.0)
    return _USUAL


def _write(writer: pymupdf.DocumentWriter, text: SetText) -> float:
    """Sets a text on a page of its own at its first size; the factor that it is made smaller by then.

    A line is measured once it is set (``_matrix``).
    """
    size, width, scale = _size(text), _ENDLESS, 1.0
    content = _LIGATURE.sub("f<span></span>", escape(text.text))
    story = pymupdf.Story(f"<p>{content}</p>", user_css=_css(text, size))
    if text.layout is Layout.BLOCK:
        width = text.width
        while scale * size > _SMALLEST and _height(story, width / scale) > text.height / scale:
            scale *= _STEP
        width /= scale
    area = pymupdf.Rect(0, 0, width, _ENDLESS)
    device = writer.begin_page(area)
    story.reset()
    story.place(area)
    story.draw(device)
    writer.end_page()
    return scale


def _height(story: pymupdf.Story, width: float) -> float:
    story.reset()
    _, filled = story.place(pymupdf.Rect(0, 0, width, _ENDLESS))
    return float(filled[3])


def _css(text: SetText, size: float) -> str:
    style = text.style
    red, green, blue = (round(255 * part) for part in style.color)
    align = ("left", "center", "right")[style.align] if text.layout is Layout.BLOCK else "left"
    space = "pre-wrap; overflow-wrap: break-word" if text.layout is Layout.BLOCK else "pre"
    return (
        f"body {{margin: 0}} p {{margin: 0; font-family: {style.family}; font-size: {size:.3f}px; "
        f"font-weight: {'bold' if style.bold else 'normal'}; "
        f"font-style: {'italic' if style.italic else 'normal'}; line-height: {_LEADING}; "
        f"color: rgb({red},{green},{blue}); text-align: {align}; white-space: {space}}}"
    )


def _matrix(page: pymupdf.Page, text: SetText, scale: float) -> pymupdf.Matrix:
    """How a page comes into a text's room."""
    top = text.height - page.rect.height * scale
    if text.layout in {Layout.BLOCK, Layout.LIST}:
        return pymupdf.Matrix(scale, 0, 0, scale, 0, top)
    found = _extent(page)
    if found is None:
        return pymupdf.Matrix(1, 0, 0, 1, 0, 0)
    (left, right, baseline), size = found, _size(text)
    highest = min(1.0, text.height / (_LEADING * size))
    scale = min(highest, max(text.width / max(right - left, 0.01), _SMALLEST / size))
    free = max(0.0, text.width - (right - left) * scale)
    x = free * text.style.align / 2 - left * scale
    y = (text.height - _CAPITALS * size * scale) / 2 - (page.rect.height - baseline) * scale
    return pymupdf.Matrix(scale, 0, 0, scale, x, y)


def _extent(page: pymupdf.Page) -> tuple[float, float, float] | None:
    """Where the line on a page begins, ends and stands; it may be of several fonts."""
    blocks = page.get_text("rawdict")["blocks"]
    spans = [span for block in blocks for line in block.get("lines", ()) for span in line["spans"]]
    boxes = [char["bbox"] for span in spans for char in span["chars"]]
    if not boxes:
        return None
    return min(box[0] for box in boxes), max(box[2] for box in boxes), float(spans[0]["origin"][1])
