"""How headings are set, as far as it tells their level: size, capitals, weight, slope, place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import islice
from statistics import median

from pipelines.documents.headings.rulers import Ruler
from pipelines.work import PageRecord
from schemas.fragments import PageFragment, Source
from schemas.geometry import BBox
from schemas.reading import Word

# Sizes that differ by less than this share are one: a file tells them exactly, on a scan they are measured.
SAME_SIZE, SAME_ON_SCANS = 0.03, 0.08
# Bold type is about so much wider.
_WIDER = 0.15
# How running text is set shows on so many pages.
_SAMPLED = 100
# Running text has so many characters; a page has no more paragraphs that are looked at.
_RUNNING, _MOST_COLUMNS = 100, 50
# What begins this much further in than its column (its heights) is set apart from it.
_INSET = 0.3
# One capital word may be an acronym.
_LEAST_CAPITALS = 6


class Style(IntEnum):
    """The face of a heading: of headings of one size, the earlier stands higher."""

    BOLD = 0
    PLAIN = 1
    ITALIC = 2


@dataclass(frozen=True, slots=True)
class Look:
    """How a heading is set: the usual size of its words in page units, 0 if it has none, and their style.

    ``scanned``: the size is measured, and of the style nothing is known.
    """

    size: float
    style: Style = Style.PLAIN
    capitals: bool = False
    scanned: bool = False


class Words:
    """The words of a page, found by their lines' places in little more time than there are of them there."""

    def __init__(self, record: PageRecord) -> None:
        self._lines = sorted(record.lines, key=lambda line: line.bbox.y1 + line.bbox.y2)
        self._middles = [(line.bbox.y1 + line.bbox.y2) / 2 for line in self._lines]

    def inside(self, box: BBox) -> list[list[Word]]:
        """The words of each line whose middle is as high as the box, that have their own middle in it."""
        first, last = bisect_left(self._middles, box.y1), bisect_right(self._middles, box.y2)
        return [
            [word for word in line.words if 2 * box.x1 <= word.bbox.x1 + word.bbox.x2 <= 2 * box.x2]
            for line in self._lines[first:last]
            if line.bbox.x1 <= box.x2 and line.bbox.x2 >= box.x1
        ]


class PageLooks:
    """The looks of the fragments of one page, measured when they are asked for."""

    def __init__(self, record: PageRecord, ruler: Ruler) -> None:
        self._record = record
        self._ruler = ruler

    def of(self, fragment: PageFragment) -> Look:
        """How the fragment's words are set."""
        rows = self._words.inside(fragment.bbox.bbox()) if fragment.bbox else []
        words = [word for row in rows for word in row]
        if fragment.source is Source.OCR:
            return Look(self._ruler.size(rows), Style.PLAIN, in_capitals(words), scanned=True)
        size = median(word.size for word in words) if words else 0.0
        return Look(size, style(words), in_capitals(words))

    def is_inset(self, place: int) -> bool:
        """Whether a fragment begins further in than the column it stands in, and the next one just there."""
        boxes = [f.bbox.bbox() if f.bbox else None for f in self._record.fragments[place : place + 2]]
        if len(boxes) < 2 or boxes[0] is None or boxes[1] is None:
            return False
        box, following = boxes[0], boxes[1]
        lefts = [c.x1 for c in self._columns if c.x1 <= box.center[0] <= c.x2]
        off = box.x1 - median(lefts) if lefts else 0.0
        return off > _INSET * box.height and abs(box.x1 - following.x1) < 0.5 * _INSET * box.height

    @cached_property
    def _words(self) -> Words:
        return Words(self._record)

    @cached_property
    def _columns(self) -> list[BBox]:
        """The boxes of running text."""
        boxes = (
            f.bbox.bbox() for f in self._record.fragments if f.bbox and len(f.content.content) > _RUNNING
        )
        return list(islice(boxes, _MOST_COLUMNS))


def style(words: Iterable[Word]) -> Style:
    """The style of most of the words."""
    words = list(words)
    if 2 * sum(word.bold for word in words) > len(words):
        return Style.BOLD
    return Style.ITALIC if 2 * sum(word.italic for word in words) > len(words) else Style.PLAIN


def in_capitals(words: Iterable[Word]) -> bool:
    """Whether all letters are capitals, and more than an acronym has."""
    cased = [char for word in words for char in word.text if char.isupper() or char.islower()]
    return len(cased) >= _LEAST_CAPITALS and all(char.isupper() for char in cased)


def body_look(records: Sequence[PageRecord], ruler: Ruler, *, scanned: bool) -> Look:
    """How most of the characters of the document are set, by pages from all over it."""
    sizes: Counter[float] = Counter()
    styles: Counter[Style] = Counter()
    for record in records[:: 1 + len(records) // _SAMPLED]:
        for line in record.lines:
            words = [word for word in line.words if (word.source is Source.OCR) == scanned]
            if words:
                letters = sum(len(word.text) for word in words)
                sizes[round(ruler.size([words]) if scanned else words[0].size, 1)] += letters
                styles[style(words[:1])] += letters
    if not sizes:
        return Look(0.0, scanned=scanned)
    size = _middle(sizes) if scanned else sizes.most_common(1)[0][0]
    return Look(size, Style.PLAIN if scanned else styles.most_common(1)[0][0], scanned=scanned)


def _middle(sizes: Counter[float]) -> float:
    """The median of values that are counted."""
    seen = 0
    for size in sorted(sizes):
        seen += sizes[size]
        if 2 * seen >= sizes.total():
            return size
    return 0.0


def is_larger(look: Look, body: Look) -> bool:
    """Whether it is larger than running text; on scans bold type is wider, and seems so."""
    return look.size > body.size * (1 + (_WIDER if look.scanned else SAME_SIZE))


def by_size(one: Look, other: Look) -> int:
    """-1 where the first look is larger, 1 where it is smaller, 0 where they are of one size."""
    tolerance = SAME_ON_SCANS if one.scanned or other.scanned else SAME_SIZE
    tolerance = 2 * tolerance if one.scanned != other.scanned else tolerance
    if abs(one.size - other.size) > tolerance * max(one.size, other.size):
        return -1 if one.size > other.size else 1
    return 0


def compare(one: Look, other: Look) -> int:
    """-1 where the first look stands higher, 1 where it stands lower, 0 where neither does."""
    if sizes := by_size(one, other):
        return sizes
    if one.capitals != other.capitals:
        return -1 if one.capitals else 1
    if one.scanned or other.scanned or one.style is other.style:
        return 0
    return -1 if one.style < other.style else 1


def order(look: Look) -> tuple[float, bool, Style]:
    """Sorts looks, the highest first."""
    return (-look.size, not look.capitals, look.style)
