"""Signatures on page images, boxes in YOLO's form; and pages of other sets, to see what is taken for one.

The form's lines are ``class centre-x centre-y width height``, in shares of the picture; without lines there
is no signature.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.corpus import Document, Truth
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_PICTURES = {".png", ".jpg"}
_SEEN = Path(__file__).with_name("signatures_seen.csv")
"""Signatures on the pictures of other sets, as people saw them: set, file, and the box in its pixels. A few
may be missing: no detector of ours saw them."""


def documents(folder: Path) -> Iterator[Document]:
    """Every picture with its boxes."""
    for picture in sorted((folder / "images").iterdir()):
        label = folder / "labels" / f"{picture.stem}.txt"
        if label.exists():
            yield Document(folder.name, "page", picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    rows = [line.split() for line in label.read_text(encoding="ascii").splitlines() if line.strip()]
    return Truth(signatures=tuple(_signature(*(float(value) for value in row[1:5])) for row in rows))


def _signature(x: float, y: float, width: float, height: float) -> PageRegion:
    box = BBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return PageRegion("signature", box)


def seen(folder: Path) -> Iterator[Document]:
    """Every picture of another set, with the signatures that are known to be on it."""
    with _SEEN.open(encoding="ascii", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["set"] == folder.name]
    for picture in sorted(path for path in folder.iterdir() if path.suffix in _PICTURES):
        boxes = [
            BBox(*(float(row[side]) for side in ("x1", "y1", "x2", "y2")))
            for row in rows
            if row["file"] == picture.name
        ]
        yield Document(folder.name, "page", picture, partial(_known, picture, tuple(boxes)))


def _known(picture: Path, boxes: tuple[BBox, ...]) -> Truth:
    with Image.open(picture) as opened:
        width, height = opened.size
    shares = [BBox(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height) for box in boxes]
    return Truth(signatures=tuple(PageRegion("signature", box) for box in shares))
