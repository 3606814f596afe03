"""A full backlog on the wire: 429 with Retry-After, nothing kept; what was taken in before is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.service import KEY, FakeWorker, make_services
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.tables import KeyedRequest
from workers.jobs.services import Services

PROJECT = "default/default"
TEXT = {"raw_text": "a", "mime_type": "text/plain"}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path, max_waiting_jobs=2)
    yield services
    services.close()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    headers = {"Authorization": f"Bearer {KEY}"}
    with TestClient(create_app(services), "http://testserver/documents/v2/", headers=headers) as client:
        yield client


def fill(client: TestClient) -> None:
    for number in range(2):
        answer = client.post("parse", json=TEXT, headers={"Idempotency-Key": f"key-{number}"})
        assert answer.status_code == 200


def stored(services: Services) -> list[Path]:
    return sorted(path for path in (services.settings.folder / "blobs").rglob("*") if path.is_file())


def test_a_full_backlog_refuses_and_keeps_nothing(client: TestClient, services: Services) -> None:
    fill(client)
    before = stored(services)
    for path in ("parse", "read"):
        answer = client.post(path, json=TEXT, headers={"Idempotency-Key": "key-9"})
        assert answer.status_code == 429
        assert answer.json()["code"] == "QUOTA_EXCEEDED"
        assert int(answer.headers["Retry-After"]) >= 1
    assert stored(services) == before
    assert len(services.jobs.page(PROJECT, PageRequest(10)).items) == 2


def test_what_was_accepted_before_is_answered_again(client: TestClient) -> None:
    fill(client)
    again = client.post("parse", json=TEXT, headers={"Idempotency-Key": "key-0"})
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")


def test_a_job_that_a_lost_request_made_is_found_again(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise RuntimeError("the process died before its answer was kept")

    with monkeypatch.context() as broken:
        broken.setattr(type(services.repeats), "answered", lost)
        with pytest.raises(RuntimeError):
            client.post("parse", json=TEXT, headers={"Idempotency-Key": "key-1"})
    (made,) = services.jobs.page(PROJECT, PageRequest(10)).items
    assert client.post("parse", json=TEXT).status_code == 200
    with services.ledger.write() as session:
        session.execute(update(KeyedRequest).values(claimed_until=None))
    again = client.post("parse", json=TEXT, headers={"Idempotency-Key": "key-1"})
    assert (again.status_code, again.json()["parse_id"]) == (200, made.id)


def test_room_is_taken_again_once_there_is_some(client: TestClient, services: Services) -> None:
    fill(client)
    assert client.post("parse", json=TEXT).status_code == 429
    FakeWorker(services).fail("over")
    services.backlog._count_again = None  # as if a second had gone by
    assert client.post("parse", json=TEXT).status_code == 200


def test_replays_are_refused_too(client: TestClient, services: Services) -> None:
    job = client.post("parse", json=TEXT).json()["parse_id"]
    assert client.post(f"parse/{job}/cancel").status_code in (200, 202, 204)
    services.backlog._count_again = None
    fill(client)
    assert client.post(f"parse/{job}/replay", json={}).status_code == 429
