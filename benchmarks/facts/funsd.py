"""Noisy scanned forms, word by word: FUNSD (Jaume, Ekenel, Thiran 2019, arXiv 1905.13538)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.words import words


def documents(folder: Path) -> Iterator[Document]:
    """Every form with its record beside it."""
    for label in sorted(folder.glob("*.json")):
        picture = label.with_suffix(".png")
        if picture.exists():
            yield Document(folder.name, "form", picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    entities = json.loads(label.read_text(encoding="utf-8"))["form"]
    return Truth(words=tuple(words("\n".join(w["text"] for entity in entities for w in entity["words"]))))
