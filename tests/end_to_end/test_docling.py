"""Documents converted as by docling-serve: real engines, and docling-core reads what comes out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from docling_core.types.doc.document import DoclingDocument

from benchmarks.service import Service, pdf, scanned

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def docling(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{service.url}/v1/", timeout=300) as client:
        yield client


def test_a_file_is_converted_while_its_sender_waits(docling: httpx.Client) -> None:
    content = pdf(["The ferry leaves at dawn.", "The last page."])
    form = {"to_formats": ["md", "json", "doctags"], "md_page_break_placeholder": "<!-- page -->"}
    answer = docling.post("convert/file", files={"files": ("ferry.pdf", content)}, data=form).json()
    assert (answer["status"], answer["errors"]) == ("success", [])
    written = answer["document"]
    assert written["md_content"] == "The ferry leaves at dawn.\n\n<!-- page -->\n\nThe last page."
    read = DoclingDocument.model_validate(written["json_content"])
    assert read.export_to_markdown() == "The ferry leaves at dawn.\n\nThe last page."
    assert [item.prov[0].page_no for item in read.texts] == [1, 2]
    box = read.texts[0].prov[0].bbox.to_top_left_origin(read.pages[1].size.height)
    assert 60 < box.l < box.r < 560
    assert 60 < box.t < box.b < 120
    assert written["doctags_content"].count("<page_break>") == 1


def test_a_task_is_waited_for_and_its_files_come_as_an_archive(docling: httpx.Client) -> None:
    files = [
        ("files", ("bill.pdf", scanned(["Invoice 20417 is due."]))),
        ("files", ("none.pdf", b"%PDF-1.7\n")),
    ]
    task = docling.post("convert/file/async", files=files).json()["task_id"]
    status = docling.get(f"status/poll/{task}", params={"wait": 200}).json()
    assert status["task_status"] == "success"
    assert (status["task_meta"]["num_succeeded"], status["task_meta"]["num_failed"]) == (1, 1)
    with zipfile.ZipFile(io.BytesIO(docling.get(f"result/{task}").content)) as archive:
        assert b"20417" in archive.read("bill.md")
        assert b"none.pdf" in archive.read("errors.json")


def test_chunks_of_a_document(docling: httpx.Client) -> None:
    files = {"files": ("notes.md", b"# Ferries\n\nThey leave at dawn.\n\n## Fares\n\nForty crowns.\n")}
    answer = docling.post("chunk/hierarchical/file", files=files).json()
    found = {chunk["text"].splitlines()[-1]: chunk["headings"] for chunk in answer["chunks"]}
    assert found["Forty crowns."] == ["Ferries", "Fares"]
