"""What is taken in can be given out again, and nothing that comes in costs much before it is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.limits import MAX_JSON_BYTES, _read_body
from schemas.json_values import DEEPEST, MAX_LABEL_BYTES, json_size, read_json
from schemas.requests import ParseRequest
from tests.api.service import PDF

TEXT = {"raw_text": "x", "mime_type": "text/plain"}


def nested(levels: int, kind: str = "{}") -> str:
    """JSON text of so many objects or arrays in one another."""
    return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1) if kind == "{}" else "[" * levels + "]" * levels


def labels_of(size: int) -> dict[str, str]:
    """Labels of this many bytes."""
    return {"a": "x" * (size - len('{"a":""}'))}


def upload(client: TestClient, labels: Any) -> Any:
    text = labels if isinstance(labels, str) else json.dumps(labels)
    return client.put("files", files={"file": ("a.pdf", PDF)}, data={"labels": text})


@pytest.mark.parametrize("kind", ["{}", "[]"])
@pytest.mark.parametrize("levels", [1, DEEPEST, DEEPEST + 1, 250, 256, 400, 100_000])
def test_how_deep_json_may_be(levels: int, kind: str) -> None:
    text = nested(levels, kind)
    if levels <= DEEPEST:
        assert json_size(read_json(text)) == len(text)
    else:
        with pytest.raises(ValueError, match="levels deep"):
            read_json(text)


def test_the_deepest_labels_come_back_everywhere(client: TestClient) -> None:
    labels = json.loads(nested(DEEPEST))
    file_id = upload(client, labels).json()["file_id"]
    assert client.get(f"files/{file_id}/metadata").json()["labels"] == labels
    assert client.get("files").json()["items"][0]["labels"] == labels
    in_a_body = json.loads(nested(DEEPEST - 1))
    parse_id = client.post("parse", json={"file_id": file_id, "labels": in_a_body}).json()["parse_id"]
    job = client.get(f"parse/{parse_id}").json()
    assert (job["labels"], job["options"]["file_labels"]) == (in_a_body, labels)
    assert client.get("parse").json()["items"] == [job]


@pytest.mark.parametrize("levels", [DEEPEST + 1, 255, 300])
@pytest.mark.parametrize("kind", ["{}", "[]"])
def test_deeper_labels_are_refused(client: TestClient, levels: int, kind: str) -> None:
    labels = f'{{"a":{nested(levels - 1, kind)}}}'
    answer = upload(client, labels)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FILE")
    answer = client.post("parse", content=json.dumps(TEXT)[:-1] + f', "labels": {labels}}}')
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_CONFIGURATION")
    assert client.get("files").json()["items"] == client.get("parse").json()["items"] == []


def test_labels_are_limited_together(client: TestClient) -> None:
    assert upload(client, labels_of(MAX_LABEL_BYTES)).status_code == 200
    answer = upload(client, {"b": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FILE")
    assert len(client.get("files").json()["items"][0]["labels"]) == 1
    assert upload(client, {"a": 1}).status_code == 200
    for count in (11, 100):
        parts = {"labels": [f"k{n}={'x' * (MAX_LABEL_BYTES // 10)}" for n in range(count)]}
        answer = client.put("files", files={"file": ("b.pdf", PDF + b"b")}, data=parts)
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FILE")
    assert len(client.get("files").json()["items"]) == 1


def test_labels_of_a_submit_have_the_same_limit(client: TestClient) -> None:
    for extra, status in ((0, 200), (1, 400)):
        body = {**TEXT, "labels": labels_of(MAX_LABEL_BYTES + extra)}
        for path in ("parse", "read"):
            assert client.post(path, json=body).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b'{"raw_text": "x", "labels": {"a": [' + b"[]," * 1_000_000 + b"[]]}}",
        b'{"raw_text": [' + b"[]," * 1_000_000 + b"[]]}",
        b'{"raw_text": [' + b"[]," * 1_000_000 + b'[]], "raw_text": "x"}',
        b"[" + b"[]," * 1_000_000 + b"[]]",
        b"{" + b'"a":1,' * 500_000 + b'"a":1}',
        b"[" * 2_000_000,
    ],
)
def test_a_body_too_large_without_its_text_is_not_parsed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr("api.limits.read_json", pytest.fail)
    answer = client.post("parse", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_CONFIGURATION")
    assert str(MAX_JSON_BYTES) in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"page_classifications": [0] * 1000},
        {"parsing_options": {"ignore_sections": [0] * 1000}},
        {"structured_extraction_options": [0] * 1000},
    ],
)
def test_a_list_is_judged_to_its_first_mistake(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        ParseRequest.model_validate(body)
    assert error.value.error_count() == 1


@pytest.mark.parametrize("text", ["x", "ü", '"', "\\", "\u0001", "raw_text"])
def test_raw_text_may_be_large_in_every_spelling(text: str) -> None:
    body = {"labels": {"raw_text": "x"}, "raw_text": text * MAX_JSON_BYTES, "mime_type": "text/plain"}
    for ascii_only in (True, False):
        assert _read_body(json.dumps(body, ensure_ascii=ascii_only).encode()) == body


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("edit", {"form_filling": {"fill_prompt": "x" * 50_001}}),
        ("parse", {"enrichment_options": {"table_summarization_prompt": "x" * 50_001}}),
        ("extract", {"structured_extraction_options": [{"schema_name": "s", "json_schema": {}}] * 51}),
        ("datasets", {"name": "a", "page_classifications": [{"name": "x" * 256}]}),
    ],
)
def test_amounts_are_judged_wherever_they_are_sent(
    client: TestClient, path: str, body: dict[str, Any]
) -> None:
    file_id = upload(client, {}).json()["file_id"]
    answer = client.post(path, json={"file_id": file_id, **body})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_CONFIGURATION")
    assert "the most that is taken" in answer.json()["message"]


def test_nothing_that_was_sent_makes_an_answer_long(client: TestClient) -> None:
    long = "x" * 500_000
    schema = {"type": "object", "properties": {"a": {"type": long}}}
    for body in (
        {"structured_extraction_options": [{"schema_name": "s", "json_schema": schema}]},
        {"file_id": f"file_{long}"},
        {"file_url": f"https://{long[:4000]}/"},
        {"parsing_options": {"ocr_model": long}},
        {"page_range": long[:100]},
    ):
        answer = client.post("parse", json=TEXT | body if "file" not in str(body)[:9] else body)
        assert answer.status_code in (400, 404, 422)
        assert len(answer.content) < 4_000
