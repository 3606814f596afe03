"""Results as they are stored, joined and sent."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import (
    Chunk,
    DocumentWarning,
    Page,
    PageFault,
    ParsedDocument,
    StructuredData,
    WarningKind,
)
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.geometry import Box, PageSize
from schemas.jobs import ParseResult
from workers.jobs.blobs import BlobDamaged, open_blobs
from workers.jobs.results import EVENT_LINE_BYTES, event, outputs_of, packed, write_result

TEXTS = st.text(st.characters(exclude_categories=()), max_size=30)


@st.composite
def documents(draw: st.DrawFn) -> ParsedDocument:
    texts = draw(st.lists(TEXTS, max_size=4))
    fragments = [
        PageFragment(
            fragment_type=FragmentType.TEXT, content=TextContent(content=t), reading_order=n, bbox=None
        )
        for n, t in enumerate(texts)
    ]
    return ParsedDocument(
        total_pages=9,
        parsed_pages_count=1,
        pages=[Page.of(1, None, fragments)],
        chunks=[Chunk(content=t, page_number=0) for t in texts],
        structured_data=[StructuredData(data={t: None}, page_numbers=[1], schema_name=t) for t in texts]
        or None,
        warnings=[DocumentWarning(kind=WarningKind.FALLBACK, message=t) for t in texts],
        document_markdown="\n".join(texts),
    )


def speakable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@given(documents())
def test_what_is_written_is_the_document(document: ParsedDocument) -> None:
    written = json.loads(write_result(document))
    assert written.keys() | {"total_pages", "parsed_pages_count"} == ParsedDocument.model_fields.keys()
    assert written.keys() <= ParseResult.model_fields.keys()
    assert written["document_markdown"] == speakable(document.document_markdown)
    assert [c["content"] for c in written["chunks"]] == [speakable(c.content) for c in document.chunks]
    assert [w["kind"] for w in written["warnings"]] == ["fallback"] * len(document.warnings)


def test_what_is_written_is_what_pydantic_would_write() -> None:
    box = Box(x1=1, y1=2.5, x2=3, y2=4)
    fragment = PageFragment(
        fragment_type=FragmentType.TEXT, content=TextContent(content="é"), reading_order=0, bbox=box
    )
    document = ParsedDocument(
        total_pages=2,
        parsed_pages_count=1,
        pages=[Page.of(2, PageSize(width=612, height=792), [fragment])],
        chunks=[Chunk(content="é", page_number=2, page_numbers=[2])],
        warnings=[DocumentWarning(kind=WarningKind.HIDDEN_TEXT, message="m", page_number=2, bbox=box)],
        page_errors=[PageFault(page_number=1, stage="text", code="x", message="m")],
    )
    expected = json.loads(document.model_dump_json(exclude={"total_pages", "parsed_pages_count"}))
    assert json.loads(write_result(document)) == expected


@given(documents())
def test_newlines_stand_between_tokens_only(document: ParsedDocument) -> None:
    written = write_result(document)
    assert b"\r" not in written
    assert json.loads(written.replace(b"\n", b"")) == json.loads(written)
    assert all(line.endswith(b",") for line in written.split(b"\n")[:-1])


@given(
    st.lists(st.integers(1, 200_000), min_size=1, max_size=12),
    st.lists(st.integers(1, 300_000), max_size=6),
)
def test_an_event_is_lines_of_bounded_length(words: list[int], cuts: list[int]) -> None:
    text = json.dumps([n * "x" for n in words], separators=(",\n", ":")).encode()

    def pieces() -> Iterator[bytes]:
        start = 0
        for cut in cuts:
            yield text[start : start + cut]
            start += cut
        yield text[start:]

    sent = b"".join(event("parse_done", pieces()))
    assert sent.startswith(b"event: parse_done\ndata: ")
    assert sent.endswith(b"\n\n")
    lines = sent.split(b"\n")[1:-2]
    assert all(line.startswith(b"data: ") for line in lines)
    assert all(len(line) <= EVENT_LINE_BYTES + len(b"data: ") for line in lines)
    assert json.loads(b"\n".join(line.removeprefix(b"data: ") for line in lines)) == json.loads(text)


def test_a_long_document_is_written_page_by_page() -> None:
    fragment = PageFragment(
        fragment_type=FragmentType.TEXT, content=TextContent(content="text"), reading_order=0
    )
    pages = [Page.of(number, None, [fragment] * 5) for number in range(1, 400)]
    document = ParsedDocument(total_pages=399, parsed_pages_count=399, pages=pages, chunks=[])
    tracemalloc.start()
    try:
        written = write_result(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(json.loads(written)["pages"]) == 399
    assert peak < 3 * len(written)  # all of it as one dict takes ten times as much


def test_stored_outputs_are_packed_and_come_back_in_small_pieces(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri(), keys=["k" * 32], encrypt="required")
    outputs = b'{"document_markdown":"' + b"word " * 2_000_000 + b'"}'
    blobs.put_bytes("result.json", packed(outputs))
    assert (tmp_path / "result.json").stat().st_size < len(outputs) / 50
    pieces = list(outputs_of(blobs, "result.json"))
    assert all(0 < len(piece) <= 1 << 20 for piece in pieces)
    assert b"".join(pieces) == outputs


def test_outputs_that_an_earlier_version_stored_are_told_as_they_are(tmp_path: Path) -> None:
    blobs = open_blobs(tmp_path.as_uri())
    blobs.put_bytes("result.json", b"{}")
    assert b"".join(outputs_of(blobs, "result.json")) == b"{}"


@pytest.mark.parametrize("harm", [lambda data: data[:-9], lambda data: data[:20] + b"????" + data[24:]])
def test_packed_outputs_that_are_cut_off_or_changed_are_damaged(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    blobs = open_blobs(tmp_path.as_uri())
    blobs.put_bytes("result.json", harm(packed(bytes(range(256)) * 40)))
    with pytest.raises(BlobDamaged):
        list(outputs_of(blobs, "result.json"))
