"""A document's Markdown in pieces: as a strategy cuts it, and brought to a size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TypeVar

from pipelines.documents.chunks.sizes import cut
from pipelines.documents.chunks.sizes import joined as joined_sections
from pipelines.documents.markdown import fragment_markdown, joined, ordered
from schemas.documents import Chunk, Page
from schemas.fragments import FragmentType, HeaderContent, PageFragment
from schemas.options import ChunkingStrategy, TableOutputMode

T = TypeVar("T")
_Placed = tuple[int, PageFragment]
_SECTION_STARTS = {FragmentType.SECTION_HEADER, FragmentType.FORM}
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


def chunk(
    pages: Sequence[Page], strategy: ChunkingStrategy, table_mode: TableOutputMode, size: int | None = None
) -> list[Chunk]:
    """The chunks of a document.

    ``none``: exactly one, with ``page_number`` 0. ``page``: one a page, empty pages included.
    ``section``: a new one at each section header or form, unless the fragment before was one, too; what
    comes before the first is a chunk of its own; each knows the headings above it. ``fragment``: one a
    fragment that has Markdown. The last two have the ``page_number`` they start on.

    ``size`` (tokens): longer chunks are cut, whatever the strategy, empty ones left out, and short sections
    that follow one another are put together; see ``sizes``.
    """
    placed = [(page.page_number, fragment) for page in pages for fragment in ordered(page)]
    if size is not None:
        return _sized(placed, strategy, table_mode, size)
    match strategy:
        case ChunkingStrategy.NONE:
            whole = _chunk(placed, table_mode)
            return [
                whole.model_copy(update={"page_number": 0, "page_numbers": [p.page_number for p in pages]})
            ]
        case ChunkingStrategy.PAGE:
            return [_page_chunk(page, table_mode) for page in pages]
        case ChunkingStrategy.SECTION:
            return _with_heading_paths(list(sections(placed, lambda one: one[1])), table_mode)
        case ChunkingStrategy.FRAGMENT:
            return [made for one in placed if (made := _chunk([one], table_mode)).content]


def _sized(
    placed: Sequence[_Placed], strategy: ChunkingStrategy, table_mode: TableOutputMode, size: int
) -> list[Chunk]:
    """Chunks of at most about ``size`` tokens; those without Markdown are left out."""
    markdown = partial(fragment_markdown, table_mode=table_mode)
    match strategy:
        case ChunkingStrategy.NONE:
            pieces = [list(placed)]
        case ChunkingStrategy.PAGE:
            pieces = [list(page) for _, page in groupby(placed, key=lambda one: one[0])]
        case ChunkingStrategy.SECTION:
            pieces = list(sections(placed, lambda one: one[1]))
        case ChunkingStrategy.FRAGMENT:
            pieces = [[one] for one in placed]
    parts = [part for piece in pieces for part in cut(piece, size, markdown)]
    if strategy is ChunkingStrategy.SECTION:
        return _with_heading_paths(list(joined_sections(parts, size, markdown)), table_mode)
    return [made for part in parts if (made := _chunk(part, table_mode)).content]


def _chunk(placed: Sequence[_Placed], table_mode: TableOutputMode) -> Chunk:
    numbers = sorted({number for number, _ in placed})
    return Chunk(
        content=joined((fragment for _, fragment in placed), table_mode),
        page_number=placed[0][0] if placed else 0,
        page_numbers=numbers,
        element_ids=list(dict.fromkeys(fragment.ref_id for _, fragment in placed if fragment.ref_id)),
    )


def _page_chunk(page: Page, table_mode: TableOutputMode) -> Chunk:
    number = page.page_number
    made = _chunk([(number, fragment) for fragment in ordered(page)], table_mode)
    return made.model_copy(update={"page_number": number, "page_numbers": [number]})


def sections(placed: Sequence[T], fragment_of: Callable[[T], PageFragment]) -> Iterator[list[T]]:
    """Fragments, in whatever they come, cut at each heading or form that does not follow upon another."""
    section: list[T] = []
    after_start = False
    for one in placed:
        is_start = fragment_of(one).fragment_type in _SECTION_STARTS
        if is_start and section and not after_start:
            yield section
            section = []
        section.append(one)
        after_start = is_start
    if section:
        yield section


def _with_heading_paths(sections: Sequence[list[_Placed]], table_mode: TableOutputMode) -> list[Chunk]:
    chunks = []
    above: list[HeaderContent] = []
    for section in sections:
        first = section[0][1].content
        if isinstance(first, HeaderContent):
            above = [header for header in above if header.level < first.level]
        path = [_LINK.sub(r"\1", header.content) for header in above]
        chunks.append(_chunk(section, table_mode).model_copy(update={"heading_path": path}))
        headers = (f.content for _, f in section if isinstance(f.content, HeaderContent))
        for header in headers:
            above = [*(h for h in above if h.level < header.level), header]
    return chunks
