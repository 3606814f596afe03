"""The audit log over HTTP: every route of the app is asked, and tells of what it does and of nothing else."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.dependencies import CONVERT_PREFIX, PREFIX
from schemas.ids import is_id
from tests.api.service import KEY, PDF, FakeWorker, make_services
from tests.api.tenancy import ReadAtOnce, Tenant, endpoints, settle
from tests.api.test_streams import Served
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.keys import Scope
from workers.jobs.ledger.tables import AuditEvent
from workers.jobs.services import Services

TEXT: dict[str, Any] = {"raw_text": "a", "mime_type": "text/plain"}
FORM = {"raw_text": "a", "mime_type": "application/pdf"}
CLASSES = [{"name": "a", "description": "b"}]
SCHEMAS = [{"schema_name": "a", "json_schema": {"type": "object", "properties": {"b": {"type": "string"}}}}]
SOURCES = {
    "sources": [{"kind": "file", "filename": "a.pdf", "base64_string": base64.b64encode(PDF).decode()}]
}
CONVERTED = (Action.FILE_UPLOADED, Action.JOB_SUBMITTED)
ADDRESS = "203.0.113.7"


@dataclass(frozen=True)
class Asked:
    """What is asked of a route, and what is to be told of it: ``told`` is None where nobody need know."""

    told: Action | tuple[Action, ...] | None = None
    request: dict[str, Any] = field(default_factory=dict)


# In this order: what removes things comes last. A route without a line here fails the test.
ROUTES = {
    "upload_file": Asked(Action.FILE_UPLOADED, {"files": {"file": ("Contract Müller.pdf", PDF + b"1")}}),
    "upload_file_by_post": Asked(Action.FILE_UPLOADED, {"files": {"file": ("a.pdf", PDF + b"2")}}),
    "list_files": Asked(),
    "get_file_metadata": Asked(),
    "get_file_content": Asked(Action.FILE_READ),
    "parse": Asked(Action.JOB_SUBMITTED, {"json": TEXT}),
    "read": Asked(Action.JOB_SUBMITTED, {"json": TEXT}),
    "extract": Asked(Action.JOB_SUBMITTED, {"json": TEXT | {"structured_extraction_options": SCHEMAS}}),
    "classify": Asked(Action.JOB_SUBMITTED, {"json": TEXT | {"page_classifications": CLASSES}}),
    "edit": Asked(Action.JOB_SUBMITTED, {"json": {"file_url": "https://example.org/a.pdf"}}),
    "list_parse_results": Asked(),
    "get_parse_result": Asked(Action.JOB_READ),
    "get_page_picture": Asked(Action.JOB_READ),
    "get_progress": Asked(),
    "get_pages": Asked(Action.JOB_READ),
    "poll_task": Asked(),
    "get_task_result": Asked(Action.JOB_READ),
    "convert_source": Asked((*CONVERTED, Action.JOB_READ), {"json": SOURCES}),
    "convert_source_async": Asked(CONVERTED, {"json": SOURCES}),
    "convert_file": Asked((*CONVERTED, Action.JOB_READ), {"files": {"files": ("a.pdf", PDF)}}),
    "convert_file_async": Asked(CONVERTED, {"files": {"files": ("a.pdf", PDF)}}),
    "chunk_source": Asked((*CONVERTED, Action.JOB_READ), {"json": SOURCES}),
    "chunk_source_async": Asked(CONVERTED, {"json": SOURCES}),
    "chunk_file": Asked((*CONVERTED, Action.JOB_READ), {"files": {"files": ("a.pdf", PDF)}}),
    "chunk_file_async": Asked(CONVERTED, {"files": {"files": ("a.pdf", PDF)}}),
    "create_dataset": Asked(Action.DATASET_CREATED, {"json": {"name": "another"}}),
    "list_datasets": Asked(),
    "get_dataset": Asked(),
    "update_dataset": Asked(Action.DATASET_CHANGED, {"json": {"description": "x"}}),
    "parse_into_dataset": Asked(Action.JOB_SUBMITTED, {"json": TEXT}),
    "get_dataset_data": Asked(Action.DATASET_READ),
    "create_webhook": Asked(Action.WEBHOOK_CREATED, {"json": {"url": "https://example.org/hook"}}),
    "list_webhooks": Asked(),
    "get_webhook": Asked(),
    "update_webhook": Asked(Action.WEBHOOK_CHANGED, {"json": {"name": "x"}}),
    "get_webhook_secret": Asked(Action.WEBHOOK_REVEALED),
    "rotate_webhook_secret": Asked(Action.WEBHOOK_ROTATED),
    "test_webhook": Asked(Action.WEBHOOK_TESTED, {"json": {}}),
    "list_deliveries": Asked(),
    "get_delivery": Asked(),
    "redeliver": Asked(Action.DELIVERY_REPEATED),
    "replay_parse": Asked(Action.JOB_REPLAYED),
    "cancel_parse": Asked(Action.JOB_CANCELLED),
    "delete_parse": Asked(Action.JOB_DELETED),
    "delete_webhook": Asked(Action.WEBHOOK_DELETED),
    "delete_dataset": Asked(Action.DATASET_DELETED),
    "delete_file": Asked(Action.FILE_DELETED),
}


@pytest.fixture
def tenant(client: TestClient, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """A project with something of everything, whose caller has an address."""
    monkeypatch.setattr(app.state, "drawings", PaintedDrawings())
    monkeypatch.setattr(app.state, "streams", ReadAtOnce(app.state.services))
    tenant = settle(app, "acme/invoices", "zinnober")
    tenant.client._transport.client = (ADDRESS, 50000)  # type: ignore[attr-defined]
    tenant.client.headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    app.state.services.audit.flush()
    return tenant


class PaintedDrawings:
    """Draws no document."""

    async def draw(self, *_: object) -> bytes:
        return b"picture"

    async def close(self) -> None:
        pass


def news(services: Services) -> list[AuditEvent]:
    """What was told since the last time."""
    services.audit.flush()
    events = services.audit.events()
    services.audit.forget(-services.ledger.now().resolution)
    return events


def test_every_route_tells_of_what_it_does(app: FastAPI, services: Services, tenant: Tenant) -> None:
    routes = {one.route.name: one for one in endpoints(app) if one.for_callers}
    assert routes.keys() == ROUTES.keys()
    key = services.keys.all()[0].id
    ids: dict[str, Any] = {name: of_kind[0] for name, of_kind in tenant.ids.items()} | {
        "page_number": 1,
        "chunker": "hybrid",
    }
    news(services)
    for name, asked in ROUTES.items():
        path = routes[name].path.format(**ids)
        answer = tenant.client.request(routes[name].method, f"http://localhost{path}", **asked.request)
        assert answer.is_success, f"{name}: {answer.text}"
        events = news(services)
        told = (asked.told,) if isinstance(asked.told, Action) else asked.told or ()
        assert tuple(event.action for event in events) == told, name
        for event in events:
            assert (event.project, event.actor, event.address) == ("acme/invoices", key, ADDRESS), name
            assert event.trace_id == "0af7651916cd43dd8448eb211c80319c"
            # The id of what was there before, or of what the answer says that was made.
            assert event.target is not None, name
            made = routes[name].path.startswith(CONVERT_PREFIX) and is_id(event.target)
            assert event.target in path or event.target in answer.text or made, name


def test_nothing_but_ids_is_written(services: Services, tenant: Tenant) -> None:
    tenant.client.put("files", files={"file": ("Contract Müller.pdf", PDF)}, data={"labels": "who=Meier"})
    tenant.client.get("files/Contract%20Meier/content")
    tenant.client.get("parse?filename=Meier")
    text = str([vars(event) for event in news(services)])
    for word in ("Müller", "Meier", "zinnober", tenant.secret, KEY):
        assert word not in text


def test_looking_how_a_job_goes_is_not_told_and_following_it_is(
    client: TestClient, services: Services
) -> None:
    job = client.post("parse", json=TEXT).json()["parse_id"]
    news(services)
    client.get(f"parse/{job}")
    client.get(f"parse/{job}/progress")
    assert news(services) == []
    FakeWorker(services).work()
    for _ in range(3):
        client.get(f"parse/{job}")
    assert [(e.action, e.target, e.times) for e in news(services)] == [(Action.JOB_READ, job, 3)]
    assert "parse_done" in client.get(f"parse/{job}", headers={"Accept": "text/event-stream"}).text
    assert [(e.action, e.times) for e in news(services)] == [(Action.JOB_READ, 1)]


def test_a_request_that_comes_again_is_told_once(client: TestClient, services: Services) -> None:
    for _ in range(3):
        assert client.post("parse", json=TEXT, headers={"Idempotency-Key": "a"}).status_code == 200
    actions = [event.action for event in news(services) if event.actor != "configuration"]
    assert actions == [Action.JOB_SUBMITTED]


def test_a_secret_that_is_shown_again_is_told_again(client: TestClient, services: Services) -> None:
    hook = {"url": "https://example.org/hook"}
    made = [client.post("webhooks", json=hook, headers={"Idempotency-Key": "a"}).json() for _ in range(2)]
    assert made[0] == made[1]
    told = [(event.action, event.target) for event in news(services) if event.actor != "configuration"]
    assert told == [(Action.WEBHOOK_CREATED, made[0]["id"]), (Action.WEBHOOK_REVEALED, made[0]["id"])]


def test_what_is_refused_is_told_with_what_it_was_for(client: TestClient, services: Services) -> None:
    key, secret = services.keys.issue("acme/invoices", (Scope.READ,))
    job = client.post("parse", json=TEXT).json()["parse_id"]
    news(services)
    reads = {"Authorization": f"Bearer {secret}"}
    assert client.delete(f"parse/{job}", headers=reads).status_code == 403
    assert client.get("files", headers=reads | {"X-Tensorlake-Project-Id": "other"}).status_code == 403
    told = [(e.action, e.actor, e.project, e.target) for e in news(services)]
    assert told == [
        (Action.FORBIDDEN, key.id, "acme/invoices", job),
        (Action.FORBIDDEN, key.id, "acme/invoices", None),
    ]


def test_failed_authentications_are_told_and_bounded(client: TestClient, services: Services) -> None:
    news(services)
    statuses = [
        client.get("files", headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(80)
    ]
    assert statuses == [401] * 60 + [429] * 20
    (event,) = news(services)
    assert (event.action, event.actor, event.project) == (Action.UNAUTHORIZED, "stranger", None)
    assert event.times == 80
    answer = client.get("files", headers={"Authorization": "Bearer another-guess"})
    assert answer.json()["code"] == "QUOTA_EXCEEDED"
    assert int(answer.headers["Retry-After"]) == 1


def test_who_is_known_is_let_in_while_others_guess(client: TestClient) -> None:
    assert client.get("files").status_code == 200
    for number in range(80):
        client.get("files", headers={"Authorization": f"Bearer guess-{number}"})
    assert client.get("files").status_code == 200


def test_nobody_is_shut_out_of_an_open_service(tmp_path: Path) -> None:
    services = make_services(tmp_path, api_keys=())
    base = f"http://localhost{PREFIX}/"
    with TestClient(create_app(services), base, client=("127.0.0.1", 50000)) as client:
        rebound = {"Host": "attacker.example"}
        assert [client.get("files", headers=rebound).status_code for _ in range(80)] == [401] * 80
        assert client.get("files").status_code == 200
    services.close()


@pytest.mark.parametrize(
    ("trusted", "told"), [("127.0.0.1", "203.0.113.9"), ("192.0.2.1", "127.0.0.1"), ("", "127.0.0.1")]
)
def test_the_caller_of_a_proxy_is_named_where_the_proxy_is_trusted(
    services: Services, trusted: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
    served = Served(services)
    headers = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "Authorization": "Bearer wrong"}
    try:
        assert httpx.get(f"{served.url}/files", headers=headers).status_code == 401
    finally:
        served.stop()
    assert [event.address for event in news(services) if event.actor == "stranger"] == [told]
