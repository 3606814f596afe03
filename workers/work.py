"""One claim in work: what the worker has for it, and calls that wait while the ground is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from models.base import Engines
from schemas.errors import Interrupted
from schemas.settings import Settings
from workers.children import Readers
from workers.ground import steadily
from workers.jobs.intake import blob_folder
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.outbound import Outbound
from workers.jobs.services import Services
from workers.leases import Lease
from workers.steps import Kept, RememberingEngines

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tools:
    """What all threads of a worker share. ``scratch`` gives a folder of one's own, emptied with the block."""

    settings: Settings
    services: Services
    readers: Readers
    engines: Engines
    outbound: Outbound
    scratch: Callable[[], AbstractContextManager[Path]]
    reading_mark: str
    stopping: threading.Event


class Work:
    """A claim with its lease; ``engines`` remember what models answered to this job."""

    def __init__(self, tools: Tools, claim: Claim, lease: Lease) -> None:
        self.tools, self.claim, self.lease = tools, claim, lease
        self.settings, self.services = tools.settings, tools.services
        self.folder = blob_folder(claim.job_id)
        self.kept = Kept(
            tools.services.blobs,
            f"{self.folder}/steps",
            fresh=claim.is_first,
            steadily=self.steadily,
            news=self._moved,
        )
        progress = lease.progress
        self.engines = RememberingEngines(
            tools.engines, tools.settings, self.kept, progress.ask, progress.answer
        )
        self._has_moved = claim.strikes == 1

    @property
    def shards(self) -> Shards:
        """The worker's side of the ledger."""
        return self.services.shards

    def steadily(self, call: Callable[[], T]) -> T:
        """What ``call`` to the ledger or the blob store returns, as soon as that is there.

        Raises:
            Interrupted: the work must stop; ``call`` was not made, or gave no answer.
        """
        self.lease.check()
        return steadily(call, self.lease.check, self.tools.stopping.wait)

    def surely(self, call: Callable[[], bool]) -> None:
        """As ``steadily``, for a change to the ledger that only the shard's holder may make.

        Raises:
            Interrupted: it is not this worker's any more.
        """
        if not self.steadily(call):
            raise Interrupted("the lease was lost")

    def _moved(self) -> None:
        """Something was done that need not be done again: the shard's earlier strikes are forgotten."""
        if not self._has_moved:
            self._has_moved = True
            self.steadily(lambda: self.shards.moved(self.claim))
