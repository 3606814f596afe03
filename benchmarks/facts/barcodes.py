"""The blackbox tests of ZXing and zxing-cpp: a picture each, its folder named after the symbology.

A text file beside a picture holds what its symbol says; of some pictures only bytes are known, or nothing. In
the folders of false positives, and of symbols cut off or of other kinds, there is nothing to be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.barcodes import BarcodeTruth

_PICTURES = {".png", ".jpg", ".webp"}
_WITHOUT = ("falsepositives", "partial", "unsupported")
_UNKNOWN = "<unkown>"
"""How the set spells that it does not say what a symbol holds."""


def documents(folder: Path) -> Iterator[Document]:
    """Every picture; its kind is the symbology."""
    for picture in sorted(path for path in folder.rglob("*") if path.suffix in _PICTURES):
        kind = picture.parent.name.rstrip("0123456789").rstrip("-")
        yield Document(folder.name, kind, picture, partial(_truth, picture, kind))


def _truth(picture: Path, kind: str) -> Truth:
    label = picture.with_suffix(".txt")
    text = label.read_text(encoding="utf-8") if label.exists() else ""
    known = text if text and _UNKNOWN not in text else None
    return Truth(barcodes=BarcodeTruth(kind, present=not kind.startswith(_WITHOUT), text=known))
