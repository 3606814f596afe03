"""``octavo reencrypt``: a key is changed and the older one forgotten, over files, results and secrets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.settings import Settings
from tests.api.service import make_services
from workers.jobs.blobs import open_blobs
from workers.jobs.services import Services
from workers.jobs.vault import Vault

PROJECT = "default/default"
OLD, NEW = "old-" * 8, "new-" * 8


def octavo(code: int = 0, **environment: str) -> str:
    done = CliRunner().invoke(app, ["reencrypt"], env={f"OCTAVO_{k}": v for k, v in environment.items()})
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Services with the old key, which knew no encryption of blobs."""
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path))
    services = make_services(tmp_path, secret_key=OLD)
    yield services
    services.close()


def webhook(services: Services) -> str:
    secret = services.vault.seal("whsec_1")
    made = services.webhooks.create(
        PROJECT, url="https://example.org/", name="", event_types=[], enabled=True, secret=secret
    )
    services.webhooks.rotate(PROJECT, made.id, services.vault.seal("whsec_2"), services.ledger.now())
    return made.id


def make_old(folder: Path, *keys: str) -> None:
    for key in keys:
        os.utime(folder / "blobs" / key, (0, 0))


def test_after_it_the_older_key_may_go(services: Services, tmp_path: Path) -> None:
    webhook_id = webhook(services)
    url = services.settings.blobs
    services.blobs.put_bytes("files/default/default/file_a", b"plain")
    open_blobs(url, keys=[OLD], encrypt=True).put_bytes("jobs/parse_a/result.json", b"{}")
    open_blobs(url, keys=[OLD], encrypt=True).put_bytes("jobs/parse_a/windows/1", b"young")
    make_old(tmp_path, "files/default/default/file_a", "jobs/parse_a/result.json")
    told = octavo(secret_key=f"{NEW},{OLD}", encrypt_blobs="true")
    assert "2 blobs, and the secrets of 1 webhooks" in told
    assert "1 blobs of the last hour" in told

    make_old(tmp_path, "jobs/parse_a/windows/1")
    assert "anew: 1 blobs" in octavo(secret_key=f"{NEW},{OLD}", encrypt_blobs="true")
    assert "anew: 0 blobs" in octavo(secret_key=NEW, encrypt_blobs="required")
    now = open_blobs(url, keys=[NEW], encrypt="required")
    assert now.get_bytes("files/default/default/file_a") == b"plain"
    assert now.get_bytes("jobs/parse_a/result.json") == b"{}"
    vault = Vault.from_settings(Settings(data_dir=tmp_path, secret_key=NEW))
    row = services.webhooks.get(PROJECT, webhook_id)
    assert [vault.unseal(sealed) for sealed in (row.secret, *row.old_secrets)] == ["whsec_2", "whsec_1"]


def test_what_cannot_be_read_is_named_and_left(services: Services, tmp_path: Path) -> None:
    open_blobs(services.settings.blobs, keys=["k" * 32], encrypt=True).put_bytes("files/a/b/file_a", b"1")
    make_old(tmp_path, "files/a/b/file_a")
    told = octavo(1, secret_key=OLD, encrypt_blobs="true")
    assert "files/a/b/file_a is left as it is" in told
    assert "a blob is encrypted with a key that OCTAVO_SECRET_KEY does not have" in told
    assert open_blobs(services.settings.blobs, keys=["k" * 32]).get_bytes("files/a/b/file_a") == b"1"


def test_blobs_are_left_where_they_are_not_to_be_encrypted(services: Services, tmp_path: Path) -> None:
    services.blobs.put_bytes("files/a/b/file_a", b"1")
    make_old(tmp_path, "files/a/b/file_a")
    assert "OCTAVO_ENCRYPT_BLOBS is not set" in octavo(secret_key=OLD)
    assert (tmp_path / "blobs/files/a/b/file_a").read_bytes() == b"1"


def test_a_key_is_needed_and_the_older_one_too(services: Services) -> None:
    assert "set OCTAVO_SECRET_KEY" in octavo(2)
    webhook(services)
    assert "OCTAVO_SECRET_KEY is not what it was" in octavo(1, secret_key=NEW)
