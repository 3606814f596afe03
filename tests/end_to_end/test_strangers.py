"""Every endpoint, asked by schemathesis in ways its document allows and forbids, over both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import strangers

SECONDS, SEED = 45, 1


@pytest.mark.end_to_end
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_no_request_breaks_the_service_or_its_word(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    environment = {}
    if database == "postgres":
        new_database: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        environment["OCTAVO_DATABASE_URL"] = new_database()
    said: list[str] = []
    assert strangers.run(tmp_path, SECONDS, SEED, environment, said.append), "\n".join(said)
