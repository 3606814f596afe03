"""Reading jobs: the result object, lists, progress, delete."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from schemas.jobs import ParseResult
from schemas.progress import Report
from tests.api.service import PDF, FakeWorker, document
from workers.jobs.blobs import BlobStoreAway
from workers.jobs.disposal import discard_files
from workers.jobs.services import Services

EVENTS = {"Accept": "text/event-stream"}


def submit(client: TestClient, **body: object) -> str:
    answer = client.post("parse", json={"raw_text": "x", "mime_type": "text/plain", **body})
    parse_id: str = answer.json()["parse_id"]
    return parse_id


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    """The events of a stream, read as a browser would."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            assert lines[0].startswith("event: ")
            assert all(line.startswith("data: ") for line in lines[1:])
            data = json.loads("\n".join(line.removeprefix("data: ") for line in lines[1:]))
            found.append((lines[0].removeprefix("event: "), data))
    return found


def test_a_finished_job(client: TestClient, worker: FakeWorker) -> None:
    parse_id = submit(client, labels={"a": "b"})
    made = document(3, "Line\nbreak \u2028 \U0001f600 {,\n")
    worker.work(made)
    answer = client.get(f"parse/{parse_id}")
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    ParseResult.model_validate(found)
    assert (found["status"], found["parsed_pages_count"], found["total_pages"]) == ("successful", 3, 3)
    assert found["labels"] == {"a": "b"}
    assert found["pages"] == made.model_dump(mode="json")["pages"]
    assert found["chunks"] == made.model_dump(mode="json")["chunks"]
    assert found["usage"]["pages_parsed"] == 0
    assert found["created_at"].endswith("+00:00")
    assert found["finished_at"].endswith("+00:00")
    assert set(found) == set(ParseResult.model_fields)
    assert answer.text.count('"total_pages"') == answer.text.count('"parsed_pages_count"') == 1


def test_events_of_a_finished_job_end_at_once_and_equal_the_json(
    client: TestClient, worker: FakeWorker
) -> None:
    parse_id = submit(client)
    worker.work()
    answer = client.get(f"parse/{parse_id}", headers=EVENTS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in answer.headers
    assert events(answer.text) == [("parse_done", client.get(f"parse/{parse_id}").json())]


def test_a_large_result_comes_in_short_lines(client: TestClient, worker: FakeWorker) -> None:
    parse_id = submit(client)
    worker.work(document(3000, "words and more words " * 10))
    answer = client.get(f"parse/{parse_id}", headers=EVENTS)
    lines = answer.content.split(b"\n")
    assert len(lines) > 4
    assert max(map(len, lines)) <= 256 * 1024 + len(b"data: ")
    assert events(answer.text) == [("parse_done", client.get(f"parse/{parse_id}").json())]


def test_a_failed_job(client: TestClient, worker: FakeWorker) -> None:
    parse_id = submit(client)
    worker.fail("The document is broken.")
    found = client.get(f"parse/{parse_id}").json()
    assert (found["status"], found["error"]) == ("failure", "The document is broken.")
    assert found["errors"] == {"message": "The document is broken."}
    assert found["finished_at"] is not None
    assert (found["pages"], found["chunks"], found["parsed_pages_count"], found["usage"]) == (
        None,
        [],
        0,
        None,
    )
    assert events(client.get(f"parse/{parse_id}", headers=EVENTS).text) == [("parse_failed", found)]


@pytest.mark.parametrize("headers", [{}, EVENTS])
def test_an_unknown_job(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("parse/parse_unknown", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "ENTITY_NOT_FOUND")


def test_a_result_whose_blob_is_lost_is_an_error(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    parse_id = submit(client)
    worker.work()
    services.blobs.delete(f"jobs/{parse_id}/result.json")
    answer = client.get(f"parse/{parse_id}")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL_ERROR")


def test_delete(client: TestClient, services: Services, worker: FakeWorker) -> None:
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    parse_id: str = client.post("parse", json={"file_id": file_id}).json()["parse_id"]
    for _ in range(2):
        answer = client.delete(f"parse/{parse_id}")
        assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_JOB_STATE")
        claim = services.shards.claim_next("cpu", "w", 60)
    assert claim is None
    services.shards.fail(parse_id, "enough")
    answer = client.delete(f"parse/{parse_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"parse/{parse_id}").status_code == 404
    assert client.delete(f"parse/{parse_id}").status_code == 404
    assert client.get(f"files/{file_id}/content").content == PDF
    second = submit(client)
    worker.work()
    assert client.delete(f"parse/{second}").status_code == 204
    assert not services.blobs.exists(f"jobs/{second}/result.json")


def test_progress(client: TestClient, services: Services, worker: FakeWorker) -> None:
    parse_id = submit(client)
    before = client.get(f"parse/{parse_id}/progress").json()
    assert (before["current"], before["total"], before["message"]) == (0, None, None)
    told = {name: value for name, value in before["attributes"].items() if value}
    assert told == {"status": "pending", "queue_position": 1}
    claim = worker.claim()
    services.shards.split(claim, 9, [1, 2, 3], [[4, 5]])
    report = Report(stage="ocr", page=3, pages_done=2, stages={"text": 3, "ocr": 3}, pages_per_second=1.5)
    services.shards.renew(claim, 60, report)
    now = client.get(f"parse/{parse_id}/progress").json()
    words = "page 3: ocr (2 of 5 pages, 1.5 pages/s, about 2 s left)"
    assert (now["current"], now["total"], now["message"]) == (2, 5, words)
    assert now["attributes"] == {
        "status": "processing",
        "queue_position": None,
        "stage": "ocr",
        "page": 3,
        "pages_done": 2,
        "failed_pages": 0,
        "stages": {"text": 3, "ocr": 3},
        "steps": None,
        "answers": None,
        "pages_per_second": 1.5,
        "seconds_left": 2.0,
        "in_hand": {},
    }
    assert client.get("parse/parse_unknown/progress").status_code == 404
    job = client.get(f"parse/{parse_id}").json()
    assert (job["total_pages"], job["message_update"]) == (9, words)
    assert (job["tasks_completed_count"], job["tasks_total_count"]) == (2, 5)
    services.shards.fail(parse_id, "It is torn.")
    ended = client.get(f"parse/{parse_id}/progress").json()
    assert (ended["current"], ended["message"]) == (2, "It is torn.")
    kept = {name: value for name, value in ended["attributes"].items() if value}
    assert kept == {"status": "failure", "pages_done": 2, "stages": {"text": 3, "ocr": 3}}


def test_list(client: TestClient, worker: FakeWorker) -> None:
    file_id = client.put("files", files={"file": ("Invoice.pdf", PDF)}).json()["file_id"]
    of_file = client.post("parse", json={"file_id": file_id}).json()["parse_id"]
    of_text = submit(client)
    worker.work()

    def ids(**query: str) -> list[str]:
        answer = client.get("parse", params=query)
        assert answer.status_code == 200, answer.text
        return [item["parse_id"] for item in answer.json()["items"]]

    assert ids() == [of_text, of_file]
    assert ids(status="successful") == ids(status="Successful") == [of_file]
    assert ids(status="formatting_output") == []
    assert ids(id=of_text) == [of_text]
    assert ids(filename="Inv") == ids(file_name="Inv") == [of_file]
    assert ids(dataset_name="any") == []
    assert ids(finished_after="2001-01-01T00:00:00Z") == [of_file]
    assert ids(finished_after="2999-01-01T00:00:00Z") == []
    created = client.get(f"parse/{of_file}").json()["created_at"]
    assert ids(created_before=created, created_after=created) == [of_file]
    item = client.get("parse", params={"id": of_file}).json()["items"][0]
    assert (item["status"], item["pages"], item["chunks"]) == ("successful", None, [])
    assert item["options"]["configuration"]["parsing_options"]["chunking_strategy"] == "none"


def test_blobs_that_cannot_be_removed_do_not_keep_the_job(
    client: TestClient, services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise BlobStoreAway("EIO")

    parse_id = submit(client)
    worker.work()
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    monkeypatch.setattr(type(services.blobs), "delete_prefix", broken)
    assert client.delete(f"parse/{parse_id}").status_code == 204
    assert client.get(f"parse/{parse_id}").status_code == 404
    with monkeypatch.context() as patch:
        patch.setattr(type(services.blobs), "delete", broken)
        assert client.delete(f"files/{file_id}").status_code == 204
    assert [f.id for f in services.files.discarded()] == [file_id]
    assert discard_files(services) == 1
    assert services.files.discarded() == []
