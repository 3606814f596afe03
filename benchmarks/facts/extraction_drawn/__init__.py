# mypy: disable-error-code="no-untyped-call"
"""Bank statements, wage statements and certificates of insurance drawn afresh, and scans of them.

The seed decides values, names and looks. The truth's field names are paths: ``insured.name`` is in an object,
``transactions.date`` holds the values of all items of an array in their order, with their places. The
schemas are ``benchmarks/schemas/{statement,w2,certificate}.json``, the views are called so, too.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pymupdf

from benchmarks import corpus
from benchmarks.facts.extraction_drawn import insurance, statement, w2
from benchmarks.facts.extraction_drawn.data import Data
from benchmarks.peers import View
from benchmarks.scores.extraction import FieldTruth

SEED = "papers 1"
"""Another one makes another set."""
_EACH = 5
_DRAWERS: dict[str, Callable[[Data, Path, int], tuple[FieldTruth, ...]]] = {
    "statement": statement.draw,
    "w2": w2.draw,
    "certificate": insurance.draw,
}
_DOTS_PER_INCH = 170
_NOISE, _BLUR = 8.0, 0.6
"""Of a scan: grey levels, and pixels."""


def digital(_folder: Path) -> Iterator[corpus.Document]:
    """The papers as PDFs."""
    yield from _documents("extraction_digital", _draw)


def scanned(_folder: Path) -> Iterator[corpus.Document]:
    """The papers as pictures: a little blurred and noisy."""
    yield from _documents("extraction_scanned", _scan)


def _documents(name: str, make: Callable[[str, int, Path], object]) -> Iterator[corpus.Document]:
    folder = corpus.CACHE / name / SEED.replace(" ", "-")
    for kind in _DRAWERS:
        for number in range(_EACH):
            path = folder / f"{kind}-{number}.pdf"
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                unfinished = path.with_suffix(f".{os.getpid()}")
                make(kind, number, unfinished)
                unfinished.replace(path)
            yield corpus.Document(name, kind, path, partial(_truth, kind, number), view=View(kind))


def _truth(kind: str, number: int) -> corpus.Truth:
    with tempfile.TemporaryDirectory() as folder:
        return corpus.Truth(filled=_draw(kind, number, Path(folder) / "drawn.pdf"))


def _draw(kind: str, number: int, path: Path) -> tuple[FieldTruth, ...]:
    return _DRAWERS[kind](Data(Random(f"{SEED}-{kind}-{number}")), path, number)


def _scan(kind: str, number: int, path: Path) -> None:
    """The paper as a scanner would give it back: a picture a page, of the same size."""
    drawn = path.with_suffix(".drawn")
    _draw(kind, number, drawn)
    noise = np.random.default_rng(number)
    with pymupdf.open(drawn, filetype="pdf") as source, pymupdf.open() as pictures:
        for page in source:
            shown = page.get_pixmap(dpi=_DOTS_PER_INCH, alpha=False, colorspace=pymupdf.csGRAY)
            pixels = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.width)
            soft = cv2.GaussianBlur(pixels, (0, 0), _BLUR).astype(np.float32)
            grainy = np.clip(soft * 0.94 + 8 + noise.normal(0, _NOISE, soft.shape), 0, 255).astype(np.uint8)
            done, jpeg = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, 80])
            if not done:
                raise ValueError(f"{path.name}: no picture of page {page.number + 1}")
            pictures.new_page(width=page.rect.width, height=page.rect.height).insert_image(
                page.rect, stream=jpeg.tobytes()
            )
        pictures.save(path, deflate=True)
    drawn.unlink()
