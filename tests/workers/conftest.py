"""A worker over a real ledger and real blobs, with a reader of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.service import make_services
from tests.workers.desk import Desk
from workers import pages, run
from workers.jobs.services import Services


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr(pages, "read_pages", desk.read_pages)
    monkeypatch.setattr("workers.children.ReaderChild.detect", lambda _self, *_a: "PDF")
    monkeypatch.setattr("workers.children.ReaderChild.open", lambda _self, *a: desk.open(*a))
    return desk


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path, page_window=2, shard_pages=4, lease_seconds=600, max_attempts=3)
    yield services
    services.close()


@pytest.fixture
def worker(services: Services) -> Iterator[run.Worker]:
    worker = run.Worker(services.settings, services)
    yield worker
    worker.stop()
