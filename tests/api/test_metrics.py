"""``/metrics`` tells how the installation does, to those it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.service import FakeWorker, make_services
from tests.waiting import soon
from workers.jobs.ledger.survey import Survey
from workers.jobs.metering import COLLECTED, JOB_SECONDS, METRICS, PAGES, STAGE_SECONDS
from workers.jobs.services import Services

KEY = "key-of-metrics"
RAW = {"raw_text": "words", "mime_type": "text/plain"}


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    COLLECTED.take()
    yield
    COLLECTED.take()


def client_of(services: Services, peer: str = "127.0.0.1") -> TestClient:
    return TestClient(create_app(services), base_url="http://localhost", client=(peer, 50000))


def numbers(client: TestClient) -> dict[str, float]:
    """Every sample, as Prometheus writes it."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_without_a_key_only_this_machine_is_answered(services: Services) -> None:
    assert client_of(services).get("/metrics").status_code == 200
    elsewhere = client_of(services, "192.0.2.1")
    refused = elsewhere.get("/metrics")
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHORIZED")
    assert "octavo_" not in refused.text
    # A page of another site, open in a browser here.
    assert client_of(services).get("/metrics", headers={"host": "evil.example"}).status_code == 401


def test_with_a_key_its_bearer_is_answered_wherever_it_is(tmp_path: Path) -> None:
    services = make_services(tmp_path, metrics_key=SecretStr(KEY))
    try:
        elsewhere = client_of(services, "192.0.2.1")
        assert elsewhere.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
        for wrong in ("", KEY, "Bearer ", "Bearer other-key", f"Basic {KEY}", "Bearer test-key-0001"):
            answer = client_of(services).get("/metrics", headers={"Authorization": wrong})
            assert answer.status_code == 401, wrong
    finally:
        services.close()


def test_queues_workers_and_files_are_told_of(services: Services, worker: FakeWorker) -> None:
    with client_of(services) as client:
        client.headers["Authorization"] = "Bearer test-key-0001"
        for _ in range(3):
            assert client.post("/documents/v2/parse", json=RAW).status_code == 200
        client.put("/documents/v2/files", files={"file": ("a.txt", b"12345", "text/plain")})
        worker.claim()
        services.workers.tell("host/1/abc", ["cpu"], "mark", 123456)
        found = numbers(client)
    assert found["octavo_ledger_up{}"] == 1
    assert found['octavo_jobs{status="pending"}'] == 2
    assert found['octavo_jobs{status="processing"}'] == 1
    assert found['octavo_queue_waiting{lane="soon",queue="cpu"}'] == 2
    assert found['octavo_queue_running{lane="soon",queue="cpu"}'] == 1
    assert found['octavo_queue_oldest_seconds{lane="soon",queue="cpu"}'] > 0
    assert found['octavo_queue_waiting{lane="batch",queue="gpu"}'] == 0
    assert found["octavo_workers{}"] == 1
    assert found['octavo_worker_memory_bytes{worker="host/1"}'] == 123456
    assert found['octavo_webhook_endpoints{state="healthy"}'] == 0
    route = 'method="POST",route="/documents/v2/parse"'
    assert found[f'octavo_http_requests_total{{{route},status="200"}}'] == 3
    assert found[f"octavo_http_request_seconds_count{{{route}}}"] == 3
    assert any(name.startswith("octavo_build_info") for name in found)


def test_counts_are_of_all_processes_and_buckets_add_up(services: Services) -> None:
    PAGES.add(5, format="PDF", outcome="ok")
    STAGE_SECONDS.observe(1.5, stage="ocr")
    for seconds in (0.5, 4, 4, 1e6):
        JOB_SECONDS.observe(seconds, type="parse")
    COLLECTED.flush(services.meters)
    found = numbers(client_of(services))
    assert found['octavo_pages_total{format="PDF",outcome="ok"}'] == 5
    assert found['octavo_stage_seconds_sum{stage="ocr"}'] == 1.5
    assert found['octavo_stage_seconds_count{stage="ocr"}'] == 1
    buckets = [
        found[f'octavo_job_seconds_bucket{{le="{le}",type="parse"}}']
        for le in ("1.0", "2.0", "5.0", "86400.0", "+Inf")
    ]
    assert buckets == [1, 1, 3, 3, 4]
    assert found['octavo_job_seconds_count{type="parse"}'] == 4
    assert found['octavo_job_seconds_sum{type="parse"}'] == 1e6 + 8.5


def test_everything_that_is_counted_is_named_before_it_happened(services: Services) -> None:
    text = client_of(services).get("/metrics").text
    for metric in METRICS:
        assert f"# TYPE {metric.name}" in text, metric.name


def test_numbers_of_another_version_do_no_harm(services: Services) -> None:
    known = '{"format": "PDF", "outcome": "ok"}'
    for name, labels in (("gone", "{}"), ("pages", '{"format": "PDF"}'), ("pages", known)):
        services.meters.add({(f"octavo_{name}_total", labels): 1.0})
    found = numbers(client_of(services))
    assert "octavo_gone_total{}" not in found
    assert [name for name in found if "pages" in name] == ['octavo_pages_total{format="PDF",outcome="ok"}']


def test_of_many_who_look_one_asks_the_ledger(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ask: Callable[[Survey], dict[str, int]] = Survey.jobs
    monkeypatch.setattr(Survey, "jobs", lambda survey: asked.append("jobs") or ask(survey))
    client = client_of(services)
    for _ in range(3):
        assert numbers(client)["octavo_ledger_up{}"] == 1
    assert asked == ["jobs"]


def test_without_a_ledger_requests_are_told_of_all_the_same(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Survey] = []

    def away(survey: Survey) -> None:
        asked.append(survey)
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(Survey, "jobs", away)
    client = client_of(services)
    client.get("/livez")
    found = numbers(client)
    assert found["octavo_ledger_up{}"] == 0
    assert found['octavo_http_requests_total{method="GET",route="/livez",status="200"}'] == 1
    assert not any("queue" in name for name in found)
    assert numbers(client)["octavo_ledger_up{}"] == 0
    assert len(asked) == 1  # a database that is slow to fail is not asked by each who looks


def test_what_an_api_counts_goes_to_the_ledger(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.app.FLUSH_SECONDS", 0.01)
    with client_of(services) as client:
        client.headers["Authorization"] = "Bearer test-key-0001"
        job_id = client.post("/documents/v2/parse", json=RAW).json()["parse_id"]
        client.post(f"/documents/v2/parse/{job_id}/cancel")
        assert soon(
            lambda: any(total.labels.get("outcome") == "cancelled" for total in services.meters.totals())
        )


def test_openmetrics_is_spoken_too(services: Services) -> None:
    answer = client_of(services).get(
        "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
