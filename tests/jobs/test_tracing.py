"""Traces go on from the request to the work, and are sent only where the environment says."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from schemas.settings import Tracing
from tests.fakes.collector import collecting
from workers.jobs import tracing
from workers.jobs.telemetry import bound

TRACE, PARENT = "ab" * 16, "cd" * 8


def test_a_span_goes_on_from_a_traceparent(spans: InMemorySpanExporter) -> None:
    parent = tracing.continued(f"00-{TRACE}-{PARENT}-01")
    with tracing.span("read", {"octavo.pages": 3}, kind=SpanKind.CONSUMER, parent=parent):
        assert bound()["trace_id"] == TRACE == tracing.trace_id()
        told = tracing.traceparent()
    (span,) = spans.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT
    assert told == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert (span.name, span.kind, span.attributes) == ("read", SpanKind.CONSUMER, {"octavo.pages": 3})


def test_work_without_a_trace_begins_one(spans: InMemorySpanExporter) -> None:
    with tracing.span("outer"), tracing.span("read", parent=tracing.continued(None)):
        pass
    inner, outer = spans.get_finished_spans()
    assert inner.parent is None
    assert inner.context.trace_id != outer.context.trace_id


def test_a_span_tells_of_an_error_by_its_class_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="words"), tracing.span("read"):
        raise ValueError("the document's words")
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert span.attributes == {"error.type": "ValueError"}
    assert not span.events


def test_outside_of_a_trace_there_is_none() -> None:
    assert tracing.trace_id() is None
    assert tracing.traceparent() is None
    assert "trace_id" not in bound()


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        ({}, None),
        ({"EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "http://collector:4318"),
        ({"EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/v1/traces"}, "http://c/v1/traces"),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c", "SDK_DISABLED": "True"}, None),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c", "TRACES_EXPORTER": "none"}, None),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c", "TRACES_EXPORTER": "console, otlp"}, "http://c"),
        ({"EXPORTER_OTLP_ENDPOINT": ""}, None),
    ],
)
def test_where_traces_go(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], endpoint: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_{name}", value)
    assert Tracing().endpoint == endpoint


def test_a_missing_extra_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(tracing, "can_send", lambda: False)
    with caplog.at_level(logging.WARNING), tracing.sending("octavo-test"):
        pass
    assert "octavo[otel]" in caplog.text


def run(code: str, **environment: str) -> str:
    """What a process of its own writes: a process has one place that its spans go to, for good."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, threading\nfrom workers.jobs import tracing\n{code}"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_without_a_variable_nothing_of_the_sdk_is_loaded() -> None:
    code = """with tracing.sending("octavo-test"), tracing.span("one"):
    print([name for name in sys.modules if name.startswith("opentelemetry.sdk")])"""
    assert run(code, OTEL_EXPORTER_OTLP_ENDPOINT="") == "[]"


@pytest.mark.parametrize(("given", "service"), [({}, "octavo-test"), ({"OTEL_SERVICE_NAME": "mine"}, "mine")])
def test_the_last_spans_are_sent_before_the_end(given: dict[str, str], service: str) -> None:
    code = """with tracing.sending("octavo-test"), tracing.span("last"):
    pass"""
    with collecting() as collector:
        run(code, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **given)
        assert [(name, span.name) for name, span in collector.spans] == [(service, "last")]


def test_a_collector_that_does_not_answer_keeps_nobody_from_ending() -> None:
    code = """from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
OTLPSpanExporter.export = lambda *_: threading.Event().wait()
tracing._LAST_SECONDS = 0.1
with tracing.sending("octavo-test"), tracing.span("last"):
    pass
print("ended")"""
    assert run(code, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9") == "ended"
