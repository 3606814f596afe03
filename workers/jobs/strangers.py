"""Callers without a good key: how often one address may try, so that keys cannot be guessed at speed."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar

from schemas.errors import QuotaExceeded
from workers.jobs.ledger.keys import digest, may_be_issued
from workers.jobs.rates import Rates

TRIES_PER_MINUTE = 60
"""Tries of one address without a good key: who is set up wrongly is told so, who guesses gets nowhere."""

_REMEMBERED = 10_000
"""Addresses that are shut out, and keys that were good, as many as are remembered of each."""

K = TypeVar("K")
V = TypeVar("V")


class Strangers:
    """Who tried in vain; may be used from any thread.

    An address that tried too often is shut out until it may try again: its keys are not even looked at, for
    whoever is told which are good guesses on. Only a key that it had success with before is, and one that
    nobody can guess.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._lock = threading.Lock()
        self._shut_until: OrderedDict[str, int] = OrderedDict()
        self._good: OrderedDict[tuple[str, str], None] = OrderedDict()

    def judge(self, address: str | None, secret: str) -> None:
        """Judges whether a key from ``address`` may be looked at.

        Raises:
            QuotaExceeded: not now.
        """
        if may_be_issued(secret):
            return
        place = _place(address)
        with self._lock:
            wait = self._shut_until.get(place, 0) - self._rates.now()
            if wait > 0 and (place, digest(secret)) not in self._good:
                raise _refusal(math.ceil(wait / 1000))

    def welcome(self, address: str | None, secret: str) -> None:
        """Says that the key was good."""
        with self._lock:
            _remember(self._good, (_place(address), digest(secret)), None)

    def turn_away(self, address: str | None) -> None:
        """Counts a try in vain.

        Raises:
            QuotaExceeded: there were too many.
        """
        place = _place(address)
        if wait := self._rates.take(f"strangers:{place}", TRIES_PER_MINUTE):
            with self._lock:
                _remember(self._shut_until, place, self._rates.now() + 1000 * wait)
            raise _refusal(wait)


def _place(address: str | None) -> str:
    """What counts as one address: of IPv6 the network that one customer has (RFC 6177)."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))
    return str(found)


def _remember(known: OrderedDict[K, V], key: K, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > _REMEMBERED:
        known.popitem(last=False)


def _refusal(wait: int) -> QuotaExceeded:
    return QuotaExceeded(
        f"There were too many tries from this address without a good API key: try again in {wait} seconds.",
        limit="authentication",
        retry_after=wait,
    )
