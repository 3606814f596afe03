"""What operators see of the whole service: logs, traces and numbers, and nothing of what is in documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.receiver import receiving
from benchmarks.service import Service, ended, pdf, submit, upload
from tests.fakes.chat_server import ScriptedServer, fails
from tests.fakes.collector import Collector, collecting
from tests.waiting import soon

pytestmark = pytest.mark.end_to_end

MARK = "quokka"
"""In everything that must not be told: texts, names, keys, addresses, answers."""
KEY, METRICS_KEY = f"{MARK}-key-0001", f"{MARK}-metrics"
TRACE, PARENT = "ab" * 16, "cd" * 8
TRACED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
COUNTED = (
    'outcome="cancelled",type="parse"',
    'outcome="successful",type="parse"',
    'outcome="failure",type="parse"',
)
SCHEMA = {"type": "object", "properties": {f"{MARK}_name": {"type": "string"}}}


class Seen:
    """What a service told while it worked, and after it has ended."""

    def __init__(self, folder: Path) -> None:
        with collecting() as collector, ScriptedServer(fails(500, f"{MARK} is wrong")).running() as llm:
            self.collector = collector
            service = Service(folder, environment(collector, llm)).start()
            try:
                with receiving() as receiver:
                    receiver.status, receiver.body = 500, MARK.encode()
                    self._use(service, receiver.url(f"/{MARK}"))
                    assert soon(lambda: bool(receiver.received))
                    assert soon(lambda: collector.named("webhook") is not None)
                # What processes count comes together every few seconds.
                assert soon(lambda: all(part in self._metrics(service) for part in COUNTED))
                self.metrics = self._metrics(service)
            finally:
                service.stop()
            self.llm_was_asked = bool(llm.requests)
        self.log = service.log

    def _use(self, service: Service, hook: str) -> None:
        with service.client(KEY) as client:
            client.post("webhooks", json={"url": hook}).raise_for_status()
            file_id = upload(client, pdf([f"The {MARK} is a small animal."] * 3), f"{MARK}.pdf")
            client.headers.update(TRACED)
            extraction = {"schema_name": MARK, "json_schema": SCHEMA}
            self.job_id = submit(
                client, file_id=file_id, labels={MARK: MARK}, structured_extraction_options=[extraction]
            )
            assert ended(client, self.job_id)["status"] == "successful"
            broken = upload(client, b"%PDF-1.7\nquokka", f"{MARK}.pdf")
            assert ended(client, submit(client, file_id=broken))["status"] == "failure"
            away = submit(client, file_url=f"http://127.0.0.1:1/{MARK}.pdf?signature={MARK}")
            client.post(f"parse/{away}/cancel")
            client.get("parse", params={"file_name": MARK})
            client.get(f"parse/{MARK}")
            client.post("parse", json={"file_id": MARK, MARK: MARK})
            httpx.get(client.base_url.join("files"), headers={"Authorization": f"Bearer {MARK}"})

    def _metrics(self, service: Service) -> str:
        answer = httpx.get(f"{service.url}/metrics", headers={"Authorization": f"Bearer {METRICS_KEY}"})
        return answer.raise_for_status().text


def environment(collector: Collector, llm: ScriptedServer) -> dict[str, str]:
    return {
        "OCTAVO_LOG_FORMAT": "json",
        "OCTAVO_LOG_LEVEL": "DEBUG",
        "OCTAVO_API_KEYS": KEY,
        "OCTAVO_METRICS_KEY": METRICS_KEY,
        "OCTAVO_SECRET_KEY": f"{MARK}-" + 32 * "x",
        "OCTAVO_FILE_URL_ALLOW": "127.0.0.1",
        "OCTAVO_WEBHOOK_ALLOW": "127.0.0.1",
        "OCTAVO_LLM_BASE_URL": llm.url,
        "OCTAVO_LLM_MODEL": "model-x",
        "OCTAVO_LLM_API_KEY": f"{MARK}-llm",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"api-key={MARK}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    return Seen(tmp_path_factory.mktemp("observed"))


@pytest.fixture(scope="module")
def lines(seen: Seen) -> list[dict[str, Any]]:
    return [json.loads(line) for line in seen.log.splitlines()]


def test_every_line_is_an_object_and_says_where_it_is_from(seen: Seen, lines: list[dict[str, Any]]) -> None:
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    about = [line for line in lines if line.get("job") == seen.job_id]
    assert {line.get("trace_id") for line in about} == {TRACE}
    assert {"workers.jobs.intake", "workers.pages", "workers.observed"} <= {line["logger"] for line in about}
    assert [line["message"] for line in about if "ended: " in line["message"]] == [
        "the job ended: successful"
    ]
    stages = [line for line in about if line.get("stage")]
    assert any("model-x" in line["message"] for line in stages)
    requests = [line for line in lines if line["logger"] == "api.access"]
    assert {(line["method"], line["route"], line["status"]) for line in requests} >= {
        ("POST", "/documents/v2/parse", 200),
        ("GET", "/documents/v2/parse/{parse_id}", 404),
        ("GET", "/documents/v2/parse", 200),
        ("GET", "other", 401),
    }
    assert any(line["logger"].startswith("celery.") for line in lines)
    assert any(line.get("webhook") for line in lines)


def test_nothing_of_documents_and_no_secret_is_told(seen: Seen) -> None:
    assert seen.llm_was_asked
    assert seen.collector.spans
    assert MARK not in seen.log.lower()
    assert MARK not in seen.metrics.lower()
    assert not any(MARK.encode() in body.lower() for body in seen.collector.bodies)


def test_a_trace_leads_from_the_request_to_the_models_and_the_webhook(seen: Seen) -> None:
    spans = [(service, span) for service, span in seen.collector.spans if span.trace_id.hex() == TRACE]
    by_id = {span.span_id: span for _, span in spans}

    def path(name: str) -> list[str]:
        """From the service's first span to the first of ``name``."""
        found = [next(span for _, span in spans if span.name == name)]
        while found[0].parent_span_id in by_id:
            found.insert(0, by_id[found[0].parent_span_id])
        assert found[0].parent_span_id.hex() == PARENT
        return [span.name for span in found]

    request = "POST /documents/v2/parse"
    assert path("read") == [request, "work on pages", "read"]
    assert path("chat model-x") == [request, "work on assemble", "extract", "chat model-x"]
    assert path("webhook") == [request, "webhook"]
    assert {service for service, _ in spans} == {"octavo-api", "octavo-worker"}


def test_the_numbers_are_of_api_and_worker(seen: Seen) -> None:
    told = dict(line.rsplit(" ", 1) for line in seen.metrics.splitlines() if not line.startswith("#"))
    assert float(told['octavo_pages_total{format="PDF",outcome="ok"}']) == 3
    assert float(told['octavo_jobs_ended_total{outcome="successful",type="parse"}']) == 1
    assert float(told['octavo_stage_seconds_count{stage="read"}']) == 3
    assert float(told['octavo_model_failures_total{model="model-x",task="llm"}']) >= 1
    assert float(told['octavo_webhook_attempts_total{outcome="refused"}']) >= 1
    assert float(told["octavo_workers"]) == 1
