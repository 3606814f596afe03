"""Files that the test draws, read by the real readers and engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.local import LocalEngines
from pipelines.parse import assemble, read_pages
from pipelines.readers.host import LocalReader
from pipelines.work import RunContext
from schemas.documents import ParsedDocument
from schemas.fragments import FragmentType, HeaderContent, Source, TableContent
from schemas.options import Configuration
from tests.pipelines import pdfs

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def engines() -> LocalEngines:
    return LocalEngines("cpu")


def parse(path: Path, engines: LocalEngines, format_name: str = "PDF") -> ParsedDocument:
    reader = LocalReader()
    info = reader.open(path, format_name)
    records = read_pages(reader, engines, info, range(1, info.page_count + 1), Configuration(), RunContext())
    reader.close()
    return assemble(records, info.page_count, Configuration(), engines, RunContext())


def test_two_columns_are_read_one_after_the_other(tmp_path: Path, engines: LocalEngines) -> None:
    document = parse(pdfs.two_columns(tmp_path / "a.pdf"), engines)
    fragments = document.pages[0].page_fragments
    assert isinstance(fragments[0].content, HeaderContent)
    assert fragments[0].content.content == "A heading over both columns of this page"
    assert fragments[-1].content.content == "7"
    text = document.document_markdown.replace("\n", " ")
    expected = ["LEFT", *pdfs.prose(150).split(), "RIGHT", *pdfs.prose(150, 1000).split()]
    assert [word for word in text.split() if word in set(expected)] == expected


def test_a_ruled_table_has_its_spans(tmp_path: Path, engines: LocalEngines) -> None:
    document = parse(pdfs.ruled_table(tmp_path / "a.pdf"), engines)
    (table,) = [f for f in document.pages[0].page_fragments if f.fragment_type is FragmentType.TABLE]
    assert isinstance(table.content, TableContent)
    assert table.content.html == (
        "<table>\n<thead>\n"
        '<tr><th rowspan="2">Harbor</th><th colspan="2">Ships in port</th></tr>\n'
        "<tr><th>Spring</th><th>Autumn</th></tr>\n</thead>\n<tbody>\n"
        "<tr><td>Amber</td><td>12</td><td>340</td></tr>\n"
        "<tr><td>Basin</td><td>7</td><td>81</td></tr>\n"
        "<tr><td>Cove</td><td>150</td><td>9</td></tr>\n</tbody>\n</table>"
    )


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_scan_is_read_whichever_way_it_lies(tmp_path: Path, engines: LocalEngines, turns: int) -> None:
    document = parse(pdfs.scan(tmp_path / "a.pdf", pdfs.prose(120), turns=turns), engines)
    page = document.pages[0]
    assert {f.source for f in page.page_fragments} == {Source.OCR}
    read, wanted = set(document.document_markdown.split()), pdfs.prose(120).split()
    assert sum(word in read for word in wanted) > 0.9 * len(wanted)
    assert page.page_dimensions is not None
    for fragment in page.page_fragments:
        assert fragment.bbox is not None
        assert 0 <= fragment.bbox.x1 < fragment.bbox.x2 <= page.page_dimensions.width
        assert 0 <= fragment.bbox.y1 < fragment.bbox.y2 <= page.page_dimensions.height


def test_garbled_text_is_read_from_the_pixels(tmp_path: Path, engines: LocalEngines) -> None:
    document = parse(pdfs.garbled(tmp_path / "a.pdf"), engines)
    assert document.document_markdown.strip("# ") == "readable no longer"


def test_a_broken_page_is_reported_beside_the_good_ones(tmp_path: Path, engines: LocalEngines) -> None:
    document = parse(pdfs.broken_page_among_good_ones(tmp_path / "a.pdf"), engines)
    assert "page number 1 has this text" in document.document_markdown
    assert "page number 3 has this text" in document.document_markdown
    assert document.total_pages == document.parsed_pages_count + len(document.page_errors)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_text_on_its_side_is_read_as_if_upright(tmp_path: Path, engines: LocalEngines, rotate: int) -> None:
    upright = parse(pdfs.ruled_table(tmp_path / "upright.pdf"), engines)
    document = parse(pdfs.sideways(tmp_path / "side.pdf", rotate), engines)
    assert document.document_markdown == upright.document_markdown
    size, table = document.pages[0].page_dimensions, document.pages[0].page_fragments[1]
    assert size is not None
    assert table.bbox is not None
    longer = table.bbox.x2 - table.bbox.x1 > table.bbox.y2 - table.bbox.y1
    assert longer is (size.width < size.height)
