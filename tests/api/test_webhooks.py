"""Webhooks over HTTP: made, listed, changed, tried, sent again; and who may."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from benchmarks.receiver import Receiver, receiving
from schemas.webhooks import EventType
from tests.api.service import FakeWorker, document, make_services
from tests.waiting import soon
from workers.jobs.ledger.webhooks import MAX_WEBHOOKS
from workers.jobs.services import Services
from workers.sender import Sender

URL = "https://example.org/hook"
TEXT = {"raw_text": "a", "mime_type": "text/plain"}
COMPLETED = EventType.COMPLETED.value
CONFIG = """
organizations:
  - id: acme
    projects:
      - id: invoices
        api_keys: [acme-admin-1, {key: acme-user-01, scopes: [read, write]}]
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path / "data", webhook_allow=("127.0.0.1",))
    yield services
    services.close()


def add(client: TestClient, **wanted: Any) -> dict[str, Any]:
    answer = client.post("webhooks", json={"url": URL, **wanted})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def send(services: Services) -> None:
    sender = Sender(services.settings, services)
    while sender.send_due():
        assert soon(lambda: sender.idle)


def test_an_endpoint_from_its_making_to_its_end(client: TestClient) -> None:
    made = add(client, name="Buchhaltung", event_types=[COMPLETED])
    secret = made.pop("secret")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert made["id"].startswith("webhook_")
    assert {name: made[name] for name in ("url", "name", "event_types", "enabled", "disabled_reason")} == {
        "url": URL,
        "name": "Buchhaltung",
        "event_types": [COMPLETED],
        "enabled": True,
        "disabled_reason": None,
    }
    path = f"webhooks/{made['id']}"
    assert client.get(path).json() == made
    assert client.get("webhooks").json()["items"] == [made]
    assert client.get(f"{path}/secret").json() == {"secret": secret}
    changed = client.put(path, json={"enabled": False, "name": None}).json()
    assert (changed["enabled"], changed["name"], changed["url"]) == (False, "Buchhaltung", URL)
    changed = client.put(path, json={"url": f"{URL}/2", "name": "", "event_types": []}).json()
    assert (changed["url"], changed["name"], changed["enabled"]) == (f"{URL}/2", "", False)
    assert changed["event_types"] == list(EventType)
    assert changed["updated_at"] > changed["created_at"]
    deleted = client.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.get(path).status_code == 404
    assert client.get("webhooks").json()["items"] == []


def test_what_is_left_out_is_everything(client: TestClient) -> None:
    for wanted in ({}, {"event_types": []}, {"event_types": None}):
        made = add(client, **wanted)
        assert (made["event_types"], made["enabled"], made["name"]) == (list(EventType), True, "")
    assert add(client, event_types=[COMPLETED, COMPLETED])["event_types"] == [COMPLETED]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "url"),
        ({"url": ""}, 422, "url"),
        ({"url": 7}, 422, "url"),
        ({"url": "not a url"}, 400, "http"),
        ({"url": "ftp://example.org"}, 400, "http"),
        ({"url": "https://user:word@example.org"}, 400, "password"),
        ({"url": "http://10.0.0.1/"}, 400, "OCTAVO_WEBHOOK_ALLOW"),
        ({"url": "http://169.254.169.254/latest"}, 400, "OCTAVO_WEBHOOK_ALLOW"),
        ({"url": "http://192.168.1.1/"}, 400, "OCTAVO_WEBHOOK_ALLOW"),
        ({"url": "http://[::1]/"}, 400, "OCTAVO_WEBHOOK_ALLOW"),
        ({"url": "https://example.org/\0"}, 422, "visible"),
        ({"url": "https://example.org/" + "a" * 2048}, 422, "2048"),
        ({"url": URL, "name": "a\nb"}, 422, "visible"),
        ({"url": URL, "name": "a" * 256}, 422, "255"),
        ({"url": URL, "event_types": ["job.created"]}, 422, "tensorlake.document_ingestion.job.created"),
        ({"url": URL, "event_types": "all"}, 422, "event_types"),
        ({"url": URL, "enabled": "yes"}, 422, "enabled"),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(
    client: TestClient, body: dict[str, Any], status: int, said: str
) -> None:
    answer = client.post("webhooks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, "INVALID_CONFIGURATION")
    assert said in answer.json()["message"]
    assert client.get("webhooks").json()["items"] == []
    if "url" in body:
        path = f"webhooks/{add(client)['id']}"
        assert client.put(path, json=body).status_code == status
        assert client.get(path).json()["url"] == URL


def test_lists_come_in_pages(client: TestClient) -> None:
    ids = [add(client)["id"] for _ in range(5)][::-1]
    first = client.get("webhooks?limit=2").json()
    assert ([one["id"] for one in first["items"]], first["has_more"]) == (ids[:2], True)
    second = client.get(f"webhooks?limit=2&cursor={first['next_cursor']}").json()
    assert [one["id"] for one in second["items"]] == ids[2:4]
    back = client.get(f"webhooks?limit=2&direction=prev&cursor={second['prev_cursor']}").json()
    assert [one["id"] for one in back["items"]] == ids[:2]
    assert client.get("webhooks?cursor=nonsense").status_code == 422


def test_a_project_may_have_only_so_many(client: TestClient) -> None:
    for _ in range(MAX_WEBHOOKS):
        add(client)
    answer = client.post("webhooks", json={"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (429, "QUOTA_EXCEEDED")
    assert int(answer.headers["retry-after"]) > 0


def test_a_job_is_told_of_from_its_submit_to_its_end(
    client: TestClient, services: Services, worker: FakeWorker, receiver: Receiver
) -> None:
    made = add(client, url=receiver.url())
    parse_id = client.post("parse", json=TEXT).json()["parse_id"]
    worker.work(document())
    send(services)
    told = [request.verified(made["secret"]) for request in receiver.received]
    assert sorted((event["job_id"], event["status"]) for event in told) == [
        (parse_id, "pending"),
        (parse_id, "successful"),
    ]
    result = client.get(f"parse/{parse_id}").json()
    completed = next(event for event in told if event["status"] == "successful")
    assert completed["finished_at"] == result["finished_at"]
    assert completed["usage"].keys() == result["usage"].keys()
    log = client.get(f"webhooks/{made['id']}/deliveries").json()["items"]
    assert [one["event_type"] for one in log] == [EventType.COMPLETED, EventType.CREATED]
    assert log[0]["payload"] == completed
    assert {request.id for request in receiver.received} == {one["id"] for one in log}
    (attempt,) = log[0]["attempts"]
    assert attempt["duration_ms"] >= 0
    assert {name: attempt[name] for name in ("number", "status_code", "response", "error")} == {
        "number": 1,
        "status_code": 200,
        "response": "thank you",
        "error": None,
    }
    assert (log[0]["status"], log[0]["next_attempt_at"]) == ("delivered", None)


@pytest.mark.parametrize("event", list(EventType))
def test_a_sample_is_like_the_real_event(
    client: TestClient, services: Services, receiver: Receiver, event: EventType
) -> None:
    made = add(client, url=receiver.url(), event_types=[COMPLETED])
    answer = client.post(f"webhooks/{made['id']}/test", json={"event_type": event})
    sample = answer.json()
    assert (answer.status_code, sample["status"], sample["attempts"]) == (200, "pending", [])
    send(services)
    (request,) = receiver.received
    assert request.verified(made["secret"]) == sample["payload"]
    keys = {
        EventType.CREATED: ["job_id", "status", "created_at", "dataset"],
        EventType.COMPLETED: ["job_id", "status", "created_at", "finished_at", "usage", "dataset"],
        EventType.FAILED: ["job_id", "status", "created_at", "finished_at", "error", "dataset"],
    }
    assert list(sample["payload"]) == keys[event]
    delivered = client.get(f"webhooks/{made['id']}/deliveries/{sample['id']}").json()
    assert (delivered["status"], len(delivered["attempts"])) == ("delivered", 1)
    bad = client.post(f"webhooks/{made['id']}/test", json={"event_type": "job.finished"})
    assert (bad.status_code, bad.json()["code"]) == (422, "INVALID_CONFIGURATION")


def test_an_event_is_sent_again_under_its_id(
    client: TestClient, services: Services, receiver: Receiver
) -> None:
    made = add(client, url=receiver.url())
    path = f"webhooks/{made['id']}"
    receiver.status = 410
    client.post("parse", json=TEXT)
    send(services)
    (log,) = client.get(f"{path}/deliveries").json()["items"]
    assert log["status"] == "failed"
    assert "410" in client.get(path).json()["disabled_reason"]
    refused = client.post(f"{path}/deliveries/{log['id']}/redeliver")
    assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_JOB_STATE")
    receiver.status = 200
    client.put(path, json={"enabled": True})
    again = client.post(f"{path}/deliveries/{log['id']}/redeliver").json()
    assert (again["id"], again["status"], len(again["attempts"])) == (log["id"], "pending", 1)
    assert again["next_attempt_at"] is not None
    send(services)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    assert client.get(f"{path}/deliveries/{log['id']}").json()["status"] == "delivered"


def test_a_new_secret_is_shown_and_signs(client: TestClient, services: Services, receiver: Receiver) -> None:
    made = add(client, url=receiver.url())
    rotated = client.post(f"webhooks/{made['id']}/rotate").json()
    assert rotated["secret"] != made["secret"]
    assert client.get(f"webhooks/{made['id']}/secret").json() == {"secret": rotated["secret"]}
    client.post("parse", json=TEXT)
    send(services)
    for secret in (made["secret"], rotated["secret"]):
        assert receiver.received[0].verified(secret)


def test_what_is_not_there_is_404(client: TestClient) -> None:
    made = add(client)
    for method, path in (
        ("GET", "webhooks/x"),
        ("PUT", "webhooks/x"),
        ("DELETE", "webhooks/x"),
        ("GET", "webhooks/x/secret"),
        ("POST", "webhooks/x/rotate"),
        ("POST", "webhooks/x/test"),
        ("GET", "webhooks/x/deliveries"),
        ("GET", f"webhooks/{made['id']}/deliveries/x"),
        ("POST", f"webhooks/{made['id']}/deliveries/x/redeliver"),
    ):
        answer = client.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (404, "ENTITY_NOT_FOUND"), path


def test_who_may_do_what(tmp_path: Path) -> None:
    config = tmp_path / "octavo.yaml"
    config.write_text(CONFIG)
    services = make_services(tmp_path / "tenants", config=config)
    client = TestClient(create_app(services), base_url="http://localhost/documents/v2/")
    admin, user, other = (
        {"Authorization": f"Bearer {key}"} for key in ("acme-admin-1", "acme-user-01", "test-key-0001")
    )
    made = client.post("webhooks", json={"url": URL}, headers=admin).json()
    client.post("parse", json=TEXT, headers=user)
    path = f"webhooks/{made['id']}"
    (log,) = client.get(f"{path}/deliveries", headers=user).json()["items"]
    for method, route in (
        ("POST", "webhooks"),
        ("PUT", path),
        ("DELETE", path),
        ("GET", f"{path}/secret"),
        ("POST", f"{path}/rotate"),
        ("POST", f"{path}/test"),
        ("POST", f"{path}/deliveries/{log['id']}/redeliver"),
    ):
        answer = client.request(method, route, json={"url": URL}, headers=user)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), route
        if route != "webhooks":
            assert client.request(method, route, json={}, headers=other).status_code == 404, route
    for route in ("webhooks", path, f"{path}/deliveries", f"{path}/deliveries/{log['id']}"):
        answer = client.get(route, headers=user)
        assert answer.status_code == 200
        assert made["secret"] not in answer.text
    assert client.get("webhooks", headers=other).json()["items"] == []
    services.close()


def test_the_openapi_document_has_them_all(client: TestClient) -> None:
    paths = client.get("http://localhost/openapi.json").json()["paths"]
    operations = {
        operation["operationId"]
        for path, methods in paths.items()
        if path.startswith("/documents/v2/webhooks")
        for operation in methods.values()
    }
    assert operations == {
        "create_webhook",
        "list_webhooks",
        "get_webhook",
        "update_webhook",
        "delete_webhook",
        "get_webhook_secret",
        "rotate_webhook_secret",
        "test_webhook",
        "list_deliveries",
        "get_delivery",
        "redeliver",
    }


def test_the_openapi_document_tells_what_is_sent(client: TestClient) -> None:
    document = client.get("http://localhost/openapi.json").json()
    assert set(document["webhooks"]) == set(EventType)
    for event in document["webhooks"].values():
        schema = event["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/JobEvent"}
