"""``octavo webhook``: what it prints, and what it leaves in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.webhooks import EventType
from tests.api.service import make_services
from workers.jobs.ledger.paging import PageRequest

PROJECT = "default/default"
EVERYTHING = PageRequest(100)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("COLUMNS", "40")  # of a terminal; what is read by programs has no end of a line
    return tmp_path


def octavo(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["webhook", *words])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def test_from_add_to_remove(folder: Path) -> None:
    secret = octavo("add", "https://example.org/[hook]", "--name", "[bold]", "-e", "failed", "-e", "created")
    services = make_services(folder)
    (webhook,) = services.webhooks.page(PROJECT, EVERYTHING).items
    assert webhook.url == "https://example.org/[hook]"
    assert webhook.event_types == [EventType.FAILED, EventType.CREATED]
    assert services.vault.unseal(webhook.secret) == secret.strip() == octavo("secret", webhook.id).strip()
    listed = octavo("list")
    for word in (webhook.id, "https://example.org/[hook]", "[bold]", "failed, created", "enabled"):
        assert word in listed
    assert secret.strip() not in listed

    octavo("test", webhook.id, "--event", "failed")
    (row,) = services.deliveries.page(PROJECT, webhook.id, EVERYTHING).items
    assert row.event_type == EventType.FAILED
    assert row.id in octavo("deliveries", webhook.id)
    octavo("redeliver", webhook.id, row.id)

    rotated = octavo("secret", webhook.id, "--rotate").strip()
    assert rotated != secret.strip()
    assert services.vault.unseal(services.webhooks.get(PROJECT, webhook.id).secret) == rotated
    octavo("remove", webhook.id)
    assert services.webhooks.page(PROJECT, EVERYTHING).items == []
    services.close()


def test_another_project_is_named(folder: Path) -> None:
    octavo("add", "https://example.org", "--project", "acme/invoices")
    assert "example.org" in octavo("list", "--project", "acme/invoices")
    assert "example.org" not in octavo("list")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "http://10.0.0.1"), "OCTAVO_WEBHOOK_ALLOW"),
        (("add", ""), "url"),
        (("add", "https://example.org", "-e", "finished"), "created, completed, failed"),
        (("add", "https://example.org", "--project", "acme"), "organization"),
        (("remove", "webhook_unknown"), "no webhook"),
        (("test", "webhook_unknown"), "no webhook"),
        (("deliveries", "webhook_unknown"), "no webhook"),
        (("redeliver", "webhook_unknown", "msg_unknown"), "no webhook"),
    ],
)
def test_what_cannot_be_done_is_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    assert said in octavo(*words, code=2)
