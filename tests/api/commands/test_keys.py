"""``octavo keys``: what it prints, and what the keys then open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from tests.api.service import make_services
from workers.jobs.access import Grant
from workers.jobs.ledger.keys import Scope


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OCTAVO_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("COLUMNS", "40")
    return tmp_path


def octavo(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["keys", *words])
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def listed() -> list[dict[str, Any]]:
    return [json.loads(line) for line in octavo("list", "--json").splitlines()]


def granted(folder: Path, secret: str) -> Grant | None:
    """What a service on this folder, which has no configured keys, makes of it."""
    services = make_services(folder, api_keys=())
    try:
        return services.access.grant(secret)
    finally:
        services.close()


def test_a_key_from_its_making_to_its_end(folder: Path) -> None:
    secret = octavo("create", "--name", "[bold] ci", "--project", "acme/invoices", "--expires", "90d").strip()
    (key,) = listed()
    assert (key["name"], key["project"], key["scopes"]) == ("[bold] ci", "acme/invoices", ["read", "write"])
    assert (key["origin"], key["state"], key["last_used_at"]) == ("issued", "valid", None)
    assert granted(folder, secret) == Grant(key["id"], "acme/invoices", frozenset({Scope.READ, Scope.WRITE}))
    assert listed()[0]["last_used_at"] is not None
    table = octavo("list")
    for word in (key["id"], "[bold] ci", "acme/invoices", "read,write", key["expires_at"][:10], "valid"):
        assert word in table
    assert secret not in table + octavo("list", "--json")

    octavo("revoke", key["id"])
    octavo("revoke", key["id"])
    assert listed()[0]["state"] == "revoked"
    assert granted(folder, secret) is None


def test_rights_are_named(folder: Path) -> None:
    made = json.loads(octavo("create", "--scopes", "admin, read", "--json"))
    found = granted(folder, made.pop("secret"))
    assert found == Grant(made["id"], "default/default", frozenset({Scope.READ, Scope.ADMIN}))
    assert made["expires_at"] is None
    assert listed() == [made | {"state": "valid", "last_used_at": listed()[0]["last_used_at"]}]


def test_a_rotated_key_is_as_the_one_before_it(folder: Path) -> None:
    first = json.loads(octavo("create", "--name", "ci", "--scopes", "write", "--expires", "52w", "--json"))
    second = octavo("rotate", first["id"]).strip()
    assert granted(folder, first["secret"]) is not None
    third = octavo("rotate", listed()[0]["id"], "--overlap", "0h").strip()
    assert (granted(folder, second), granted(folder, first["secret"]) is None) == (None, False)
    found = granted(folder, third)
    assert found is not None
    assert found.scopes == {Scope.WRITE}
    newest = listed()[0]
    assert (newest["id"], newest["name"]) == (found.key_id, "ci")
    assert newest["expires_at"] >= first["expires_at"]
    octavo("revoke", newest["id"])
    assert "not valid any more" in octavo("rotate", newest["id"], code=1)


def test_a_key_is_named_by_its_name_where_only_one_that_is_valid_has_it(folder: Path) -> None:
    first = json.loads(octavo("create", "--name", "ci", "--json"))
    second = json.loads(octavo("rotate", "ci", "--json"))
    said = octavo("revoke", "ci", code=1)
    assert first["id"] in said
    assert second["id"] in said
    octavo("revoke", first["id"])
    octavo("revoke", "ci")
    assert [key["state"] for key in listed()] == ["revoked", "revoked"]


def test_keys_of_the_configuration_are_listed_and_can_be_revoked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = folder / "octavo.yaml"
    config.write_text("organizations: [{id: a, projects: [{id: p, api_keys: [{key: key-of-p, name: bot}]}]}]")
    monkeypatch.setenv("OCTAVO_CONFIG", str(config))
    (key,) = listed()
    assert (key["name"], key["project"], key["origin"]) == ("bot", "a/p", "configured")
    assert key["state"] == "valid"
    assert "write another one there" in octavo("rotate", key["id"], code=1)
    config.write_text("organizations: []")
    assert listed()[0]["state"] == "not configured"
    octavo("revoke", key["id"])
    config.write_text("organizations: [{id: a, projects: [{id: p, api_keys: [key-of-p]}]}]")
    assert listed()[0]["state"] == "revoked"


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("create", "--scopes", "read,fly"), "read,fly", 2),
        (("create", "--scopes", ""), "none of", 2),
        (("create", "--expires", "90"), "12h", 2),
        (("create", "--project", "acme"), "organization", 2),
        (("create", "--project", "acme/../x"), "organization", 2),
        (("revoke", "key_unknown"), "There is no key", 1),
        (("rotate", "key_unknown"), "There is no key", 1),
    ],
)
def test_what_cannot_be_done_is_told(folder: Path, words: tuple[str, ...], said: str, code: int) -> None:
    assert said in octavo(*words, code=code)
    assert listed() == []


def test_a_database_that_is_away_is_told_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_DATABASE_URL", "postgresql://octavo:its-password@127.0.0.1:1/octavo")
    said = octavo("list", code=3)
    assert "cannot be used at the moment" in said
    assert "its-password" not in said
