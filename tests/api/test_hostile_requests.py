"""Requests made to break things: whatever comes, the answer is one of ours, over both databases."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.dependencies import PREFIX
from schemas.errors import ErrorCode
from schemas.settings import Settings
from tests.api.service import KEY, PDF, CountingDoorbell, make_services
from workers.jobs.ledger.engine import migrate
from workers.jobs.services import Services

TEXTS = [
    "",
    "\0",
    "a\0\u202e\u200bb",
    "\ud7ff\ue000\uffff\U0010ffff",
    "x" * 300_000,
    "../%00%ff'; DROP TABLE jobs; --",
]
BODIES = [
    b"",
    b"null",
    b"0",
    b'"x"',
    b"[]",
    b"[[[[[]]]]]",
    b"{",
    b'{"a"',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"{}{}",
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b'{"a":1e400}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":"\\ud800"}',
    b'{"\\udfff":1}',
    b'{"a":"\xc3\x28"}',
    b'{"raw_text":"x","raw_text":"y","mime_type":"text/plain","mime_type":"nonsense/"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"labels":' + b"[" * 60 + b"]" * 60 + b',"raw_text":"x","mime_type":"text/plain"}',
    b'{"x":"' + b"y" * (1 << 20) + b'"}',
    json.dumps({str(n): n for n in range(50_000)}).encode(),
]
KINDS = [
    "application/json",
    "application/xml",
    "text/plain; charset=utf-16",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 100,
    "multipart/form-data; boundary=\xe4",
    "multipart/mixed; boundary=x",
    ";;;",
    "",
]
QUERIES = [
    "?limit=1&limit=2",
    "?limit[]=1",
    "?limit=99999999999999999999999999",
    "?limit=%F0%9D%9F%99",
    "?cursor=" + "A" * 20_000,
    "?cursor=%00&direction=%00",
    "?filename=%ED%A0%80&file_name=%FF",
    "?created_after=9999-12-31T23:59:60Z&created_before=0001-01-01T00:00:00-14:00",
    "?status=" + "x" * 10_000,
    "?name=%25%5F%5C&id='--",
    "?" + "&".join(f"a{n}={n}" for n in range(5_000)),
    "?=&&==%",
]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def hostile(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[TestClient]:
    """A client of a service over either database."""
    tmp_path = tmp_path_factory.mktemp("hostile")
    if request.param == "sqlite":
        services = make_services(tmp_path, secret_key=SecretStr("k" * 32))
    else:
        services = Services.from_settings(
            Settings(
                data_dir=tmp_path,
                database_url=SecretStr(request.getfixturevalue("postgres_url")),
                api_keys=(SecretStr(KEY),),
                secret_key=SecretStr("k" * 32),
            ),
            CountingDoorbell(),
        )
        migrate(services.ledger.engine)
        services.access.refresh()
    with TestClient(
        create_app(services),
        base_url=f"http://localhost{PREFIX}/",
        headers={"Authorization": f"Bearer {KEY}"},
        raise_server_exceptions=False,
    ) as client:
        yield client
    services.close()


def judged(answer: Any) -> None:
    """An answer that is no 5xx and, where it is an error, says so in the envelope and shows no insides."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:500])
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert set(answer.json()) == {"message", "code", "timestamp", "trace_id", "details"}
        ErrorCode(answer.json()["code"])
        told = answer.json()["message"]
        assert len(told) <= 2_000
        assert not re.search(r"Traceback|sqlalchemy|psycopg|sqlite|SELECT |\.py\b|pydantic", told), told


def routes(app: FastAPI, **ids: str) -> list[tuple[str, str]]:
    """Every method and path of the API, with ids put in."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return [
        (method.upper(), re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "x"), path))
        for path, methods in paths.items()
        for method in methods
        if path.startswith(PREFIX)
    ]


def things(client: TestClient) -> dict[str, str]:
    """One of each kind, by the name of its parameter."""
    file_id = client.put("files", files={"file": ("a.pdf", PDF)}).json()["file_id"]
    made = client.post("webhooks", json={"url": "https://example.org/"}).json()
    name = f"set-{secrets.token_hex(8)}"
    return {
        "file_id": file_id,
        "parse_id": client.post("parse", json={"file_id": file_id}).json()["parse_id"],
        "dataset_id": client.post("datasets", json={"name": name}).json()["dataset_id"],
        "webhook_id": made["id"],
    }


def everywhere(text: str) -> dict[str, Any]:
    """A body with ``text`` in every place for one, for all routes at once: what is not theirs is ignored."""
    schema = {"type": "object", "title": text, "properties": {text: {"type": "string", "description": text}}}
    return {
        "mime_type": "text/plain",
        "raw_text": f"{text}.",
        "file_name": text,
        "labels": {text[:1000]: [text[:1000]]},
        "name": text,
        "description": text[:1000],
        "url": "https://example.org/",
        "page_classifications": [{"name": f"{text}a", "description": text}],
        "enrichment_options": {"table_summarization_prompt": text, "figure_summarization_prompt": text},
        "structured_extraction_options": [
            {"schema_name": f"{text}a", "json_schema": schema, "prompt": text, text: text},
            {"schema_name": "b", "json_schema": json.dumps(schema), "page_classes": [f"{text}a"]},
        ],
        "form_filling": {"fill_prompt": text},
        "event_types": [text],
        text: text,
    }


def test_any_body_to_any_route(hostile: TestClient) -> None:
    ids = things(hostile)
    for method, path in routes(hostile.app, **ids):  # type: ignore[arg-type]
        if method in ("POST", "PUT"):
            for body in BODIES:
                judged(hostile.request(method, f"http://localhost{path}", content=body))


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_in_any_place(hostile: TestClient, text: str) -> None:
    ids = things(hostile)
    for method, path in routes(hostile.app, **ids):  # type: ignore[arg-type]
        if method in ("POST", "PUT"):
            for kept in (everywhere(text), {"url": text}, {"file_url": text}, {"file_id": text}):
                judged(hostile.request(method, f"http://localhost{path}", json=kept))
    for path in ("files", "parse", "datasets", f"datasets/{ids['dataset_id']}/data", "webhooks"):
        judged(hostile.get(path))
        judged(hostile.get(path, params=dict.fromkeys(("filename", "file_name", "name", "id"), text[:5000])))


def test_any_kind_of_body_and_header(hostile: TestClient) -> None:
    for method, path in routes(hostile.app):  # type: ignore[arg-type]
        for kind in KINDS:
            headers = {"Content-Type": kind.encode("latin-1"), "Idempotency-Key": b"\xe4" * 300}
            judged(
                hostile.request(method, f"http://localhost{path}", content=b"--x\r\n\r\n", headers=headers)
            )
        judged(
            hostile.request(method, f"http://localhost{path}", headers={"Accept": "nonsense", "Range": "x"})
        )


def test_any_query_path_and_method(hostile: TestClient) -> None:
    for path in ("files", "parse", "datasets", "webhooks", "parse/x", "files/x/metadata"):
        for query in QUERIES:
            judged(hostile.get(path + query))
    for method, path in routes(hostile.app, **dict.fromkeys(things(hostile), "%00%ff%2e%2e%2f\u00fc")):  # type: ignore[arg-type]
        for other in (method, "HEAD", "OPTIONS", "TRACE", "PROPFIND", "X" * 300):
            judged(hostile.request(other, f"http://localhost{path}"))


@pytest.mark.parametrize(
    "part",
    [
        b'Content-Disposition: form-data; name="file"\r\n\r\nx',
        b'Content-Disposition: form-data; name="file"; filename="a\0b\xff.pdf"\r\n\r\nx',
        b'Content-Disposition: form-data; name="file"; filename="' + b"y" * 50_000 + b'"\r\n\r\nx',
        b"Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''%00%ff\r\n\r\nx",
        b'Content-Disposition: form-data; name="file"\r\nContent-Type: \0/\xff\r\n\r\nx',
        b'Content-Disposition: form-data; name="labels"\r\n\r\n{"a":"\\ud800"}',
        b'Content-Disposition: form-data; name="labels"\r\n\r\n' + b'{"a":' * 10_000,
        b'Content-Disposition: form-data; name="labels"\r\n\r\n\0=\0',
        b"\r\n\r\n",
        b"X: " + b"y" * 200_000 + b"\r\n\r\nx",
        b"X: y\r\n" * 20_000 + b"\r\nx",
        b"no colon\r\n\r\nx",
        b"",
    ],
)
def test_any_multipart(hostile: TestClient, part: bytes) -> None:
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f.pdf"\r\n\r\nbytes\r\n'
    for before, after in ((b"", b"--x--\r\n"), (file, b"--x--\r\n"), (file, b""), (b"", b"--x")):
        body = before + b"--x\r\n" + part + b"\r\n" + after
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        judged(hostile.put("files", content=body, headers=headers))
    judged(hostile.get("files"))
