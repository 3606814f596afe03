from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.drawings import Drawings
from api.streams import JobStreams
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


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """One app for all tests that do not look at how it is made: making it is most of a short test's time."""
    services = make_services(tmp_path_factory.mktemp("app"))
    yield create_app(services)
    services.close()


@pytest.fixture
def client(app: FastAPI, services: Services) -> Iterator[TestClient]:
    """A client of the default project, at the API's prefix."""
    app.state.services, app.state.streams = services, JobStreams(services)
    app.state.drawings = Drawings({**os.environ, "OCTAVO_DATA_DIR": str(services.settings.data_dir)})
    with TestClient(
        app,
        base_url="http://localhost/documents/v2/",
        headers={"Authorization": f"Bearer {KEY}"},
        raise_server_exceptions=False,
    ) as client:
        yield client
