"""The webhook receiver, told by a running service."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from standardwebhooks import Webhook

from benchmarks.service import Service, ended, submit
from tests.waiting import soon

SECRET = "whsec_" + "c2VjcmV0" * 5


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[socket.socket, str]]:
    """A socket that waits for the receiver, and the receiver's address: a webhook's secret is known later."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}/octavo"


@pytest.mark.end_to_end
def test_results_are_fetched_when_a_job_has_ended(
    service: Service,
    receiver: tuple[socket.socket, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import webhook_receiver

    monkeypatch.setattr(webhook_receiver, "SERVER", service.url)
    listener, url = receiver
    with service.client() as client:
        webhook = client.post("webhooks", json={"url": url}).json()
        app = webhook_receiver.create_app(webhook["secret"], tmp_path)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            read = submit(client, raw_text="The ferry leaves at dawn.", mime_type="text/plain")
            failed = submit(client, raw_text="One page.", mime_type="text/plain", page_range="7")
            ended(client, read)
            error = ended(client, failed)["error"]
            assert soon(lambda: len(list(tmp_path.iterdir())) == 2, patience=60)
        finally:
            client.delete(f"webhooks/{webhook['id']}")
            server.should_exit = True
            thread.join()
    assert "The ferry leaves at dawn." in (tmp_path / f"{read}.md").read_text(encoding="utf-8")
    assert (tmp_path / f"{failed}.error.txt").read_text(encoding="utf-8") == error


def test_what_is_not_signed_by_the_service_is_refused(tmp_path: Path) -> None:
    from webhook_receiver import create_app

    body = '{"job_id": "parse_1", "status": "failure", "error": "it broke", "created_at": "2026-01-01"}'
    now = datetime.now(UTC)

    def sent(said: str, secret: str) -> httpx.Response:
        signature = Webhook(secret).sign("msg_1", now, body)
        head = {"webhook-id": "msg_1", "webhook-timestamp": f"{now:%s}", "webhook-signature": signature}
        return client.post("/octavo", content=said, headers=head)

    with TestClient(create_app(SECRET, tmp_path)) as client:
        assert client.post("/octavo", content=body).status_code == 401
        assert sent(body, "whsec_" + "b3RoZXI=" * 5).status_code == 401
        assert sent(body.replace("parse_1", "parse_2"), SECRET).status_code == 401
        assert list(tmp_path.iterdir()) == []
        assert sent(body, SECRET).status_code == 204
    assert (tmp_path / "parse_1.error.txt").read_text(encoding="utf-8") == "it broke"
