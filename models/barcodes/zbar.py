"""ZBar, which reads some blurred EAN codes that others do not, by pyzbar: both are optional."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from models.barcodes.bars import Grey
from models.barcodes.values import shown
from schemas.geometry import BBox
from schemas.reading import Barcode

ZBar = Callable[[Grey], list[Barcode]]
# No chance pattern is taken for one of these: they have check digits or error correction.
_KINDS = ("EAN13", "EAN8", "CODE128", "QRCODE")


def zbar() -> ZBar | None:
    """A reader of the barcodes of a picture; None where pyzbar or the system's libzbar is not installed."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None
    kinds = [pyzbar.ZBarSymbol[name] for name in _KINDS]

    def read(grey: Grey) -> list[Barcode]:
        # pyzbar fails on symbols whose orientation libzbar does not know.
        with contextlib.suppress(ValueError):
            return [_barcode(symbol) for symbol in pyzbar.decode(grey, symbols=kinds)]
        return []

    return read


def _barcode(symbol: Any) -> Barcode:
    box = symbol.rect
    place = BBox(box.left, box.top, box.left + box.width, box.top + box.height)
    return Barcode(symbol.type, shown(symbol.data.decode("utf-8", errors="replace")), place)
