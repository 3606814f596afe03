"""The receiver in docs/webhooks.md works as it stands."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from schemas.webhooks import EventType
from workers.jobs.ledger.engine import utc_now
from workers.jobs.webhooks.signing import new_secret, signed_headers

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def receiver(secret: str) -> TestClient:
    (snippet,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(snippet.replace("whsec_…", secret), names)
    app = names["app"]
    assert isinstance(app, FastAPI)
    return TestClient(app)


def test_a_message_is_taken_once(
    receiver: TestClient, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({"job_id": "parse_1", "status": "successful"})
    for _ in range(2):
        headers = signed_headers("msg_1", utc_now(), body, [secret])
        assert receiver.post("/octavo", content=body, headers=headers).status_code == 200
    assert capsys.readouterr().out == "parse_1 successful\n"


def test_any_other_is_refused(receiver: TestClient, secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    body, now = "{}", utc_now()
    for headers in (
        {},
        signed_headers("msg_1", now, body, [new_secret()]),
        signed_headers("msg_1", now, body + " ", [secret]),
        signed_headers("msg_1", now - timedelta(minutes=6), body, [secret]),
    ):
        assert receiver.post("/octavo", content=body, headers=headers).status_code == 401
    assert capsys.readouterr().out == ""


def test_every_event_is_told_of() -> None:
    for event in EventType:
        assert f"`{event}`" in PAGE
