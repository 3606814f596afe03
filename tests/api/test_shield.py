"""What every answer tells browsers, and whose pages may call."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.shield import SAID
from schemas.settings import Settings
from tests.api.service import KEY, PDF, FakeWorker, make_services
from tests.api.test_results import EVENTS
from workers.jobs.ledger.files import Files

SITE = "https://app.example.com"
ASK = {
    "Origin": SITE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, traceparent",
}


@pytest.fixture
def sites_client(tmp_path: Path) -> Iterator[TestClient]:
    services = make_services(tmp_path / "sites", cors_origins=f"{SITE}, http://localhost:3000")
    with TestClient(
        create_app(services), base_url="http://localhost/documents/v2/", raise_server_exceptions=False
    ) as client:
        yield client
    services.close()


def with_key(**headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY}", **headers}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "files", 200),
        ("GET", "nothing", 404),
        ("PATCH", "files", 405),
        ("OPTIONS", "files", 405),
        ("POST", "parse", 400),
        ("GET", "http://localhost/livez", 200),
        ("GET", "http://localhost/openapi.json", 200),
        ("GET", "http://localhost/metrics", 401),
        ("GET", "http://localhost/static-offline-docs/swagger-ui.css", 200),
        ("GET", "http://localhost/elsewhere", 404),
    ],
)
def test_every_answer_lets_browsers_do_nothing(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SAID} == SAID


def test_so_does_one_without_a_key_and_one_to_an_error(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Files, "page", broken)
    for headers, status in (({"Authorization": ""}, 401), ({}, 500)):
        answer = client.get("files", headers=headers)
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in SAID} == SAID


def test_a_file_runs_in_no_browser(client: TestClient) -> None:
    file_id = client.put("files", files={"file": ("a.html", b"<script>", "text/html")}).json()["file_id"]
    answer = client.get(f"files/{file_id}/content")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_streams_say_themselves_how_they_are_kept(client: TestClient, worker: FakeWorker) -> None:
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    parse_id = client.post("parse", json={"file_id": file_id}).json()["parse_id"]
    worker.work()
    headers = client.get(f"parse/{parse_id}", headers=EVENTS).headers
    assert headers["cache-control"] == "no-cache"
    assert headers["content-security-policy"] == SAID["Content-Security-Policy"]


def test_the_docs_page_runs_its_own_scripts_and_no_other(client: TestClient) -> None:
    answer = client.get("http://localhost/docs")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    (script,) = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert policy["connect-src"] == "'self'"


def test_no_site_may_call_unless_it_is_named(client: TestClient) -> None:
    for answer in (client.get("files", headers={"Origin": SITE}), client.options("parse", headers=ASK)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_named_site_may_call_and_sends_its_key_by_hand(sites_client: TestClient) -> None:
    asked = sites_client.options("parse", headers=ASK)
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in asked.headers
    got = sites_client.get("files", headers=with_key(Origin=SITE))
    assert (got.status_code, got.headers["access-control-allow-origin"]) == (200, SITE)
    assert "X-Trace-Id" in got.headers["access-control-expose-headers"]
    assert "Origin" in got.headers["vary"]


def test_a_named_site_can_read_errors(sites_client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Files, "page", None)
    for headers, status in ((with_key(), 500), ({}, 401)):
        answer = sites_client.get("files", headers={**headers, "Origin": SITE})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, SITE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Origin": "https://evil.example"},
        {"Origin": f"{SITE}.evil.example"},
        {"Origin": "http://app.example.com"},
        {"Origin": "null"},
        {"Access-Control-Request-Method": "PATCH"},
        {"Access-Control-Request-Headers": "x-other"},
    ],
)
def test_what_is_not_named_is_refused_in_the_envelope(
    sites_client: TestClient, wrong: dict[str, str]
) -> None:
    answer = sites_client.options("parse", headers={**ASK, **wrong})
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    if "Origin" in wrong:
        assert "access-control-allow-origin" not in answer.headers
        got = sites_client.get("files", headers=with_key(**wrong))
        assert "access-control-allow-origin" not in got.headers


@pytest.mark.parametrize(
    "site", ["*", "null", "app.example.com", "https://app.example.com/", "https://*.example.com", "HTTPS://A"]
)
def test_sites_are_named_as_browsers_do(site: str) -> None:
    with pytest.raises(ValidationError, match="write sites as browsers"):
        Settings(cors_origins=site)  # type: ignore[arg-type]
