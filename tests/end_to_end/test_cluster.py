"""The compose file's topology with real servers: Postgres, Redis and S3 beside API and worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.receiver import receiving
from benchmarks.servers import S3
from benchmarks.service import Service, ended, pdf, scanned, submit, upload
from tests.waiting import soon

pytestmark = [pytest.mark.end_to_end, pytest.mark.services]


@pytest.fixture
def cluster(
    tmp_path: Path, postgres_url: str, redis_url: str, s3_server: S3
) -> Iterator[tuple[Service, subprocess.Popen[bytes], dict[str, str]]]:
    """An API without a worker, and one worker process with a data folder of its own."""
    environment = {
        **s3_server.environment,
        "OCTAVO_DATABASE_URL": postgres_url,
        "OCTAVO_BLOB_URL": f"s3://{s3_server.bucket}/tests",
        "OCTAVO_S3_ENDPOINT_URL": s3_server.endpoint_url,
        "OCTAVO_BROKER_URL": redis_url,
        "OCTAVO_API_KEYS": "cluster-key",
        "OCTAVO_LEASE_SECONDS": "2",
        "OCTAVO_SWEEP_SECONDS": "1",
        "OCTAVO_SHARD_PAGES": "4",
        "OCTAVO_PAGE_WINDOW": "2",
        "OCTAVO_SECRET_KEY": "a key that all machines of it share",
        "OCTAVO_WEBHOOK_ALLOW": "127.0.0.1",
    }
    api = Service(tmp_path / "api", environment, ("serve", "--no-worker")).start()
    worker = start_worker(tmp_path / "worker", environment)
    yield api, worker, environment
    worker.terminate()
    api.stop()
    worker.wait(20)


def start_worker(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("OCTAVO_")}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "api", "worker"],
            env={**inherited, **environment, "OCTAVO_DATA_DIR": str(folder / "data")},
            stdout=log,
            stderr=log,
        )


def test_documents_are_read_across_processes_and_servers(
    cluster: tuple[Service, subprocess.Popen[bytes], dict[str, str]],
) -> None:
    api, _, _ = cluster
    with api.client("cluster-key") as client:
        long = submit(client, file_id=upload(client, pdf([f"This is page {n}." for n in range(1, 12)])))
        scan = submit(client, file_id=upload(client, scanned(["Invoice 20417"])))
        long_result, scan_result = ended(client, long), ended(client, scan)
        stream = client.get(f"parse/{long}", headers={"Accept": "text/event-stream"}).text
        assert client.delete(f"parse/{scan}").status_code == 204
    assert long_result["status"] == "successful", long_result["error"]
    assert [page["page_number"] for page in long_result["pages"]] == list(range(1, 12))
    assert "This is page 11." in long_result["document_markdown"]
    assert "20417" in scan_result["document_markdown"]
    assert "event: parse_done" in stream


def test_a_lost_worker_s_job_is_finished_and_told_of_by_the_next(
    cluster: tuple[Service, subprocess.Popen[bytes], dict[str, str]], tmp_path: Path
) -> None:
    api, worker, environment = cluster
    with receiving() as receiver, api.client("cluster-key") as client:
        wanted = {"url": receiver.url(), "event_types": ["tensorlake.document_ingestion.job.completed"]}
        secret = client.post("webhooks", json=wanted).json()["secret"]
        job = submit(client, file_id=upload(client, scanned([f"Page {n} " * 40 for n in range(6)])))
        while client.get(f"parse/{job}/progress").json()["current"] < 1:
            pass
        for process in [*psutil.Process(worker.pid).children(recursive=True), psutil.Process(worker.pid)]:
            process.send_signal(signal.SIGKILL)
        second = start_worker(tmp_path / "second", environment)
        result = ended(client, job)
        assert soon(lambda: bool(receiver.received))
        second.terminate()
        second.wait(20)
    assert result["status"] == "successful", result["error"]
    assert result["parsed_pages_count"] == 6
    (request,) = receiver.received
    assert request.verified(secret)["job_id"] == job
