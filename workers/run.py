"""A worker's work: claim a shard, read its pages window by window, and join the pages when the last is done.

The ledger is the truth. A worker that dies anywhere here leaves a lease that runs out; the next claim goes on
after the last window that was checkpointed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable, Sequence
from functools import partial

from schemas.errors import DocumentError, Interrupted
from schemas.queues import Queue
from schemas.settings import Settings
from workers.assembly import assemble_job
from workers.children import EngineChild, Readers, warm_up
from workers.ground import is_away, steadily
from workers.jobs import tracing
from workers.jobs.ledger.shards import Claim
from workers.jobs.ledger.tables import ShardKind
from workers.jobs.metering import COLLECTED, FLUSH_SECONDS
from workers.jobs.outbound import Outbound
from workers.jobs.services import Services
from workers.leases import Lease, Leases
from workers.marks import reading_mark
from workers.observed import claimed
from workers.pages import read_shard
from workers.patience import patient
from workers.presence import Presence
from workers.sandbox.trial import make_sure
from workers.scratch import Scratch
from workers.sender import Sender
from workers.sweep import Sweeper
from workers.work import Tools, Work

log = logging.getLogger(__name__)

_CLEAR_SECONDS = 3600.0
_REST_SECONDS = 5.0
"""How long work rests that could not be done for want of disk, files or memory."""
_STALLED = "Work on this document stood still for too long. Try fewer pages with page_range."
_UNEXPECTED = "An unexpected error stopped this job; the server's log has it."


class Worker:
    """Reads documents for the jobs of one ledger; ``run_one`` may be called from several threads."""

    def __init__(self, settings: Settings, services: Services) -> None:
        self._settings, self._services = settings, services
        self._shards = services.shards
        self._stopping = threading.Event()
        self._scratch = Scratch(settings.folder / "scratch")
        self._readers = Readers(settings, self._scratch.path, settings.concurrency)
        self._engines = EngineChild(settings)
        stall = 2 * max(settings.page_timeout, settings.download_timeout)
        self._leases = Leases(self._shards, settings.lease_seconds, stall, self._stopping)
        self._sender = Sender(settings, services)
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self.reading_mark = reading_mark(settings)
        self._tools = Tools(
            settings=settings,
            services=services,
            readers=self._readers,
            engines=self._engines,
            outbound=Outbound(settings.file_url_allow, settings.max_upload_bytes, settings.download_timeout),
            scratch=self._scratch.folder,
            reading_mark=self.reading_mark,
            stopping=self._stopping,
        )

    def start(self, queues: Sequence[str], look_for_work: Callable[[], None]) -> None:
        """Makes ready: the fork server, threads that renew leases, sweep, look for work and send webhooks.

        Raises:
            ConfigurationError: this machine does not hold documents as the settings ask for.
        """
        self._scratch.make()
        self._scratch.clear_others()
        make_sure(self._settings)
        warm_up()
        self._every(1.0, self._leases.renew_all)
        self._every(FLUSH_SECONDS, partial(COLLECTED.flush, self._services.meters))
        self._every(_CLEAR_SECONDS, self._scratch.clear_others)
        sweeper = Sweeper(self._services, self.owner, self._stopping)
        for work in (sweeper.look_after_jobs, sweeper.keep_house):
            self._every(self._settings.sweep_seconds, work)
        self._every(self._settings.sweep_seconds, look_for_work)
        presence = Presence(self._services.workers, self.owner, queues, self.reading_mark)
        for run in [presence.run, *([self._sender.run] if Queue.NOTIFY in queues else [])]:
            threading.Thread(target=run, args=(self._stopping,), daemon=True).start()

    def stop(self) -> None:
        """Ends what is in hand at once; it goes back to the ledger and is not counted as an attempt."""
        self._stopping.set()
        self._readers.close()
        self._engines.close()

    def run_one(self, queue: str) -> int:
        """Claims a shard and works on it, and on the assembly if that is next; how many shards that were."""
        if self._stopping.is_set() or not self._leases.catch_up():
            return 0
        claim = self._shards.claim_next(queue, self.owner, self._settings.lease_seconds)
        shards = 0
        while claim is not None:
            claim = self._serve(claim)
            shards += 1
        return shards

    def _serve(self, claim: Claim) -> Claim | None:
        """Works on a claim; returns the one to go on with, if there is."""
        with (
            claimed(claim),
            self._leases.hold(claim) as lease,
            patient(lease.check, lease.progress.tell),
        ):
            next_claim, ending = self._work(claim, lease)
            if ending is not None:
                with contextlib.suppress(Interrupted):  # going down: the lease runs out by itself
                    steadily(ending, self._check, self._stopping.wait)
        if next_claim is None:
            self._services.news.tell(claim.job_id)
        return next_claim

    def _work(self, claim: Claim, lease: Lease) -> tuple[Claim | None, Callable[[], bool] | None]:
        """Works on a claim. Returns one to go on with, or what is to be told the ledger if it went badly."""
        try:
            do = read_shard if claim.kind is ShardKind.PAGES else assemble_job
            return do(Work(self._tools, claim, lease)), None
        except Exception as error:
            return None, self._ending(claim, lease, error)

    def _ending(self, claim: Claim, lease: Lease, error: Exception) -> Callable[[], bool]:
        """What the ledger is to be told of work that ended by ``error``."""
        shards, stopping = self._shards, self._stopping
        give_back = partial(shards.release, claim)
        if isinstance(error, Interrupted):
            return partial(shards.retry_later, claim, _STALLED) if lease.stalled else give_back
        if isinstance(error, DocumentError):
            log.info("the document could not be worked on: %s", type(error).__name__)
            tracing.failed(error)
            retry = shards.retry_later if error.retryable else shards.fail
            return give_back if stopping.is_set() else partial(retry, claim, error.message)
        if is_away(error):
            log.warning("this work cannot be done at the moment: %s", type(error).__name__)
            return partial(shards.release, claim, rest_seconds=_REST_SECONDS)
        log.error("unexpected failure in a worker", exc_info=error)
        tracing.failed(error)
        return give_back if stopping.is_set() else partial(shards.retry_later, claim, _UNEXPECTED)

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Interrupted("the worker is going down")

    # ------------------------------------------------------------------ the ground

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        """Does ``work`` again and again on a thread of its own; a failure is logged and does not end it."""

        def loop() -> None:
            while not self._stopping.wait(seconds):
                try:
                    work()
                except Exception as error:
                    if is_away(error):
                        log.warning("a background step is tried again: %s", type(error).__name__)
                    else:
                        log.exception("a background step failed and is tried again")

        threading.Thread(target=loop, daemon=True).start()
