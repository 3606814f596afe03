"""Pages that lean: scans with a known angle, and pages that were turned by a seeded one.

Angles are degrees clockwise that make the text level: text that rises to the right has a positive one. The
labels of ``skew`` (https://github.com/sbrunner/deskew, whole degrees) have the opposite sign.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import pymupdf
from PIL import Image

from benchmarks import corpus
from benchmarks.corpus import Document, Truth
from benchmarks.facts import funsd, icdar2013, omnidocbench
from benchmarks.facts.rasterise import DOTS_PER_INCH
from benchmarks.scores.words import words

_SEED, _MOST_DEGREES, _PAGES = 5, 12.0, 14
"""Pages are turned by up to so many degrees either way; so many of each set."""


def labelled(folder: Path) -> Iterator[Document]:
    """The scans whose angle is known."""
    for name, angle in sorted(json.loads((folder / "angles.json").read_text(encoding="utf-8")).items()):
        yield Document(folder.name, "scan", folder / name, partial(Truth, angle=-float(angle)))


def turned(folder: Path) -> Iterator[Document]:
    """Pages of three sets, each turned by its angle; the twin is the page as it was.

    ``folder`` is that of any set. Pictures lean a little by themselves, some of them: only the
    pages of PDFs, drawn here, are level.
    """
    for name, read in (
        ("omnidocbench_demo", _pages),
        ("icdar2013_tables", _first_pages),
        ("funsd_forms", _forms),
    ):
        for page in islice(read(folder.with_name(name)), _PAGES):
            angle = random.Random(f"{_SEED} {page.name}").uniform(-_MOST_DEGREES, _MOST_DEGREES)
            yield replace(
                page,
                set_name="skewed_pages",
                path=_turned(page.path, name, angle),
                truth=partial(_turned_truth, page, angle),
                twin=page.path,
            )


def _turned_truth(page: Document, angle: float) -> Truth:
    return replace(page.truth(), angle=angle, twin_is_level=page.kind == "tables")


def _pages(folder: Path) -> Iterator[Document]:
    for page in omnidocbench.documents(folder):
        yield replace(page, kind="page", truth=partial(_words_of_blocks, page))


def _words_of_blocks(page: Document) -> Truth:
    blocks = page.truth().blocks or ()
    return Truth(words=tuple(words("\n".join(block.text for block in blocks if block.scored))))


def _first_pages(folder: Path) -> Iterator[Document]:
    for document in icdar2013.documents(folder):
        picture = corpus.CACHE / f"first-{DOTS_PER_INCH}" / f"{document.path.stem}.png"
        with pymupdf.open(document.path) as opened:  # type: ignore[no-untyped-call]
            text = opened[0].get_text()
            if not picture.exists():
                picture.parent.mkdir(parents=True, exist_ok=True)
                opened[0].get_pixmap(dpi=DOTS_PER_INCH, alpha=False).save(picture)
        yield Document(folder.name, "tables", picture, partial(Truth, words=tuple(words(text))))


def _forms(folder: Path) -> Iterator[Document]:
    yield from funsd.documents(folder)


def _turned(picture: Path, set_name: str, angle: float) -> Path:
    """The picture on a larger white one, turned counterclockwise; drawn once and kept."""
    target = corpus.CACHE / f"turned-{_SEED}" / set_name / f"{picture.stem}.png"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(picture) as opened:
            page = opened.convert("RGB")
        page = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
        page.save(target)
    return target
