"""Scanned receipts with their text lines: ICDAR 2019 SROIE (Huang et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.words import words

_CORNERS = 8
"""Numbers before the text of a line: the corners of its box."""


def documents(folder: Path) -> Iterator[Document]:
    """Every receipt with its lines beside it."""
    for label in sorted(folder.glob("*.csv")):
        picture = label.with_suffix(".jpg")
        if picture.exists():
            yield Document(folder.name, "receipt", picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    lines = label.read_text(encoding="utf-8", errors="replace").splitlines()
    texts = [parts[_CORNERS] for line in lines if len(parts := line.split(",", _CORNERS)) > _CORNERS]
    return Truth(words=tuple(words("\n".join(texts))))
