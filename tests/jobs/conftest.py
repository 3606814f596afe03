"""A ledger, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.settings import Settings
from tests.api.service import CountingDoorbell
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.services import Services


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        create: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        url = create()
    engine = open_engine(url)
    migrate(engine)
    ledger = Ledger(engine, clock)
    yield ledger
    ledger.close()


@pytest.fixture(params=["one machine", pytest.param("cluster", marks=pytest.mark.services)])
def services(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Services]:
    """All services: on SQLite and files, and on a real Postgres and S3. The clock begins at the present."""
    urls = {}
    if request.param == "cluster":
        server = request.getfixturevalue("s3_server")
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        urls = {
            "database_url": request.getfixturevalue("new_postgres_database")(),
            "blob_url": f"s3://{server.bucket}/{tmp_path.name}",
            "s3_endpoint_url": server.endpoint_url,
        }
    services = Services.from_settings(Settings(data_dir=tmp_path / "data", **urls), CountingDoorbell())
    migrate(services.ledger.engine)
    clock.moment = datetime.now(UTC)
    services.ledger.now = clock
    yield services
    services.close()
