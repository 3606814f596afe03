"""Filled schemas as a list of values, each with the words on the page that say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.mcp.answers import Filled, Place, Value
from schemas.documents import Page, ParsedDocument, StructuredData
from schemas.geometry import Box

_CITATION, _CONFIDENCE = "_citation", "_confidence"


def filled_of(document: ParsedDocument) -> list[Filled]:
    """All that was filled in, with all its values."""
    pages = {page.page_number: page for page in document.pages}
    return [
        Filled(
            schema_name=one.schema_name,
            pages=one.page_numbers,
            data=plain(one.data),
            values=list(_values(one, pages)),
        )
        for one in document.structured_data or ()
    ]


def plain(data: Any) -> Any:
    """The data without what stands beside each value."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items() if not _is_beside(key, data)}
    return [plain(item) for item in data] if isinstance(data, list) else data


def _is_beside(key: str, data: dict[str, Any]) -> bool:
    return any(key.endswith(end) and key.removesuffix(end) in data for end in (_CITATION, _CONFIDENCE))


def _values(filled: StructuredData, pages: dict[int, Page]) -> Iterator[Value]:
    yield from _leaves(filled.data, "", pages)


def _leaves(data: dict[str, Any], prefix: str, pages: dict[int, Page]) -> Iterator[Value]:
    for key, value in data.items():
        if _is_beside(key, data):
            continue
        path = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _leaves(value, f"{path}.", pages)
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for number, item in enumerate(value):
                yield from _leaves(item, f"{path}[{number}].", pages)
        elif value is not None and value != []:
            places = [_place(one, pages) for one in _flat(data.get(f"{key}{_CITATION}"))]
            confidence = data.get(f"{key}{_CONFIDENCE}")
            known = float(confidence) if isinstance(confidence, int | float) else None
            yield Value(path=path, value=value, places=places, confidence=known)


def _flat(citation: Any) -> Iterator[dict[str, Any]]:
    """The boxes of a value, or of the values of a list."""
    if isinstance(citation, dict):
        yield citation
    elif isinstance(citation, list):
        for one in citation:
            yield from _flat(one)


def _place(citation: dict[str, Any], pages: dict[int, Page]) -> Place:
    box = Box(**{name: citation[name] for name in ("x1", "y1", "x2", "y2")})
    page = citation["page_number"]
    return Place(page=page, box=box, words=_words(pages.get(page), box))


def _words(page: Page | None, box: Box) -> str:
    """The words of a page that lie in a box, as they were read."""
    if page is None:
        return ""
    around = box.bbox()
    found = [
        word.text
        for fragment in page.page_fragments
        for word in fragment.words or ()
        if word.bbox.bbox().inside(around) > 0.5
    ]
    return " ".join(found)
