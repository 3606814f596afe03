"""The server over streamable HTTP: who may ask, and from where."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from threading import Lock

from anyio import to_thread
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings

from api.mcp.library import Unusable
from api.mcp.service import ServiceLibrary
from workers.jobs.configuration import Configuration
from workers.jobs.ledger.keys import digest

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
_MOST_KEYS = 100
_GOOD_FOR_SECONDS = 30.0

Admit = Callable[[str], bool]
"""Whether a key is good."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    return host in ("127.0.0.1", "localhost", "::1")


def security(host: str, names: Sequence[str]) -> TransportSecuritySettings:
    """The names under which it may be asked; a page of another site in somebody's browser has another.

    Raises:
        Unusable: it listens everywhere and no name is given.
    """
    if is_loopback(host):
        names = [*LOOPBACK, *names]
    elif host not in _EVERYWHERE:
        names = [f"[{host}]" if ":" in host else host, *names]
    elif not names:
        raise Unusable(f"On {host} it must be told by which names clients know it: --allow-host NAME.")
    hosts = [entry for name in names for entry in (name, f"{name}:*")]
    origins = [f"{scheme}://{entry}" for entry in hosts for scheme in ("http", "https")]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


class Keys:
    """Lets callers in by their bearer key: a ``TokenVerifier``. A good one is good for a while."""

    def __init__(self, admit: Admit, clock: Callable[[], float] = time.monotonic) -> None:
        self._admit, self._clock = admit, clock
        self._good: OrderedDict[str, float] = OrderedDict()

    async def verify_token(self, token: str) -> AccessToken | None:
        """The caller with this key; None: nobody."""
        mark, now = digest(token), self._clock()
        if self._good.get(mark, now) <= now:
            if not await to_thread.run_sync(self._admit, token):
                self._good.pop(mark, None)
                return None
            self._good[mark] = now + _GOOD_FOR_SECONDS
            while len(self._good) > _MOST_KEYS:
                self._good.popitem(last=False)
        return AccessToken(token=token, client_id=mark, scopes=[])  # sessions belong to their key


def configured(configuration: Configuration) -> Admit | None:
    """Judges by the keys that are configured for the service on this machine; None: there are none.

    Raises:
        ConfigurationError: the configuration is of no use.
    """
    if not configuration.now().keys:
        return None

    def admit(secret: str) -> bool:
        key = configuration.now().keys.get(digest(secret))
        return key is not None and (key.expires_at is None or key.expires_at > datetime.now(UTC))

    return admit


def auth_settings(url: str) -> AuthSettings:
    """What the protocol's package wants to be told where keys are given out by hand."""
    return AuthSettings(issuer_url=url, resource_server_url=None)


class ByKey:
    """The service as each caller's own key opens it."""

    def __init__(self, server: str, *, relays: bool) -> None:
        self._server, self._relays = server, relays
        self._libraries: OrderedDict[str, ServiceLibrary] = OrderedDict()
        self._lock = Lock()

    def admit(self, key: str) -> bool:
        """Whether the service lets the key read."""
        if not key.isascii():
            return False
        with self._lock:
            known = key in self._libraries
        if known:
            return self.of(key).admits()
        with closing(ServiceLibrary.of(self._server, key, relays=self._relays)) as asking:
            return asking.admits()  # of who is not let in nothing is kept, and nobody's place is taken

    def of(self, key: str) -> ServiceLibrary:
        """The library for a key."""
        with self._lock:
            if key not in self._libraries:
                self._libraries[key] = ServiceLibrary.of(self._server, key, relays=self._relays)
                if len(self._libraries) > _MOST_KEYS:
                    self._libraries.popitem(last=False)
            self._libraries.move_to_end(key)
            return self._libraries[key]

    def library(self) -> ServiceLibrary:
        """That of the caller of now."""
        token = get_access_token()
        return self.of(token.token if token else "any")

    def close(self) -> None:
        """Ends all connections."""
        for library in self._libraries.values():
            library.close()
