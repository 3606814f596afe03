# mypy: disable-error-code="no-untyped-call"
"""Text in a PDF page that nobody sees: a way to smuggle words to a machine, or plain left-overs.

The page's pixels decide: where words stand and nothing can be told from its surroundings, whatever the
means (colour, opacity, masks, blending, something painted over them), they do not show. What size and
place tell is asked of the file.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pymupdf
from numpy.typing import NDArray

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pdf.ink import Ink
from schemas.geometry import BBox, union_of
from schemas.reading import HiddenReason

# Text smaller than this (points) cannot be read, on paper or screen; nor can letters, several together, that
# are so flat, or follow each other so closely.
_TINY, _FLAT, _NARROW, _FEW = 1.05, 0.5, 0.1, 4
# Letters without a width that follow one glyph: more are no ligature.
_MOST_BEHIND = 6
# Smaller fills (points) are lines and dots, and cover no word.
_LEAST_FILL, _STRAIGHT = 4.0, 0.1
# A picture over more of the page than this is a scan, and the text under it or in it is its OCR.
_SCAN = 0.5
# A page that paints over its text more often than this is a drawing, and not looked into further.
_MOST_CHECKS = 5000
# So many characters of one word, where a script has no blanks, are asked about together.
_LONGEST_WORD = 12
# Letters of one line are one word up to this gap (of their height).
_GAP = 0.15
_INVISIBLE_MODE, _CLIP = 3, 64

Span = dict[str, Any]
Char = dict[str, Any]
Origin = tuple[int, int]


class Glyphs(Protocol):
    """Knows where glyphs are painted."""

    def ink(self, char: Char) -> tuple[float, float, float, float]:
        """The box of what is painted of a character."""
        ...


class Unseen:
    """What of a page's text does not show: told when asked about, and counted in ``tally``.

    ``pictures`` as from ``Page.get_image_info``. ``area`` is the page's own, where it lies on a larger one.
    ``places``, in page units, are those of the spans that do not show, wholly or in part.
    """

    def __init__(
        self,
        page: pymupdf.Page,
        drawings: Sequence[dict[str, Any]],
        pictures: Sequence[dict[str, Any]],
        glyphs: Glyphs,
        tally: HiddenTally,
        area: float | None = None,
    ) -> None:
        self._page, self._glyphs = page, glyphs
        self._area = area or abs(page.rect)
        self._limits = BBox(*page.rect)
        self._images = pictures
        self._trace: list[Span] = page.get_texttrace()
        self._fills = [(box, d["seqno"]) for d in drawings for box in _fills(d)]
        self._ink = Ink(page)
        self._tally = tally
        self.places: list[BBox] = []
        self._last: Char | None = None
        self._looked_under = 0

    @cached_property
    def is_scan(self) -> bool:
        """Whether a picture covers the page."""
        boxes = (self._page.rect & pymupdf.Rect(info["bbox"]) for info in self._images)
        return any(abs(box) > _SCAN * self._area for box in boxes if not box.is_empty)

    def reasons(self, span: Span, *, downwards: bool = False) -> list[HiddenReason | None] | None:
        """Of each character of a span of ``rawdict`` why it does not show, None if it does.

        None of a span that shows as a whole. What does not is counted. ``downwards``: it is vertical writing,
        of which MuPDF gives boxes up to a character too low.
        """
        chars = span["chars"]
        if not any(char["c"].isalnum() for char in chars):
            return None
        found = self._of_span(span) or self._by_word(span, downwards)
        if not any(found):
            return None
        self.places.append(BBox(*span["bbox"]))
        for char, reason in zip(chars, found, strict=True):
            if reason:
                self._count(reason, char)
        return found

    def _of_span(self, span: Span) -> list[HiddenReason | None] | None:
        """Why nothing of a span shows, for each character, where the file says so."""
        box = BBox(*span["bbox"])
        if span["alpha"] == 0 and not self._stands_for_ink(span, box):
            return [HiddenReason.INVISIBLE] * len(span["chars"])
        if _is_tiny(span, box) and _is_tiny(span, self._painted_box(span["chars"])):
            return [HiddenReason.TINY] * len(span["chars"])
        return None

    def _by_word(self, span: Span, downwards: bool) -> list[HiddenReason | None]:
        """What pixels, and what is painted over it, say of each word of a span."""
        found: list[HiddenReason | None] = []
        reason = None
        for chars in _in_words(span["chars"]):
            if any(char["c"].isalnum() for char in chars):  # other signs go with the word before
                reason = self._of_word(chars, span, downwards)
            found += [
                reason or (HiddenReason.COVERED if origin(char["origin"]) in self.covered else None)
                for char in chars
            ]
        for place in _behind_a_glyph(span["chars"]):
            found[place] = HiddenReason.OTHER_TEXT
        return found

    def _of_word(self, chars: Sequence[Char], span: Span, downwards: bool) -> HiddenReason | None:
        if span["alpha"] == 0:
            return None
        box = _around(chars)
        if downwards:
            box = box.union(box.shifted(0, -box.height))
        if self._ink.shows_letters(box) or self._ink.shows_letters(self._painted_box(chars)):
            return None
        if self._ink.is_ground(span["color"], box) and not self._ink.shows(box):
            return HiddenReason.NO_CONTRAST
        if self._is_painted_over(chars):
            return HiddenReason.COVERED
        return HiddenReason.CLIPPED if self._ink.shows(box) else HiddenReason.INVISIBLE

    def _painted_box(self, chars: Sequence[Char]) -> BBox:
        """Where a word's glyphs are: some fonts say nothing true of their heights."""
        return union_of([BBox(*self._glyphs.ink(char)) for char in chars])

    @cached_property
    def covered(self) -> frozenset[Origin]:
        """The origins (see ``origin``) of characters that something opaque was painted over."""
        covers = [*self._fills, *self._opaque_images()]
        if not covers or not self._trace:
            return frozenset()
        boxes = np.array([box for box, _ in covers])
        order = np.array([seqno for _, seqno in covers])
        hidden: set[Origin] = set()
        checks = 0
        for span in self._trace:
            x1, y1, x2, y2 = span["bbox"]
            over = (boxes[:, 0] < x2) & (boxes[:, 2] > x1) & (boxes[:, 1] < y2) & (boxes[:, 3] > y1)
            above = np.flatnonzero(over & (order > span["seqno"]))
            checks += len(above)
            if checks > _MOST_CHECKS:
                break
            for index in above:
                hidden |= self._under(span, covers[int(index)][0], is_fill=bool(index < len(self._fills)))
        return frozenset(hidden)

    def _count(self, reason: HiddenReason, char: Char) -> None:
        last, self._last = self._last, char
        apart = last is not None and not _goes_on(last, char)
        self._tally.add(reason, f" {char['c']}" if apart else char["c"], BBox(*char["bbox"]))

    def count_missing(self, raw: dict[str, Any]) -> None:
        """Counts what is painted and ``raw`` (``rawdict``) lacks: off the page, or clipped away."""
        painted = sum(len(span["chars"]) for span in self._trace)
        came = sum(not char["synthetic"] for _, char in characters(raw))
        if painted > came:
            self._count_missing({origin(char["origin"]) for _, char in characters(raw)}, painted - came)

    def _count_missing(self, came: set[Origin], most: int) -> None:
        """``came`` are the origins of what ``raw`` has.

        More characters than ``most`` would be some that came from elsewhere: writing that was put in order.
        """
        missing: list[tuple[str, BBox]] = []
        for span in self._trace:
            if span["type"] != _INVISIBLE_MODE and span["opacity"]:
                lost = [char for char in span["chars"] if origin(char[2]) not in came]
                missing.append(("".join(chr(char[0]) for char in lost), BBox(*span["bbox"])))
        if sum(not letter.isspace() for text, _ in missing for letter in text) > most:
            return
        for text, box in missing:
            if not box.intersection(self._limits):
                self._tally.add(HiddenReason.OFF_PAGE, f"{text} ", box)
            elif not self._ink.shows_letters(box):  # else it came as other characters
                self._tally.add(HiddenReason.CLIPPED, f"{text} ", box)

    def _stands_for_ink(self, span: Span, box: BBox) -> bool:
        """Whether a text without colour shows after all: as a clip that is painted, or as a picture's OCR."""
        pictured = self.is_scan or any(BBox(*info["bbox"]).holds(*box.center) for info in self._images)
        return (is_clip(span) or pictured) and self._ink.shows(box)

    def _is_painted_over(self, chars: Sequence[Char]) -> bool:
        """Whether anything but text was painted over a word after it."""
        seqno = self._order.get(origin(chars[0]["origin"]))
        self._looked_under += 1
        if seqno is None or self._looked_under > _MOST_CHECKS:
            return False
        kinds, boxes = self._painted
        x, y = _around(chars).center
        x1, y1, x2, y2 = boxes[seqno + 1 :].T
        return bool((kinds[seqno + 1 :] & (x1 <= x) & (x <= x2) & (y1 <= y) & (y <= y2)).any())

    @cached_property
    def _order(self) -> dict[Origin, int]:
        """When each character was painted."""
        return {origin(char[2]): span["seqno"] for span in self._trace for char in span["chars"]}

    @cached_property
    def _painted(self) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """All that was painted, in order: whether it is no text, and its box."""
        log = self._page.get_bboxlog()
        return np.array(["text" not in entry[0] for entry in log]), np.array([entry[1] for entry in log])

    def _opaque_images(self) -> Iterator[tuple[BBox, int]]:
        solid = [BBox(*info["bbox"]) for info in self._images if not info["has-mask"]]
        solid = [box for box in solid if box.area <= _SCAN * self._area]
        if not solid:
            return
        for seqno, entry in enumerate(self._page.get_bboxlog()):
            box = BBox(*entry[1])
            if entry[0] == "fill-image" and any(box.iou(known) > 0.9 for known in solid):
                yield box, seqno

    def _under(self, span: Span, cover: BBox, *, is_fill: bool) -> set[Origin]:
        """The characters of a span whose middle lies under a cover; a fill may be cut by what clips it."""
        boxes = [(char, BBox(*char[3])) for char in span["chars"]]
        return {
            origin(char[2])
            for char, box in boxes
            if cover.holds(*box.center) and not (is_fill and self._ink.shows(box))
        }


def characters(raw: dict[str, Any]) -> Iterator[tuple[Span, Char]]:
    """The characters of a ``rawdict`` with their spans."""
    for block in raw["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                for char in span["chars"]:
                    yield span, char


def origin(point: tuple[float, float]) -> Origin:
    """A character's origin to a tenth of a point: the same in ``rawdict`` and in the text trace."""
    return round(point[0] * 10), round(point[1] * 10)


def _in_words(chars: Sequence[Char]) -> Iterator[list[Char]]:
    """Characters up to each blank, with it; long runs in pieces."""
    word: list[Char] = []
    for char in chars:
        word.append(char)
        if char["c"].isspace() or len(word) == _LONGEST_WORD:
            yield word
            word = []
    if word:
        yield word


def _around(chars: Sequence[Char]) -> BBox:
    boxes = [char["bbox"] for char in chars if not char["c"].isspace()] or [chars[0]["bbox"]]
    x1, y1, x2, y2 = zip(*boxes, strict=True)
    return BBox(min(x1), min(y1), max(x2), max(y2))


def _goes_on(last: Char, char: Char) -> bool:
    """Whether two characters stand in one word: on one line, next to each other."""
    before, box = BBox(*last["bbox"]), BBox(*char["bbox"])
    level = min(before.y2, box.y2) - max(before.y1, box.y1) > 0.5 * box.height
    return level and abs(box.x1 - before.x2) < _GAP * max(box.height, before.height)


def _is_tiny(span: Span, box: BBox) -> bool:
    """Whether letters are too small, too flat or too narrow to be told."""
    small, count = min(box.width, box.height), sum(char["c"].isalnum() for char in span["chars"])
    if span["size"] < _TINY and small < 2 * _TINY:  # else the font itself is drawn large
        return True
    advance = math.dist(span["chars"][0]["origin"], span["chars"][-1]["origin"])
    return count >= _FEW and (small < _FLAT or advance < _NARROW * count)


def _behind_a_glyph(chars: Sequence[Char]) -> Iterator[int]:
    """The places of characters that have no width and follow another: more than a ligature would be."""
    run: list[int] = []
    for place, char in enumerate(chars):
        x1, y1, x2, y2 = char["bbox"]
        if place and min(x2 - x1, y2 - y1) <= 0 and not unicodedata.combining(char["c"]):
            run.append(place)
            continue
        if len(run) > _MOST_BEHIND:
            yield from run
        run = []
    if len(run) > _MOST_BEHIND:
        yield from run


def _fills(drawing: dict[str, Any]) -> Iterator[BBox]:
    """The rectangles that a drawing fills opaquely."""
    if "f" not in drawing["type"] or drawing.get("fill") is None or drawing.get("fill_opacity", 1) < 1:
        return
    items = drawing["items"]
    corners = [item[1] for item in items if item[0] == "re"]  # not in order on a page that was turned
    boxes = [BBox(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for x1, y1, x2, y2 in corners]
    if len(items) in {3, 4} and all(item[0] == "l" and _is_straight(*item[1:3]) for item in items):
        boxes = [BBox(*drawing["rect"])]
    for box in boxes:
        if min(box.width, box.height) >= _LEAST_FILL:
            yield box


def _is_straight(start: tuple[float, float], end: tuple[float, float]) -> bool:
    return min(abs(start[0] - end[0]), abs(start[1] - end[1])) < _STRAIGHT


def is_clip(span: Span) -> bool:
    """Whether a span is no text but a clipping path (render mode 7), through which something is painted."""
    return bool(span["char_flags"] & _CLIP)
