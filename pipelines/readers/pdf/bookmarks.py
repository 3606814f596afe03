# mypy: disable-error-code="no-untyped-call"
"""The bookmarks of a PDF (ISO 32000-2, 12.3.3), with the pages that they lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pymupdf

from pipelines.readers.pdf.objects import PdfObject, displayed
from schemas.reading import Bookmark

_mupdf = pymupdf.mupdf
# Outlines have some thousand entries, a few levels deep; a hostile file may run in circles.
_MOST_ENTRIES, _DEEPEST = 20_000, 32
_LONGEST_TITLE = 500
# The forms of a destination that say how far down the page they lead: at which place in their array.
_TOP_AT = {"XYZ": 3, "FitH": 2, "FitBH": 2, "FitR": 5}


def bookmarks(document: pymupdf.Document) -> dict[int, list[Bookmark]]:
    """The entries of the outline by the number (1-based) of the page they lead to, in the outline's order.

    Entries that lead to no page of the file are left out. Heights are those of pages that are displayed as
    the file has them: this must be called before a page's rotation is worked into its content.
    """
    targets = _Targets(document)
    found: defaultdict[int, list[Bookmark]] = defaultdict(list)
    for entry, level in _entries(PdfObject.catalog(document).get("Outlines")):
        title = " ".join(entry.get("Title").text[:_LONGEST_TITLE].split())
        if not title:
            continue
        try:
            target = targets.of(entry)
        except Exception:  # noqa: S112 - MuPDF raises many kinds; one broken entry costs only itself
            continue
        if target is not None:
            number, y = target
            found[number].append(Bookmark(title, level, y))
    return dict(found)


def _entries(root: PdfObject) -> Iterator[tuple[PdfObject, int]]:
    """The entries below the root, each before those in it, with its level; each object only once."""
    seen: set[int] = set()
    waiting = [(root.get("First"), 0)]
    while waiting and len(seen) < _MOST_ENTRIES:
        entry, level = waiting.pop()
        if not entry.is_dict or entry.number_in_file in seen:
            continue
        seen.add(entry.number_in_file)
        yield entry, level
        waiting.append((entry.get("Next"), level))
        if level < _DEEPEST:
            waiting.append((entry.get("First"), level + 1))


class _Targets:
    """Where entries lead, each page being looked up once."""

    def __init__(self, document: pymupdf.Document) -> None:
        self._document = document
        self._pdf = _mupdf.pdf_document_from_fz_document(document.this)
        self._pages: dict[int, int | None] = {}
        self._places: dict[int, pymupdf.Matrix] = {}

    def of(self, entry: PdfObject) -> tuple[int, float | None] | None:
        """The page's number (1-based), and the height on it as displayed where that is told."""
        place = self._destination(entry)
        parts = list(place.items())[:6]
        number = self._page(parts[0]) if parts else None
        if number is None:
            return None
        at = _TOP_AT.get(parts[1].name) if len(parts) > 1 else None
        if at is None or at >= len(parts) or not parts[at].is_number:
            return number, None
        left = parts[2].real if parts[1].name in {"XYZ", "FitR"} else 0.0
        matrix = self._transform(number)
        y = pymupdf.Point(left, parts[at].real) * matrix
        return number, float(y.y)

    def _destination(self, entry: PdfObject) -> PdfObject:
        """The array that tells the place; a name stands for one that the file keeps elsewhere."""
        place = entry.get("Dest")
        if place.is_null and entry.get("A", "S").name == "GoTo":
            place = entry.get("A", "D")
        if not place.is_array and not place.is_dict and not place.is_null:
            place = PdfObject(_mupdf.pdf_lookup_dest(self._pdf, place.raw))
        return place.get("D") if place.is_dict else place

    def _page(self, page: PdfObject) -> int | None:
        """The page's number; some writers tell its index instead of the page itself."""
        if page.is_number:
            return page.number + 1 if 0 <= page.number < self._document.page_count else None
        key = page.number_in_file
        if not page.is_dict or not key:
            return None
        if key not in self._pages:
            index = _mupdf.pdf_lookup_page_number(self._pdf, page.raw)
            self._pages[key] = index + 1 if index >= 0 else None
        return self._pages[key]

    def _transform(self, number: int) -> pymupdf.Matrix:
        if number not in self._places:
            self._places[number] = displayed(self._document[number - 1])
        return self._places[number]
