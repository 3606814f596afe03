# mypy: disable-error-code="no-untyped-call"
"""Text in a PDF page that nobody sees: a way to smuggle words to a machine, or plain left-overs.

Colour and painting order only raise a suspicion; where a text counts as hidden for them, the page's
pixels show nothing in its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pymupdf
from numpy.typing import NDArray

from schemas.geometry import BBox
from schemas.reading import HiddenReason, HiddenText

# Text smaller than this (points) cannot be read, on paper or screen.
_TINY = 1.0
# A difference of grey levels (of 255) below this is not seen.
_CONTRAST = 8
# All three channels of a colour that may vanish on white paper.
_NEAR_WHITE = 0xE8
# Smaller fills (points) are lines and dots, and cover no word.
_LEAST_FILL, _STRAIGHT = 4.0, 0.1
# A picture over more of the page than this is a scan, and the text under it or in it is its OCR.
_SCAN = 0.5
# Fewer characters than this, all together, are left-overs of no interest.
_LEAST_CHARACTERS = 4
# A page that paints over its text more often than this is a drawing, and not looked into further.
_MOST_CHECKS = 5000
_INVISIBLE_MODE, _CLIP = 3, 64

Span = dict[str, Any]
Char = dict[str, Any]
Origin = tuple[int, int]


class _Hidden(NamedTuple):
    """Why a span does not show; ``reason`` None: some of its characters may be covered."""

    reason: HiddenReason | None


class Unseen:
    """What of a page's text does not show. ``found`` sums up what was asked about and is hidden.

    ``area`` is the page's own, where it lies on a larger one.
    """

    def __init__(
        self, page: pymupdf.Page, drawings: Sequence[dict[str, Any]], area: float | None = None
    ) -> None:
        self._page = page
        self._area = area or abs(page.rect)
        self._limits = BBox(*page.rect)
        self._images = page.get_image_info()
        self._trace: list[Span] = page.get_texttrace()
        self._fills = [(box, color, d["seqno"]) for d in drawings for box, color in _fills(d)]
        self._fill_colors = {color for _, color, _ in self._fills}
        self._totals: dict[HiddenReason, tuple[int, BBox]] = {}

    @cached_property
    def is_scan(self) -> bool:
        """Whether a picture covers the page."""
        boxes = (self._page.rect & pymupdf.Rect(info["bbox"]) for info in self._images)
        return any(abs(box) > _SCAN * self._area for box in boxes if not box.is_empty)

    def in_span(self, span: Span) -> _Hidden | None:
        """What of a span of ``rawdict`` does not show: all of it, some of it, or (None) nothing."""
        reason = self._of_span(span)
        return _Hidden(reason) if reason else _Hidden(None) if self.covered else None

    def takes(self, char: Char, hidden: _Hidden) -> bool:
        """Whether a character is hidden; it is counted then."""
        reason = hidden.reason
        if reason is None:
            if origin(char["origin"]) not in self.covered:
                return False
            reason = HiddenReason.COVERED
        self._count(reason, int(not char["c"].isspace()), BBox(*char["bbox"]))
        return True

    def _of_span(self, span: Span) -> HiddenReason | None:
        if span["alpha"] == 0:
            return None if self.is_scan or self._stands_for_ink(span) else HiddenReason.INVISIBLE
        if span["size"] < _TINY and self._height(span) < _TINY:
            return HiddenReason.TINY
        box = BBox(*span["bbox"])
        if self._may_vanish(span["color"], box) and not self._has_ink(box):
            return HiddenReason.NO_CONTRAST
        return None

    @cached_property
    def covered(self) -> frozenset[Origin]:
        """The origins (see ``origin``) of characters that something opaque was painted over."""
        fills = [(box, seqno) for box, _, seqno in self._fills]
        covers = [*fills, *self._opaque_images()]
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
                hidden |= self._under(span, covers[int(index)][0], is_fill=bool(index < len(fills)))
        return frozenset(hidden)

    def _count(self, reason: HiddenReason, characters: int, box: BBox) -> None:
        if characters:
            before, around = self._totals.get(reason, (0, box))
            self._totals[reason] = before + characters, around.union(box)

    def found(self, raw: dict[str, Any]) -> list[HiddenText]:
        """All hidden text, one entry a reason: what was taken, and what ``raw`` (``rawdict``) lacks."""
        painted = sum(len(span["chars"]) for span in self._trace)
        came = sum(not char["synthetic"] for _, char in characters(raw))
        if painted > came:
            self._count_missing({origin(char["origin"]) for _, char in characters(raw)}, painted - came)
        return [
            HiddenText(reason, count, box)
            for reason, (count, box) in self._totals.items()
            if count >= _LEAST_CHARACTERS
        ]

    def _count_missing(self, came: set[Origin], most: int) -> None:
        """Counts the characters that are painted and did not come: off the page, or clipped away.

        More than ``most`` would be characters that came from elsewhere: writing that was put in order.
        """
        missing: list[tuple[int, BBox]] = []
        for span in self._trace:
            if span["type"] != _INVISIBLE_MODE and span["opacity"]:
                lost = [c for c in span["chars"] if chr(c[0]).strip() and origin(c[2]) not in came]
                missing.append((len(lost), BBox(*span["bbox"])))
        if sum(count for count, _ in missing) > most:
            return
        for count, box in missing:
            outside = not box.intersection(self._limits)
            self._count(HiddenReason.OFF_PAGE if outside else HiddenReason.CLIPPED, count, box)

    def _height(self, span: Span) -> float:
        x1, y1, x2, y2 = span["bbox"]
        return float(min(x2 - x1, y2 - y1))

    def _stands_for_ink(self, span: Span) -> bool:
        """Whether a text without colour shows after all: as a clip that is painted, or as a picture's OCR."""
        box = BBox(*span["bbox"])
        pictured = any(BBox(*info["bbox"]).holds(*box.center) for info in self._images)
        return (is_clip(span) or pictured) and self._has_ink(box)

    def _may_vanish(self, color: int, box: BBox) -> bool:
        """Whether text of a colour is as good as white, or stands on something filled with that colour."""
        channels = (color >> 16, color >> 8 & 0xFF, color & 0xFF)
        if min(channels) >= _NEAR_WHITE:
            return True
        return color in self._fill_colors and any(
            fill == color and box.intersection(area) > 0 for area, fill, _ in self._fills
        )

    def _has_ink(self, box: BBox) -> bool:
        """Whether the page's pixels differ from each other in a box."""
        x1, y1 = max(0, math.floor(box.x1)), max(0, math.floor(box.y1))
        part = self._pixels[y1 : math.ceil(box.y2), x1 : math.ceil(box.x2)]
        return part.size > 0 and int(part.max()) - int(part.min()) > _CONTRAST

    @cached_property
    def _pixels(self) -> NDArray[np.uint8]:
        """The page in grey, a pixel a point."""
        pymupdf.TOOLS.set_aa_level(8)  # the layout engine turns it off
        pixmap = self._page.get_pixmap(colorspace=pymupdf.csGRAY, alpha=False)
        pixels = np.frombuffer(pixmap.samples, dtype=np.uint8)
        return pixels.reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]

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
            if cover.holds(*box.center) and not (is_fill and self._has_ink(box))
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


def _fills(drawing: dict[str, Any]) -> Iterator[tuple[BBox, int]]:
    """The rectangles that a drawing fills opaquely, and their colour as a number."""
    if "f" not in drawing["type"] or drawing.get("fill") is None or drawing.get("fill_opacity", 1) < 1:
        return
    red, green, blue = (round(255 * channel) for channel in drawing["fill"])
    items = drawing["items"]
    corners = [item[1] for item in items if item[0] == "re"]  # not in order on a page that was turned
    boxes = [BBox(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)) for x1, y1, x2, y2 in corners]
    if len(items) in {3, 4} and all(item[0] == "l" and _is_straight(*item[1:3]) for item in items):
        boxes = [BBox(*drawing["rect"])]
    for box in boxes:
        if min(box.width, box.height) >= _LEAST_FILL:
            yield box, red << 16 | green << 8 | blue


def _is_straight(start: tuple[float, float], end: tuple[float, float]) -> bool:
    return min(abs(start[0] - end[0]), abs(start[1] - end[1])) < _STRAIGHT


def is_clip(span: Span) -> bool:
    """Whether a span is no text but a clipping path (render mode 7), through which something is painted."""
    return bool(span["char_flags"] & _CLIP)


def layer_text(document: pymupdf.Document, page: pymupdf.Page) -> list[HiddenText]:
    """The text of the page that stands on layers which are switched off."""
    off = [layer for layer in document.layer_ui_configs() if not layer["on"] and layer["type"] == "checkbox"]
    if not off:
        return []
    names = {layer["text"] for layer in off}
    try:
        for layer in off:
            document.set_layer_ui_config(layer["number"], 1)
        spans = [span for span in page.get_texttrace() if span["layer"] in names]
    finally:
        for layer in off:
            document.set_layer_ui_config(layer["number"], 2)
    counts = [sum(bool(chr(char[0]).strip()) for char in span["chars"]) for span in spans]
    if sum(counts) < _LEAST_CHARACTERS:
        return []
    boxes = [BBox(*span["bbox"]) for span in spans]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return [HiddenText(HiddenReason.LAYER_OFF, sum(counts), whole)]
