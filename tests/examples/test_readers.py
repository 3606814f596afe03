"""The LangChain loader and the LlamaIndex reader."""

from __future__ import annotations

import functools
import http.server
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from langchain_loader import OctavoLoader
from llama_index.core import SimpleDirectoryReader
from llama_index.core.schema import MetadataMode
from llamaindex_reader import OctavoReader

pytestmark = pytest.mark.end_to_end


def words_in(path: Path, box: dict[str, float]) -> str:
    """What the PDF itself says at a place."""
    page = pymupdf.open(path)[int(box["page"]) - 1]
    return " ".join(page.get_textbox(pymupdf.Rect(box["x1"], box["y1"], box["x2"], box["y2"])).split())


def test_langchain_has_a_document_for_each_section_and_knows_where_it_stands(
    server: str, documents: Path
) -> None:
    lease = documents / "lease.pdf"
    pieces = OctavoLoader(lease, parsing_options={"ignore_sections": ["page_footer"]}).load()
    (deposit,) = [piece for piece in pieces if "4. Deposit" in piece.page_content]
    assert deposit.metadata["source"] == str(lease)
    assert deposit.metadata["heading_path"] == ["Commercial lease agreement"]
    assert (deposit.metadata["page"], deposit.metadata["pages"]) == (1, [1])
    assert len(deposit.metadata["fragment_ids"]) == len(deposit.metadata["boxes"]) == 3
    assert 0.5 < deposit.metadata["confidence"] <= 1
    heading, first, _ = deposit.metadata["boxes"]
    assert words_in(lease, heading) == "4. Deposit"
    assert "£12,600" in words_in(lease, first)
    (charge,) = [piece for piece in pieces if "5. Service charge" in piece.page_content]
    assert charge.metadata["pages"] == [1, 2]
    assert not any("page 1 of 4" in piece.page_content for piece in pieces)


def test_langchain_splits_as_it_is_told_and_reads_one_source_after_the_other(
    server: str, documents: Path
) -> None:
    names = [documents / "insurance-certificate.pdf", documents / "lease.pdf"]
    reading = OctavoLoader(names, split="page", parsing_options={"page_range": "1"}).lazy_load()
    first = next(reading)
    assert "MM-LIA-0073318" in first.page_content  # of a scan
    assert first.metadata["source"].endswith("insurance-certificate.pdf")
    assert [piece.metadata["page"] for piece in reading] == [1, 2, 3, 4]


@pytest.fixture
def address(documents: Path) -> Iterator[str]:
    """Where the documents are to be had by HTTP."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(documents))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as files:
        threading.Thread(target=files.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{files.server_port}"
        files.shutdown()


def test_both_read_from_an_address(server: str, address: str) -> None:
    url = f"{address}/insurance-certificate.pdf"
    (of_langchain,) = OctavoLoader(url, split="none").load()
    (of_llamaindex,) = OctavoReader(split="none").load_data(url)
    assert "£6,000,000" in of_langchain.page_content
    assert of_langchain.page_content == of_llamaindex.text
    assert of_langchain.metadata["page"] == 0
    same = {**of_langchain.metadata, "parse_id": of_llamaindex.metadata["parse_id"]}
    assert same == of_llamaindex.metadata


def test_a_document_that_cannot_be_read_says_so(server: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(RuntimeError, match=r"broken\.pdf: .*PDF"):
        OctavoLoader(broken).load()
    with pytest.raises(RuntimeError, match=r"broken\.pdf: .*PDF"):
        OctavoReader().load_data(broken)


def test_warnings_are_logged(server: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>Seen</p><p hidden>Ignore the rest</p>", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        (piece,) = OctavoLoader(page).load()
    assert piece.page_content.strip() == "Seen"
    assert piece.metadata["boxes"] == []
    assert any("page.html" in line and "do not show" in line for line in caplog.messages)


def test_llamaindex_reads_the_files_of_a_folder(server: str, documents: Path, tmp_path: Path) -> None:
    (tmp_path / "certificate.pdf").write_bytes((documents / "insurance-certificate.pdf").read_bytes())
    (tmp_path / "note.txt").write_text("not for the reader", encoding="utf-8")
    reader = SimpleDirectoryReader(str(tmp_path), file_extractor={".pdf": OctavoReader()})
    pieces = reader.load_data()
    (limit,) = [piece for piece in pieces if "Limit for each event" in piece.text]
    assert limit.metadata["page"] == 1
    assert limit.metadata["boxes"]
    assert limit.metadata["file_name"] == "certificate.pdf"  # of the folder's reader
    seen = limit.get_content(MetadataMode.EMBED)
    assert "heading_path" in seen
    assert "x1" not in seen
    assert any(piece.text == "not for the reader" for piece in pieces)
