"""``octavo webhooks``: what it prints, and what it leaves with the service."""

from __future__ import annotations

import json

import pytest

from schemas.webhooks import EventType
from tests.api.commands.conftest import Office
from workers.jobs.ledger.paging import PageRequest
from workers.jobs.services import Services

PROJECT = "default/default"
EVERYTHING = PageRequest(100)


def test_from_add_to_remove(office: Office, services: Services) -> None:
    words = ("https://example.org/[hook]", "--name", "[bold]", "-e", "failed", "-e", "created")
    secret = office.octavo("webhooks", "add", *words).strip()
    (webhook,) = services.webhooks.page(PROJECT, EVERYTHING).items
    assert webhook.url == "https://example.org/[hook]"
    assert webhook.event_types == [EventType.FAILED, EventType.CREATED]
    assert services.vault.unseal(webhook.secret) == secret
    listed = office.octavo("webhooks", "list")
    for word in (webhook.id, "https://example.org/[hook]", "[bold]", "failed, created", "enabled"):
        assert word in listed
        assert word in office.octavo("webhooks", "show", webhook.id)
    assert secret not in listed
    for name in (webhook.id, "https://example.org/[hook]", "[bold]"):
        assert office.octavo("webhooks", "secret", name).strip() == secret

    office.octavo("webhooks", "test", "[bold]", "--event", "failed")
    (row,) = services.deliveries.page(PROJECT, webhook.id, EVERYTHING).items
    assert row.event_type == EventType.FAILED
    assert row.id in office.octavo("webhooks", "deliveries", "[bold]")
    assert [told["id"] for told in office.lines("webhooks", "deliveries", "[bold]")] == [row.id]
    sent = json.loads(office.octavo("webhooks", "redeliver", "[bold]", row.id, "--json"))
    assert sent["id"] == row.id

    rotated = office.octavo("webhooks", "rotate", "[bold]").strip()
    assert rotated != secret
    assert services.vault.unseal(services.webhooks.get(PROJECT, webhook.id).secret) == rotated
    office.octavo("webhooks", "remove", "[bold]")
    assert services.webhooks.page(PROJECT, EVERYTHING).items == []


def test_what_is_given_is_changed(office: Office) -> None:
    made = json.loads(office.octavo("webhooks", "add", "https://example.org", "--name", "a", "--json"))
    office.octavo("webhooks", "change", "a", "--disable", "--event", "failed")
    (found,) = office.lines("webhooks", "list")
    assert (found["id"], found["name"], found["enabled"]) == (made["id"], "a", False)
    assert found["event_types"] == [EventType.FAILED]
    assert "disabled: by hand" in office.octavo("webhooks", "list")
    office.octavo("webhooks", "change", "a", "--enable", "--name", "b", "--url", "https://example.com/x")
    (found,) = office.lines("webhooks", "list")
    assert (found["url"], found["name"], found["enabled"]) == ("https://example.com/x", "b", True)
    office.octavo("webhooks", "change", "b", code=2)


def test_two_of_a_name_are_told_apart_by_their_ids(office: Office) -> None:
    for _ in range(2):
        office.octavo("webhooks", "add", "https://example.org", "--name", "twice")
    said = office.octavo("webhooks", "remove", "twice", code=1)
    assert all(webhook["id"] in said for webhook in office.lines("webhooks", "list"))


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("add", "http://10.0.0.1"), "OCTAVO_WEBHOOK_ALLOW", 1),
        (("add", ""), "url", 1),
        (("add", "https://example.org", "-e", "finished"), "is none of created", 2),
        (("remove", "nobody"), "no webhook", 1),
        (("test", "nobody"), "no webhook", 1),
        (("deliveries", "nobody"), "no webhook", 1),
        (("redeliver", "nobody", "msg_unknown"), "no webhook", 1),
        (("secret", "webhook_" + "6" * 21), "no webhook", 1),
    ],
)
def test_what_cannot_be_done_is_told(office: Office, words: tuple[str, ...], said: str, code: int) -> None:
    assert said in office.octavo("webhooks", *words, code=code)


def test_a_service_that_does_not_answer_has_an_exit_code_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from api.__main__ import app

    done = CliRunner().invoke(app, ["webhooks", "list", "--server", "http://127.0.0.1:1"])
    assert done.exit_code == 3
    assert "octavo serve" in done.output
