"""The angle of a page's text, by the projection profile.

Where the ink is summed up along the lines of the text, the sums of lines and of the gaps between them differ
most: that angle is looked for, coarsely, then finely. Postl, "Detection of linear oblique structures and skew
scan in digitized documents" (ICPR 1986); the measure, squared differences of neighbouring sums of a sheared
picture, is that of Bloomberg, Kopec and Dasari, "Measuring document image skew and orientation" (SPIE 2422,
1995).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.runtime import Runtime

Gray = NDArray[np.uint8]
"""Pixels, ``(height, width)``."""

# The picture that is looked at has at most so many pixels, and no longer side than this.
_PIXELS, _SIDE = 1_000_000, 2400
# Ink is darker by so much than the mean of the square (pixels) around it.
_AROUND, _DARKER = 25, 12
# Letters, also joined to words, have at least these sides (pixels), and at most this one (share of the longer
# side): what is larger is a picture, a rule or the scanner's border, what is smaller dirt.
_LEAST_LETTER, _LEAST_THICK, _MOST_LETTER = 4, 2, 1 / 20
# Sums must not change because pixels are mixed by shearing them: all are mixed before, so far (pixels).
_MIXED = 1.0
# So many columns are taken together before they are sheared.
_STRIP = 8
# Angles (degrees) that are tried, coarsely and on half of the rows, and then around the best.
_COARSE = np.arange(-25.25, 25.26, 0.5)
_FINE = np.arange(-0.7, 0.71, 0.1)
# Before the fine search the picture is sheared to this angle beside the coarse one (degrees): at the angle of
# that first shear no pixels would be mixed any more, which would favour it.
_BESIDE = 1.5
# An angle is sure when its sums differ so many times as much as at any angle that is so far (degrees) from
# it: photographs, scribbles and a few words have no such peak. Where letters do not tell, all ink may: what
# is written on ruled lines grows together with them, and light letters have dark surroundings.
_SURE, _SURE_OF_EDGES, _APART = 2.0, 4.0, 3.0


class ProjectedSkew:
    """Measures how far the text of a picture leans. Safe to call from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        """Nothing is loaded."""

    def skew(self, image: Image) -> float:
        """So many degrees clockwise (-25 to 25) make the text level, or plumb where it stands on its side.

        Text that rises to the right has a positive angle. 0 where nothing can be told.
        """
        for ink, sure in _looks(image):
            if (angle := _angle(ink, sure)) is not None:
                return angle
        return 0.0


def _angle(ink: Gray, sure: float) -> float | None:
    """The angle of lines along the picture or across it; None where neither are so ``sure``."""
    if not ink.any():
        return None
    both = [(_coarse(one), one) for one in (ink, np.rot90(ink))]
    (coarse, sharpness), sharper = max(both, key=lambda look: look[0][1])
    return _fine(sharper, coarse) if sharpness >= sure else None


def _coarse(ink: Gray) -> tuple[float, float]:
    """The angle at which the sums differ most, and how many times as much as far from it."""
    height, width = ink.shape
    strips = _reduced(ink, width // _STRIP, height // 2)
    energies = np.array([_energy(strips, slope, _STRIP / 2) for slope in np.tan(np.radians(_COARSE))])
    best = int(energies.argmax())
    if best in (0, len(energies) - 1):  # the peak lies beyond
        return 0.0, 0.0
    apart = float(energies[np.abs(_COARSE - _COARSE[best]) > _APART].max())
    return float(_COARSE[best]), float(energies[best]) / max(apart, 1.0)


def _fine(ink: Gray, coarse: float) -> float:
    """The angle near a coarse one, to a few hundredths of a degree."""
    beside = math.tan(math.radians(coarse - _BESIDE))
    sheared = _sheared(ink, beside)
    strips = _reduced(sheared, sheared.shape[1] // _STRIP, len(sheared))
    slopes = np.tan(np.radians(coarse + _FINE))
    energies = np.array([_energy(strips, slope - beside, _STRIP) for slope in slopes])
    return math.degrees(math.atan(_peak(slopes, energies)))


def _looks(image: Image) -> Iterator[tuple[Gray, float]]:
    """What may show the angle on the reduced picture, and how sure it must be: letters, then all ink.

    Ink is 255, paper 0; the sides are multiples of a strip.
    """
    height, width = image.shape[:2]
    factor = min(1.0, _SIDE / max(height, width), math.sqrt(_PIXELS / (height * width)))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    grey = _reduced(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8), *size)
    dark = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _AROUND, _DARKER
    )
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark)
    sides = boxes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    long, short = sides.max(axis=1), sides.min(axis=1)
    seen = (long >= _LEAST_LETTER) & (short >= _LEAST_THICK)
    seen[0] = False  # the background
    for wanted, sure in ((seen & (long <= _MOST_LETTER * max(size)), _SURE), (seen, _SURE_OF_EDGES)):
        yield _mixed(np.where(wanted, 255, 0).astype(np.uint8)[labels]), sure


def _mixed(ink: Gray) -> Gray:
    """The ink on a picture that strips divide, its pixels mixed."""
    down, across = (-side % _STRIP for side in ink.shape)
    wider = cv2.copyMakeBorder(ink, 0, down, 0, across, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.GaussianBlur(wider, (5, 5), _MIXED), dtype=np.uint8)


def _reduced(picture: Gray, width: int, height: int) -> Gray:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _sheared(picture: Gray, slope: float) -> Gray:
    """The picture with each column moved down by ``slope`` pixels more, on as many rows as that needs."""
    height, width = picture.shape
    room = int(abs(slope) * width / 2) + 1
    shear = np.array([[1.0, 0.0, 0.0], [slope, 1.0, room - slope * width / 2]])
    return np.asarray(cv2.warpAffine(picture, shear, (width, height + 2 * room)), dtype=np.uint8)


def _energy(strips: Gray, slope: float, step: float) -> float:
    """How much neighbouring row sums differ once strips, ``step`` pixels wide, are sheared."""
    rows = cv2.reduce(_sheared(strips, slope * step), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F)[:, 0]
    return float((np.diff(rows) ** 2).sum())


def _peak(places: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Where the parabola through the highest value and its neighbours has its top."""
    top = int(values.argmax())
    if not 0 < top < len(values) - 1:
        return float(places[top])
    before, at, after = values[top - 1 : top + 2]
    bend = before - 2 * at + after
    off = 0.5 * (before - after) / bend if bend else 0.0
    return float(places[top] + off * (places[top + 1] - places[top]))
