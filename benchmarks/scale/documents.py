"""Long reports, drawn: no two pages alike, with what a long document has and a heap of pages has not."""

from __future__ import annotations

from io import BytesIO
from itertools import count
from random import Random

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from benchmarks.facts.structure_drawn.tongue import Tongue

_WIDTH, _HEIGHT = 612, 792
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 540, 84, 708
_LINE, _ROW = 13, 18
_COLUMNS = (_LEFT, 250, 330, 420, _RIGHT)
_FEWEST_ROWS, _MOST_ROWS = 4, 70
_TABLES, _LISTS = 0.4, 0.3
"""The shares of sections that end with one."""


def report(pages: int, seed: int) -> bytes:
    """A born-digital PDF: chapters, sections, lists, ruled tables that page ends break, running heads.

    At the foot of each stands ``Page n of the report.`` The seed decides all words and numbers.
    """
    return _Report(pages, seed).drawn()


class _Full(Exception):
    """The document has all its pages."""


class _Report:
    """Sets one block after the other; a full page is followed by a new one. Places count from the top."""

    def __init__(self, pages: int, seed: int) -> None:
        self._pages, self._done = pages, 0
        self._random = Random(seed)
        self._tongue = Tongue("en", self._random)
        self._to = BytesIO()
        self._canvas = Canvas(self._to, pagesize=(_WIDTH, _HEIGHT), pageCompression=1, invariant=True)
        self._title, self._chapter = self._tongue.one("titles"), ""
        self._y = 0.0

    def drawn(self) -> bytes:
        """The file."""
        try:
            for number in count(1):
                self._add_chapter(number)
        except _Full:
            self._canvas.save()
        return self._to.getvalue()

    def _add_chapter(self, number: int) -> None:
        self._chapter = self._tongue.one("topics")
        self._turn()
        self._heading(f"{number} {self._chapter}", 18)
        for section in range(1, self._random.randint(3, 7)):
            self._heading(f"{number}.{section} {self._tongue.one('topics')}", 13)
            for _ in range(self._random.randint(2, 6)):
                self._text(self._tongue.paragraph(3, 8))
            kind = self._random.random()
            if kind < _TABLES:
                self._table()
            elif kind < _TABLES + _LISTS:
                for item in self._tongue.some("items", self._random.randint(3, 8)):
                    self._text(f"\u2022 {item}", indent=14)

    def _turn(self) -> None:
        """A new page with its running head and its number."""
        if self._done:
            self._canvas.showPage()
        if self._done == self._pages:
            raise _Full
        self._done += 1
        self._say(_LEFT, 50, f"{self._title}: {self._chapter}", 8)
        self._canvas.line(_LEFT, _HEIGHT - 56, _RIGHT, _HEIGHT - 56)
        self._say(_LEFT, 750, f"Page {self._done} of the report.", 9)
        self._y = _TOP

    def _say(self, x: float, y: float, text: str, size: float, font: str = "Helvetica") -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, _HEIGHT - y, text)

    def _heading(self, text: str, size: float) -> None:
        self._make_room(5 * size)
        self._y += 2 * size
        self._say(_LEFT, self._y, text, size, "Helvetica-Bold")
        self._y += size

    def _text(self, text: str, indent: float = 0) -> None:
        lines = simpleSplit(text, "Helvetica", 10, _RIGHT - _LEFT - indent)
        self._make_room(_LINE * len(lines))
        for line in lines:
            self._y += _LINE
            self._say(_LEFT + indent, self._y, line, 10)
        self._y += 7

    def _table(self) -> None:
        """Names and rows of numbers; after a page's end the names are said again."""
        names = ["Item", *(self._tongue.one("months") for _ in _COLUMNS[2:])]
        rows = self._random.randint(_FEWEST_ROWS, _MOST_ROWS)
        self._make_room(3 * _ROW)
        self._row(names, "Helvetica-Bold")
        for row in range(1, rows + 1):
            if self._y + _ROW > _BOTTOM:
                self._turn()
                self._row(names, "Helvetica-Bold")
            values = [f"{self._random.randint(1, 99_999):,}" for _ in _COLUMNS[2:]]
            self._row([f"{row} {self._tongue.one('topics')}"[:28], *values])
        self._y += _ROW

    def _row(self, texts: list[str], font: str = "Helvetica") -> None:
        top, bottom = self._y, self._y + _ROW
        self._canvas.grid(list(_COLUMNS), [_HEIGHT - top, _HEIGHT - bottom])
        for x, text in zip(_COLUMNS, texts, strict=False):
            self._say(x + 4, top + 12, text, 9, font)
        self._y = bottom

    def _make_room(self, height: float) -> None:
        if self._y + height > _BOTTOM:
            self._turn()
