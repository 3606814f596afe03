"""Filled schemas as the scores want them: values with the words that stand in their cited boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.scores.extraction import Citation, CitedWord, Filled, Found
from schemas.documents import Page, ParsedDocument
from schemas.geometry import BBox

_CITATION = "_citation"


def filled_of(document: ParsedDocument) -> list[Filled]:
    """The fields of all schemas that were filled, by their paths; the document has its words.

    A field of the objects of an array (``items.price``) holds the values of all items.
    """
    pages = {page.page_number: page for page in document.pages}
    fields: dict[str, list[Found]] = {}
    for one in document.structured_data or []:
        for path, found in _leaves(one.data, "", pages):
            fields.setdefault(path, []).extend(found)
    return [Filled(path, tuple(found)) for path, found in fields.items()]


def _leaves(
    data: Mapping[str, Any], above: str, pages: Mapping[int, Page]
) -> Iterator[tuple[str, list[Found]]]:
    citable = any(page.page_dimensions for page in pages.values())
    for name, value in data.items():
        if name.endswith(_CITATION) and name.removesuffix(_CITATION) in data:
            continue
        items = value if isinstance(value, list) else [value]
        cited = tuple(_citation(one, pages) for one in data.get(f"{name}{_CITATION}") or ())
        yield (
            above + name,
            [
                Found(item, cited, isinstance(value, list), citable)
                for item in items
                if item is not None and not isinstance(item, dict)
            ],
        )
        for item in items:
            if isinstance(item, dict):
                yield from _leaves(item, f"{above}{name}.", pages)


def _citation(cited: Mapping[str, Any], pages: Mapping[int, Page]) -> Citation:
    page = pages[cited["page_number"]]
    box = BBox(*(float(cited[side]) for side in ("x1", "y1", "x2", "y2")))
    size = page.page_dimensions
    width, height = (size.width, size.height) if size else (1.0, 1.0)
    words = tuple(
        CitedWord(text, _shares(place, width, height))
        for text, place in _words(page)
        if box.holds(*place.center)
    )
    return Citation(page.page_number, _shares(box, width, height), words)


def _words(page: Page) -> Iterator[tuple[str, BBox]]:
    for fragment in page.page_fragments:
        for word in fragment.words or ():
            yield word.text, word.bbox.bbox()


def _shares(box: BBox, width: float, height: float) -> BBox:
    return BBox(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)
