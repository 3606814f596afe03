"""A worker that is worn ends what it has in hand and makes room for the next; no job waits for a lease."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.service import Service, ended, pdf, submit, upload

pytestmark = pytest.mark.end_to_end

HOURS = "36000"


def test_jobs_go_on_over_workers_that_are_started_anew(tmp_path: Path) -> None:
    short_lived = {"OCTAVO_WORKER_MAX_SHARDS": "3", "OCTAVO_LEASE_SECONDS": HOURS, "OCTAVO_WORKERS": "2"}
    running = Service(tmp_path, short_lived).start()
    try:
        with running.client() as client:
            first = running.worker()
            jobs = [submit(client, file_id=upload(client, pdf([f"Document {n}."]))) for n in range(5)]
            results = [ended(client, job) for job in jobs]
            assert not first.is_running()
    finally:
        running.stop()
    assert [result["status"] for result in results] == ["successful"] * 5
    assert "worker ended with code 0 and is started again" in running.log
    assert " ERROR " not in running.log
