"""The routes of docling-serve, asked as its clients ask."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import gc
import io
import json
import tracemalloc
import zipfile
from typing import Any

import pytest
from docling_core.types.doc.document import DoclingDocument
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.docling.incoming import json_of
from api.docling.wire import ConvertRequest
from api.limits import BoundedRequest
from schemas.documents import Chunk, PageFault, ParsedDocument
from schemas.fragments import FragmentType, HeaderContent, PageFragment
from tests.api.service import KEY, PDF, FakeWorker, document
from tests.api.tenancy import ReadAtOnce
from workers.jobs.ledger.tables import Job
from workers.jobs.services import Services

ALL = ["md", "json", "html", "text", "doctags"]


@pytest.fixture
def docling(client: TestClient) -> TestClient:
    """As a client of docling-serve comes: at its paths, with its header for the key."""
    client.base_url = "http://localhost/v1/"
    client.headers = {"X-Api-Key": KEY}
    return client


class Reads(ReadAtOnce):
    """Who waits gets what ``result`` says: a document, or the words of a failure."""

    result: ParsedDocument | str = document(1)

    async def until_ended(self, job: Job, seconds: float, key_id: str | None = None) -> Job:
        worker = FakeWorker(self._services)
        if isinstance(self.result, str):
            worker.fail(self.result)
        else:
            worker.work(self.result)
        return self._services.jobs.get(job.project, job.id)


@pytest.fixture
def reads(app: FastAPI, docling: TestClient, services: Services) -> Reads:
    app.state.streams = Reads(services)
    reads: Reads = app.state.streams
    return reads


def parts(*names: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, PDF + name.encode())) for name in names]


def in_body(name: str = "a.pdf", content: bytes = PDF) -> dict[str, str]:
    return {"kind": "file", "filename": name, "base64_string": base64.b64encode(content).decode()}


def parsing(services: Services, task_id: str) -> dict[str, Any]:
    asked: dict[str, Any] = services.jobs.get("default/default", task_id).request["configuration"]
    return {**asked["parsing_options"], **asked["enrichment_options"]}


def test_a_file_comes_back_as_every_form(docling: TestClient, reads: Reads) -> None:
    reads.result = document(1, "Grüße, **World**")
    answer = docling.post("convert/file", files=parts("note.pdf"), data={"to_formats": ALL})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["errors"]) == ("success", [])
    assert body.keys() == {"document", "status", "errors", "processing_time", "timings"}
    assert body["processing_time"] >= 0
    written = body["document"]
    assert written["filename"] == "note.pdf"
    assert written["md_content"] == "Grüße, **World**"
    assert written["text_content"] == "Grüße, World"
    assert "<p>Grüße, World</p>" in written["html_content"]
    assert "<text>Grüße, World</text>" in written["doctags_content"]
    read = DoclingDocument.model_validate(written["json_content"])
    assert [item.text for item in read.texts] == ["Grüße, World"]
    assert (read.name, read.origin and read.origin.filename) == ("note", "note.pdf")


def test_what_open_webui_sends_is_answered_with_markdown(docling: TestClient, reads: Reads) -> None:
    params = {
        "image_export_mode": "placeholder",
        "do_ocr": "true",
        "ocr_engine": "easyocr",
        "ocr_lang": "en,de",
    }
    answer = docling.post("convert/file", files=parts("/app/data/uploads/7_bill.pdf"), data=params)
    body = answer.json()
    assert body["document"]["md_content"] == "Grüße, «World»"
    assert body["document"]["json_content"] is None
    assert body["document"]["filename"] == "7_bill.pdf"
    assert body["errors"] == []
    assert ["ocr_engine" in one or "ocr_lang" in one for one in body["warnings"]] == [True, True]


def test_documents_in_json_and_at_addresses(docling: TestClient, services: Services) -> None:
    source = {"kind": "http", "url": "https://example.org/papers/one.pdf?v=2", "headers": {"Cookie": "x"}}
    web = docling.post("convert/source/async", json={"sources": [source]}).json()
    inside = docling.post("convert/source/async", json={"sources": [in_body("b.pdf")]}).json()
    asked = services.jobs.get("default/default", web["task_id"])
    assert asked.request["source"]["file_url"] == source["url"]
    assert "headers" in asked.request["conversion"]["warnings"][0]
    kept = services.jobs.get("default/default", inside["task_id"])
    assert kept.file_name == "b.pdf"
    assert services.blobs.get_bytes(kept.source_key or "") == PDF


def test_a_task_from_its_beginning_to_its_result(docling: TestClient, worker: FakeWorker) -> None:
    made = docling.post("convert/file/async", files=parts("a.pdf")).json()
    task = made["task_id"]
    assert (made["task_status"], made["task_type"], made["task_position"]) == ("pending", "convert", 1)
    early = docling.get(f"result/{task}")
    assert early.status_code == 404
    assert "wait for a completion status" in early.json()["detail"]
    claim = worker.claim()
    assert docling.get(f"status/poll/{task}").json()["task_status"] == "started"
    worker.services.shards.split(claim, 1, [1], [])
    assert worker.services.shards.complete_pages(claim)
    worker.assemble(document(1))
    ended = docling.get(f"status/poll/{task}", params={"wait": 5}).json()
    assert ended["task_status"] == "success"
    assert ended["task_meta"] == {"num_docs": 1, "num_processed": 1, "num_succeeded": 1, "num_failed": 0}
    for _ in range(2):  # a result is not gone once somebody has it
        assert docling.get(f"result/{task}").json()["document"]["md_content"] == "Grüße, «World»"


def test_a_document_that_fails_is_a_failure_and_no_error_of_the_service(
    docling: TestClient, reads: Reads
) -> None:
    reads.result = "The document wants a password."
    answer = docling.post("convert/file", files=parts("a.pdf"))
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "failure"
    assert body["errors"][0]["error_message"] == "The document wants a password."
    assert body["document"] == {"filename": "a.pdf"} | {
        f"{form}_content": None for form in ("md", "json", "html", "text", "doctags")
    }


def test_the_status_of_a_failure_says_why(docling: TestClient, worker: FakeWorker) -> None:
    task = docling.post("convert/file/async", files=parts("a.pdf")).json()["task_id"]
    worker.fail("Too many pages.")
    status = docling.get(f"status/poll/{task}").json()
    assert (status["task_status"], status["error_message"]) == ("failure", "Too many pages.")


def test_pages_that_fail_make_a_partial_success(docling: TestClient, reads: Reads) -> None:
    fault = PageFault(page_number=2, stage="ocr", code="timeout", message="It took too long.")
    reads.result = document(2).model_copy(update={"page_errors": [fault]})
    body = docling.post("convert/file", files=parts("a.pdf")).json()
    assert body["status"] == "partial_success"
    assert [(e["page_no"], e["error_message"]) for e in body["errors"]] == [(2, "It took too long.")]


def test_several_documents_are_an_archive(docling: TestClient, worker: FakeWorker) -> None:
    names = ("one.pdf", "two.pdf", "folder/one.pdf")
    made = docling.post("convert/file/async", files=parts(*names), data={"to_formats": ["md", "json"]}).json()
    assert made["task_meta"]["num_docs"] == 3
    worker.work(document(1, "first"))
    assert docling.get(f"status/poll/{made['task_id']}").json()["task_status"] == "started"
    assert docling.get(f"result/{made['task_id']}").status_code == 404
    worker.fail("Damaged.")
    worker.work(document(1, "third"))
    assert docling.get(f"status/poll/{made['task_id']}").json()["task_meta"]["num_failed"] == 1
    answer = docling.get(f"result/{made['task_id']}")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {"one.md", "one.json", "one-2.md", "one-2.json", "errors.json"}
        assert archive.read("one.md") == b"first"
        assert archive.read("one-2.md") == b"third"
        DoclingDocument.model_validate_json(archive.read("one-2.json"))
        told = json.loads(archive.read("errors.json"))
    assert [(one["filename"], one["status"]) for one in told] == [("two.pdf", "failure")]


def test_a_document_named_like_the_list_of_errors_is_another_file(
    docling: TestClient, worker: FakeWorker
) -> None:
    made = docling.post("convert/file/async", files=parts("Errors.pdf", "b.pdf"), data={"to_formats": "json"})
    worker.work(document(1))
    worker.fail("Damaged.")
    with zipfile.ZipFile(io.BytesIO(docling.get(f"result/{made.json()['task_id']}").content)) as archive:
        assert sorted(archive.namelist()) == ["Errors-2.json", "errors.json"]
        assert json.loads(archive.read("errors.json"))[0]["filename"] == "b.pdf"


def test_one_document_is_an_archive_if_it_is_wanted(docling: TestClient, reads: Reads) -> None:
    answer = docling.post("convert/file", files=parts("a.pdf"), data={"target_type": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["a.md"]


def test_a_document_that_is_refused_takes_the_others_with_it(docling: TestClient, services: Services) -> None:
    sources = [in_body(), {"kind": "http", "url": "http://127.0.0.1/secret.pdf"}]
    answer = docling.post("convert/source/async", json={"sources": sources})
    assert answer.status_code == 400
    assert answer.json()["detail"] == answer.json()["message"]
    docling.base_url = "http://localhost/documents/v2/"
    docling.headers = {"Authorization": f"Bearer {KEY}"}
    jobs = docling.get("parse").json()["items"]
    assert [(job["status"], job["error"]) for job in jobs] == [("failure", "cancelled")]


def test_who_waits_too_long_is_told_where_the_result_will_be(
    docling: TestClient, services: Services, app: FastAPI
) -> None:
    settings = services.settings.model_copy(update={"convert_wait_seconds": 0})
    app.state.services = dataclasses.replace(services, settings=settings)
    answer = docling.post("convert/file", files=parts("a.pdf"))
    assert answer.status_code == 504
    task = answer.json()["detail"].partition("task ")[2].split()[0]
    FakeWorker(services).work(document(1))
    assert docling.get(f"result/{task}").json()["status"] == "success"


def test_who_waits_hears_of_the_end(docling: TestClient, worker: FakeWorker, app: FastAPI) -> None:
    """Not by ``Reads``: by the poller that all who wait share."""
    task = docling.post("convert/file/async", files=parts("a.pdf")).json()["task_id"]
    streams, waited = app.state.streams, []
    watch = streams._watch

    def watched(job: Job) -> Any:
        waited.append(job.id)
        try:
            return watch(job)
        finally:
            worker.work(document(1))

    streams._watch = watched
    status = docling.get(f"status/poll/{task}", params={"wait": 60}).json()
    assert waited == [task]
    assert status["task_status"] == "success"
    assert streams.waiting == 0


def test_options_that_have_a_counterpart_are_the_jobs(docling: TestClient, services: Services) -> None:
    options = {
        "page_range": [2, 5],
        "table_mode": "accurate",
        "do_picture_description": True,
        "picture_description_api": {"url": "http://x/", "prompt": "What is it?"},
        "do_picture_classification": True,
        "do_formula_enrichment": True,
        "image_export_mode": "embedded",
    }
    made = docling.post("convert/source/async", json={"sources": [in_body()], "options": options}).json()
    job = services.jobs.get("default/default", made["task_id"])
    assert job.request["source"]["page_range"] == "2-5"
    asked = parsing(services, made["task_id"])
    assert asked["table_parsing_format"] == "vlm"
    assert asked["include_images"] is True
    assert asked["figure_summarization"] is True
    assert asked["figure_summarization_prompt"] == "What is it?"
    assert asked["chart_extraction"] is True
    plain = docling.post("convert/source/async", json={"sources": [in_body()]}).json()
    assert parsing(services, plain["task_id"])["table_parsing_format"] == "tsr"
    assert services.jobs.get("default/default", plain["task_id"]).request["source"]["page_range"] == ""


def test_a_form_says_the_same_as_json(docling: TestClient, services: Services) -> None:
    form = {
        "page_range": ["1", str(2**63 - 1)],
        "to_formats": '["md", "json"]',
        "image_export_mode": "placeholder",
        "do_picture_description": "true",
        "picture_description_local": '{"repo_id": "a/b", "prompt": "Say it."}',
        "include_images": "false",
        "ocr_lang": "",
    }
    made = docling.post("convert/file/async", files=parts("a.pdf"), data=form).json()
    job = services.jobs.get("default/default", made["task_id"])
    assert job.request["source"]["page_range"] == ""
    assert job.request["conversion"]["to_formats"] == ["md", "json"]
    assert parsing(services, made["task_id"])["figure_summarization_prompt"] == "Say it."
    assert parsing(services, made["task_id"])["include_images"] is False
    assert not [one for one in job.request["conversion"]["warnings"] if "ocr_lang" in one]


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ({"do_ocr": False}, "do_ocr"),
        ({"force_ocr": True}, "force_ocr"),
        ({"pipeline": "vlm"}, "vision model"),
        ({"do_code_enrichment": True}, "do_code_enrichment"),
        ({"abort_on_error": True}, "abort_on_error"),
        ({"something_new": 3}, "something_new"),
    ],
)
def test_what_is_not_done_is_told(
    docling: TestClient, reads: Reads, option: dict[str, Any], word: str
) -> None:
    body = docling.post("convert/source", json={"sources": [in_body()], "options": option}).json()
    assert body["status"] == "success"
    assert [word in one for one in body["warnings"]] == [True]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ["body", "sources"]),
        ({"sources": []}, ["body", "sources"]),
        ({"sources": [{"kind": "s3"}]}, ["body", "sources", 0]),
        ({"sources": [in_body()], "options": {"to_formats": ["docx"]}}, ["body", "options", "to_formats", 0]),
        ({"sources": [in_body()], "options": {"table_mode": "slow"}}, ["body", "options", "table_mode"]),
        ({"sources": [in_body()], "options": {"page_range": [3, 1]}}, ["body", "options", "page_range"]),
        ({"sources": [in_body()], "target": {"kind": "put"}}, ["body", "target", "kind"]),
        ([], ["body"]),
    ],
)
def test_a_bad_request_says_where(docling: TestClient, body: Any, place: list[Any]) -> None:
    answer = docling.post("convert/source", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][: len(place)] == place
    assert answer.json()["code"] == "INVALID_CONFIGURATION"


def test_a_bad_form_says_where(docling: TestClient) -> None:
    wrong = docling.post("convert/file", files=parts("a.pdf"), data={"image_export_mode": "big"})
    assert (wrong.status_code, wrong.json()["detail"][0]["loc"]) == (422, ["body", "image_export_mode"])
    chunks = docling.post("chunk/hybrid/file", files=parts("a.pdf"), data={"chunking_max_tokens": "0"})
    assert (chunks.status_code, chunks.json()["detail"][0]["loc"]) == (422, ["body", "chunking_max_tokens"])
    missing = docling.post("convert/file", files={"other": b"x"})
    assert (missing.status_code, missing.json()["detail"][0]["loc"]) == (422, ["body", "files"])


@pytest.mark.parametrize(
    "content", [b"{", b"", b"\xff", b'{"sources": 1e999}', b'{"a":' * 80 + b"1" + b"}" * 80]
)
def test_what_is_no_json_is_refused(docling: TestClient, content: bytes) -> None:
    answer = docling.post("convert/source", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_bytes_that_are_no_base64_are_refused(docling: TestClient) -> None:
    source = {"kind": "file", "filename": "a.pdf", "base64_string": "%%%"}
    assert docling.post("convert/source", json={"sources": [source]}).status_code == 422


def test_documents_in_json_may_be_large_and_options_may_not(docling: TestClient) -> None:
    large = in_body(content=PDF + b"x" * (2 << 20))
    assert docling.post("convert/source/async", json={"sources": [large]}).status_code == 200
    options = {"something": "x" * (2 << 20)}
    answer = docling.post("convert/source/async", json={"sources": [in_body()], "options": options})
    assert answer.status_code == 400
    assert "without its documents" in answer.json()["detail"]


def test_nothing_of_a_refused_form_stays(docling: TestClient, services: Services) -> None:
    docling.post("convert/file", files=[*parts("a.pdf"), ("files", ("empty.pdf", b""))])
    docling.post("convert/file", files=parts("a.pdf"), data={"table_mode": "slow"})
    assert not list((services.settings.folder / "uploads").iterdir())


def chunked_document() -> ParsedDocument:
    """A heading and a text below it, each a chunk of its own."""
    first = document(1, "Grüße").pages[0]
    heading = PageFragment(
        fragment_type=FragmentType.SECTION_HEADER,
        content=HeaderContent(content="**Some**", level=1),
        reading_order=0,
        ref_id="1.0",
    )
    text = first.page_fragments[0].model_copy(update={"ref_id": "1.1", "reading_order": 1})
    chunks = [
        Chunk(content="## **Some**", page_number=1, page_numbers=[1], element_ids=["1.0"]),
        Chunk(content="Grüße", page_number=1, page_numbers=[1], element_ids=["1.1"]),
    ]
    page = first.model_copy(update={"page_fragments": [heading, text]})
    return document(1).model_copy(update={"pages": [page], "chunks": chunks})


def test_chunks_name_their_headings_pages_and_places(docling: TestClient, reads: Reads) -> None:
    reads.result = chunked_document()
    data = {"chunking_include_raw_text": "true"}
    body = docling.post("chunk/hierarchical/file", files=parts("a.pdf"), data=data).json()
    assert body["chunks"] == [
        {
            "filename": "a.pdf",
            "chunk_index": 0,
            "text": "Some\nGrüße",
            "raw_text": "Grüße",
            "num_tokens": None,
            "headings": ["Some"],
            "captions": None,
            "doc_items": ["#/texts/1"],
            "page_numbers": [1],
            "metadata": None,
        }
    ]
    assert body["documents"][0]["content"]["md_content"] is None


def test_chunkers_are_the_strategies_of_this_service(docling: TestClient, services: Services) -> None:
    body = {"sources": [in_body()], "chunking_options": {"max_tokens": 100}}
    hybrid = docling.post("chunk/hybrid/source/async", json=body).json()
    assert hybrid["task_type"] == "chunk"
    asked = parsing(services, hybrid["task_id"])
    assert (asked["chunking_strategy"], asked["chunk_size"]) == ("section", 100)
    assert asked["ignore_sections"] == ["page_header", "page_footer", "page_number"]
    fine = docling.post("chunk/hierarchical/source/async", json={"sources": [in_body()]}).json()
    assert parsing(services, fine["task_id"])["chunking_strategy"] == "fragment"
    assert docling.post("chunk/other/source/async", json=body).status_code == 422


def test_chunks_of_several_documents_are_one_answer(docling: TestClient, worker: FakeWorker) -> None:
    body = {"sources": [in_body("a.pdf"), in_body("b.pdf", PDF + b"2")], "include_converted_doc": True}
    task = docling.post("chunk/hybrid/source/async", json=body).json()["task_id"]
    worker.work(document(1, "one"))
    worker.work(document(1, "two"))
    answer = docling.get(f"result/{task}").json()
    assert [(one["filename"], one["text"]) for one in answer["chunks"]] == [
        ("a.pdf", "one"),
        ("b.pdf", "two"),
    ]
    assert [one["content"]["md_content"] for one in answer["documents"]] == ["one", "two"]


def test_any_job_of_the_project_is_a_task(docling: TestClient, worker: FakeWorker) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    text = {"raw_text": "a", "mime_type": "text/plain"}
    job = docling.post("http://localhost/documents/v2/parse", json=text, headers=headers).json()["parse_id"]
    worker.work(document(1))
    written = docling.get(f"result/{job}").json()["document"]
    assert written["md_content"] == "Grüße, «World»"
    assert DoclingDocument.model_validate(written["json_content"]).texts


def test_a_deleted_document_of_several_is_told(docling: TestClient, services: Services) -> None:
    worker = FakeWorker(services)
    made = docling.post("convert/file/async", files=parts("a.pdf", "b.pdf")).json()
    gone = worker.work(document(1))
    worker.work(document(1))
    services.jobs.delete("default/default", gone)
    assert docling.get(f"status/poll/{made['task_id']}").json()["task_meta"]["num_failed"] == 1
    with zipfile.ZipFile(io.BytesIO(docling.get(f"result/{made['task_id']}").content)) as archive:
        assert "deleted" in archive.read("errors.json").decode()


@pytest.mark.parametrize(
    "headers", [{"X-Api-Key": "wrong"}, {"Authorization": "Bearer wrong", "X-Api-Key": KEY}, {}]
)
def test_a_wrong_key_is_told_as_there(docling: TestClient, headers: dict[str, str]) -> None:
    docling.headers = headers
    answer = docling.get("status/poll/parse_1")
    assert answer.status_code == 401
    assert answer.json()["detail"] == answer.json()["message"]


def test_the_header_of_docling_is_no_key_elsewhere(docling: TestClient) -> None:
    assert docling.get("http://localhost/documents/v2/files").status_code == 401


def test_probes_are_where_docling_has_them(docling: TestClient) -> None:
    docling.headers = {}
    assert docling.get("http://localhost/health").json() == {"status": "ok"}
    assert docling.get("http://localhost/ready").json() == {"status": "ok"}
    assert docling.get("http://localhost/version").json()["name"] == "octavo"


def test_what_waits_for_a_result_holds_no_body() -> None:
    content = json.dumps(
        {"sources": [{"kind": "file", "filename": "a.pdf", "base64_string": "A" * (8 << 20)}]}
    ).encode()
    pieces = [content[at : at + (1 << 16)] for at in range(0, len(content), 1 << 16)]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    request = BoundedRequest({"type": "http", "method": "POST", "headers": []}, receive)
    size = len(content)
    del content
    tracemalloc.start()
    try:
        assert len(asyncio.run(json_of(request, ConvertRequest)).sources) == 1
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < size // 2
