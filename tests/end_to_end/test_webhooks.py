"""Webhooks sent by the whole service to a receiver on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from benchmarks.receiver import Receiver, receiving
from benchmarks.service import Service, ended
from tests.waiting import soon

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def octavo(service: Service, *words: str) -> str:
    environment = {**os.environ, "OCTAVO_SERVER": service.url}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api", "webhooks", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_job_is_told_of_by_the_worker(service: Service, receiver: Receiver) -> None:
    secret = octavo(service, "add", receiver.url(), "--event", "completed").strip()
    with service.client() as client:
        (webhook,) = (w for w in client.get("webhooks").json()["items"] if w["url"] == receiver.url())
        body = {"raw_text": "The ferry leaves at dawn.", "mime_type": "text/plain"}
        parse_id = client.post("parse", json=body).json()["parse_id"]
        result = ended(client, parse_id)
        assert soon(lambda: bool(receiver.received))
        (request,) = receiver.received
        assert request.verified(secret) == {
            "job_id": parse_id,
            "status": "successful",
            "created_at": result["created_at"],
            "finished_at": result["finished_at"],
            "usage": result["usage"],
            "dataset": None,
        }
        octavo(service, "test", webhook["id"], "--event", "failed")
        assert soon(lambda: len(receiver.received) == 2)
        assert receiver.received[1].verified(secret)["status"] == "failure"
        assert client.delete(f"webhooks/{webhook['id']}").status_code == 204
    assert secret not in service.log
