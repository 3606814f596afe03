"""Barcodes of every symbology that zxing-cpp reads (https://github.com/zxing-cpp/zxing-cpp, Apache-2.0).

A picture in which it sees nothing is shown to it again: twice as large; with its contrast made even, too
(CLAHE: Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994), as
small and badly lit codes in photographs want it; level, if its bars lean. ZBar has the last look, where it is
installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
import zxingcpp

from models.barcodes import SMALL
from models.barcodes.bars import Corners, Grey, Matrix, lean, turned, whole_bars
from models.barcodes.values import printed_of, symbology_of, value_of
from models.barcodes.zbar import zbar
from models.base import Image
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import Barcode

# A larger or longer picture is made smaller first (OpenCV and zxing-cpp take sides of 16 bits).
_MOST_PIXELS, _LONGEST = 40_000_000, 16_000
_ENLARGED = 2.0
# CLAHE as it is mostly used: how far contrast is raised, and the tiles it is made even over.
_CLIP, _TILES = 2.0, (8, 8)
_NOT_LINEAR = frozenset(
    {
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.MaxiCode,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.QRCode,
    }
)


class ZxingBarcodes:
    """Reads barcodes. Safe to call from any thread."""

    def __init__(self, _runtime: Runtime) -> None:
        self._zbar = zbar()

    def read(self, image: Image) -> list[Barcode]:
        """See ``Engines.read_barcodes``; each symbol once, from the top of the picture down."""
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        for look, back in _looks(grey):
            if codes := [_barcode(code, look, back) for code in _read(look)]:
                return _each_once(codes, image)
        return _each_once(self._zbar(grey), image) if self._zbar and grey.size <= SMALL else []


def _looks(grey: Grey) -> Iterator[tuple[Grey, Matrix]]:
    """The picture, and what else may be read where nothing was, each with the way back to the picture."""
    scale = min(1.0, (_MOST_PIXELS / grey.size) ** 0.5, _LONGEST / max(grey.shape))
    yield _resized(grey, scale), _scaling(1 / scale)
    if grey.size > SMALL or scale < 1:
        return
    larger, back = _resized(grey, _ENLARGED), _scaling(1 / _ENLARGED)
    yield larger, back
    yield np.asarray(cv2.createCLAHE(_CLIP, _TILES).apply(larger), dtype=np.uint8), back
    if angle := lean(grey):
        yield turned(grey, angle)


def _resized(grey: Grey, scale: float) -> Grey:
    if scale == 1.0:
        return grey
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = [max(1, round(side * scale)) for side in grey.shape[::-1]]
    return np.asarray(cv2.resize(grey, size, interpolation=how), dtype=np.uint8)


def _scaling(factor: float) -> Matrix:
    return np.array([[factor, 0, 0], [0, factor, 0]], dtype=np.float64)


def _read(grey: Grey) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(grey, ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Read))


def _barcode(code: zxingcpp.Barcode, look: Grey, back: Matrix) -> Barcode:
    """The code with the box around the whole symbol, however it stands."""
    place = code.position
    ends = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners: Corners = np.array([(end.x, end.y) for end in ends], dtype=np.float64)
    if code.symbology not in _NOT_LINEAR:
        corners = np.concatenate([corners, whole_bars(look, corners)])
    corners = corners @ back[:, :2].T + back[:, 2]
    box = BBox(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
    return Barcode(symbology_of(code), value_of(code), box, printed_of(code))


def _each_once(codes: Sequence[Barcode], image: Image) -> list[Barcode]:
    """The codes by their place on the picture, each once, and with its add-on if that was read."""
    height, width = image.shape[:2]
    kept: list[Barcode] = []
    for code in sorted(codes, key=lambda one: -len(one.value)):
        if not any(_is_part(code, other) for other in kept):
            kept.append(replace(code, bbox=code.bbox.clipped(width, height)))
    return sorted(kept, key=lambda one: (one.bbox.y1, one.bbox.x1))


def _is_part(code: Barcode, other: Barcode) -> bool:
    says = f"{other.value} ".startswith(f"{code.value} ")
    return says and code.symbology == other.symbology and code.bbox.intersection(other.bbox) > 0
