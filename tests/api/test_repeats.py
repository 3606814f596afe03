"""``Idempotency-Key``: what comes twice is done once."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from schemas.requests import JobRequest
from tests.api.service import KEY, PDF, FakeWorker, make_services
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.ledger.repeats import CLAIM
from workers.jobs.ledger.tables import KeyedRequest
from workers.jobs.services import Services

PROJECT = "default/default"
TEXT = {"raw_text": "a", "mime_type": "text/plain"}


def post(client: TestClient, path: str, key: str = "key-1", **request: Any) -> httpx.Response:
    return client.post(path, headers={"Idempotency-Key": key}, **request)


def count_jobs(services: Services) -> int:
    return len(services.jobs.page(PROJECT, PageRequest(1000)).items)


@pytest.mark.parametrize("path", ["parse", "read", "edit"])
def test_a_submit_that_comes_again_makes_no_second_job(
    client: TestClient, services: Services, path: str
) -> None:
    body = {"file_url": "https://example.org/a.pdf"}
    first, second = (post(client, path, json=body) for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["content-type"] == first.headers["content-type"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert count_jobs(services) == 1


def test_without_a_key_or_with_another_it_is_another(client: TestClient, services: Services) -> None:
    for key in ("key-1", "key-2"):
        post(client, "parse", key, json=TEXT)
    for _ in range(2):
        client.post("parse", json=TEXT)
    assert count_jobs(services) == 4


@pytest.mark.parametrize(
    ("path", "body"),
    [("parse", {**TEXT, "raw_text": "b"}), ("read", TEXT), ("parse?x=1", TEXT)],
)
def test_a_key_is_for_one_request(
    client: TestClient, services: Services, path: str, body: dict[str, str]
) -> None:
    post(client, "parse", json=TEXT)
    answer = post(client, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_CONFIGURATION")
    assert count_jobs(services) == 1


def test_a_refused_request_may_be_mended(client: TestClient, services: Services) -> None:
    for body, status in (
        ({"raw_text": "a"}, 400),
        ({"raw_text": 7}, 422),
        ({**TEXT, "page_range": "x"}, 400),
        (TEXT, 200),
    ):
        assert post(client, "parse", json=body).status_code == status
    assert post(client, "parse", content=b"not json", key="key-2").status_code == 400
    assert post(client, "parse/parse_unknown/cancel", key="key-2").status_code == 404
    assert count_jobs(services) == 1


@pytest.mark.parametrize("key", [b"", b" ", b"a b", b"\xc3\xbc", b"a" * 256])
def test_a_key_has_visible_characters(client: TestClient, services: Services, key: bytes) -> None:
    answer = client.post("parse", json=TEXT, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_CONFIGURATION")
    assert count_jobs(services) == 0


def test_while_the_first_is_on_its_way_the_second_is_told_to_wait(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go_on = threading.Event(), threading.Event()
    create = services.jobs.create

    def slow(*positional: Any, **named: Any) -> Any:
        arrived.set()
        assert go_on.wait(60)
        return create(*positional, **named)

    monkeypatch.setattr(services.jobs, "create", slow)
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(post(client, "parse", json=TEXT)))
    thread.start()
    try:
        assert arrived.wait(60)
        busy = post(client, "parse", json=TEXT)
        assert (busy.status_code, busy.json()["code"]) == (409, "INVALID_JOB_STATE")
    finally:
        go_on.set()
        thread.join(60)
    assert post(client, "parse", json=TEXT).content == answers[0].content
    assert count_jobs(services) == 1


@pytest.mark.parametrize("dies", ["before the job is made", "after it"])
def test_a_job_is_made_once_though_its_process_died(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    create = services.jobs.create

    def broken(project: str, request: JobRequest, **named: Any) -> Any:
        if dies == "after it":
            create(project, request, **named)
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(services.jobs, "create", broken)
        # A process that dies does not even say that it was broken off.
        patch.setattr(services.repeats, "broken_off", lambda _request: None)
        assert post(client, "parse", json=TEXT).status_code == 500
    assert post(client, "parse", json=TEXT).status_code == 409
    present = services.ledger.now
    monkeypatch.setattr(services.ledger, "now", lambda: present() + CLAIM)
    answers = [post(client, "parse", json=TEXT) for _ in range(2)]
    assert answers[0].status_code == 200
    assert answers[0].content == answers[1].content
    (job,) = services.jobs.page(PROJECT, PageRequest(10)).items
    assert answers[0].json()["parse_id"] == job.id
    FakeWorker(services).work()
    assert services.shards.claim_next("cpu", "worker", 60) is None


def test_an_unexpected_error_may_be_tried_again_at_once(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(services.jobs, "create", lambda *_a, **_n: 1 / 0)
        assert post(client, "parse", json=TEXT).status_code == 500
    assert post(client, "parse", json=TEXT).status_code == 200
    assert count_jobs(services) == 1


def test_who_leaves_inside_the_body_is_no_error_of_the_server(app: FastAPI, client: TestClient) -> None:
    began = {"type": "http.request", "body": b'{"raw', "more_body": True}
    incoming = iter([began, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(incoming)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"host": "localhost", "authorization": f"Bearer {KEY}", "idempotency-key": "key-1"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/documents/v2/parse",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 400
    assert post(client, "parse", json=TEXT).status_code == 200


def test_an_upload_is_kept_once(client: TestClient, services: Services) -> None:
    first, second = (post(client, "files", files={"file": ("a.pdf", PDF)}) for _ in range(2))
    assert first.json() == second.json()
    other = post(client, "files", files={"file": ("a.pdf", PDF + b"more")})
    assert (other.status_code, other.json()["code"]) == (422, "INVALID_CONFIGURATION")
    assert post(client, "files", content=b"not multipart", key="key-2").status_code == 400


def test_every_other_post_too(client: TestClient, services: Services) -> None:
    made = [post(client, "datasets", "d", json={"name": "invoices"}) for _ in range(2)]
    assert made[0].status_code == 200
    assert made[0].content == made[1].content
    parse_id = client.post("parse", json=TEXT).json()["parse_id"]
    cancelled = [post(client, f"parse/{parse_id}/cancel", "c") for _ in range(2)]
    assert cancelled[0].status_code == 200
    assert cancelled[0].content == cancelled[1].content


def test_secrets_in_answers_are_sealed_and_given_to_who_may_see_them_only(tmp_path: Path) -> None:
    config = tmp_path / "octavo.yaml"
    keys = "[admin-key-1, {key: user-key-1, scopes: [read, write]}]"
    config.write_text(f"organizations: [{{id: acme, projects: [{{id: p, api_keys: {keys}}}]}}]")
    services = make_services(tmp_path / "data", config=config)
    client = TestClient(create_app(services), base_url="http://localhost/documents/v2/")

    def add(key: str) -> httpx.Response:
        headers = {"Idempotency-Key": "key-1", "Authorization": f"Bearer {key}"}
        return client.post("webhooks", json={"url": "https://example.org"}, headers=headers)

    first, second, user = add("admin-key-1"), add("admin-key-1"), add("user-key-1")
    assert first.status_code == 200
    assert first.content == second.content
    assert (user.status_code, first.json()["secret"] in user.text) == (403, False)
    assert len(services.webhooks.page("acme/p", PageRequest(10)).items) == 1
    with services.ledger.read() as session:
        row = session.get_one(KeyedRequest, ("acme/p", "key-1"))
    assert first.json()["secret"] not in (row.answer or "")
    services.close()


def test_the_openapi_document_tells_of_it(client: TestClient) -> None:
    for path, methods in client.get("http://localhost/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            names = [parameter["name"] for parameter in operation.get("parameters", ())]
            taken = method == "post" and not path.startswith("/v1/")  # docling-serve knows none
            assert names.count("Idempotency-Key") == taken, path
