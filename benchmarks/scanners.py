"""Bare barcode readers with their defaults, each on the picture as it is: what others would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image

from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

Scan = Callable[[Path], list[PageRegion]]
Points = Iterable[tuple[float, float]]


def zxing_cpp() -> Scan:
    """The library beneath Octavo's own reader."""
    import zxingcpp

    def scan(path: Path) -> list[PageRegion]:
        picture = _on_white(path)
        found = []
        for code in zxingcpp.read_barcodes(picture):
            at = code.position
            ends = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
            points = [(float(end.x), float(end.y)) for end in ends]
            found.append(_barcode(f"{code.format}: {code.text}", points, picture))
        return found

    return scan


def pyzbar() -> Scan:
    """ZBar by its Python binding."""
    from pyzbar.pyzbar import decode

    def scan(path: Path) -> list[PageRegion]:
        picture = _on_white(path)
        return [
            _barcode(f"{code.type}: {code.data.decode('utf-8', 'replace')}", code.polygon, picture)
            for code in decode(picture)
        ]

    return scan


def _on_white(path: Path) -> Image.Image:
    """The picture without transparency."""
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def _barcode(text: str, points: Points, picture: Image.Image) -> PageRegion:
    across, down = zip(*points, strict=True)
    width, height = picture.size
    box = BBox(min(across) / width, min(down) / height, max(across) / width, max(down) / height)
    return PageRegion("barcode", box, text=text)
