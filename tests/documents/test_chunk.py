from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.chunks.chunk import chunk
from schemas.documents import Chunk, Page
from schemas.fragments import (
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
)
from schemas.options import ChunkingStrategy, TableOutputMode


def fragment(number: int, order: int, spec: str) -> PageFragment:
    """``t:words``, ``0:title``, ``1:heading``…, ``form:…``, ``sign:…`` or ``figure:``."""
    kind, _, words = spec.partition(":")
    place = {"reading_order": -1 if kind == "sign" else order, "ref_id": f"{number}.{order}"}
    if kind.isdigit():
        kind_of = FragmentType.TITLE if kind == "0" else FragmentType.SECTION_HEADER
        return PageFragment(
            fragment_type=kind_of, content=HeaderContent(content=words, level=int(kind)), **place
        )
    if kind == "form":
        return PageFragment(fragment_type=FragmentType.FORM, content=TableContent(content=words), **place)
    if kind == "figure":
        return PageFragment(fragment_type=FragmentType.FIGURE, content=FigureContent(content=words), **place)
    kind_of = FragmentType.SIGNATURE if kind == "sign" else FragmentType.TEXT
    return PageFragment(fragment_type=kind_of, content=TextContent(content=words), **place)


def document(*pages: list[str], first: int = 1) -> list[Page]:
    return [
        Page.of(number, None, [fragment(number, order, spec) for order, spec in enumerate(specs)])
        for number, specs in enumerate(pages, first)
    ]


def chunks(strategy: ChunkingStrategy, *pages: list[str]) -> list[Chunk]:
    return chunk(document(*pages), strategy, TableOutputMode.HTML)


def test_none_is_one_chunk_without_a_page() -> None:
    (whole,) = chunks(ChunkingStrategy.NONE, ["0:T", "t:a"], [], ["t:b"])
    assert whole == Chunk(
        content="# T\n\na\n\nb", page_number=0, page_numbers=[1, 2, 3], element_ids=["1.0", "1.1", "3.0"]
    )


def test_none_of_nothing_is_still_one_chunk() -> None:
    assert [c.content for c in chunks(ChunkingStrategy.NONE)] == [""]


def test_page_has_empty_pages_too() -> None:
    found = chunk(document(["t:a"], [], ["t:b"], first=4), ChunkingStrategy.PAGE, TableOutputMode.HTML)
    assert [(c.page_number, c.page_numbers, c.content) for c in found] == [
        (4, [4], "a"),
        (5, [5], ""),
        (6, [6], "b"),
    ]


def test_section_starts_at_headers_and_forms() -> None:
    found = chunks(
        ChunkingStrategy.SECTION, ["0:T", "t:intro", "1:A", "t:a"], ["t:more", "form:f", "t:after"]
    )
    assert [c.content for c in found] == ["# T\n\nintro", "## A\n\na\n\nmore", "f\n\nafter"]
    assert [(c.page_number, c.page_numbers) for c in found] == [(1, [1]), (1, [1, 2]), (2, [2])]
    assert [c.element_ids for c in found] == [["1.0", "1.1"], ["1.2", "1.3", "2.0"], ["2.1", "2.2"]]


def test_headers_in_a_row_stay_together() -> None:
    found = chunks(ChunkingStrategy.SECTION, ["1:A", "2:a", "form:f", "t:x", "1:B"])
    assert [c.content for c in found] == ["## A\n\n### a\n\nf\n\nx", "## B"]


def test_sections_know_the_headings_above_them() -> None:
    found = chunks(
        ChunkingStrategy.SECTION,
        ["t:before", "0:T", "t:x", "1:[A](/a)", "t:x", "2:a", "t:x", "3:b", "t:x", "1:B"],
    )
    assert [c.heading_path for c in found] == [[], ["T"], ["T", "A"], ["T", "A", "a"], ["T"]]


def test_fragment_skips_what_has_no_markdown() -> None:
    found = chunks(ChunkingStrategy.FRAGMENT, ["t:a", "figure:", "1:H"], ["t:b"])
    assert [(c.content, c.page_number, c.element_ids) for c in found] == [
        ("a", 1, ["1.0"]),
        ("## H", 1, ["1.2"]),
        ("b", 2, ["2.0"]),
    ]


def test_signatures_end_their_page() -> None:
    for strategy in ChunkingStrategy:
        joined = " ".join(c.content for c in chunks(strategy, ["sign:S", "t:a", "t:b"], ["t:c"]))
        assert joined.split() == ["a", "b", "S", "c"]


specs = st.sampled_from(["t", "0", "1", "2", "form", "figure", "sign"])


@given(st.lists(st.lists(specs, max_size=6), max_size=4), st.sampled_from(ChunkingStrategy))
def test_every_fragment_is_in_exactly_one_chunk(kinds: list[list[str]], strategy: ChunkingStrategy) -> None:
    pages = document(*[[f"{kind}:w{p}x{n}" for n, kind in enumerate(page)] for p, page in enumerate(kinds)])
    found = chunk(pages, strategy, TableOutputMode.MARKDOWN)
    ids = [ref for c in found for ref in c.element_ids]
    assert sorted(ids) == sorted(f.ref_id or "" for page in pages for f in page.page_fragments)
    assert len(set(ids)) == len(ids)
    numbers = [c.page_number for c in found]
    assert numbers == sorted(numbers)
