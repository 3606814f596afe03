"""PDFs as a scanner would give them back: one lossless picture a page, nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pymupdf

from benchmarks import corpus

DOTS_PER_INCH = 150


def rasterise(pdf: Path, name: str | None = None) -> Path:
    """The picture-only twin of a PDF, of the same (or another) name and page sizes; made once and kept."""
    target = corpus.CACHE / f"raster-{DOTS_PER_INCH}" / (name or pdf.name)
    if target.exists() and target.stat().st_mtime > pdf.stat().st_mtime:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with pymupdf.open(pdf) as source, pymupdf.open() as pictures:  # type: ignore[no-untyped-call]
        for page in source:
            _add(pictures, page)
        unfinished = target.with_suffix(f".{os.getpid()}")
        pictures.save(unfinished, deflate=True)
    unfinished.replace(target)
    return target


def _add(pictures: Any, page: Any) -> None:
    """Appends the page as displayed, its own rotation applied."""
    width, height = page.rect.width, page.rect.height
    picture = page.get_pixmap(dpi=DOTS_PER_INCH, alpha=False)
    pictures.new_page(width=width, height=height).insert_image((0, 0, width, height), pixmap=picture)
