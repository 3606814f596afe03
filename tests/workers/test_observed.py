"""Work is part of its request's trace, is timed by stage, and pages are counted by what became of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from benchmarks.receiver import receiving
from pipelines.work import PageRecord
from schemas.documents import PageFault
from schemas.requests import JobType, ReadRequest
from schemas.webhooks import EventType, WebhookRequest
from tests.api.service import make_services
from tests.waiting import soon
from workers import observed, run
from workers.jobs import telemetry, tracing
from workers.jobs.intake import submit
from workers.jobs.ledger.tables import Job
from workers.jobs.metering import COLLECTED
from workers.jobs.services import Services
from workers.jobs.webhooks.endpoints import add_webhook
from workers.sender import Sender

PROJECT = "default/default"
WORDS = "words of the document"


@pytest.fixture
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = make_services(tmp_path_factory.mktemp("data"), webhook_allow=("127.0.0.1",))
    COLLECTED.take()
    yield services
    COLLECTED.take()
    services.close()


@pytest.fixture
def worker(services: Services) -> Iterator[run.Worker]:
    worker = run.Worker(services.settings, services)
    yield worker
    worker.stop()


def submit_text(services: Services) -> Job:
    body = ReadRequest(raw_text=WORDS, mime_type="text/plain", file_name="the name.txt")
    with tracing.span("request"):
        return submit(services, PROJECT, JobType.PARSE, body)


def counted(name: str) -> dict[str, float]:
    return {labels: amount for (one, labels), amount in COLLECTED.take().items() if one == name}


def named(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def test_a_job_is_one_trace_from_its_request_to_its_stages(
    services: Services, worker: run.Worker, spans: InMemorySpanExporter
) -> None:
    job = submit_text(services)
    while worker.run_one("cpu"):
        pass
    found = named(spans)
    request, pages, joined = found["request"], found["work on pages"], found["work on assemble"]
    assert {span.context.trace_id for span in found.values()} == {request.context.trace_id}
    for span in (pages, joined):
        assert span.parent is not None
        assert span.parent.span_id == request.context.span_id
        assert span.attributes is not None
        assert span.attributes["octavo.job"] == job.id
    for name in ("fetch", "detect", "open", "flow"):
        stage = found[name]
        assert stage.parent is not None
        assert stage.parent.span_id == pages.context.span_id
    assert found["flow"].attributes == {"octavo.stage": "flow", "octavo.page": 1}
    told = repr([(span.name, span.attributes, span.events, span.status) for span in found.values()])
    assert WORDS not in told
    assert "the name" not in told


def test_stages_are_timed_and_pages_counted(services: Services, worker: run.Worker) -> None:
    submit_text(services)
    while worker.run_one("cpu"):
        pass
    amounts = COLLECTED.take()
    stages = {labels: n for (name, labels), n in amounts.items() if name == "octavo_stage_seconds_count"}
    assert stages['{"stage": "flow"}'] == stages['{"stage": "open"}'] == 1
    pages = {labels: n for (name, labels), n in amounts.items() if name == "octavo_pages_total"}
    assert pages == {'{"format": "plain text", "outcome": "ok"}': 1}


def test_work_that_fails_is_told_of_by_the_kind_of_error(
    services: Services,
    worker: run.Worker,
    spans: InMemorySpanExporter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(WORDS)

    monkeypatch.setattr("workers.pages.read_pages", broken)
    submit_text(services)
    assert worker.run_one("cpu")
    span = named(spans)["work on pages"]
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["error.type"] == "ValueError"
    assert WORDS not in repr(span.events)


def test_pages_that_could_not_be_read_are_lines_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    COLLECTED.take()
    fault = PageFault(page_number=3, stage="ocr", code="READER_STUCK", message="It took too long.")
    records = [PageRecord(2, None, [], [], []), PageRecord(3, None, [], [], [], fault)]
    caplog.handler.addFilter(fields := telemetry.Fields())
    with caplog.at_level(logging.WARNING):
        observed.count_pages("PDF", records)
    caplog.handler.removeFilter(fields)
    (record,) = caplog.records
    assert record.__dict__["bound"] == {"page": 3, "stage": "ocr"}
    assert record.getMessage() == "the page could not be read: READER_STUCK"
    assert counted("octavo_pages_total") == {
        '{"format": "PDF", "outcome": "ok"}': 1,
        '{"format": "PDF", "outcome": "reader_stuck"}': 1,
    }


def test_stages_say_where_log_lines_are() -> None:
    with observed.stage("ocr", [4]):
        assert telemetry.bound() == {"stage": "ocr", "page": 4}
    with observed.stage("summaries", [4, 5, 6]):
        assert telemetry.bound() == {"stage": "summaries", "page": "4-6"}
    with observed.stage("classify", ()):
        assert telemetry.bound() == {"stage": "classify"}


def test_a_worker_that_was_lost_is_counted(services: Services) -> None:
    submit_text(services)
    assert services.shards.claim_next("cpu", "dead", lease_seconds=-1) is not None
    assert counted("octavo_shards_lost_total") == {}
    assert services.shards.claim_next("cpu", "alive", lease_seconds=60) is not None
    assert counted("octavo_shards_lost_total") == {'{"queue": "cpu"}': 1}


def test_a_webhook_is_part_of_its_jobs_trace(services: Services, spans: InMemorySpanExporter) -> None:
    with receiving() as receiver:
        add_webhook(services, PROJECT, WebhookRequest(url=receiver.url(), event_types=[EventType.CREATED]))
        submit_text(services)
        sender = Sender(services.settings, services)
        assert sender.send_due() == 1
        assert soon(lambda: "webhook" in named(spans))
    found = named(spans)
    parent = found["webhook"].parent
    assert parent is not None
    assert parent.span_id == found["request"].context.span_id
    assert found["webhook"].attributes is not None
    assert found["webhook"].attributes["http.response.status_code"] == 200
