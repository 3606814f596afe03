# mypy: disable-error-code="no-untyped-call"
"""Pages drawn with struck words, as PDFs and as scans of them; and pages of other sets that have none.

Between the struck words stands what looks like strikes: underlines, links, rules of tables and headings,
lines to write on, dashes. A quarter of the pages has no struck word.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pymupdf

from benchmarks import corpus
from benchmarks.corpus import Document, Truth
from benchmarks.facts import funsd, icdar2013, sroie
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_PAGES = 24
_WIDTH, _HEIGHT, _MARGIN = 595.0, 842.0, 60.0
_FONTS = ("helv", "hebo", "heit", "tiro", "tibo", "tiit", "cour", "cobo")
_WORDS = (
    "the of and to in for with by on from agreement party supplier shall deliver goods within thirty days "
    "after receipt an invoice total amount due price per unit quantity discount tax 1,250.00 42 17.5% 2024 "
    "March section annex contract services fee payment account bank number order date signed approved draft "
    "version review comment paragraph clause liability damages notice term renewal period year month week "
    "office manager board meeting minutes report budget cost plan project schedule risk note customer "
    "address street city country phone email name title department value rate item code all any such other "
    "which not be is are was has been will may must each every first second third old new high low"
).split()
# Real pages without struck words that each of these sets gives.
_UNSTRUCK = {
    "funsd_forms": funsd.documents,
    "sroie_receipts": sroie.documents,
    "icdar2013_tables": icdar2013.documents,
}
_REAL = 30


_Color = tuple[float, float, float]
_Placed = tuple[str, float, tuple[int, str]]
"""A word, where it begins, and what is drawn at it: the number of the passage, and how."""


class _Word(NamedTuple):
    text: str
    box: BBox
    struck: bool


class _Run(NamedTuple):
    """Words that stand together on a line, from ``x1`` to ``x2``, and what is drawn at them."""

    x1: float
    x2: float
    baseline: float
    size: float


def digital(_folder: Path) -> Iterator[Document]:
    """The pages as PDFs, with lines and annotations."""
    for seed in range(_PAGES):
        target = corpus.CACHE / "struck" / f"page-{seed:02}.pdf"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_drawn(seed)[0])
        yield Document("struck_digital", "digital", target, partial(_truth, seed))


def scanned(_folder: Path) -> Iterator[Document]:
    """The pages as pictures: a little turned, blurred and noisy."""
    for seed in range(_PAGES):
        target = corpus.CACHE / "struck" / f"page-{seed:02}.png"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(target), _scan(_drawn(seed)[0], seed)[0])
        yield Document("struck_scanned", "scanned", target, partial(_truth, seed, scan=True))


def unstruck(folder: Path) -> Iterator[Document]:
    """Real forms, receipts and reports: whatever is taken for struck there is wrong."""
    for name, documents in _UNSTRUCK.items():
        for document in islice(documents(folder / name), _REAL):
            yield Document("struck_none", name, document.path, partial(_no_truth, document))


def _no_truth(document: Document) -> Truth:
    words = document.truth().words
    if words is None:
        with pymupdf.open(document.path) as opened:
            return Truth(struck=(), unstruck=sum(len(page.get_text("words")) for page in opened))
    return Truth(struck=(), unstruck=len(words))


def _truth(seed: int, *, scan: bool = False) -> Truth:
    pdf, words = _drawn(seed)
    move = _scan(pdf, seed)[1] if scan else lambda box: box
    struck = tuple(PageRegion("strikethrough", move(w.box), text=w.text) for w in words if w.struck)
    return Truth(struck=struck, unstruck=len(words) - len(struck))


@cache
def _drawn(seed: int) -> tuple[bytes, list[_Word]]:
    """A page and its words; boxes in shares of the page."""
    with pymupdf.open() as document:
        sheet = _Sheet(document.new_page(width=_WIDTH, height=_HEIGHT), random.Random(seed), seed % 4 > 0)
        sheet.fill()
        return document.tobytes(), sheet.words


def _scan(pdf: bytes, seed: int) -> tuple[np.ndarray, Callable[[BBox], BBox]]:
    """The page's picture (BGR), and where its boxes lie there."""
    dice = np.random.default_rng(seed)
    with pymupdf.open("pdf", pdf) as document:
        pixels = document[0].get_pixmap(dpi=int(dice.choice([150, 200])), alpha=False)
    picture = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)[:, :, ::-1]
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(dice.uniform(-0.7, 0.7)), 1.0)
    turned = cv2.warpAffine(picture, turn, (width, height), borderValue=(255, 255, 255))
    blurred = cv2.GaussianBlur(turned, (0, 0), float(dice.uniform(0.4, 0.9)))
    noisy = blurred * dice.uniform(0.9, 1.0) + dice.normal(0, dice.uniform(2, 7), turned.shape)

    def moved(box: BBox) -> BBox:
        x, y = box.center
        x, y = turn @ (x * width, y * height, 1.0)
        return box.shifted(x / width - box.center[0], y / height - box.center[1])

    return np.clip(noisy, 0, 255).astype(np.uint8), moved


class _Sheet:
    """A page that is filled from the top."""

    def __init__(self, page: pymupdf.Page, dice: random.Random, strikes: bool) -> None:
        self.words: list[_Word] = []
        self._page = page
        self._dice = dice
        self._strikes = strikes
        self._y = _MARGIN

    def fill(self) -> None:
        """Draws blocks until the page is full."""
        while self._y < _HEIGHT - 160:
            block = self._dice.choices(
                (self._paragraph, self._table, self._form, self._heading), (6, 1, 1, 1)
            )[0]
            block()
            self._y += self._dice.uniform(10, 18)

    def _paragraph(self) -> None:
        font, size = self._dice.choice(_FONTS), self._dice.uniform(8, 14)
        right = _WIDTH - _MARGIN - self._dice.choice((0, 0, 120))
        marks = self._marks(self._dice.randint(15, 70))
        x, line = _MARGIN, list[_Placed]()
        for mark in marks:
            sign = not mark[1] and self._dice.random() < 0.04  # whether a lone sign is struck nobody sees
            text = self._dice.choice(("-", "--", "=", "&", "/") if sign else _WORDS)
            width = pymupdf.get_text_length(text, font, size)
            if x + width > right:
                self._write(line, font, size)
                x, line = _MARGIN, []
            line.append((text, x, mark))
            x += width + pymupdf.get_text_length(" ", font, size)
        self._write(line, font, size)

    def _marks(self, count: int) -> list[tuple[int, str]]:
        """What is drawn at each of so many words; equal numbers make one passage."""
        marks: list[tuple[int, str]] = []
        while len(marks) < count:
            way, length = "", self._dice.randint(3, 12)
            if self._dice.random() < 0.3:
                way, length = (
                    self._dice.choice((*_LINES, "cross")) if self._strikes else "underline",
                    self._dice.randint(1, 7),
                )
            elif self._dice.random() < 0.2:
                way, length = self._dice.choice(("underline", "link")), self._dice.randint(1, 5)
            marks += [(len(marks), way)] * length
        return marks[:count]

    def _write(self, line: Sequence[_Placed], font: str, size: float) -> None:
        """Writes a line, and draws what is at its words: over the spaces between, or word by word."""
        self._y += 1.25 * size
        runs: dict[tuple[int, str], list[_Run]] = {}
        for text, x, mark in line:
            struck = mark[1] in {*_LINES, "cross"}
            right = x + pymupdf.get_text_length(text, font, size)
            color = (0, 0, 0.8) if mark[1] == "link" else (0, 0, 0)
            self._page.insert_text((x, self._y), text, fontname=font, fontsize=size, color=color)
            box = BBox(
                x / _WIDTH,
                (self._y - 0.75 * size) / _HEIGHT,
                right / _WIDTH,
                (self._y + 0.2 * size) / _HEIGHT,
            )
            self.words.append(_Word(text, box, struck))
            runs.setdefault(mark, []).append(_Run(x, right, self._y, size))
        for (_, way), parts in runs.items():
            whole = way in _LINES and self._dice.random() < 0.6
            for run in [parts[0]._replace(x2=parts[-1].x2)] if whole else parts:
                self._draw(way, run)

    def _draw(self, way: str, run: _Run) -> None:
        if way in _LINES:
            _LINES[way](self._page, run, self._dice)
        elif way == "cross":
            top, bottom = run.baseline - 0.75 * run.size, run.baseline + 0.15 * run.size
            self._page.draw_line((run.x1, top), (run.x2, bottom), width=0.07 * run.size)
            self._page.draw_line((run.x1, bottom), (run.x2, top), width=0.07 * run.size)
        elif way:
            y = run.baseline + 0.14 * run.size
            self._page.draw_line(
                (run.x1, y),
                (run.x2, y),
                width=0.06 * run.size,
                color=(0, 0, 0.8) if way == "link" else (0, 0, 0),
            )

    def _heading(self) -> None:
        size = self._dice.uniform(14, 20)
        self._write([(self._dice.choice(_WORDS).title(), _MARGIN, (0, ""))], "hebo", size)
        self._page.draw_line((_MARGIN, self._y + 0.4 * size), (_WIDTH - _MARGIN, self._y + 0.4 * size))
        self._y += 0.5 * size

    def _table(self) -> None:
        size, columns = self._dice.uniform(8, 11), self._dice.randint(3, 5)
        step, tight = (_WIDTH - 2 * _MARGIN) / columns, self._dice.uniform(1.25, 1.7)
        grid = self._dice.random() < 0.6
        for _ in range(self._dice.randint(3, 7)):
            struck = (
                (1, self._dice.choice(tuple(_LINES)))
                if self._strikes and self._dice.random() < 0.15
                else (0, "")
            )
            row = [
                (self._dice.choice(_WORDS), _MARGIN + step * i + 3, (i, struck[1])) for i in range(columns)
            ]
            self._write(row, "helv", size)
            low = self._y + (tight - 0.95) * size
            self._page.draw_line((_MARGIN, low), (_WIDTH - _MARGIN, low), width=0.6)
            for i in range(columns + 1) if grid else ():
                self._page.draw_line(
                    (_MARGIN + step * i, low - tight * size), (_MARGIN + step * i, low), width=0.6
                )
            self._y = low - 0.3 * size

    def _form(self) -> None:
        size = self._dice.uniform(9, 12)
        for _ in range(self._dice.randint(2, 4)):
            label, filled = self._dice.choice(_WORDS).title() + ":", self._dice.random() < 0.6
            row = [(label, _MARGIN, (0, ""))]
            if filled:
                row += [(self._dice.choice(_WORDS), _MARGIN + 110 + 60 * i, (0, "")) for i in range(2)]
            self._write(row, "helv", size)
            y = self._y + self._dice.uniform(0.02, 0.25) * size
            self._page.draw_line((_MARGIN + 100, y), (_MARGIN + 350, y), width=0.6)
            self._y += 0.8 * size


def _line(page: pymupdf.Page, run: _Run, dice: random.Random, color: _Color = (0, 0, 0)) -> None:
    y = run.baseline - dice.uniform(0.22, 0.32) * run.size
    page.draw_line((run.x1, y), (run.x2, y), width=dice.uniform(0.04, 0.1) * run.size, color=color)


def _red(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    _line(page, run, dice, color=(dice.uniform(0.7, 1), 0, 0))


def _double(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    for raised in (0.2, 0.36):
        y = run.baseline - raised * run.size
        page.draw_line((run.x1, y), (run.x2, y), width=0.045 * run.size)


def _area(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    y = run.baseline - 0.26 * run.size
    page.draw_rect((run.x1, y - 0.035 * run.size, run.x2, y + 0.035 * run.size), color=None, fill=(0, 0, 0))


def _wavy(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    y = run.baseline - 0.26 * run.size
    page.draw_squiggle((run.x1, y), (run.x2, y), breadth=0.07 * run.size, width=0.06 * run.size)


def _by_hand(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    """From a little before to a little after, leaning, and not quite straight."""
    lean = dice.uniform(-0.25, 0.25) * run.size
    points = []
    for i in range(9):
        x = run.x1 - 0.2 * run.size + (run.x2 - run.x1 + 0.4 * run.size) * i / 8
        y = run.baseline - 0.27 * run.size + lean * (i / 4 - 1) + dice.uniform(-0.05, 0.05) * run.size
        points.append((x, y))
    page.draw_polyline(points, width=dice.uniform(0.05, 0.1) * run.size, color=(0, 0, dice.choice((0, 0.7))))


def _annotation(page: pymupdf.Page, run: _Run, dice: random.Random) -> None:
    page.add_strikeout_annot((run.x1, run.baseline - 0.8 * run.size, run.x2, run.baseline + 0.2 * run.size))


_LINES: dict[str, Callable[[pymupdf.Page, _Run, random.Random], None]] = {
    "line": _line,
    "red": _red,
    "double": _double,
    "area": _area,
    "wavy": _wavy,
    "by hand": _by_hand,
    "annotation": _annotation,
}
