"""The few colours a chart is painted with, and which pixel has which.

Colours are told where the picture is flat (bars, slices), so that the seams of anti-aliasing and the noise
of JPEG make none; the pixels of thin lines are mixtures of their colour and what lies behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image

Mask = NDArray[np.bool_]

_FLAT = 12
"""The most by which the channels of neighbours differ where a picture is flat."""
_NEAR = 26
"""Colours (largest difference of a channel) that are one: JPEG and gradients vary as much."""
_BACKGROUND = 16
"""Tints this near the background (stripes, shadows, pale grids) are background."""
_MOST = 24
"""Colours that are told apart in one picture."""
_PANEL = 0.25
"""The least share of the picture that a panel behind the marks takes."""
_EDGE = 0.6
"""The share of each side of its bounds that a panel covers, on three sides at least."""
_EMPTY, _BEFORE = 0.15, 0.01
"""How much of a panel's bounds the page's background takes at most, and what is before it at least."""
_BINS, _BIN = 32, 8
"""Levels of a channel in the histogram of colours."""
_SEAM = 30
"""How far from the way between two colours a mixture of them lies at most."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A picture by its colours.

    ``colours`` is ``(n, 3)``; ``index`` ``(height, width)`` names each pixel's: 0 is background, of which
    panels are a part, -1 is none of them. ``behind`` is the colour of the background where marks are.
    """

    image: Image
    colours: NDArray[np.int16]
    index: NDArray[np.int8]
    behind: NDArray[np.int16]

    def hexadecimal(self, colour: int) -> str:
        """``#RRGGBB``."""
        return "#" + "".join(f"{int(channel):02X}" for channel in self.colours[colour])

    def mixed(self, colour: NDArray[np.int16], least: float) -> Mask:
        """Where a pixel is a mixture of the background and a ``least`` share of ``colour``."""
        way = (colour - self.behind).astype(np.float32)
        length = float(way @ way) or 1.0
        off = self.image.astype(np.float32) - self.behind
        share = off @ way / length
        rest = np.abs(off - share[..., None] * way).max(axis=2)
        return np.asarray((share >= least) & (share <= 1.3) & (rest <= _SEAM))

    def like(self, colour: NDArray[np.int16]) -> Mask:
        """Where a pixel is just that colour."""
        return np.asarray(np.abs(self.image.astype(np.int16) - colour).max(axis=2) <= _NEAR // 2)


def paint_of(image: Image) -> Paint:
    """The flat colours of a picture; its most frequent one is the background."""
    pixels = image.astype(np.int16)
    flat = _flat(pixels)
    colours = _peaks(pixels[flat], max(24, flat.size // 20000))
    if not len(colours):
        colours = np.array([[255, 255, 255]], np.int16)
    index = _nearest(pixels, colours)
    behind = colours[0]
    for colour in range(1, len(colours)):
        if _is_panel(index == colour, index):
            index[index == colour] = 0
            behind = colours[colour]
    index[np.abs(pixels - behind).max(axis=2) <= _BACKGROUND] = 0
    return Paint(image, colours, index, behind)


def thin_colours(paint: Paint, looked_at: Mask, most: int) -> list[NDArray[np.int16]]:
    """The colours of lines and small marks where ``looked_at``, the most frequent first, ``most`` of them.

    A colour that is a mixture of the background and one that was found before is its seam.
    """
    pixels = paint.image[looked_at].astype(np.int16)
    pixels = pixels[np.abs(pixels - paint.behind).max(axis=1) > 2 * _NEAR]
    found: list[NDArray[np.int16]] = []
    for colour in _peaks(pixels, 16):
        flat = len(paint.colours) > 1 and np.abs(paint.colours[1:] - colour).max(axis=1).min() <= _NEAR // 2
        if flat or not any(_is_seam(colour, other, paint.behind) for other in found):
            found.append(colour)
        if len(found) == most:
            break
    return found


def _flat(pixels: NDArray[np.int16]) -> Mask:
    high = cv2.dilate(pixels, np.ones((3, 3), np.uint8))
    low = cv2.erode(pixels, np.ones((3, 3), np.uint8))
    return np.asarray((high - low).max(axis=2) <= _FLAT)


def _peaks(pixels: NDArray[np.int16], least: int) -> NDArray[np.int16]:
    """The colours most pixels have, ``(n, 3)``, the most frequent first; each has ``least`` or more."""
    found: list[NDArray[np.int16]] = []
    bins = pixels // _BIN
    counts = np.bincount(
        (bins[:, 0].astype(np.int32) * _BINS + bins[:, 1]) * _BINS + bins[:, 2], minlength=_BINS**3
    )
    occupied = np.flatnonzero(counts)
    centres = np.stack(np.unravel_index(occupied, (_BINS,) * 3), axis=1).astype(np.int16) * _BIN + _BIN // 2
    counts = counts[occupied]
    while len(found) < _MOST and len(counts) and counts.max() > 0:
        near = np.abs(centres - centres[counts.argmax()]).max(axis=1) <= _NEAR - _BIN
        if counts[near].sum() >= least:
            found.append(np.round(np.average(centres[near], axis=0, weights=counts[near])).astype(np.int16))
        elif counts.max() < least:
            break
        counts[near] = 0
    return np.array(found, np.int16).reshape(-1, 3)


def _nearest(pixels: NDArray[np.int16], colours: NDArray[np.int16]) -> NDArray[np.int8]:
    best = np.full(pixels.shape[:2], _NEAR + 1, np.int16)
    index = np.full(pixels.shape[:2], -1, np.int8)
    for i, colour in enumerate(colours):
        off = np.abs(pixels - colour).max(axis=2)
        nearer = off < best
        best[nearer], index[nearer] = off[nearer], i
    return index


def _is_panel(mask: Mask, index: NDArray[np.int8]) -> bool:
    """Whether a colour lies behind others: it reaches the sides of its bounds, and others are within."""
    # What is thin is text of about that colour.
    x, y, width, height = cv2.boundingRect(cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)))
    if width * height < _PANEL * mask.size:
        return False
    part = mask[y : y + height, x : x + width]
    rim = max(2, min(width, height) // 40)
    sides = [
        part[:rim].any(axis=0),
        part[-rim:].any(axis=0),
        part[:, :rim].any(axis=1),
        part[:, -rim:].any(axis=1),
    ]
    empty = (index[y : y + height, x : x + width] == 0).mean()
    others = (index[y : y + height, x : x + width] > 0) & ~part
    behind = empty <= _EMPTY and others.mean() >= _BEFORE
    return bool(behind and sum(side.mean() >= _EDGE for side in sides) >= 3)


def _is_seam(colour: NDArray[np.int16], other: NDArray[np.int16], behind: NDArray[np.int16]) -> bool:
    way = (other - behind).astype(np.float32)
    off = (colour - behind).astype(np.float32)
    share = float(off @ way) / (float(way @ way) or 1.0)
    return bool(0.0 < share < 1.25 and np.abs(off - share * way).max() <= _SEAM)
