from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.__main__ import app
from api.commands.client import Client
from tests.api.service import PDF


class _LeftOpen(Client):
    """For several commands in turn."""

    def __exit__(self, *_: object) -> None:
        pass


class Office:
    """Somebody at a terminal, and the service that commands speak to, which is no process."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.key = ""
        self.while_waiting: Callable[[float], None] = lambda _seconds: None

    def of(self, server: str, key: str = "any", tries: int = 1) -> Client:
        """In place of ``Client.of``."""
        self.key = key
        return _LeftOpen(self.client, self.while_waiting, tries)

    def octavo(self, *words: str, code: int = 0) -> str:
        """What a command prints; of one that fails, what it says too."""
        done = CliRunner().invoke(app, words)
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.output

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """The objects that a command prints, one a line."""
        return [json.loads(line) for line in self.octavo(*words, "--json").splitlines()]

    def upload(self, name: str, content: bytes = PDF) -> str:
        """The id of a new file."""
        answer = self.client.put("files", files={"file": (name, content)})
        file_id: str = answer.json()["file_id"]
        return file_id

    def submit(self, name: str) -> str:
        """The id of a new job for a new file."""
        body = {"file_id": self.upload(name, PDF + name.encode()), "file_name": name}
        job_id: str = self.client.post("parse", json=body).json()["parse_id"]
        return job_id


@pytest.fixture
def office(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Office:
    office = Office(client)
    monkeypatch.setattr(Client, "of", office.of)
    monkeypatch.setenv("COLUMNS", "40")  # of a terminal; what is read by programs has no end of a line
    return office
