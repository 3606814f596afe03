"""Secrets in the ledger: sealed, so that a copy of the database alone gives nobody any of them."""

from __future__ import annotations

import base64
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.errors import InvalidConfiguration, OctavoError
from schemas.settings import Settings

KEY_FILE = "secret.key"


class VaultLocked(OctavoError):
    """What was sealed cannot be opened: the key is not the one it was sealed with."""


class Vault:
    """Seals with the first of ``keys``, opens with any; without one, with the key in ``key_file``.

    The file is made when something is first sealed. None: there must be ``keys``.
    """

    def __init__(self, keys: list[str], key_file: Path | None) -> None:
        self._keys = keys
        self._key_file = key_file

    @classmethod
    def from_settings(cls, settings: Settings) -> Vault:
        """The vault of an installation."""
        key_file = None if settings.shares_database else settings.folder / KEY_FILE
        return cls(settings.secret_keys, key_file)

    def seal(self, secret: str) -> str:
        """``secret``, encrypted and authenticated (Fernet: AES-128-CBC with HMAC-SHA256).

        Raises:
            InvalidConfiguration: there is no key, and none that a file could hold would do.
        """
        if not self._keys:
            if self._key_file is None:
                raise InvalidConfiguration(
                    "Secrets cannot be kept in a database that machines share until they share a key:"
                    " set OCTAVO_SECRET_KEY to the same long random text for every API and worker."
                )
            _make_key(self._key_file)
        return self._ciphers.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """What ``seal`` was given.

        Raises:
            VaultLocked: it was sealed with another key.
        """
        try:
            return self._ciphers.decrypt(sealed).decode()
        except InvalidToken:
            raise VaultLocked(
                "A secret cannot be decrypted: OCTAVO_SECRET_KEY is not what it was when it was kept."
            ) from None

    def renewed(self, sealed: str) -> str:
        """The same secret, sealed with the first key.

        Raises:
            VaultLocked: it was sealed with a key that is not here.
        """
        return self.seal(self.unseal(sealed))

    @cached_property
    def _ciphers(self) -> MultiFernet:
        keys = self._keys
        if not keys:
            try:
                keys = [(self._key_file or Path()).read_text(encoding="ascii").strip()]
            except OSError:
                raise VaultLocked(
                    f"Secrets cannot be decrypted: OCTAVO_SECRET_KEY is not set, and the data folder has no"
                    f" {KEY_FILE} that can be read."
                ) from None
        return MultiFernet(
            [Fernet(base64.urlsafe_b64encode(derived(key, b"octavo secrets"))) for key in keys]
        )


def derived(key: str, purpose: bytes, size: int = 32) -> bytes:
    """A key of ``size`` bytes for one purpose alone, from a text of any length (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=size, salt=None, info=purpose).derive(key.encode())


def _make_key(path: Path) -> None:
    """Writes a new key for this user's eyes only; whoever is first decides, a key is never replaced."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
