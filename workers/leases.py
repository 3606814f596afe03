"""Leases on claimed shards: kept alive by one thread while the work moves, given up when it stalls."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from schemas.errors import Interrupted
from workers.ground import is_away
from workers.jobs.ledger.shards import Claim, Shards
from workers.progress import Progress

log = logging.getLogger(__name__)


class Lease:
    """One claim in work: hears of its progress, and says when to stop.

    ``lost``: it is not ours any more, or, ``stalled``, it did not move for too long.
    """

    def __init__(self, claim: Claim, stopping: threading.Event) -> None:
        self.claim = claim
        self.lost = threading.Event()
        self.stalled = False
        self.progress = Progress()
        self._stopping = stopping
        self._checked = time.monotonic()

    def check(self) -> None:
        """Raises ``Interrupted`` when the work is no longer ours or the worker is going down."""
        self._checked = time.monotonic()
        if self.lost.is_set() or self._stopping.is_set():
            raise Interrupted("the work was taken away or the worker is going down")

    def idle_seconds(self) -> float:
        """Seconds since the work last moved."""
        return time.monotonic() - max(self._checked, self.progress.moved)


class Leases:
    """All leases of a worker: renewed at once when there is news, else each third of their time."""

    def __init__(
        self, shards: Shards, lease_seconds: float, stall_seconds: float, stopping: threading.Event
    ) -> None:
        self._shards = shards
        self._lease_seconds, self._stall_seconds = lease_seconds, stall_seconds
        self._stopping = stopping
        self._lock = threading.Lock()
        self._held: dict[Lease, tuple[float, int]] = {}

    @contextlib.contextmanager
    def hold(self, claim: Claim) -> Iterator[Lease]:
        """Keeps the claim's lease alive for the length of the block."""
        lease = Lease(claim, self._stopping)
        with self._lock:
            self._held[lease] = (time.monotonic(), lease.progress.changes)
        try:
            yield lease
        finally:
            with self._lock:
                self._held.pop(lease, None)

    def renew_all(self) -> None:
        """Renews what is due; called about once a second by the worker's own thread."""
        with self._lock:
            held = list(self._held.items())
        for lease, (renewed, told) in held:
            is_due = time.monotonic() - renewed > self._lease_seconds / 3
            if is_due or lease.progress.changes != told:
                self._renew(lease)

    def catch_up(self) -> bool:
        """Renews what a ledger that was away let run out, before it is claimed by somebody who sees that.

        False: that is not possible yet.
        """
        with self._lock:
            late = [
                lease
                for lease, (renewed, _) in self._held.items()
                if time.monotonic() - renewed > self._lease_seconds
            ]
        return all(self._renew(lease) for lease in late)

    def _renew(self, lease: Lease) -> bool:
        """Keeps one lease; False: the ledger is away, and the lease ours as long as nobody has taken it."""
        if lease.lost.is_set():
            return True
        if lease.idle_seconds() > self._stall_seconds:
            log.error("no progress for %.0f s: the lease is given up", lease.idle_seconds())
            lease.stalled = True
            lease.lost.set()
            return True
        now, changes = time.monotonic(), lease.progress.changes
        try:
            is_ours = self._shards.renew(lease.claim, self._lease_seconds, lease.progress.report())
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("a lease could not be renewed and is tried again: %s", type(error).__name__)
            return False
        if not is_ours:
            lease.lost.set()
        with self._lock:
            if lease in self._held:
                self._held[lease] = (now, changes)
        return True
