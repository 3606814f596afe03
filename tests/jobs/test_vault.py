"""Secrets that are kept: unreadable without the key, and the key unreadable to others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr, ValidationError

from schemas.errors import InvalidConfiguration
from schemas.settings import Settings
from workers.jobs.vault import KEY_FILE, Vault, VaultLocked

OLD, NEW = "an old key of thirty-two letters", "a new key of thirty-two letters!"


def test_what_was_sealed_is_opened_with_the_key_alone() -> None:
    sealed = Vault([OLD], None).seal("whsec_geheim")
    assert "geheim" not in sealed
    assert Vault([OLD], None).unseal(sealed) == "whsec_geheim"
    with pytest.raises(VaultLocked, match="OCTAVO_SECRET_KEY"):
        Vault([NEW], None).unseal(sealed)
    with pytest.raises(VaultLocked):
        Vault([OLD], None).unseal(sealed[:-8] + "AAAAAAA=")


def test_a_key_is_replaced_by_one_before_it() -> None:
    sealed = Vault([OLD], None).seal("secret")
    both = Vault([NEW, OLD], None)
    assert both.unseal(sealed) == "secret"
    assert Vault([NEW], None).unseal(both.seal("secret")) == "secret"


def test_a_key_is_made_for_this_user_alone_and_stays(tmp_path: Path) -> None:
    vault = Vault.from_settings(Settings(data_dir=tmp_path))
    assert list(tmp_path.iterdir()) == []
    sealed = vault.seal("secret")
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Vault.from_settings(Settings(data_dir=tmp_path)).unseal(sealed) == "secret"
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(VaultLocked, match=KEY_FILE):
        Vault.from_settings(Settings(data_dir=tmp_path)).unseal(sealed)


def test_of_many_that_make_the_key_at_once_one_does(tmp_path: Path) -> None:
    together = Barrier(8)

    def seal(number: int) -> str:
        together.wait()
        return Vault([], tmp_path / KEY_FILE).seal(str(number))

    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(seal, range(8)))
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert [Vault([], tmp_path / KEY_FILE).unseal(one) for one in sealed] == [str(n) for n in range(8)]


def test_the_file_can_become_the_setting(tmp_path: Path) -> None:
    sealed = Vault([], tmp_path / KEY_FILE).seal("secret")
    settings = Settings(data_dir=tmp_path / "other", secret_key=SecretStr((tmp_path / KEY_FILE).read_text()))
    assert Vault.from_settings(settings).unseal(sealed) == "secret"


def test_machines_that_share_a_database_share_a_key(tmp_path: Path) -> None:
    shared = {"data_dir": tmp_path, "database_url": SecretStr("postgresql://host/octavo")}
    with pytest.raises(InvalidConfiguration, match="OCTAVO_SECRET_KEY"):
        Vault.from_settings(Settings(**shared)).seal("secret")
    assert list(tmp_path.iterdir()) == []
    keyed = Settings(**shared, secret_key=SecretStr(f"{NEW}, {OLD}"))
    assert Vault.from_settings(keyed).unseal(Vault([OLD], None).seal("secret")) == "secret"


def test_a_key_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("short", f"{NEW},short"):
        monkeypatch.setenv("OCTAVO_SECRET_KEY", key)
        with pytest.raises(ValidationError, match="at least 32 characters"):
            Settings()
    monkeypatch.setenv("OCTAVO_SECRET_KEY", "")
    assert Settings().secret_keys == []
