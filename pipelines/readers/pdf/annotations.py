# mypy: disable-error-code="no-untyped-call"
"""The annotations of a PDF page, looked at once each."""

from __future__ import annotations

from collections.abc import Iterator

import pymupdf

_MOST = 20_000


def annotations_of(page: pymupdf.Page, kind: int | None = None) -> Iterator[pymupdf.Annot]:
    """The first thousands of a page's annotations, of one kind if ``kind`` says so; no links or fields.

    ``Page.annots`` looks for each of them from the first on: that is quadratic.
    """
    annotation = page.first_annot
    for _ in range(_MOST):
        if annotation is None:
            return
        if kind is None or annotation.type[0] == kind:
            yield annotation
        annotation = annotation.next
