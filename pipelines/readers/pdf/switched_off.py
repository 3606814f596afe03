# mypy: disable-error-code="no-untyped-call,attr-defined"
"""What a PDF holds beside its page and tells viewers not to show: fields and annotations that are hidden."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import pymupdf

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pdf.annotations import annotations_of
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField, HiddenReason, HiddenText

UNSEEN = pymupdf.PDF_ANNOT_IS_HIDDEN | pymupdf.PDF_ANNOT_IS_NO_VIEW | pymupdf.PDF_ANNOT_IS_INVISIBLE
"""Flags of annotations of which nothing shows on a screen."""
_WRITTEN = {FieldKind.TEXT, FieldKind.DROPDOWN}
_MOST = 1000


def switched_off(page: pymupdf.Page, fields: Iterable[FormField]) -> list[HiddenText]:
    """The values of hidden ones among a page's ``fields``, and what its hidden annotations say."""
    tally = HiddenTally()
    for field in fields:
        if field.hidden and field.kind in _WRITTEN:
            tally.add(HiddenReason.SWITCHED_OFF, f"{field.value}\n", field.bbox)
    for annotation in islice(annotations_of(page), _MOST):
        if annotation.flags & UNSEEN:
            tally.add(HiddenReason.SWITCHED_OFF, f"{annotation.info['content']}\n", BBox(*annotation.rect))
    return tally.found()
