"""``octavo doctor --server``: what can be told of a service from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.__main__ import app as commands
from api.commands import doctor
from tests.api.service import KEY
from workers.doctor.finding import Finding
from workers.jobs.ledger.keys import Scope
from workers.jobs.services import Services


@pytest.fixture
def root(client: TestClient, app: FastAPI) -> Iterator[TestClient]:
    """A client of the service at its root, without a key."""
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as root:
        yield root


def told(http: Any, key: str = KEY) -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor.look_at(http, key)}


def test_a_service_that_works(root: TestClient) -> None:
    found = told(root)
    assert all(finding.ok for finding in found.values())
    assert found["service"].detail.startswith("Octavo ")
    assert found["key"].detail == "may read and write and admin"


@pytest.mark.parametrize("scopes", [(Scope.READ,), (Scope.WRITE,), (Scope.READ, Scope.ADMIN)])
def test_what_a_key_may_do(root: TestClient, services: Services, scopes: tuple[Scope, ...]) -> None:
    _, secret = services.keys.issue("default/default", scopes, None, None)
    assert told(root, secret)["key"].detail == f"may {' and '.join(scopes)}"


def test_a_key_that_is_not_known(root: TestClient) -> None:
    finding = told(root, "nobodys-key")["key"]
    assert (finding.ok, "--key" in finding.fix) == (False, True)
    assert "nobodys-key" not in str(finding)


def test_a_service_whose_database_is_away(root: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.health.is_current", lambda engine: False)
    health = told(root)["health"]
    assert (health.ok, "octavo migrate" in health.detail) == (False, True)


class Elsewhere:
    """A service that says what it is told to say."""

    base_url = "http://example.org"

    def __init__(self, version: Any, **headers: str) -> None:
        self.version, self.headers = version, headers

    def get(self, path: str) -> httpx.Response:
        return httpx.Response(200, json=self.version, headers=self.headers)

    def request(self, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        return httpx.Response(404)


def test_another_service_is_not_taken_for_ours() -> None:
    for version in ({"name": "another"}, ["octavo"], None):
        found = told(Elsewhere(version))
        assert [finding.ok for finding in found.values()] == [False]


def test_clocks_that_differ_and_ways_that_others_hear_are_told_of() -> None:
    version = {"name": "octavo", "version": "7"}
    late = told(Elsewhere(version, Date=formatdate(0, usegmt=True)))
    assert (late["clock"].ok, "behind" in late["clock"].detail) == (False, True)
    assert not late["way"].ok
    assert "clock" not in told(Elsewhere(version))


def test_the_command_has_an_exit_code_for_each_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(commands, ["doctor", "--server", *words])

    for ok, code in ((True, 0), (False, 1)):
        monkeypatch.setattr(doctor, "look_at", lambda http, key, ok=ok: iter([Finding(name="key", ok=ok)]))
        assert run("http://127.0.0.1:1").exit_code == code
        assert json.loads(run("http://127.0.0.1:1", "--json").stdout)["healthy"] is ok
    monkeypatch.undo()
    assert run("http://127.0.0.1:1").exit_code == 3
    assert run("127.0.0.1:1").exit_code == 2
