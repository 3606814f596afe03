"""Datasets: made, changed, filled with documents, listed with results, deleted with everything."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from schemas.jobs import ParseResult
from schemas.options import Configuration
from tests.api.service import PDF, FakeWorker
from workers.jobs.blobs import BlobMissing
from workers.jobs.services import Services

TEXT = {"raw_text": "x", "mime_type": "text/plain"}


def make(client: TestClient, name: str = "invoices", **body: Any) -> str:
    answer = client.post("datasets", json={"name": name, **body})
    assert answer.status_code == 200, answer.text
    assert answer.json()["dataset_id"].startswith("dataset_")
    assert answer.json()["name"] == name
    dataset_id: str = answer.json()["dataset_id"]
    return dataset_id


def put_in(client: TestClient, dataset_id: str, **body: Any) -> str:
    answer = client.post(f"datasets/{dataset_id}/parse", json=body or TEXT)
    assert answer.status_code == 200, answer.text
    parse_id: str = answer.json()["parse_id"]
    return parse_id


def upload(client: TestClient, data: bytes = PDF, name: str = "a.pdf") -> str:
    file_id: str = client.put("files", files={"file": (name, data)}).json()["file_id"]
    return file_id


def test_a_dataset_is_made_and_found(client: TestClient) -> None:
    dataset_id = make(client, description="bills", parsing_options={"chunking_strategy": "page"})
    shown = client.get(f"datasets/{dataset_id}").json()
    assert (shown["name"], shown["description"], shown["status"]) == ("invoices", "bills", "idle")
    assert shown["configuration"] is shown["analytics"] is None
    whole = client.get(
        f"datasets/{dataset_id}", params={"include_configuration": True, "include_analytics": True}
    ).json()
    assert whole["configuration"]["parsing_options"]["chunking_strategy"] == "page"
    assert whole["analytics"]["total_jobs"] == 0
    listed = client.get("datasets").json()
    assert [one["dataset_id"] for one in listed["items"]] == [dataset_id]
    assert listed["has_more"] is False


def test_datasets_are_listed_by_name_and_by_whether_they_are_at_work(
    client: TestClient, worker: FakeWorker
) -> None:
    busy, idle = make(client, "busy_one"), make(client, "idle_one")

    def ids(**query: str) -> list[str]:
        return [one["dataset_id"] for one in client.get("datasets", params=query).json()["items"]]

    put_in(client, busy)
    assert ids() == [idle, busy]
    assert ids(name="busy") == ids(status="processing") == [busy]
    assert ids(status="idle") == [idle]
    assert client.get("datasets?limit=1").json()["has_more"] is True
    worker.work()
    assert ids(status="processing") == []


@pytest.mark.parametrize("name", ["", "bad name", "ünicode", "a/b", "x" * 256])
def test_bad_names_are_refused(client: TestClient, name: str) -> None:
    answer = client.post("datasets", json={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_DATASET_NAME")


def test_a_name_is_taken_once(client: TestClient) -> None:
    first, second = make(client, "one"), make(client, "two")
    for answer in (
        client.post("datasets", json={"name": "one"}),
        client.put(f"datasets/{second}", json={"name": "one"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "ENTITY_ALREADY_EXISTS")
    assert client.delete(f"datasets/{first}").status_code == 204
    assert client.put(f"datasets/{second}", json={"name": "one"}).json()["name"] == "one"


def test_a_change_keeps_what_is_not_given_and_null_clears(client: TestClient) -> None:
    classes = [{"name": "bill", "description": ""}]
    dataset_id = make(
        client,
        description="one",
        parsing_options={"chunking_strategy": "page"},
        enrichment_options={"chart_extraction": True},
        page_classifications=classes,
    )
    changed = client.put(f"datasets/{dataset_id}", json={"parsing_options": {"skew_detection": True}}).json()
    assert (changed["dataset_id"], changed["description"]) == (dataset_id, "one")
    options = changed["configuration"]
    assert options["parsing_options"]["skew_detection"] is True
    assert options["parsing_options"]["chunking_strategy"] == "none"
    assert options["enrichment_options"]["chart_extraction"] is True
    assert options["page_classifications"] == classes

    cleared = client.put(
        f"datasets/{dataset_id}",
        json={"description": None, "page_classifications": [], "enrichment_options": None, "name": None},
    ).json()
    assert (cleared["description"], cleared["name"]) == (None, "invoices")
    assert cleared["configuration"]["page_classifications"] == []
    assert cleared["configuration"]["enrichment_options"]["chart_extraction"] is False
    assert cleared["updated_at"] >= cleared["created_at"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "bad name"}, 400, "INVALID_DATASET_NAME"),
        ({"description": "x" * 10_001}, 422, "INVALID_CONFIGURATION"),
        ({"parsing_options": {"skew_detection": "x"}}, 422, "INVALID_CONFIGURATION"),
        ({"parsing_options": {"ocr_model": "gemini3"}}, 400, "INVALID_CONFIGURATION"),
        ({"page_classifications": [{"name": "a"}, {"name": "a"}]}, 400, "INVALID_PAGE_CLASSIFICATION"),
    ],
)
def test_bad_options_are_refused_when_made_and_when_changed(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    dataset_id = make(client)
    for answer in (
        client.put(f"datasets/{dataset_id}", json=body),
        client.post("datasets", json={"name": "other", **body}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_job_keeps_the_configuration_it_was_made_with(client: TestClient, worker: FakeWorker) -> None:
    dataset_id = make(client, parsing_options={"chunking_strategy": "page"})
    before = put_in(client, dataset_id)
    client.put(f"datasets/{dataset_id}", json={"parsing_options": {"chunking_strategy": "section"}})
    after = put_in(client, dataset_id)
    assert worker.claim().request.configuration.parsing_options.chunking_strategy == "page"
    assert worker.claim().request.configuration.parsing_options.chunking_strategy == "section"
    for parse_id, strategy in ((before, "page"), (after, "section")):
        shown = client.get(f"parse/{parse_id}").json()
        assert shown["dataset_id"] == dataset_id
        assert shown["options"]["job_type"] == "dataset"
        assert shown["options"]["configuration"]["parsing_options"]["chunking_strategy"] == strategy


@pytest.mark.parametrize("key", ["file_id", "raw_text"])
def test_an_uploaded_files_id_may_come_as_raw_text(
    client: TestClient, services: Services, worker: FakeWorker, key: str
) -> None:
    file_id = upload(client)
    parse_id = put_in(client, make(client), **{key: file_id}, page_range="1-2", labels={"a": 1})
    claim = worker.claim()
    assert (claim.job_id, claim.request.source.file_id) == (parse_id, file_id)
    assert claim.source_key is not None
    assert services.blobs.get_bytes(claim.source_key) == PDF
    assert client.get(f"parse/{parse_id}").json()["options"]["file_name"] == "a.pdf"


def test_other_raw_text_is_plain_text(client: TestClient, worker: FakeWorker) -> None:
    put_in(client, make(client), raw_text="just text")
    assert worker.claim().request.source.mime_type == "text/plain"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "INVALID_CONFIGURATION"),
        ({"raw_text": "file_BCDFGHJKLMNPQRTWbcdfg"}, 404, "ENTITY_NOT_FOUND"),
        ({**TEXT, "page_range": "3-1"}, 400, "INVALID_PAGE_RANGE"),
    ],
)
def test_sources_are_judged_as_by_parse(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = client.post(f"datasets/{make(client)}/parse", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_data_has_the_results_with_their_outputs(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    dataset_id, file_id = make(client), upload(client, name="Bill 7.pdf")
    done, failed, waiting = (put_in(client, dataset_id, file_id=file_id) for _ in range(3))
    worker.work()
    worker.fail("no good")
    client.post("parse", json=TEXT)  # before the dataset's in its project's turns
    found = client.get(f"datasets/{dataset_id}/data").json()
    assert [one["parse_id"] for one in found["items"]] == [waiting, failed, done]
    for one in found["items"]:
        assert ParseResult.model_validate(one).dataset_id == dataset_id
    assert found["items"][2] == client.get(f"parse/{done}").json()
    assert found["items"][1]["error"] == "no good"
    assert found["has_more"] is False

    def ids(**query: str) -> list[str]:
        items = client.get(f"datasets/{dataset_id}/data", params=query).json()["items"]
        return [one["parse_id"] for one in items]

    assert ids(status="successful") == ids(parse_id=done) == [done]
    assert ids(file_name="Bill", limit="1") == ids(filename="7.pdf", limit="1") == [waiting]
    assert ids(file_name="other") == ids(created_after="2100-01-01T00:00:00Z") == []
    listed = client.get("parse", params={"dataset_name": "invoices"}).json()["items"]
    assert [one["parse_id"] for one in listed] == [waiting, failed, done]
    assert client.get("parse", params={"dataset_name": "invoice"}).json()["items"] == []
    first = client.get(f"datasets/{dataset_id}/data", params={"limit": 2}).json()
    second = client.get(f"datasets/{dataset_id}/data", params={"limit": 2, "cursor": first["next_cursor"]})
    assert [one["parse_id"] for one in second.json()["items"]] == [done]

    counted = client.get(f"datasets/{dataset_id}", params={"include_analytics": True}).json()
    assert (counted["status"], counted["analytics"]) == (
        "processing",
        {
            "total_processing_parse_jobs": 0,
            "total_pending_parse_jobs": 1,
            "total_error_parse_jobs": 1,
            "total_successful_parse_jobs": 1,
            "total_jobs": 3,
        },
    )


def test_a_result_that_went_away_meanwhile_leaves_the_page_whole(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    dataset_id = make(client)
    gone, kept = put_in(client, dataset_id), put_in(client, dataset_id)
    worker.work()
    worker.work()
    services.blobs.delete(f"jobs/{gone}/result.json")
    items = client.get(f"datasets/{dataset_id}/data").json()["items"]
    assert [one["parse_id"] for one in items] == [kept]


def test_a_deleted_dataset_takes_its_jobs_and_leaves_files(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    dataset_id, file_id = make(client), upload(client)
    done, running, waiting = (put_in(client, dataset_id, file_id=file_id) for _ in range(3))
    worker.work()
    claim = worker.claim()
    assert claim.job_id == running
    other = client.post("parse", json=TEXT).json()["parse_id"]
    assert client.delete(f"datasets/{dataset_id}").status_code == 204
    for parse_id in (done, running, waiting):
        assert client.get(f"parse/{parse_id}").status_code == 404
    with pytest.raises(BlobMissing):
        services.blobs.get_bytes(f"jobs/{done}/result.json")
    assert client.get(f"parse/{other}").status_code == 200
    assert client.get(f"files/{file_id}/metadata").status_code == 200
    assert not services.shards.renew(claim, 30)  # whoever was at it stops
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("GET", "/data"), ("POST", "/parse")):
        body = TEXT if path == "/parse" else {} if method == "PUT" else None
        answer = client.request(method, f"datasets/{dataset_id}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "ENTITY_NOT_FOUND")
    assert make(client) != dataset_id


def test_who_waits_for_a_job_of_a_deleted_dataset_is_told(client: TestClient, services: Services) -> None:
    hook = client.post("webhooks", json={"url": "https://example.org/hook"})
    assert hook.status_code == 200, hook.text
    dataset_id = make(client)
    parse_id = put_in(client, dataset_id)
    client.delete(f"datasets/{dataset_id}")
    told = client.get(f"webhooks/{hook.json()['id']}/deliveries").json()["items"]
    payloads = [one["payload"] for one in told]
    assert [(one["job_id"], one["status"]) for one in payloads] == [
        (parse_id, "failure"),
        (parse_id, "pending"),
    ]
    assert payloads[0]["dataset"] == dataset_id
    assert "dataset" in payloads[0]["error"]


def test_a_configuration_that_is_no_longer_served_is_told_when_used(
    client: TestClient, services: Services
) -> None:
    options = Configuration.model_validate({"parsing_options": {"ocr_model": "gemini3"}})
    row = services.datasets.create("default/default", "old", None, options.model_dump(mode="json"))
    answer = client.post(f"datasets/{row.id}/parse", json=TEXT)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_CONFIGURATION")
