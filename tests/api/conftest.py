from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.service import KEY, FakeWorker, make_services
from workers.jobs.services import Services


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = make_services(tmp_path / "data")
    yield services
    services.close()


@pytest.fixture
def worker(services: Services) -> FakeWorker:
    return FakeWorker(services)


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    """A client of the default project, at the API's prefix."""
    with TestClient(
        create_app(services),
        base_url="http://localhost/documents/v2/",
        headers={"Authorization": f"Bearer {KEY}"},
        raise_server_exceptions=False,
    ) as client:
        yield client
