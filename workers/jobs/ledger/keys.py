"""API keys: hashed, each of one project."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select, update

from schemas.ids import new_id
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import ApiKey

_USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do: ``read``, ``write`` (submit, upload, change, delete), ``admin``ister webhooks."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


ALL_SCOPES = tuple(Scope)


class KeyOrigin(StrEnum):
    """Where a key is written down: in the configuration (and gone when it is gone there) or handed out."""

    CONFIGURED = "configured"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class ConfiguredKey:
    """A key as an operator wrote it."""

    secret: str
    project: str
    scopes: tuple[Scope, ...] = ALL_SCOPES


def digest(secret: str) -> str:
    """What is kept of a key: SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Keys:
    """All keys of this installation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def any_ever(self) -> bool:
        """Whether a key has ever existed: from then on the service is never open again."""
        with self._ledger.read() as session:
            return session.scalar(select(ApiKey.id).limit(1)) is not None

    def find(self, secret: str) -> ApiKey | None:
        """The valid key with this secret; notes its use, to the minute."""
        now = self._ledger.now()
        with self._ledger.read() as session:
            key = session.scalar(
                select(ApiKey).where(ApiKey.digest == digest(secret), ApiKey.revoked_at.is_(None))
            )
        if key and (key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY):
            with self._ledger.write() as session:
                session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))
        return key

    def configure(self, configured: Iterable[ConfiguredKey]) -> None:
        """Adds the configured keys that are new and revokes those that are configured no more."""
        wanted = {digest(key.secret): key for key in configured}
        now = self._ledger.now()
        with self._ledger.write() as session:
            for row in session.scalars(select(ApiKey).with_for_update()):
                key = wanted.pop(row.digest, None)
                if key is not None:
                    row.project, row.scopes, row.revoked_at = key.project, [s.value for s in key.scopes], None
                elif row.origin == KeyOrigin.CONFIGURED and row.revoked_at is None:
                    row.revoked_at = now
            for hashed, key in wanted.items():
                session.add(self._row(hashed, key.project, key.scopes, KeyOrigin.CONFIGURED))

    def issue(self, project: str, scopes: tuple[Scope, ...] = ALL_SCOPES) -> tuple[ApiKey, str]:
        """A new key of ``project`` and its secret, which is shown this once."""
        secret = "octavo_" + secrets.token_urlsafe(32)
        row = self._row(digest(secret), project, scopes, KeyOrigin.ISSUED)
        with self._ledger.write() as session:
            session.add(row)
        return row, secret

    def all(self) -> list[ApiKey]:
        """All keys, valid and revoked, newest first."""
        with self._ledger.read() as session:
            return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)))

    def revoke(self, key_id: str) -> bool:
        """Makes a key invalid; False: there is no valid one with this id."""
        with self._ledger.write() as session:
            row = session.get(ApiKey, key_id)
            if row is None or row.revoked_at is not None:
                return False
            row.revoked_at = self._ledger.now()
            return True

    def _row(self, hashed: str, project: str, scopes: tuple[Scope, ...], origin: KeyOrigin) -> ApiKey:
        return ApiKey(
            id=new_id("key"),
            digest=hashed,
            project=project,
            scopes=[scope.value for scope in scopes],
            origin=origin.value,
            created_at=self._ledger.now(),
        )
