"""Keys: who is let in, on SQLite and Postgres, by files that change and differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from schemas.errors import NotFound, OctavoError
from schemas.settings import Settings
from tests.clock import Clock
from workers.jobs.access import Access, Grant, KeyState
from workers.jobs.configuration import Configuration, ConfigurationError
from workers.jobs.ledger.audit import AuditLog
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.keys import ALL_SCOPES, Keys, Scope

EVERYTHING = frozenset(Scope)


def written(*keys: str, project: str = "p") -> str:
    return f"organizations: [{{id: acme, projects: [{{id: {project}, api_keys: [{', '.join(keys)}]}}]}}]"


@pytest.fixture
def process(tmp_path: Path, ledger: Ledger) -> Callable[..., Access]:
    """Makes a process's access to the one ledger, by a file of its own."""

    def start(config: Path | None = None, *api_keys: str) -> Access:
        settings = Settings(data_dir=tmp_path, config=config, api_keys=tuple(map(SecretStr, api_keys)))
        return Access(Configuration(settings), Keys(ledger), AuditLog(ledger))

    return start


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "octavo.yaml"
    path.write_text(written("first-key"))
    return path


def test_a_changed_file_counts_at_once_in_every_process(process: Callable[..., Access], config: Path) -> None:
    processes = [process(config, "own-key-1") for _ in range(2)]
    for access in processes:
        assert access.grant("first-key") is not None
        assert access.grant("own-key-1") is not None
    config.write_text(written("second-key", "{key: narrow-key, scopes: [read], name: bot}", project="other"))
    for access in processes:
        assert access.grant("first-key") is None
        found = access.grant("second-key")
        assert found is not None
        assert (found.project, found.scopes) == ("acme/other", EVERYTHING)
        narrow = access.grant("narrow-key")
        assert narrow is not None
        assert narrow.scopes == {Scope.READ}
        assert access.grant("own-key-1") is not None
    config.write_text(written("first-key", project="other"))
    for access in processes:
        moved = access.grant("first-key")
        assert moved is not None
        assert moved.project == "acme/other"
        assert access.grant("second-key") is None


def test_processes_with_different_files_do_not_undo_each_other(
    process: Callable[..., Access], config: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer.yaml"
    newer.write_text(written("second-key"))
    old, new = process(config), process(newer)
    for _ in range(2):
        assert old.grant("first-key") is not None
        assert new.grant("second-key") is not None
        assert old.grant("second-key") is None
        assert new.grant("first-key") is None
        old, new = process(config), process(newer)  # each starts again
    nothing = process()
    assert nothing.grant("first-key") is None
    assert not nothing.is_open()
    assert old.grant("first-key") is not None


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "# nothing",
        "a: [secret-x",
        written("short"),
        written("twin-key1", "{key: twin-key1, scopes: [read]}"),
    ],
)
def test_a_damaged_file_changes_nothing_and_is_told_once(
    process: Callable[..., Access], config: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    access = process(config)
    assert access.grant("first-key") is not None
    config.write_text(damage)
    for _ in range(3):
        assert access.grant("first-key") is not None
        assert access.grant("twin-key1") is None
    assert caplog.text.count("stay as they were") == 1
    assert not any(secret in caplog.text for secret in ("secret", "short", "twin"))
    config.unlink()
    assert access.grant("first-key") is not None
    config.write_text(written("second-key"))
    assert access.grant("first-key") is None
    assert access.grant("second-key") is not None


def test_a_file_that_is_damaged_from_the_start_lets_nobody_in(
    process: Callable[..., Access], config: Path
) -> None:
    config.write_text("a: [")
    access = process(config)
    with pytest.raises(ConfigurationError):
        access.is_open()


def test_the_first_key_in_the_file_closes_the_service_for_good(
    process: Callable[..., Access], config: Path
) -> None:
    config.write_text("organizations: []")
    access, other = process(config), process()
    assert access.is_open()
    assert other.is_open()
    config.write_text(written("first-key"))
    assert not access.is_open()
    assert not other.is_open()
    config.write_text("organizations: []")
    assert access.grant("first-key") is None
    assert not access.is_open()
    assert not process().is_open()


def test_a_key_ends_when_it_says(
    process: Callable[..., Access], config: Path, ledger: Ledger, clock: Clock
) -> None:
    access, keys = process(config), Keys(ledger)
    row, secret = keys.issue("acme/p", expires_at=clock.moment + timedelta(days=1))
    config.write_text(written("{key: brief-key, expires_at: 2026-01-02T00:00:00Z}"))
    assert access.grant(secret) == Grant(row.id, "acme/p", EVERYTHING)
    assert access.grant("brief-key") is not None
    clock.forward(24 * 3600)
    assert access.grant(secret) is None
    assert access.grant("brief-key") is None
    assert {access.state_of(row) for row in keys.all()} == {KeyState.EXPIRED}


def test_a_revoked_key_is_so_in_every_process_and_file(
    process: Callable[..., Access], config: Path, ledger: Ledger
) -> None:
    processes, keys = [process(config) for _ in range(2)], Keys(ledger)
    _, secret = keys.issue("acme/p")
    for access in processes:
        assert access.grant(secret) is not None
        assert access.grant("first-key") is not None
    for row in keys.all():
        keys.revoke(row.id)
    config.write_text(written("first-key", "second-key"))
    for access in [*processes, process(config)]:
        assert access.grant(secret) is None
        assert access.grant("first-key") is None
        assert access.grant("second-key") is not None
        assert not access.is_open()
    with pytest.raises(NotFound):
        keys.revoke("key_unknown")


def test_a_rotated_key_overlaps_and_lives_as_long(
    ledger: Ledger, clock: Clock, process: Callable[..., Access]
) -> None:
    access, keys = process(), Keys(ledger)
    old, first = keys.issue("acme/p", (Scope.READ,), "bot", clock.moment + timedelta(days=10))
    clock.forward(9 * 86400)
    new, second = keys.rotate(old.id, timedelta(hours=2))
    assert (new.project, new.scopes, new.name) == ("acme/p", ["read"], "bot")
    assert first != second
    clock.forward(3600)
    assert access.grant(first) is not None
    clock.forward(3600)
    assert access.grant(first) is None
    assert access.grant(second) == Grant(new.id, "acme/p", frozenset({Scope.READ}))
    with pytest.raises(OctavoError, match="not valid any more"):
        keys.rotate(old.id, timedelta(0))
    clock.forward(9 * 86400)
    assert access.grant(second) is not None
    clock.forward(86400)
    assert access.grant(second) is None


def test_the_overlap_never_lengthens_a_key(
    ledger: Ledger, clock: Clock, process: Callable[..., Access]
) -> None:
    access, keys = process(), Keys(ledger)
    old, secret = keys.issue("acme/p", expires_at=clock.moment + timedelta(hours=1))
    keys.rotate(old.id, timedelta(days=1))
    clock.forward(3601)
    assert access.grant(secret) is None


def test_use_is_noted_by_the_minute(ledger: Ledger, clock: Clock, process: Callable[..., Access]) -> None:
    access, keys = process(), Keys(ledger)
    _, secret = keys.issue("acme/p")
    uses = []
    for seconds in (0, 30, 31):
        clock.forward(seconds)
        assert access.grant(secret) is not None
        uses.append(keys.all()[0].last_used_at)
    assert uses[0] == uses[1]
    assert uses[2] - uses[1] > timedelta(seconds=60)


class Uncomparable(str):
    """A secret that nothing may be compared with: how long it takes would tell how much of it is right."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("a secret is compared")

    def __hash__(self) -> int:
        raise AssertionError("a secret is looked up")


def test_secrets_are_not_compared_and_not_sent_to_the_database(
    ledger: Ledger, process: Callable[..., Access], config: Path
) -> None:
    access = process(config, "own-key-1")
    _, secret = Keys(ledger).issue("acme/p", ALL_SCOPES)
    access.refresh()
    sent: list[str] = []

    @event.listens_for(ledger.engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append(f"{statement} {parameters}")

    for given in (secret, "own-key-1", "first-key"):
        assert access.grant(Uncomparable(given)) is not None
    assert access.grant(Uncomparable("a-guess-of-one")) is None
    assert sent
    assert not any(word in line for line in sent for word in (secret, "own-key-1", "first-key", "a-guess"))


def test_a_digest_is_no_secret(ledger: Ledger, process: Callable[..., Access]) -> None:
    row, _ = Keys(ledger).issue("acme/p")
    assert process().grant(row.digest) is None
