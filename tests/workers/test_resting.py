"""Pages at rest: what was packed is as it was, and a long document's result is that of its unpacked pages."""

from __future__ import annotations

from pipelines.parse import assemble
from pipelines.work import PageRecord, RunContext
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source, TextContent
from schemas.geometry import Box, PageSize
from schemas.options import Configuration, ParsingOptions
from tests.fakes.engines import FakeEngines, line
from workers import codec
from workers.resting import RestingPage, at_rest, taken_up

WORDS = "the pump was replaced before the end of March without further notice"


def page(number: int) -> PageRecord:
    lines = [line(f"Section {number}", 72, 80, size=16.0)]
    lines += [line(f"{row} {WORDS}", 72, 120 + 14 * row) for row in range(30)]
    heading = HeaderContent(content=f"Section {number}", level=1)
    fragments = [
        PageFragment(
            fragment_type=FragmentType.SECTION_HEADER,
            content=heading,
            bbox=Box.of(lines[0].bbox),
            source=Source.DIGITAL,
        ),
        PageFragment(
            fragment_type=FragmentType.TEXT,
            content=TextContent(content="\n".join(one.text for one in lines[1:])),
            bbox=Box.of(lines[1].bbox.union(lines[-1].bbox)),
            source=Source.DIGITAL,
        ),
    ]
    return PageRecord(number, PageSize(width=612, height=792), fragments, lines, [])


def kept(records: list[PageRecord], *, packed: bool) -> list[PageRecord]:
    stored = codec.encode(at_rest(records))
    return taken_up(codec.decode(stored, list[RestingPage]), packed=packed)


def test_what_was_packed_is_as_it_was() -> None:
    records = [page(number) for number in range(1, 40)]  # more than are at hand
    assert kept(records, packed=False) == records
    found = kept(records, packed=True)
    assert found == records
    assert [one.lines[0] for one in found] == [one.lines[0] for one in records]
    assert found[3].lines[1:3] == records[3].lines[1:3]
    assert records[0].lines, "what is kept is a copy"


def test_words_are_a_tenth_of_their_size_at_rest() -> None:
    records = [page(1)]
    assert len(codec.encode(at_rest(records))) < 0.2 * len(codec.encode(records))


def test_a_document_of_packed_pages_is_put_together_alike() -> None:
    records = [page(number) for number in range(1, 6)]
    options = ParsingOptions(cross_page_header_detection=True, table_merging=True)
    made = [
        assemble(
            kept(records, packed=packed),
            5,
            Configuration(parsing_options=options),
            FakeEngines(),
            RunContext(),
        )
        for packed in (False, True)
    ]
    assert made[0] == made[1]
    assert "Section 5" in made[0].document_markdown
