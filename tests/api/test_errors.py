"""The error envelope on every path, and a truthful OpenAPI document."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from api.errors import status_of
from schemas import errors
from schemas.errors import ErrorCode, RequestError
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.services import Services


def envelope(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert set(found) == {"message", "code", "timestamp", "trace_id", "details"}
    assert found["code"] == code
    assert isinstance(found["message"], str)
    assert abs(found["timestamp"] - time.time() * 1000) < 60_000
    assert found["details"] is None or isinstance(found["details"], dict)
    return found


def every_refusal() -> list[type[RequestError]]:
    found, todo = [], [RequestError]
    while todo:
        found.append(todo.pop())
        todo.extend(found[-1].__subclasses__())
    return found


@pytest.mark.parametrize("kind", every_refusal())
def test_every_refusal_has_a_status(kind: type[RequestError]) -> None:
    more = {errors.InvalidQueryParams: {"message": "y"}, errors.QuotaExceeded: {"limit": "y"}}
    made = kind("x", **more.get(kind, {}))
    assert 400 <= status_of(made) <= 500


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing", 404, "ENTITY_NOT_FOUND"),
        ("GET", "/documents/v1/files", 404, "ENTITY_NOT_FOUND"),
        ("PATCH", "files", 405, "INVALID_CONFIGURATION"),
        ("GET", "extract", 405, "INVALID_CONFIGURATION"),
        ("GET", "parse?limit=-1", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?limit=many", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?direction=up", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?status=done", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?created_after=yesterday", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?finished_before=0001-01-01T00:00:00%2B14:00", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?cursor=%25%25%25", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "files?cursor=WyIyMDI2IiwgImEiXQ%3D%3Dx", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "files?cursor=bnVsbA", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse/x?with_options=perhaps", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "datasets?status=busy", 422, "INVALID_QUERY_PARAMS"),
        ("GET", "parse?filename=%00", 200, ""),
        ("GET", "parse/%00", 404, "ENTITY_NOT_FOUND"),
    ],
)
def test_framework_errors_too(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, f"http://localhost{path}" if path.startswith("/") else path)
    if status == 200:
        assert answer.status_code == 200
        return
    found = envelope(answer, status, code)
    if code == "INVALID_QUERY_PARAMS":
        assert set(found["details"]) == {"property", "message"}
        assert found["details"]["property"] in path


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b'{"labels": {"a": NaN}}', 400),
        (b'{"labels": {"a": 1e999}}', 400),
        (b'{"structured_extraction_options": [{"extra": -1e999}]}', 400),
        (b'{"labels": {"a": ' + b"1" * 5000 + b"}}", 400),
        (b'{"labels": {"a": "\\ud800"}}', 400),
        (b"[" * 200_000, 400),
        (b"[1]", 422),
        (b'"text"', 422),
        (b"7", 422),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", None])
def test_bodies_that_are_no_object(client: TestClient, body: bytes, status: int, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    envelope(client.post("parse", content=body, headers=headers), status, "INVALID_CONFIGURATION")


@pytest.mark.parametrize(("body", "wrong"), [(b"", "empty"), (b"null", "object"), (b"{", "not JSON (")])
def test_what_is_wrong_with_a_body_is_said_truly(client: TestClient, body: bytes, wrong: str) -> None:
    answer = client.post("parse", content=body, headers={"Content-Type": "application/json"})
    assert wrong in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "place"),
    [([1], "the body"), ({"labels": [1]}, "labels"), ({"parsing_options": "x"}, "parsing_options")],
)
def test_what_should_be_an_object_is_called_so(client: TestClient, body: Any, place: str) -> None:
    assert client.post("parse", json=body).json()["message"] == f"{place}: Input should be an object"


def test_a_body_may_come_under_any_name(client: TestClient) -> None:
    body = b'{"raw_text": "x", "mime_type": "text/plain"}'
    for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded"}):
        assert client.post("parse", content=body, headers=headers).status_code == 200


def test_too_large_a_body(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.limits.BoundedRequest.max_bytes", 1000)
    envelope(client.post("parse", content=b'{"a": "' + b"x" * 2000 + b'"}'), 413, "INVALID_FILE")


def test_trace_ids_go_round(client: TestClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = client.get("parse/x", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert envelope(answer, 404, "ENTITY_NOT_FOUND")["trace_id"] == trace
    assert answer.headers["x-trace-id"] == trace
    for bad in ("", "00-xyz-1-1", f"00-{'0' * 32}-b7ad6b7169203331-01", trace):
        answer = client.get("parse/x", headers={"traceparent": bad})
        assert answer.json()["trace_id"] is None
        assert "x-trace-id" not in answer.headers


def test_a_blob_store_that_does_not_answer_is_503(client: TestClient, services: Services) -> None:
    (services.settings.folder / "blobs").rename(services.settings.folder / "elsewhere")
    body = {"raw_text": "words", "mime_type": "text/plain"}
    assert "try again" in envelope(client.post("parse", json=body), 503, "INTERNAL_ERROR")["message"]
    assert services.jobs.page("default/default", PageRequest(limit=1)).items == []


def test_a_database_that_does_not_answer_is_503(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone away: secret"))

    monkeypatch.setattr(Files, "page", broken)
    found = envelope(client.get("files"), 503, "INTERNAL_ERROR")
    assert "secret" not in found["message"]


def test_the_unexpected_is_500_and_tells_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Files, "page", broken)
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = client.get("files", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    found = envelope(answer, 500, "INTERNAL_ERROR")
    assert "secret" not in found["message"]
    assert (found["trace_id"], answer.headers["x-trace-id"]) == (trace, trace)


@pytest.mark.parametrize("path", ["//documents/v2/files", "/documents//v2///files", "/documents/v2/files/"])
def test_slashes_are_forgiven(client: TestClient, path: str) -> None:
    assert client.get(f"http://localhost{path}").status_code == 200


def test_health_needs_no_key(client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("livez", "readyz", "version", "openapi.json", "docs"):
        answer = client.get(f"http://localhost/{path}", headers={"Authorization": ""})
        assert answer.status_code == 200, path
    monkeypatch.setattr("api.routes.health.is_current", lambda _: False)
    found = envelope(client.get("http://localhost/readyz"), 503, "INTERNAL_ERROR")
    assert "octavo migrate" in found["message"]


def test_the_docs_page_needs_no_other_server(client: TestClient) -> None:
    page = client.get("http://localhost/docs").text
    assert "://" not in page.replace("http://www.w3.org", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/static-offline-docs/{asset}" in page
        assert client.get(f"http://localhost/static-offline-docs/{asset}").status_code == 200


def test_openapi_tells_of_the_envelope_and_the_key(client: TestClient) -> None:
    document = client.get("http://localhost/openapi.json").json()
    names = []
    for path, methods in document["paths"].items():
        for operation in methods.values():
            names.append(operation["operationId"])
            if not path.startswith("/documents/v2"):
                continue
            assert operation["security"], path
            for status in ("400", "401", "403", "404", "422"):
                content = operation["responses"][status]["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/ErrorEnvelope"}, path
    assert len(set(names)) == len(names)
    codes = document["components"]["schemas"]["ErrorCode"]["enum"]
    assert set(codes) == {code.value for code in ErrorCode}
    result = document["components"]["schemas"]["ParseResult"]["properties"]
    assert {"parse_id", "pages", "chunks", "usage", "warnings"} <= set(result)
    assert {"put", "post", "get"} <= set(document["paths"]["/documents/v2/files"])


# What these do is told by their path alone.
WITHOUT_BODY = ("/rotate", "/redeliver", "/cancel")


def test_openapi_tells_what_a_route_takes(client: TestClient) -> None:
    document = client.get("http://localhost/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path)), path
            if method in ("post", "put", "patch") and not path.endswith(WITHOUT_BODY):
                # Only a replay has a mode of its own where none is named.
                assert operation["requestBody"].get("required", False) != path.endswith("/replay"), path
                assert operation["responses"]["413"], path
    delete = document["paths"]["/documents/v2/parse/{parse_id}"]["delete"]
    assert {"204", "409"} <= set(delete["responses"])
