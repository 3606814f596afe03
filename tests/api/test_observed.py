"""What operators learn of requests: a line, numbers and a span, and nothing of what was asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.service import FakeWorker
from workers.jobs.services import Services
from workers.jobs.telemetry import Fields

TRACE, PARENT = "ab" * 16, "cd" * 8
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
RAW = {"raw_text": "the document's words", "mime_type": "text/plain", "file_name": "secret name.txt"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.handler.addFilter(fields := Fields())
    with caplog.at_level(logging.DEBUG, logger="api.access"):
        yield caplog
    caplog.handler.removeFilter(fields)


def access(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "api.access"]


def test_a_request_is_a_line_by_its_route(client: TestClient, lines: pytest.LogCaptureFixture) -> None:
    client.get("parse/parse_secret?file_name=secret", headers=TRACEPARENT)
    (line,) = access(lines)
    assert line.getMessage().startswith("GET /documents/v2/parse/{parse_id} 404 in ")
    told = {name: line.__dict__[name] for name in ("method", "route", "status", "project", "bound")}
    assert told == {
        "method": "GET",
        "route": "/documents/v2/parse/{parse_id}",
        "status": 404,
        "project": "default/default",
        "bound": {"trace_id": TRACE},
    }
    assert line.__dict__["ms"] > 0
    assert "secret" not in repr(line.__dict__)


def test_what_machines_ask_again_and_again_is_for_debugging(
    client: TestClient, lines: pytest.LogCaptureFixture
) -> None:
    client.get("http://localhost/livez")
    client.get("http://localhost/nowhere/secret")
    looked, other = access(lines)
    assert (looked.levelno, other.levelno) == (logging.DEBUG, logging.INFO)
    assert other.__dict__["route"] == "other"


def test_a_request_is_a_span_of_its_callers_trace(client: TestClient, spans: InMemorySpanExporter) -> None:
    answer = client.get("parse/parse_secret?file_name=secret", headers=TRACEPARENT)
    assert answer.headers["x-trace-id"] == TRACE
    client.get("http://localhost/livez")
    (span,) = spans.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT
    assert span.name == "GET /documents/v2/parse/{parse_id}"
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/documents/v2/parse/{parse_id}",
        "http.response.status_code": 404,
    }


def test_a_job_goes_on_from_the_span_of_its_request(
    client: TestClient, services: Services, spans: InMemorySpanExporter
) -> None:
    job_id = client.post("parse", json=RAW).json()["parse_id"]
    (span,) = spans.get_finished_spans()
    context = span.context
    expected = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    assert services.jobs.get("default/default", job_id).traceparent == expected


def test_a_callers_trace_goes_along_where_nothing_is_traced(client: TestClient, services: Services) -> None:
    job_id = client.post("parse", json=RAW, headers=TRACEPARENT).json()["parse_id"]
    assert services.jobs.get("default/default", job_id).traceparent == TRACEPARENT["traceparent"]
    job_id = client.post("parse", json=RAW).json()["parse_id"]
    assert services.jobs.get("default/default", job_id).traceparent is None


def test_an_error_nobody_expected_is_told_of_as_such(
    client: TestClient,
    spans: InMemorySpanExporter,
    lines: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("secret")

    monkeypatch.setattr("workers.jobs.ledger.jobs.Jobs.get", broken)
    assert client.get("parse/x").status_code == 500
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "ValueError"
    assert span.attributes["http.response.status_code"] == 500
    assert span.name == "GET /documents/v2/parse/{parse_id}"
    assert not span.status.is_ok
    (line,) = access(lines)
    assert (line.__dict__["status"], line.__dict__["error"]) == (500, "ValueError")


def test_event_streams_are_counted_while_they_are_open(services: Services, worker: FakeWorker) -> None:
    app: FastAPI = create_app(services)
    with TestClient(app, base_url="http://localhost/documents/v2/") as client:
        client.headers["Authorization"] = "Bearer test-key-0001"
        job_id = client.post("parse", json=RAW).json()["parse_id"]
        worker.work()
        with client.stream("GET", f"parse/{job_id}", headers={"Accept": "text/event-stream"}) as answer:
            list(answer.iter_lines())
        registry = app.state.metrics
        route = {"method": "GET", "route": "/documents/v2/parse/{parse_id}"}
        assert registry.get_sample_value("octavo_http_event_streams") == 0
        assert registry.get_sample_value("octavo_http_requests_total", {**route, "status": "200"}) == 1
        assert registry.get_sample_value("octavo_http_request_seconds_count", route) == 1
