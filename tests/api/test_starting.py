"""Commands that need the ledger say what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.__main__ import app


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_a_database_that_is_away_is_told_of_without_its_password(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_DATABASE_URL", "postgresql://octavo:a-password@127.0.0.1:1/octavo")
    ended = CliRunner().invoke(app, [command])
    assert ended.exit_code == 2
    assert "The database cannot be used at the moment" in ended.output
    assert "127.0.0.1" in ended.output
    assert "a-password" not in ended.output
