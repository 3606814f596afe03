"""A ledger, on SQLite and on a real Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger, migrate, open_engine


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
