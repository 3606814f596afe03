"""One running service for all tests that do not harm it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.service import Service

LOOPBACK = {"OCTAVO_FILE_URL_ALLOW": "127.0.0.1", "OCTAVO_WEBHOOK_ALLOW": "127.0.0.1"}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """It may fetch from loopback and send there, and has no keys."""
    running = Service(tmp_path_factory.mktemp("service"), LOOPBACK).start()
    yield running
    running.stop()
