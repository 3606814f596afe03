"""Every endpoint, by every key that it is not for: nothing of another project is shown or changed.

The endpoints are those that the app has. One that is new needs a row in the tables here, or its tests fail.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create_app
from api.dependencies import PREFIX, ApiRoute, ConvertRoute
from api.pagination import encode_cursor
from schemas.settings import Settings
from tests.api.service import PDF, make_services
from tests.api.tenancy import Endpoint, ReadAtOnce, Tenant, connect, endpoints, kept, settle
from workers.jobs.ledger.keys import Scope
from workers.jobs.ledger.paging import Cursor
from workers.jobs.ledger.tables import Shard

PUBLIC = {
    *("/livez", "/readyz", "/health", "/ready", "/version", "/metrics", "/openapi.json"),
    *("/docs", "/static-offline-docs", "/", "/playground"),
}
"""What is answered without a key of a project."""

PATH_OTHERS = {"page_number": "1", "chunker": "hybrid"}
"""Parameters in paths that are no ids, and what to send."""

QUERY_IDS = {"id": "parse_id", "parse_id": "parse_id"}
"""Query parameters that are ids, and of what."""
QUERY_NAMES = {"dataset_name", "filename", "file_name", "name"}
"""Query parameters that are found in what a project keeps."""
QUERY_OTHERS = {
    *("limit", "direction", "status", "created_after", "created_before", "finished_after", "finished_before"),
    *("include_configuration", "include_analytics", "with_options", "width", "wait", "after"),
}
"""Query parameters that name nothing of anybody's."""

CLASSES = [{"name": "invoice", "description": "a bill"}]
SCHEMA = {"schema_name": "s", "json_schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
OF_A_FILE: dict[str, list[dict[str, Any]]] = {
    "parse": [{}],
    "read": [{}],
    "extract": [{"structured_extraction_options": [SCHEMA]}],
    "classify": [{"page_classifications": CLASSES}],
    "edit": [{"form_filling": {"fill_prompt": "a"}}],
    "parse_into_dataset": [{}],
}
"""What goes with a source in the body of an endpoint that takes one."""
IN_BODY = {"kind": "file", "filename": "MARK.txt", "base64_string": "YQ=="}
OTHER_BODIES: dict[str, dict[str, Any]] = {
    "create_dataset": {"name": "MARK"},
    "update_dataset": {"description": "mine"},
    "create_webhook": {"url": "https://MARK.example.org/hook"},
    "update_webhook": {"name": "mine", "enabled": False},
    "test_webhook": {"event_type": "tensorlake.document_ingestion.job.completed"},
    "replay_parse": {"mode": "adaptive"},
    "convert_source": {"sources": [IN_BODY]},
    "convert_source_async": {"sources": [IN_BODY]},
    "chunk_source": {"sources": [IN_BODY]},
    "chunk_source_async": {"sources": [IN_BODY]},
}
CONVERT_UPLOADS = ("convert_file", "convert_file_async", "chunk_file", "chunk_file_async")
UPLOADS = {"upload_file": "file", "upload_file_by_post": "file", **dict.fromkeys(CONVERT_UPLOADS, "files")}
"""Which part of the form is the file."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. ``foreign``: it names something by its id that its caller has not."""

    method: str
    path: str
    foreign: bool
    options: dict[str, Any] = field(default_factory=dict)

    def send(self, client: TestClient, **headers: str) -> Any:
        return client.request(self.method, f"http://localhost{self.path}", headers=headers, **self.options)

    @property
    def text(self) -> str:
        return f"{self.path} {self.options}"


def asks(endpoint: Endpoint, document: dict[str, Any], own: Tenant, other: Tenant) -> list[Ask]:
    """All requests that ``own`` may make to an endpoint with something of ``other``'s in them."""
    operation = document["paths"][endpoint.path][endpoint.method.lower()]
    parameters = operation.get("parameters", [])
    in_path = [p["name"] for p in parameters if p["in"] == "path"]
    places = list(_places(endpoint.path, in_path, own, other))
    queries = [q for p in parameters if p["in"] == "query" for q in _queries(p["name"], other)]
    bodies = list(_bodies(endpoint, operation, own, other))
    found = [
        Ask(endpoint.method, path, is_foreign or theirs, {**body, **({"params": query} if query else {})})
        for path, is_foreign in places
        for body, theirs in bodies
        for query in [{}, *queries]
    ]
    return [ask for ask in found if ask.foreign or not in_path]


def _places(path: str, names: list[str], own: Tenant, other: Tenant) -> Iterator[tuple[str, bool]]:
    """The path with ids of both in all ways, and whether there is one of ``other``'s in it."""
    ids_in_path = [name for name in names if name not in PATH_OTHERS]
    for owners in itertools.product((own, other), repeat=len(ids_in_path)):
        for ids in itertools.product(*(o.ids[n] for o, n in zip(owners, ids_in_path, strict=True))):
            yield path.format(**PATH_OTHERS, **dict(zip(ids_in_path, ids, strict=True))), other in owners


def _queries(name: str, other: Tenant) -> list[dict[str, str]]:
    if name == "cursor":
        later = datetime.now(UTC) + timedelta(days=1)
        cursors = (encode_cursor(Cursor(later, found)) for ids in other.ids.values() for found in ids)
        return [{name: cursor} for cursor in cursors if cursor]
    if name in QUERY_IDS:
        return [{name: found} for found in other.ids[QUERY_IDS[name]]]
    assert name in QUERY_NAMES | QUERY_OTHERS, f"say above what the parameter {name} is"
    return [{name: other.mark}] if name in QUERY_NAMES else []


def _bodies(
    endpoint: Endpoint, operation: dict[str, Any], own: Tenant, other: Tenant
) -> Iterator[tuple[dict[str, Any], bool]]:
    """Bodies as options of a request, and whether ``other``'s ids are in them."""
    name = endpoint.route.name
    if "requestBody" not in operation:
        yield {}, False
    elif name in UPLOADS:
        yield {"files": {UPLOADS[name]: (f"{own.mark}.pdf", PDF + other.mark.encode())}}, False
    elif name in OF_A_FILE:
        for rest in OF_A_FILE[name]:
            yield {"json": {"file_id": own.ids["file_id"][0], **rest}}, False
            for found in other.ids["file_id"]:
                yield {"json": {"file_id": found, **rest}}, True
                if name == "parse_into_dataset":  # a known client sends ids so
                    yield {"json": {"raw_text": found}}, True
    else:
        text = json.dumps(OTHER_BODIES[name]).replace("MARK", f"{own.mark}-2")
        yield {"json": json.loads(text)}, False


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    services = make_services(tmp_path_factory.mktemp("tenants"), api_keys=())
    app = create_app(services)
    app.state.streams = ReadAtOnce(services)
    yield app
    services.close()


@pytest.fixture(scope="module")
def victim(app: FastAPI) -> Tenant:
    tenant = settle(app, "acme/invoices", "Wombat")
    with app.state.services.ledger.write() as session:
        session.execute(update(Shard).values(queue="elsewhere"))  # nobody reads what waits there
    return tenant


@pytest.fixture(scope="module", params=["acme/contracts", "other/invoices"])
def stranger(request: pytest.FixtureRequest, app: FastAPI, victim: Tenant) -> Tenant:
    return settle(app, request.param, {"acme/contracts": "Quokka", "other/invoices": "Numbat"}[request.param])


@pytest.fixture(scope="module")
def guinea_pig(app: FastAPI) -> Tenant:
    """A project that anything may happen to."""
    return settle(app, "acme/trials", "Bilby")


def _bare_app() -> FastAPI:
    """An app without services: nothing is asked of it."""
    bare: Any = SimpleNamespace(settings=Settings())
    return create_app(bare)


ENDPOINTS = [endpoint for endpoint in endpoints(_bare_app()) if endpoint.for_callers]
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=str)


@every_endpoint
def test_nothing_of_another_project_is_shown_or_changed(
    app: FastAPI, victim: Tenant, stranger: Tenant, endpoint: Endpoint
) -> None:
    before = kept(app.state.services)
    for ask in asks(endpoint, app.openapi(), stranger, victim):
        answers = [ask.send(stranger.client)]
        if ask.method == "GET":
            answers.append(ask.send(stranger.client, Accept="text/event-stream"))
        for answer in answers:
            shown = f"{answer.text} {answer.headers}"
            assert not {word for word in victim.words if word in shown and word not in ask.text}, ask
            if ask.foreign:
                # Of a file in the path the contract wants 400.
                expected = 400 if "{file_id}" in endpoint.path else 404
                assert (answer.status_code, answer.json()["code"]) == (expected, "ENTITY_NOT_FOUND"), ask
            else:
                assert answer.is_success, (ask, answer.text)
                assert victim.mark not in answer.text or ask.method != "GET", ask
    after = kept(app.state.services)
    assert _of(victim, before) <= after
    assert not _of(victim, after - before)


def _of(tenant: Tenant, rows: set[str]) -> set[str]:
    """The rows and blobs of a project: those that have its name, or an id of its."""
    own = tenant.words - {tenant.mark, tenant.mark.lower()} | {repr(tenant.project)}
    return {row for row in rows if any(word in row for word in own) and not _is_of_others(tenant, row)}


def _is_of_others(tenant: Tenant, row: str) -> bool:
    """Whether it is the audit log's, of what somebody else did: the id that was asked for stands there."""
    return row.startswith("audit_events ") and repr(tenant.project) not in row


@every_endpoint
def test_a_key_without_the_scope_is_refused_before_anything_is_looked_at(
    app: FastAPI, guinea_pig: Tenant, endpoint: Endpoint
) -> None:
    assert isinstance(endpoint.route, ApiRoute)
    wanted = endpoint.route.scope
    services = app.state.services
    less = connect(app, services.keys.issue(guinea_pig.project, tuple(set(Scope) - {wanted}))[1])
    before = {row for row in kept(services) if not row.startswith(("api_keys ", "audit_events "))}
    path = re.sub(r"{.*?}", "none", endpoint.path)
    for content, headers in ((b"", {}), (b"{", {}), (b"{}", {"Idempotency-Key": "one"})):
        answer = less.request(endpoint.method, f"http://localhost{path}", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
        assert f"needs a key with the scope {wanted}" in answer.json()["message"]
    assert before <= kept(services)


@every_endpoint
def test_a_key_with_only_the_scope_is_let_in(app: FastAPI, guinea_pig: Tenant, endpoint: Endpoint) -> None:
    assert isinstance(endpoint.route, ApiRoute)
    only = app.state.services.keys.issue(guinea_pig.project, (endpoint.route.scope,))[1]
    path = re.sub(r"{.*?}", "none", endpoint.path)
    answer = connect(app, only).request(endpoint.method, f"http://localhost{path}")
    assert answer.status_code not in (401, 403)


@every_endpoint
def test_reading_writing_and_administering_are_told_apart(endpoint: Endpoint) -> None:
    assert isinstance(endpoint.route, ApiRoute)
    expected = Scope.READ if endpoint.method == "GET" else Scope.WRITE
    of_webhooks = endpoint.path.startswith(f"{PREFIX}/webhooks")
    if of_webhooks and (endpoint.method != "GET" or endpoint.path.endswith("/secret")):
        expected = Scope.ADMIN
    assert endpoint.route.scope is expected


@pytest.mark.parametrize(
    "endpoint",
    [e for e in ENDPOINTS if e.method == "POST" and not isinstance(e.route, ConvertRoute)],
    ids=str,
)
def test_an_idempotency_key_gives_no_answer_of_another_project(
    app: FastAPI, guinea_pig: Tenant, stranger: Tenant, endpoint: Endpoint
) -> None:
    key = f"{endpoint}-{stranger.mark}".translate({ord(" "): "-"})
    reader = connect(app, app.state.services.keys.issue(guinea_pig.project, (Scope.READ,))[1])
    for number, ask in enumerate(asks(endpoint, app.openapi(), stranger, guinea_pig)):
        headers = {"Idempotency-Key": f"{key}-{number}"}
        first, again = (ask.send(guinea_pig.client, **headers) for _ in range(2))
        theirs = ask.send(stranger.client, **headers)
        assert "Idempotent-Replayed" not in theirs.headers
        assert not {w for w in guinea_pig.words if w in theirs.text and w not in ask.text}
        if first.is_success and "files" not in ask.options:
            assert "Idempotent-Replayed" in again.headers
            assert theirs.content != first.content
        assert ask.send(reader, **headers).status_code == 403


def test_what_needs_no_key_is_known() -> None:
    app = _bare_app()
    named = {path for route in app.routes if (path := getattr(route, "path", None)) is not None}
    named |= {endpoint.path for endpoint in endpoints(app) if not endpoint.for_callers}
    assert named == PUBLIC


def test_a_route_that_names_no_scope_does_not_start() -> None:
    router = APIRouter(route_class=ApiRoute)
    with pytest.raises(TypeError, match="Reader, Writer or Admin"):

        @router.get("/forgotten")
        def forgotten() -> None:
            """Knows nobody."""


def test_the_openapi_document_names_the_scope(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    for endpoint in ENDPOINTS:
        assert isinstance(endpoint.route, ApiRoute)
        told = paths[endpoint.path][endpoint.method.lower()]["security"]
        schemes = (
            {"HTTPBearer", "APIKeyHeader"} if isinstance(endpoint.route, ConvertRoute) else {"HTTPBearer"}
        )
        assert {scheme for either in told for scheme in either} == schemes
        assert all(scopes == [endpoint.route.scope.value] for either in told for scopes in either.values())
