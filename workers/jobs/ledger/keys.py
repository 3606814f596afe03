"""API keys: kept as digests, each of one project."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.errors import NotFound, OctavoError
from schemas.ids import new_id
from workers.jobs.ledger.audit import CONFIGURATION, Action, Actor, acting, note
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.tables import ApiKey

_USE_NOTED_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32
_ISSUED = re.compile(r"octavo_[A-Za-z0-9_-]{43}")


class Scope(StrEnum):
    """What a key may do: ``read``, ``write`` (submit, upload, change, delete), ``admin``ister webhooks.

    None of them has another in it.
    """

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


ALL_SCOPES = tuple(Scope)


class KeyOrigin(StrEnum):
    """Where a key is written down: in the configuration (and valid while it is), or nowhere: handed out."""

    CONFIGURED = "configured"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class ConfiguredKey:
    """What an operator wrote of a key."""

    project: str
    scopes: tuple[Scope, ...] = ALL_SCOPES
    name: str | None = None
    expires_at: datetime | None = None


def digest(secret: str) -> str:
    """What is kept of a key: SHA-256, in hexadecimal.

    A digest without salt and stretching will do: an issued secret has 256 random bits, which nobody guesses.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


_BY_DIGEST = select(ApiKey).where(ApiKey.digest == bindparam("digest"))


class Keys:
    """All keys of this installation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._any_ever = False

    def now(self) -> datetime:
        """The time that keys end by."""
        return self._ledger.now()

    def any_ever(self) -> bool:
        """Whether a key has ever existed: from then on the service is never open again."""
        if not self._any_ever:
            with self._ledger.read() as session:
                self._any_ever = session.scalar(select(ApiKey.id).limit(1)) is not None
        return self._any_ever

    def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, valid or not.

        Secrets are never compared, nor sent to the database. How long the index takes to find a digest tells
        of digests alone, and nobody can choose a secret by the beginning of its digest.
        """
        hashed = digest(secret)
        with self._ledger.read() as session:
            row = session.scalar(_BY_DIGEST, {"digest": hashed})
        return row if row is not None and hmac.compare_digest(row.digest, hashed) else None

    def with_digests(self, digests: Collection[str]) -> list[ApiKey]:
        """The keys with these digests, valid or not."""
        with self._ledger.read() as session:
            return list(session.scalars(select(ApiKey).where(ApiKey.digest.in_(digests))))

    def with_ids(self, ids: Collection[str]) -> list[ApiKey]:
        """The keys with these ids, valid or not."""
        with self._ledger.read() as session:
            return list(session.scalars(select(ApiKey).where(ApiKey.id.in_(ids))))

    def note_use(self, key: ApiKey) -> None:
        """Notes that the key is used now, to the minute."""
        now = self._ledger.now()
        if key.last_used_at is None or key.last_used_at < now - _USE_NOTED_EVERY:
            with self._ledger.write() as session:
                session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))

    def register(self, configured: Mapping[str, ConfiguredKey]) -> None:
        """Writes configured keys, by their digests, down: from now on they have ids.

        Nothing becomes valid or invalid by it.
        """
        try:
            self._register(configured)
        except IntegrityError:  # another process was first by a moment
            self._register(configured)

    def _register(self, configured: Mapping[str, ConfiguredKey]) -> None:
        wanted, changed = dict(configured), list[ApiKey]()
        with self._ledger.write() as session, acting(Actor(CONFIGURATION)):
            for row in session.scalars(select(ApiKey).where(ApiKey.origin == KeyOrigin.CONFIGURED.value)):
                if (key := wanted.pop(row.digest, None)) is not None:
                    row.project, row.scopes = key.project, [scope.value for scope in key.scopes]
                    row.name, row.expires_at = key.name, key.expires_at
                    changed += [row] if session.is_modified(row) else []
            issued = set(session.scalars(select(ApiKey.digest).where(ApiKey.digest.in_(wanted))))
            new = [
                self._row(hashed, key, KeyOrigin.CONFIGURED)
                for hashed, key in wanted.items()
                if hashed not in issued
            ]
            session.add_all(new)
            for row in new:
                note(session, Action.KEY_CREATED, row.project, row.id, row.created_at)
            for row in changed:
                note(session, Action.KEY_CHANGED, row.project, row.id, self._ledger.now())

    def issue(
        self,
        project: str,
        scopes: tuple[Scope, ...] = ALL_SCOPES,
        name: str | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """A new key of ``project`` and its secret, which is shown this once."""
        secret = _new_secret()
        row = self._row(digest(secret), ConfiguredKey(project, scopes, name, expires_at), KeyOrigin.ISSUED)
        with self._ledger.write() as session:
            session.add(row)
            note(session, Action.KEY_CREATED, project, row.id, row.created_at)
        return row, secret

    def all(self) -> list[ApiKey]:
        """All keys, valid or not, newest first."""
        with self._ledger.read() as session:
            return list(session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)))

    def revoke(self, key_id: str) -> None:
        """Makes a key invalid for good, wherever it is configured.

        Raises:
            NotFound: there is none with this id.
        """
        with self._ledger.write() as session:
            row = _known(session, key_id)
            now = self._ledger.now()
            row.revoked_at = row.revoked_at or now
            note(session, Action.KEY_REVOKED, row.project, key_id, now)

    def rotate(self, key_id: str, overlap: timedelta) -> tuple[ApiKey, str]:
        """A new key like this issued one, as long-lived, and its secret; the old one ends ``overlap`` later.

        Raises:
            NotFound: there is none with this id.
            OctavoError: it is not valid any more, or is written in the configuration.
        """
        secret, now = _new_secret(), self._ledger.now()
        with self._ledger.write() as session:
            old = _known(session, key_id)
            if old.origin != KeyOrigin.ISSUED:
                raise OctavoError(f"The key {key_id} is of the configuration: write another one there.")
            if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
                raise OctavoError(f"The key {key_id} is not valid any more: create another one.")
            life = None if old.expires_at is None else old.expires_at - old.created_at
            like = ConfiguredKey(
                old.project, tuple(map(Scope, old.scopes)), old.name, None if life is None else now + life
            )
            row = self._row(digest(secret), like, KeyOrigin.ISSUED)
            session.add(row)
            end = now + overlap
            old.expires_at = end if old.expires_at is None else min(old.expires_at, end)
            note(session, Action.KEY_CREATED, row.project, row.id, now)
            note(session, Action.KEY_CHANGED, old.project, old.id, now)
        return row, secret

    def _row(self, hashed: str, key: ConfiguredKey, origin: KeyOrigin) -> ApiKey:
        return ApiKey(
            id=new_id("key"),
            name=key.name,
            digest=hashed,
            project=key.project,
            scopes=[scope.value for scope in key.scopes],
            origin=origin.value,
            created_at=self._ledger.now(),
            expires_at=key.expires_at,
        )


def may_be_issued(secret: str) -> bool:
    """Whether this has the form of an issued secret, which has too many random bits to be guessed."""
    return _ISSUED.fullmatch(secret) is not None


def _new_secret() -> str:
    return "octavo_" + secrets.token_urlsafe(_SECRET_BYTES)


def _known(session: Session, key_id: str) -> ApiKey:
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no key {key_id!r}.")
    return row
