"""Who is let in: the keys of the configuration as it is now, and those that were issued."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workers.jobs.configuration import Configuration, Configured
from workers.jobs.ledger.audit import CONFIGURATION, Action, Actor, AuditLog, acting
from workers.jobs.ledger.keys import ConfiguredKey, KeyOrigin, Keys, Scope
from workers.jobs.ledger.tables import ApiKey


class KeyState(StrEnum):
    """Whether a key opens anything, and why not."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_CONFIGURED = "not configured"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid key gives."""

    key_id: str
    project: str
    scopes: frozenset[Scope]


class Access:
    """Judges keys, each time anew. May be used from any thread.

    A configured key is valid where it is configured: of two processes with different files each goes by its
    own, and neither changes what the other lets in. What was revoked by its id is invalid everywhere,
    whatever files say.
    """

    def __init__(self, configuration: Configuration, keys: Keys, audit: AuditLog) -> None:
        self._configuration, self._keys, self._audit = configuration, keys, audit
        self._lock = threading.Lock()
        self._registered: Configured | None = None

    def refresh(self) -> Mapping[str, ConfiguredKey]:
        """The configured keys by digest; new ones are in the ledger from now on.

        Raises:
            ConfigurationError: the configuration was never of any use.
        """
        configured = self._configuration.now()
        if configured is not self._registered:
            with self._lock:
                if configured is not self._registered:
                    self._keys.register(configured.keys)
                    if self._registered is not None:
                        self._note_change(self._registered, configured)
                    self._registered = configured
        return configured.keys

    def _note_change(self, before: Configured, after: Configured) -> None:
        """Each process notes for itself that it goes by another file now, and which keys are out by it."""
        with acting(Actor(CONFIGURATION)):
            self._audit.collect(Action.CONFIGURATION_READ, None)
            for row in self._keys.with_digests(before.keys.keys() - after.keys.keys()):
                self._audit.collect(Action.KEY_REVOKED, row.project, row.id)

    def grant(self, secret: str) -> Grant | None:
        """What the key with this secret gives; None: there is none, or it is not valid."""
        configured = self.refresh()
        row = self._keys.find(secret)
        if row is None or self.state_of(row) is not KeyState.VALID:
            return None
        self._keys.note_use(row)
        told = configured.get(row.digest) or row
        return Grant(row.id, told.project, frozenset(map(Scope, told.scopes)))

    def invalid(self, key_ids: Collection[str]) -> set[str]:
        """Those that are not valid any more, of keys that were."""
        rows = self._keys.with_ids(key_ids) if key_ids else ()
        return {row.id for row in rows if self.state_of(row) is not KeyState.VALID}

    def state_of(self, row: ApiKey) -> KeyState:
        """Whether the key is valid in this process."""
        told = self.refresh().get(row.digest)
        if row.revoked_at is not None:
            return KeyState.REVOKED
        if row.origin == KeyOrigin.CONFIGURED and told is None:
            return KeyState.NOT_CONFIGURED
        expires_at = (told or row).expires_at
        return KeyState.EXPIRED if expires_at and expires_at <= self._keys.now() else KeyState.VALID

    def is_open(self) -> bool:
        """Whether no key has ever existed: then anybody on this machine is let in, and nobody else."""
        self.refresh()
        return not self._keys.any_ever()
