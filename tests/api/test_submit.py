"""What a submit is judged by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from schemas.errors import InvalidConfiguration
from schemas.options import Configuration
from tests.api.service import PDF, CountingDoorbell, make_services
from workers.jobs.judging import judge_configuration
from workers.jobs.services import Services

URL = {"file_url": "https://example.org/a.pdf"}
TEXT = {"raw_text": "# Hello", "mime_type": "text/markdown"}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def upload(client: TestClient, name: str = "a.pdf", content: bytes = PDF) -> str:
    file_id: str = client.put("files", files={"file": (name, content)}).json()["file_id"]
    return file_id


def refused(client: TestClient, path: str, body: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(path, json=body)
    found = answer.json()
    assert isinstance(found.get("message"), str), found
    return answer.status_code, found["code"]


@pytest.mark.parametrize("path", ["parse", "read"])
def test_a_submit_is_recorded_and_rung_for(client: TestClient, services: Services, path: str) -> None:
    body = {
        "file_id": upload(client, "Report.pdf"),
        "page_range": "3, 1-2",
        "labels": {"k": [1, None]},
        "parsing_options": {"merge_tables": True, "table_parsing_strategy": "vlm", "unknown": 1},
        "enrichment_options": None,
        "mime_type": "application/pdf",
    }
    answer = client.post(path, json=body, headers={"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"parse_id", "created_at"}
    assert answer.headers["x-trace-id"] == "ab" * 16
    job = client.get(f"parse/{answer.json()['parse_id']}").json()
    assert (job["status"], job["parsed_pages_count"], job["pages"], job["chunks"]) == ("pending", 0, None, [])
    assert job["labels"] == {"k": [1, None]}
    options = job["options"]
    assert (options["file_name"], options["job_type"], options["page_range"], options["trace_id"]) == (
        "Report.pdf",
        path,
        "3, 1-2",
        "ab" * 16,
    )
    parsing = options["configuration"]["parsing_options"]
    assert (parsing["table_merging"], parsing["table_parsing_format"]) == (True, "vlm")
    assert isinstance(services.doorbell, CountingDoorbell)
    assert services.doorbell.rings == ["cpu"]
    claim = services.shards.claim_next("cpu", "w", 60)
    assert claim is not None
    assert services.blobs.get_bytes(claim.source_key or "") == PDF


def test_raw_text_is_kept_as_a_blob(client: TestClient, services: Services) -> None:
    parse_id = client.post("parse", json={**TEXT, "raw_text": "Grüße"}).json()["parse_id"]
    assert client.get(f"parse/{parse_id}").json()["options"]["raw_text"] is None
    shown = client.get(f"parse/{parse_id}", params={"with_options": "true"}).json()
    assert shown["options"]["raw_text"] == "Grüße"
    claim = services.shards.claim_next("cpu", "w", 60)
    assert claim is not None
    assert claim.request.source.mime_type == "text/markdown"
    assert claim.request.source.raw_text is None
    assert services.blobs.get_bytes(claim.source_key or "").decode() == "Grüße"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "INVALID_CONFIGURATION"),
        ({"file_id": "", "file_url": None}, 400, "INVALID_CONFIGURATION"),
        ({**URL, **TEXT}, 400, "INVALID_CONFIGURATION"),
        ({"file_id": "file_x", **URL}, 400, "INVALID_CONFIGURATION"),
        ({"file_id": "file_unknown"}, 404, "ENTITY_NOT_FOUND"),
        ({"file_id": "tensorlake-unknown"}, 404, "ENTITY_NOT_FOUND"),
        ({"file_id": "unknown"}, 400, "INVALID_FILE"),
        ({"file_id": "file_\u0000"}, 400, "INVALID_FILE"),
        ({"file_url": "ftp://example.org/a"}, 400, "INVALID_FILE"),
        ({"file_url": "file:///etc/passwd"}, 400, "INVALID_FILE"),
        ({"file_url": "http://127.0.0.1/a"}, 400, "INVALID_FILE"),
        ({"file_url": "http://[::1]/a"}, 400, "INVALID_FILE"),
        ({"file_url": "http://u:p@example.org/a"}, 400, "INVALID_FILE"),
        ({"raw_text": "x"}, 400, "INVALID_MIME_TYPE"),
        ({"raw_text": "x", "mime_type": "application/pdf"}, 400, "INVALID_MIME_TYPE"),
        ({**URL, "mime_type": "application/x-made-up"}, 422, "INVALID_MIME_TYPE"),
        ({**URL, "mime_type": "application/vnd.apple.numbers"}, 400, "INVALID_MIME_TYPE"),
        ({**URL, "mime_type": 7}, 422, "INVALID_MIME_TYPE"),
        *(
            ({**URL, "page_range": bad}, 400, "INVALID_PAGE_RANGE")
            for bad in ("0", "3-1", "1-", "-2", "1,,2", "a", "1.5", [0], "1;2")
        ),
        ({**URL, "page_range": {"a": 1}}, 422, "INVALID_PAGE_RANGE"),
        ({**URL, "page_range": ["1"]}, 422, "INVALID_PAGE_RANGE"),
        ({**URL, "labels": ["a"]}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "parsing_options": {"ocr_model": "model99"}}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "parsing_options": {"skew_detection": "true"}}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "parsing_options": {"merge_tables": "yes"}}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "page_classifications": [0] * 300_000}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "page_range": "1," * 100_000 + "1"}, 400, "INVALID_PAGE_RANGE"),
        ({**URL, "mime_type": "no type"}, 422, "INVALID_MIME_TYPE"),
        ({**URL, "parsing_options": []}, 422, "INVALID_CONFIGURATION"),
        ({**URL, "parsing_options": {"ocr_model": "gemini3"}}, 400, "INVALID_CONFIGURATION"),
        ({**URL, "page_classifications": [{"description": "d"}]}, 400, "INVALID_PAGE_CLASSIFICATION"),
        ({**URL, "page_classifications": [{"name": " "}]}, 400, "INVALID_PAGE_CLASSIFICATION"),
        (
            {**URL, "structured_extraction_options": [{"json_schema": SCHEMA}]},
            400,
            "INVALID_CONFIGURATION",
        ),
        ({**URL, "structured_extraction_options": [{"schema_name": "a"}]}, 400, "INVALID_JSON_SCHEMA"),
        (
            {
                **URL,
                "structured_extraction_options": [
                    {"schema_name": "a", "json_schema": SCHEMA, "model_provider": "oracle"}
                ],
            },
            422,
            "INVALID_CONFIGURATION",
        ),
    ],
)
def test_refusals(
    client: TestClient, services: Services, body: dict[str, Any], status: int, code: str
) -> None:
    assert refused(client, "parse", body) == (status, code)
    assert client.get("parse").json()["items"] == []


def test_the_missing_setting_is_named(client: TestClient) -> None:
    answer = client.post("parse", json={**URL, "parsing_options": {"ocr_model": "gemini3"}})
    assert "OCTAVO_VISION_BASE_URL" in answer.json()["message"]


@pytest.mark.parametrize(
    "settings",
    [
        {"vision_base_url": "http://gpu:8000/v1", "vision_model": "reader"},
        {"vision_local_model": "/models/reader"},
    ],
)
def test_with_a_vision_model_gemini3_is_taken_unless_the_operator_says_no(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    asked = Configuration.model_validate({"parsing_options": {"ocr_model": "gemini3"}})
    willing = make_services(tmp_path / "willing", **settings)
    judge_configuration(willing.settings, asked)
    willing.close()
    unwilling = make_services(tmp_path / "unwilling", **settings, vision_serves="tables,model03")
    with pytest.raises(InvalidConfiguration, match="OCTAVO_VISION_SERVES"):
        judge_configuration(unwilling.settings, asked)
    unwilling.close()


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("a.pdf", {}, 200),
        ("a.docx", {}, 200),
        ("a.zip", {}, 200),  # documents are containers, too: what it is shows when it is read
        ("a.pages", {}, 400),
        ("a.mp3", {}, 400),
        ("a.xyz", {}, 400),
        ("a.xyz", {"mime_type": "Text/Plain; charset=utf-8"}, 200),
        ("a.xyz", {"mime_type": "application/octet-stream"}, 400),
        ("a.pdf", {"mime_type": "application/onenote"}, 400),
    ],
)
def test_the_type_of_a_stored_file_must_be_readable(
    client: TestClient, name: str, body: dict[str, Any], status: int
) -> None:
    answer = client.post("parse", json={"file_id": upload(client, name, b"\x00content"), **body})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["code"] == "INVALID_MIME_TYPE"
        assert "PDF" in answer.json()["message"]


def test_a_refusal_says_what_to_do(client: TestClient) -> None:
    answer = client.post("parse", json={"file_id": upload(client, "a.numbers", b"PK\x03\x04")})
    assert "Export it from Numbers as Excel or PDF." in answer.json()["message"]


def test_a_mislabelled_upload_is_what_it_is(client: TestClient) -> None:
    answer = client.post("parse", json={"file_id": upload(client, "a.pages", b"%PDF-1.7\n")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        URL,
        {**URL, "page_range": ""},
        {**URL, "page_range": [1, 3]},
        {**URL, "page_range": []},
        {**URL, "page_range": [10**30]},
        {**URL, "page_range": "12345678, 0000000001-99999999"},
        {**URL, "parsing_options": {"merge_tables": None}},
        {**URL, "file_id": None, "raw_text": None, "mime_type": None, "labels": None},
        {**URL, "parse_options": {"signature_detection": True}},
        {**TEXT, "mime_type": "TEXT/HTML"},
        {**TEXT, "mime_type": "text/x-something"},
        {
            **URL,
            "page_classifications": [{"name": "a"}, {"name": "b", "description": "c"}],
            "structured_extraction_options": [
                {"schema_name": "s", "json_schema": SCHEMA, "page_classes": ["a"], "partition_strategy": p}
                for p in (
                    "page",
                    {"strategy": "section"},
                    {"patterns": {"start_patterns": ["^A"], "end_patterns": None}},
                    {"strategy": "patterns", "patterns": {"end_patterns": ["Z$"]}},
                    {"strategy": "patterns", "start_patterns": ["x"]},
                )
            ],
        },
    ],
)
def test_good_requests(client: TestClient, body: dict[str, Any]) -> None:
    assert client.post("parse", json=body).status_code == 200


def test_read_takes_no_classes_and_no_schemas(client: TestClient) -> None:
    body = {**URL, "structured_extraction_options": [{"schema_name": "s", "json_schema": {"type": "array"}}]}
    assert client.post("read", json=body).status_code == 200
    assert refused(client, "parse", body) == (400, "INVALID_JSON_SCHEMA")
    for foreign in ({"structured_extraction_options": 7}, {"page_classifications": "x"}):
        assert client.post("read", json={**URL, **foreign}).status_code == 200
        assert refused(client, "parse", {**URL, **foreign}) == (422, "INVALID_CONFIGURATION")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("extract", URL, 400, "INVALID_CONFIGURATION"),
        ("extract", {"structured_extraction_options": []}, 400, "INVALID_CONFIGURATION"),
        ("extract", {"file_id": "file_unknown"}, 404, "ENTITY_NOT_FOUND"),
        (
            "extract",
            {
                **URL,
                "structured_extraction_options": [{"schema_name": "s", "json_schema": {"type": "string"}}],
            },
            400,
            "INVALID_JSON_SCHEMA",
        ),
        (
            "extract",
            {
                **URL,
                "structured_extraction_options": [
                    {"schema_name": "s", "json_schema": SCHEMA, "page_classes": ["x"]}
                ],
            },
            400,
            "INVALID_PAGE_CLASSIFICATION",
        ),
        ("classify", URL, 400, "INVALID_PAGE_CLASSIFICATION"),
        ("classify", {**URL, "page_classifications": []}, 400, "INVALID_PAGE_CLASSIFICATION"),
        (
            "classify",
            {**URL, "page_classifications": [{"name": "a"}, {"name": "a"}]},
            400,
            "INVALID_PAGE_CLASSIFICATION",
        ),
        ("classify", {**URL, "page_range": "0"}, 400, "INVALID_PAGE_RANGE"),
        ("edit", {**TEXT, "mime_type": "text/plain"}, 400, "INVALID_MIME_TYPE"),
        ("edit", {}, 400, "INVALID_CONFIGURATION"),
        ("edit", {**URL, "form_filling": {"no_acroform": "x"}}, 422, "INVALID_CONFIGURATION"),
        ("datasets", {}, 400, "INVALID_DATASET_NAME"),
        ("datasets", {"name": "bad name"}, 400, "INVALID_DATASET_NAME"),
        ("datasets", {"name": "ünicode"}, 400, "INVALID_DATASET_NAME"),
        (
            "datasets",
            {"name": "good", "parsing_options": {"ocr_model": "gemini3"}},
            400,
            "INVALID_CONFIGURATION",
        ),
    ],
)
def test_a_request_of_each_kind_is_judged(
    client: TestClient, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("extract", {"structured_extraction_options": [{"schema_name": "s", "json_schema": SCHEMA}]}),
        ("classify", {"page_classifications": [{"name": "a"}]}),
        ("edit", {"form_filling": {"fill_prompt": "x"}}),
    ],
)
def test_a_job_of_each_kind_is_taken_in(client: TestClient, path: str, body: dict[str, Any]) -> None:
    answer = client.post(path, json={**URL, **body})
    assert answer.status_code == 200
    job = client.get(f"parse/{answer.json()['parse_id']}").json()
    assert job["options"]["job_type"] == path


def test_a_request_may_not_be_a_document(client: TestClient) -> None:
    for body in (
        {**URL, "labels": {"a": "x" * 2_000_000}},
        {**URL, "page_range": "1," * 700_000 + "1"},
    ):
        assert refused(client, "parse", body) == (400, "INVALID_CONFIGURATION")
    assert client.post("parse", json={**TEXT, "raw_text": "x" * 2_000_000}).status_code == 200
