"""Words of a formula as nodes: a symbol, a number or a name with its place, size and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipelines.pages.formulas.symbols import (
    DELIMITERS,
    FUNCTIONS,
    LARGE_OPERATORS,
    PIECES,
    WITH_LIMITS,
    latex_of,
)
from pipelines.readers.pdf.glyphs import is_extension_font, is_math_font
from schemas.geometry import BBox
from schemas.reading import Word

# The ink of an ordinary symbol reaches this far over and under the baseline, and the axis (the bar of a
# fraction, the middle of a sum) lies this far over it, in font sizes (TeX: 0.25).
_ASCENT, _DESCENT, AXIS = 0.7, 0.2, 0.25
# Italic letters of a text font are variables; so many of them together are a word.
_ITALIC_WORD = 4
_TOKEN = re.compile(r"[A-Za-z]+(?![\u0300-\u036f\u20d7])|\d+(?:[.,]\d+)*|.[\u0300-\u036f\u20d7]*", re.DOTALL)
# Words that touch have a gap below this (font sizes).
_TOUCH = 0.12


class Kind(Enum):
    """What a node is to its neighbours."""

    ORDINARY = "ordinary"
    OPERATOR = "operator"
    FUNCTION = "function"
    DELIMITER = "delimiter"
    PIECE = "piece"
    ROOT = "root"
    BUILT = "built"
    TEXT = "text"


class NotTrusted(Exception):
    """The glyphs or their places make no formula that could be vouched for."""


@dataclass(slots=True)
class Node:
    """A part of a formula, boxes in page units; ``char`` is the character of a single one.

    ``space`` says that a word space stood before it.
    """

    latex: str
    box: BBox
    baseline: float
    size: float
    kind: Kind = Kind.ORDINARY
    char: str = ""
    space: bool = False

    @property
    def axis(self) -> float:
        """The height of its middle line: the minus sign's, the fraction bar's."""
        if self.kind in {Kind.ORDINARY, Kind.FUNCTION, Kind.TEXT}:
            return self.baseline - AXIS * self.size
        return self.box.center[1]


def nodes_of(words: Sequence[Word]) -> list[Node]:
    """The nodes of digital words.

    Raises:
        NotTrusted: a glyph has no character, or one that LaTeX has no name for.
    """
    return [node for i, word in enumerate(words) for node in _nodes(word, _names_function(words, i))]


def _names_function(words: Sequence[Word], index: int) -> bool:
    """Whether a word stands right before its argument or script: then it is an operator's name."""
    if index + 1 == len(words):
        return False
    word, after = words[index], words[index + 1]
    touches = after.bbox.x1 - word.bbox.x2 < _TOUCH * word.size
    return touches and (after.text[0] in "([{" or after.size < 0.9 * word.size)


def _nodes(word: Word, is_function: bool) -> Iterator[Node]:
    baseline = word.bbox.y2 - word.descent
    width = word.bbox.width / max(1, len(word.text))
    space = word.space_before
    for token in _TOKEN.finditer(word.text):
        x1, x2 = word.bbox.x1 + token.start() * width, word.bbox.x1 + token.end() * width
        for node in _of_token(token.group(), word, BBox(x1, word.bbox.y1, x2, word.bbox.y2), is_function):
            node.baseline, node.space = baseline, space
            plain = node.kind is Kind.DELIMITER and not is_extension_font(word.font)
            if plain or node.kind in {Kind.ORDINARY, Kind.FUNCTION, Kind.TEXT}:
                top, bottom = baseline - _ASCENT * word.size, baseline + _DESCENT * word.size
                node.box = BBox(node.box.x1, top, node.box.x2, bottom)
            space = False
            yield node


def _of_token(text: str, word: Word, box: BBox, is_function: bool) -> Iterator[Node]:
    if text.isascii() and text.isalpha() and len(text) > 1:
        yield from _of_letters(text, word, box, is_function)
        return
    if text[0].isdigit() and text.isascii():
        latex = f"\\mathbf{{{text}}}" if word.bold else text
        yield Node(latex, box, 0.0, word.size)
        return
    if text.isspace():
        return
    if text in PIECES:
        yield Node("", box, 0.0, word.size, Kind.PIECE, text)
        return
    if text == "√":
        yield Node("", box, 0.0, word.size, Kind.ROOT, text)
        return
    latex = latex_of(text, word.font, bold=word.bold, italic=word.italic) or ""
    if not latex:
        raise NotTrusted
    kind = (
        Kind.OPERATOR if text in LARGE_OPERATORS else Kind.DELIMITER if text in DELIMITERS else Kind.ORDINARY
    )
    upright = text.isascii() and text.isalpha() and latex == text and not word.italic
    yield Node(f"\\mathrm{{{text}}}" if upright else latex, box, 0.0, word.size, kind, text)


def _of_letters(text: str, word: Word, box: BBox, is_function: bool) -> Iterator[Node]:
    """Several letters: variables side by side in italics, else a function's name or text."""
    if text in FUNCTIONS and not word.italic:
        kind = Kind.FUNCTION if text in WITH_LIMITS else Kind.ORDINARY
        yield Node(f"\\{text}", box, 0.0, word.size, kind)
    elif word.italic and (len(text) < _ITALIC_WORD or is_math_font(word.font)):
        step = box.width / len(text)
        for i, letter in enumerate(text):
            latex = latex_of(letter, word.font, bold=word.bold, italic=True) or letter
            place = BBox(box.x1 + i * step, box.y1, box.x1 + (i + 1) * step, box.y2)
            yield Node(latex, place, 0.0, word.size, char=letter)
    elif word.bold:
        yield Node(f"\\mathbf{{{text}}}", box, 0.0, word.size)
    elif is_function:
        yield Node(f"\\operatorname{{{text}}}", box, 0.0, word.size)
    elif word.superscript or word.subscript:
        yield Node(f"\\mathrm{{{text}}}", box, 0.0, word.size)
    else:
        yield Node(text, box, 0.0, word.size, Kind.TEXT)
