"""Jobs run again over HTTP: what a caller sees of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from schemas.webhooks import WebhookRequest
from tests.api.service import PDF, FakeWorker, document
from tests.api.test_results import EVENTS, events
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.windows import Window
from workers.jobs.services import Services
from workers.jobs.webhooks.endpoints import add_webhook

PROJECT = "default/default"


def submit(client: TestClient, **source: str) -> str:
    source = source or {"raw_text": "a", "mime_type": "text/plain"}
    parse_id: str = client.post("parse", json=source).json()["parse_id"]
    return parse_id


def replay(client: TestClient, parse_id: str, mode: str | None = None, **request: Any) -> httpx.Response:
    return client.post(f"parse/{parse_id}/replay", json={"mode": mode} if mode else None, **request)


def refused(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_JOB_STATE")
    message: str = answer.json()["message"]
    return message


def test_the_same_job_runs_again(client: TestClient, services: Services, worker: FakeWorker) -> None:
    parse_id = submit(client)
    worker.work(document(pages=2, text="old"))
    old = client.get(f"parse/{parse_id}").json()
    answer = replay(client, parse_id)
    assert answer.status_code == 200
    assert answer.json() == {"parse_id": parse_id, "created_at": old["created_at"]}
    waiting = client.get(f"parse/{parse_id}").json()
    assert (waiting["status"], waiting["finished_at"], waiting["pages"]) == ("pending", None, None)
    assert waiting["options"] == old["options"]
    assert worker.work(document(pages=3, text="new")) == parse_id
    new = client.get(f"parse/{parse_id}").json()
    assert (new["status"], new["total_pages"], new["chunks"][0]["content"]) == ("successful", 3, "new")


def test_a_job_that_failed_may_do_better(client: TestClient, worker: FakeWorker) -> None:
    parse_id = submit(client)
    worker.fail("The server did not answer.")
    assert replay(client, parse_id, "adaptive").status_code == 200
    assert client.get(f"parse/{parse_id}").json()["error"] is None
    worker.work()
    assert client.get(f"parse/{parse_id}").json()["status"] == "successful"


def test_one_that_has_not_ended_cannot(client: TestClient, worker: FakeWorker) -> None:
    parse_id = submit(client)
    assert "still pending" in refused(replay(client, parse_id))
    worker.claim()
    assert "still processing" in refused(replay(client, parse_id))


def test_one_whose_file_was_deleted_cannot(client: TestClient, worker: FakeWorker) -> None:
    file_id = client.put("files", files={"file_bytes": ("a.pdf", PDF)}).json()["file_id"]
    parse_id = submit(client, file_id=file_id)
    worker.work()
    assert client.delete(f"files/{file_id}").status_code == 204
    assert "deleted" in refused(replay(client, parse_id))
    assert client.get(f"parse/{parse_id}").json()["status"] == "successful"


def test_strict_needs_a_worker_that_reads_as_it_was_read(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    parse_id = submit(client)
    claim = worker.claim()
    services.shards.split(claim, 1, [1], [])
    services.windows.keep(claim, Window(0, [1], "f", "b", reading_mark="mine"))
    services.shards.complete_pages(claim)
    services.shards.fail(worker.claim(), "broken")
    assert "No worker" in refused(replay(client, parse_id, "strict"))
    services.workers.tell("notifier", ["notify"], "mine", 0)
    assert "No worker" in refused(replay(client, parse_id, "strict"))
    services.workers.tell("newer", ["cpu"], "other", 0)
    assert "adaptive" in refused(replay(client, parse_id, "strict"))
    services.workers.forget("newer")
    services.workers.tell("same", ["cpu", "llm"], "mine", 0)
    assert replay(client, parse_id, "strict").status_code == 200


def test_who_waits_hears_of_the_new_end(client: TestClient, services: Services, worker: FakeWorker) -> None:
    webhook, _ = add_webhook(services, PROJECT, WebhookRequest(url="https://example.org"))
    parse_id = submit(client)
    worker.fail("broken")
    replay(client, parse_id)
    worker.work()
    ((name, result),) = events(client.get(f"parse/{parse_id}", headers=EVENTS).text)
    assert (name, result["status"]) == ("parse_done", "successful")
    told = services.deliveries.page(PROJECT, webhook.id, PageRequest(10)).items
    assert [one.event_type.rsplit(".", 1)[1] for one in told] == ["completed", "failed", "created"]
    assert len({one.id for one in told}) == 3


def test_a_replay_that_comes_twice_with_a_key_is_one(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    parse_id = submit(client)
    worker.work()
    first, second = (replay(client, parse_id, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content) == (200, first.content)
    assert services.jobs.get(PROJECT, parse_id).runs == 2


@pytest.mark.parametrize("body", [{}, {"mode": None}, {"mode": "adaptive"}, {"mode": "adaptive", "x": 1}])
def test_bodies_that_are_understood(client: TestClient, worker: FakeWorker, body: dict[str, Any]) -> None:
    parse_id = submit(client)
    worker.work()
    assert client.post(f"parse/{parse_id}/replay", json=body).status_code == 200


@pytest.mark.parametrize("mode", ["", "Strict", "loose", 1, ["strict"]])
def test_modes_that_are_none(
    client: TestClient, services: Services, worker: FakeWorker, mode: object
) -> None:
    parse_id = submit(client)
    worker.work()
    answer = client.post(f"parse/{parse_id}/replay", json={"mode": mode})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_CONFIGURATION")
    assert services.jobs.get(PROJECT, parse_id).runs == 1


def test_jobs_of_others_are_unknown(client: TestClient, services: Services, worker: FakeWorker) -> None:
    parse_id = submit(client)
    worker.work()
    _, secret = services.keys.issue("acme/other")
    for unknown, headers in ((parse_id, {"Authorization": f"Bearer {secret}"}), ("parse_unknown", {})):
        answer = replay(client, unknown, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "ENTITY_NOT_FOUND")


def test_it_is_in_the_openapi_document(client: TestClient) -> None:
    paths = client.get("http://localhost/openapi.json").json()["paths"]
    call = paths["/documents/v2/parse/{parse_id}/replay"]["post"]
    assert {"200", "409"} <= call["responses"].keys()
    assert any(one["name"] == "Idempotency-Key" for one in call["parameters"])
