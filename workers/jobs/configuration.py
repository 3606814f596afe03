"""What the operator wrote, as it is now: the settings' keys, and the YAML, read anew when it has changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.errors import OctavoError
from schemas.settings import Settings
from workers.jobs.ledger.keys import ConfiguredKey, digest
from workers.jobs.tenants import DEFAULT_PROJECT, OnPremise

log = logging.getLogger(__name__)


class ConfigurationError(OctavoError):
    """The operator's configuration cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Configured:
    """Keys by the digest of their secret, and what is said of each project's limits and retention."""

    keys: Mapping[str, ConfiguredKey]
    rules: Mapping[str, dict[str, Any]]


class Configuration:
    """The configuration of this process. May be used from any thread.

    A file that becomes damaged, or goes away, changes nothing. Every process goes by the file that it sees.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = settings.config
        self._default_keys = tuple(key.get_secret_value() for key in settings.api_keys)
        self._lock = threading.Lock()
        self._configured: Configured | None = None
        self._seen: tuple[int, ...] = ()

    def now(self) -> Configured:
        """What holds; the same object until the file changes.

        Raises:
            ConfigurationError: it was never of any use.
        """
        seen = () if self._path is None else _state(self._path)
        if self._configured is not None and seen == self._seen:
            return self._configured
        with self._lock:
            if self._configured is None or seen != self._seen:
                self._configured = self._read_anew(self._configured)
                self._seen = seen
            return self._configured

    def _read_anew(self, before: Configured | None) -> Configured:
        try:
            found = self._read()
        except ConfigurationError as error:
            if before is None:
                raise
            log.error("keys and limits stay as they were: %s", error.message)
            return before
        if before is not None:
            log.info("the configuration was read anew")
        return found

    def _read(self) -> Configured:
        keys = [(digest(secret), ConfiguredKey(DEFAULT_PROJECT)) for secret in self._default_keys]
        if self._path is None:
            return Configured(_unique(keys), {})
        written = read_configuration(self._path)
        return Configured(_unique([*keys, *written.api_keys()]), written.rules())


def _unique(keys: Iterable[tuple[str, ConfiguredKey]]) -> dict[str, ConfiguredKey]:
    found: dict[str, ConfiguredKey] = {}
    for hashed, key in keys:
        other = found.setdefault(hashed, key)
        if other.project != key.project:
            raise ConfigurationError(
                f"One API key opens both {other.project} and {key.project}: a key names its project,"
                " so give each project keys of its own."
            )
        if other != key:
            raise ConfigurationError(f"One API key of {key.project} is written twice, and not the same.")
    return found


def read_configuration(path: Path) -> OnPremise:
    """The YAML file at ``path``.

    Raises:
        ConfigurationError: it is not there, empty, not YAML or not of the form of ``OnPremise``.
    """
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        if written is None:  # also what a file looks like that is just being written
            raise ConfigurationError(f"OCTAVO_CONFIG: {path} is empty.")
        return OnPremise.model_validate(written)
    except OSError as error:
        raise ConfigurationError(f"OCTAVO_CONFIG: {path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        # The parser's own words would quote the line, and with it a key.
        raise ConfigurationError(f"OCTAVO_CONFIG: {path} is not YAML.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = "is not a setting here" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigurationError(f"OCTAVO_CONFIG: {path}: {place}: {what}") from None


def _state(path: Path) -> tuple[int, ...]:
    """What differs when the file was written anew or put in another's place."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
