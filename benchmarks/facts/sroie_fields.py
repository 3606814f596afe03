"""Scanned receipts with what they say of company, date, address and total: ICDAR 2019 SROIE, task 3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.corpus import Document, Truth
from benchmarks.scores.alike import Kind, plain
from benchmarks.scores.extraction import FieldTruth
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_CORNERS = 8
_KINDS = {"company": Kind.TEXT, "date": Kind.DATE, "address": Kind.TEXT, "total": Kind.NUMBER}


def documents(folder: Path) -> Iterator[Document]:
    """Every receipt with its fields beside it."""
    for label in sorted(folder.glob("*.json")):
        picture = label.with_suffix(".jpg")
        if picture.exists():
            yield Document(folder.name, "receipt", picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    said = json.loads(label.read_text(encoding="utf-8"))
    lines = list(_lines(label))
    return Truth(filled=tuple(_field(name, said.get(name) or "", lines) for name in _KINDS))


def _field(name: str, value: str, lines: list[PageRegion]) -> FieldTruth:
    """Places: the lines that hold the value, or are part of it."""
    wanted = plain(value)
    held = [line for line in lines if wanted and wanted in plain(line.text)]
    parts = [line for line in lines if plain(line.text) and plain(line.text) in wanted]
    return FieldTruth(name, _KINDS[name], (value,) if value else (), tuple(held or parts))


def _lines(label: Path) -> Iterator[PageRegion]:
    with Image.open(label.with_suffix(".jpg")) as picture:
        width, height = picture.size
    for line in label.with_suffix(".csv").read_text(encoding="utf-8", errors="replace").splitlines():
        *corners, text = line.split(",", _CORNERS)
        if len(corners) == _CORNERS:
            across = [int(x) / width for x in corners[::2]]
            down = [int(y) / height for y in corners[1::2]]
            yield PageRegion("line", BBox(min(across), min(down), max(across), max(down)), 1, text)
