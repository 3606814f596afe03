"""Cancelling jobs: from waiting ones to those in work."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from schemas.progress import Report
from schemas.webhooks import WebhookRequest
from tests.api.service import FakeWorker
from tests.api.test_results import EVENTS, events
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.tables import Shard
from workers.jobs.ledger.windows import Window
from workers.jobs.services import Services
from workers.jobs.webhooks.endpoints import add_webhook

PROJECT = "default/default"


def submit(client: TestClient) -> str:
    parse_id: str = client.post("parse", json={"raw_text": "a", "mime_type": "text/plain"}).json()["parse_id"]
    return parse_id


def test_a_waiting_job_is_never_begun(client: TestClient, services: Services) -> None:
    parse_id = submit(client)
    answer = client.post(f"parse/{parse_id}/cancel")
    assert answer.status_code == 200
    assert answer.json() == client.get(f"parse/{parse_id}").json()
    assert (answer.json()["status"], answer.json()["error"]) == ("failure", "cancelled")
    assert answer.json()["finished_at"] is not None
    assert services.shards.claim_next("cpu", "worker", 60) is None


@pytest.mark.parametrize("at", ["pages", "assembly"])
def test_a_worker_learns_that_it_has_nothing_to_do(
    client: TestClient, services: Services, worker: FakeWorker, at: str
) -> None:
    parse_id = submit(client)
    claim = worker.claim()
    services.shards.split(claim, 4, [1, 2], [[3, 4]])
    if at == "assembly":
        other = worker.claim()
        assert not services.shards.complete_pages(claim)
        assert services.shards.complete_pages(other)
        claim = worker.claim()
    assert client.post(f"parse/{parse_id}/cancel").status_code == 200
    assert not services.shards.renew(claim, 60, Report(pages_done=1, stage="page 1"))
    assert not services.windows.keep(claim, Window(0, [1], "mark", "key"))
    assert not services.shards.finish(claim, "result", 1, 4)
    assert services.shards.claim_next("cpu", "worker", 60) is None
    with services.ledger.read() as session:
        assert {row.state for row in session.scalars(select(Shard))} <= {"failed", "done"}
    assert client.get(f"parse/{parse_id}").json()["error"] == "cancelled"
    assert client.delete(f"parse/{parse_id}").status_code == 204


def test_who_waits_is_told(client: TestClient, services: Services) -> None:
    webhook, _ = add_webhook(services, PROJECT, WebhookRequest(url="https://example.org"))
    parse_id = submit(client)
    client.post(f"parse/{parse_id}/cancel")
    ((name, result),) = events(client.get(f"parse/{parse_id}", headers=EVENTS).text)
    assert (name, result["error"]) == ("parse_failed", "cancelled")
    failed, _created = services.deliveries.page(PROJECT, webhook.id, PageRequest(10)).items
    assert (failed.event_type.rsplit(".", 1)[1], '"error":"cancelled"' in failed.body) == ("failed", True)


def test_what_has_ended_cannot_be_cancelled(
    client: TestClient, services: Services, worker: FakeWorker
) -> None:
    webhook, _ = add_webhook(services, PROJECT, WebhookRequest(url="https://example.org"))
    successful = submit(client)
    worker.work()
    cancelled = submit(client)
    client.post(f"parse/{cancelled}/cancel")
    for parse_id in (successful, cancelled):
        before = client.get(f"parse/{parse_id}").json()
        answer = client.post(f"parse/{parse_id}/cancel")
        assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_JOB_STATE")
        assert client.get(f"parse/{parse_id}").json() == before
    assert len(services.deliveries.page(PROJECT, webhook.id, PageRequest(10)).items) == 4


def test_only_the_projects_own_jobs_can_be_cancelled(client: TestClient, services: Services) -> None:
    parse_id = submit(client)
    _, secret = services.keys.issue("acme/other")
    for unknown, headers in ((parse_id, {"Authorization": f"Bearer {secret}"}), ("parse_unknown", {})):
        answer = client.post(f"parse/{unknown}/cancel", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "ENTITY_NOT_FOUND")
    assert client.get(f"parse/{parse_id}").json()["status"] == "pending"
