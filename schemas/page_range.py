"""Page ranges as users write them: ``1``, ``1-3``, ``2,4-6``."""

from __future__ import annotations

import re

from schemas.errors import InvalidPageRange, NoSuchPages, TooManyPages

# Pages past a document's end are dropped, however large their numbers.
_ITEM = re.compile(r"\s*([0-9]{1,999})(?:\s*-\s*([0-9]{1,999}))?\s*")
_MAX_CHARACTERS = 100_000

Span = tuple[int, int]


def parse_page_range(text: str) -> list[Span]:
    """The inclusive 1-based spans that ``text`` names, ascending and merged; ``[]`` (all) for blank text.

    Raises:
        InvalidPageRange: an item that is not ``N`` or ``N-M`` with ``1 <= N <= M``; 100,000 characters.
    """
    if len(text) > _MAX_CHARACTERS:
        raise InvalidPageRange(
            f"page_range is longer than {_MAX_CHARACTERS} characters; write runs of pages as 'N-M'."
        )
    if not text.strip():
        return []
    spans: list[Span] = []
    for item in text.split(","):
        match = _ITEM.fullmatch(item)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if first < 1 or last < first:
            raise InvalidPageRange(
                f"page_range has {item.strip()[:100]!r}: write pages as 'N' or 'N-M' with 1 <= N <= M, "
                "separated by commas, like '1,3-5'"
            )
        spans.append((first, last))
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def select_pages(spans: list[Span], page_count: int) -> list[int]:
    """The page numbers of a document of ``page_count`` pages that ``spans`` select, ascending."""
    if not spans:
        return list(range(1, page_count + 1))
    return [n for first, last in spans for n in range(first, min(last, page_count) + 1)]


def chosen_pages(page_range: str, page_count: int, most: int) -> list[int]:
    """The pages of a document that a page range as written selects, ascending; at most ``most``.

    Raises:
        InvalidPageRange: see ``parse_page_range``.
        NoSuchPages: it selects none of them.
        TooManyPages: it selects more than ``most``.
    """
    numbers = select_pages(parse_page_range(page_range), page_count)
    if not numbers:
        raise NoSuchPages(
            f"page_range {page_range!r} has no page of this document,"
            f" which has {page_count} page{'' if page_count == 1 else 's'}."
        )
    if len(numbers) > most:
        raise TooManyPages(
            f"The document has {len(numbers)} pages to read, at most {most} may be: name fewer with "
            "page_range, or raise OCTAVO_MAX_PAGES."
        )
    return numbers


def in_parts(numbers: list[int], size: int) -> list[list[int]]:
    """``numbers`` cut into runs of at most ``size``, in order."""
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]
