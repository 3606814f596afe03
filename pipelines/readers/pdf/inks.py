# mypy: disable-error-code="no-untyped-call,attr-defined"
"""Ink annotations: what people wrote or drew into a PDF with a pen."""

from __future__ import annotations

import pymupdf

from pipelines.readers.pdf.annotations import annotations_of
from pipelines.readers.pdf.switched_off import UNSEEN
from schemas.geometry import BBox

_MOST = 1000


def ink_boxes(page: pymupdf.Page) -> list[BBox]:
    """The boxes of a page's ink annotations that show, in the page's units; the first thousand."""
    found: list[BBox] = []
    for annotation in annotations_of(page, pymupdf.PDF_ANNOT_INK):
        box = annotation.rect & page.rect
        if not annotation.flags & UNSEEN and not box.is_empty:
            found.append(BBox(*box))
        if len(found) == _MOST:
            break
    return found
