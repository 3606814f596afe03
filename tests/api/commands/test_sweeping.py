"""``octavo sweep``: what it tells, and what it removes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.api.service import FakeWorker, make_services
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.services import Services

PROJECT = "default/default"


def octavo(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["sweep", *words])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Services of three days ago."""
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_RETENTION_DAYS", "2")
    services = make_services(tmp_path)
    services.ledger.now = lambda: datetime.now(UTC) - timedelta(days=3)
    yield services
    services.close()


def done(services: Services) -> str:
    source = SourceFields(file_url="https://example.org/a.pdf")
    request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
    services.jobs.create(PROJECT, request)
    return FakeWorker(services).work()


def stored(services: Services) -> list[str]:
    return [blob.key for blob in services.blobs.walk("jobs")]


def test_nothing_is_removed_until_it_is_asked_for(services: Services, tmp_path: Path) -> None:
    old = done(services)
    services.jobs.delete(PROJECT, done(services))
    services.blobs.put_bytes("jobs/parse_lost/source", b"[words]")
    os.utime(tmp_path / "blobs/jobs/parse_lost/source", (0, 0))
    assert "new to this database" in octavo()
    told = octavo()
    for line in (
        "old jobs of default/default: 1",
        "deleted jobs whose blobs are left: 1",
        "jobs/parse_lost, of nobody, 7 bytes",
    ):
        assert line in told
    assert "words" not in told
    found = [json.loads(line) for line in octavo("--json").splitlines()]
    assert [(one["what"], one["project"], one["count"]) for one in found[:2]] == [
        ("old jobs", PROJECT, 1),
        ("deleted jobs whose blobs are left", None, 1),
    ]
    assert (found[2]["key"], found[2]["bytes"]) == ("jobs/parse_lost", 7)
    assert len(stored(services)) == 3
    assert services.jobs.get(PROJECT, old).id == old
    assert octavo("--delete") == told
    assert stored(services) == []
    assert services.jobs.page(PROJECT, PageRequest(10)).items == []
    assert octavo() == ""


def test_a_configuration_that_cannot_be_read_ends_it(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(services)
    (tmp_path / "octavo.yaml").write_text("organizations: [{id: a, retentoin: {}}]")
    monkeypatch.setenv("OCTAVO_CONFIG", str(tmp_path / "octavo.yaml"))
    assert "retentoin" in octavo("--delete", code=2)
    assert len(stored(services)) == 1
