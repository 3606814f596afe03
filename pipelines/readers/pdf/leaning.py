# mypy: disable-error-code="no-untyped-call"
"""Text at a fine angle: how far most of a page leans, and the page turned until it is level."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pymupdf

from models import images

# Text leans with the page when it leans so nearly (degrees) as most does; more than this share must.
_NEAR, _MOST = 1.0, 0.5


def leaning(direction: tuple[float, float]) -> float:
    """So many degrees clockwise (-45 to 45) make writing in ``direction`` (x, y down) level, or plumb."""
    x, y = direction
    return (45.0 - math.degrees(math.atan2(y, x))) % 90.0 - 45.0


def most_lean(leanings: Sequence[tuple[float, int]]) -> float:
    """The lean that most characters share, of pairs of a lean and a number of characters; 0 if none do."""
    total = sum(count for _, count in leanings)
    passed = 0
    for lean, count in sorted(leanings):
        passed += count
        if 2 * passed >= total:
            near = sum(count for other, count in leanings if abs(other - lean) <= _NEAR)
            return lean if near > _MOST * total else 0.0
    return 0.0


@contextmanager
def level(page: pymupdf.Page, degrees: float) -> Iterator[pymupdf.Page]:
    """A copy of the page turned about its middle by ``degrees`` clockwise, on a page that holds all of it."""
    with pymupdf.open() as copy, pymupdf.open() as turned:
        copy.insert_pdf(page.parent, from_page=page.number, to_page=page.number)
        copy.bake()  # what annotations show turns with the page
        width, height = images.leaned_size(page.rect.width, page.rect.height, degrees)
        canvas = turned.new_page(width=width, height=height)
        canvas.show_pdf_page(canvas.rect, copy, 0, rotate=-degrees)
        yield canvas
