# mypy: disable-error-code="no-untyped-call"
"""Pictures of forms, filled in: each a page of a PDF, with what is written over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pymupdf

from models import images
from models.base import Image
from models.layout.pymupdf import PYMUPDF
from pipelines.readers.pdf.filling.drawn import draw
from schemas.forms import Blank, FilledForm, Filling

# Resolutions (pixels an inch) that paper is scanned at; a picture that states none of them is as long as this
# (points: A4).
_COARSE, _FINE, _LONG = 60.0, 1200.0, 842.0


def filled(
    frames: Iterable[Image], resolution: float, blanks: Sequence[Blank], fillings: Sequence[Filling]
) -> FilledForm:
    """A PDF of pictures, filled in; boxes are in their pixels, of which ``resolution`` go to an inch."""
    sizes: dict[int, tuple[float, float]] = {}
    with PYMUPDF, pymupdf.open() as document:
        for number, frame in enumerate(frames, start=1):
            height, width = frame.shape[:2]
            sizes[number] = (width, height)
            known = _COARSE <= resolution <= _FINE
            point = 72.0 / resolution if known else _LONG / max(width, height)
            page = document.new_page(width=width * point, height=height * point)
            page.insert_image(page.rect, stream=images.jpeg(frame))
        placed = draw(document, blanks, fillings, sizes)
        return FilledForm(pdf=document.tobytes(garbage=3, deflate=True), placed=placed)
