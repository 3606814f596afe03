"""Barcodes of every symbology that zxing-cpp reads (https://github.com/zxing-cpp/zxing-cpp, Apache-2.0).

A picture in which it sees nothing is shown to it again, twice as large, and then with its contrast made even
(CLAHE: Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics Gems IV, 1994): small and
badly lit codes in photographs are read then. ZBar has the last look, where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import zxingcpp

from models.barcodes.bars import Corners, Grey, whole_bars
from models.barcodes.values import symbology_of, value_of
from models.barcodes.zbar import zbar
from models.base import Image
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import Barcode

# A larger picture is made smaller first; one of more than so many pixels gets one look.
_MOST_PIXELS, _SMALL = 40_000_000, 1_600_000
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
        height, width = image.shape[:2]
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        for look, scale in _looks(grey):
            if found := _read(look):
                return _each_once([_placed(code, 1 / scale, width, height) for code in found])
        codes = self._zbar(grey) if self._zbar and grey.size <= _SMALL else []
        return _each_once([_placed(code, 1.0, width, height) for code in codes])


def _looks(grey: Grey) -> Iterator[tuple[Grey, float]]:
    """The picture, and what else may be read where nothing was, each with its scale."""
    scale = min(1.0, (_MOST_PIXELS / grey.size) ** 0.5)
    yield _resized(grey, scale), scale
    if grey.size <= _SMALL:
        larger = _resized(grey, _ENLARGED)
        yield larger, _ENLARGED
        yield np.asarray(cv2.createCLAHE(_CLIP, _TILES).apply(larger), dtype=np.uint8), _ENLARGED


def _resized(grey: Grey, scale: float) -> Grey:
    if scale == 1.0:
        return grey
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how), dtype=np.uint8)


def _read(grey: Grey) -> list[Barcode]:
    codes = zxingcpp.read_barcodes(grey, ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Read)
    return [Barcode(symbology_of(code), value_of(code), _box(grey, code)) for code in codes]


def _box(grey: Grey, code: zxingcpp.Barcode) -> BBox:
    """Around the whole symbol, however it stands."""
    place = code.position
    ends = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners: Corners = np.array([(end.x, end.y) for end in ends], dtype=np.float64)
    if code.symbology not in _NOT_LINEAR:
        corners = np.concatenate([corners, whole_bars(grey, corners)])
    return BBox(*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def _placed(code: Barcode, factor: float, width: int, height: int) -> Barcode:
    return Barcode(code.symbology, code.value, code.bbox.scaled(factor).clipped(width, height))


def _each_once(codes: Sequence[Barcode]) -> list[Barcode]:
    """The codes by their place, without those that say what another one says in the same place."""
    kept: list[Barcode] = []
    for code in sorted(codes, key=lambda one: (one.bbox.y1, one.bbox.x1)):
        if not any(code.value == other.value and code.bbox.intersection(other.bbox) for other in kept):
            kept.append(code)
    return kept
