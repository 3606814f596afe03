"""Commands that run the service say in plain words why they cannot."""

from __future__ import annotations

import socket
import sys
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
    assert ended.exit_code == 3
    assert "The database cannot be used at the moment" in ended.output
    assert "127.0.0.1" in ended.output
    assert "a-password" not in ended.output


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("OCTAVO_DATABASE_URL", "mysql://octavo:a-password@127.0.0.1/x", "OCTAVO_DATABASE_URL must be like"),
        ("OCTAVO_DATABASE_URL", "a-password", "OCTAVO_DATABASE_URL must be like"),
        ("OCTAVO_DATABASE_URL", "sqlite:////dev/null/octavo.db", "/dev/null cannot be used"),
        ("OCTAVO_BLOB_URL", "ftp://example.org", "OCTAVO_BLOB_URL must be like"),
        ("OCTAVO_DATA_DIR", "/dev/null/data", "cannot be used"),
        ("OCTAVO_PORT", "99999", "OCTAVO_PORT"),
        ("OCTAVO_CONFIG", "/dev/null/octavo.yaml", "OCTAVO_CONFIG"),
    ],
)
def test_settings_that_are_of_no_use_are_named(
    setting: str, value: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(setting, value)
    ended = CliRunner().invoke(app, ["serve"])
    assert ended.exit_code == 2
    assert said in " ".join(ended.output.split())
    assert "a-password" not in ended.output


def test_a_port_in_use_is_told_before_anything_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("workers.embedded.Supervisor", lambda: pytest.fail("something was started"))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = CliRunner().invoke(app, ["serve", "--port", str(other.getsockname()[1])])
    assert ended.exit_code == 1
    assert "--port or OCTAVO_PORT" in ended.output


def test_an_address_of_another_machine_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_API_KEYS", "a-key-of-some-length")
    ended = CliRunner().invoke(app, ["serve", "--host", "192.0.2.1", "--port", "0"])
    assert ended.exit_code == 1
    assert "--host or OCTAVO_HOST" in ended.output


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_DATABASE_URL", "postgresql://octavo@127.0.0.1:1/octavo")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    ended = CliRunner().invoke(app, ["migrate"])
    assert ended.exit_code == 2
    assert "pip install 'octavo[postgres]'" in ended.output
