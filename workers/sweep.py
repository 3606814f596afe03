"""What is looked after now and then, by one worker at a time for all of them: each thing is a *duty*.

A worker asks the ledger what is due, which costs one short read. What nobody else does it takes, and does in
batches; between two of them it lets others at the database and says that it still lives.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from schemas.errors import Interrupted, OctavoError
from schemas.queues import Queue
from workers.ground import is_away
from workers.jobs.disposal import (
    discard_files,
    remove_blobs,
    remove_jobs_of_dataset,
    remove_old_windows,
)
from workers.jobs.ledger.duties import LEASE
from workers.jobs.ledger.removals import BATCH
from workers.jobs.orphans import OLD, Owner, orphans, owner_of_store
from workers.jobs.services import Services

log = logging.getLogger(__name__)

Between = Callable[[], None]
"""Called between two batches; raises ``Interrupted`` when the duty is not to be gone on with."""

_LONGEST_REST = 1.0
_VACUUMED_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Duty:
    """What is to be done, and how often."""

    every: timedelta
    work: Callable[[Services, Between], None]


class Sweeper:
    """Does the duties that fall to the worker ``owner``, until ``stopping``."""

    def __init__(self, services: Services, owner: str, stopping: threading.Event) -> None:
        self._services, self._owner, self._stopping = services, owner, stopping
        every = timedelta(seconds=services.settings.sweep_seconds)
        self._urgent = {"poisoned": Duty(every, fail_poisoned)}

    def look_after_jobs(self) -> None:
        """What jobs wait for; short."""
        self._round(self._urgent)

    def keep_house(self) -> None:
        """What nobody waits for; may take long, and wants a thread of its own."""
        self._round(HOUSEKEEPING)

    def _round(self, duties: Mapping[str, Duty]) -> None:
        held = self._services.duties
        for name in held.due({name: duty.every for name, duty in duties.items()}):
            if not held.take(name, self._owner, duties[name].every):
                continue
            try:
                duties[name].work(self._services, _Pause(self._services, name, self._owner, self._stopping))
            except Interrupted:
                held.give_back(name, self._owner)
            except OctavoError as error:
                log.warning("%s is put off: %s", name, error.message)
            except Exception as error:
                if is_away(error):
                    raise
                log.exception("%s failed, and is tried again", name)
            else:
                held.done(name, self._owner)


class _Pause:
    """Between two batches: others have as long a time at the database as the batch took."""

    def __init__(self, services: Services, name: str, owner: str, stopping: threading.Event) -> None:
        self._services, self._name, self._owner, self._stopping = services, name, owner, stopping
        self._told = self._began = time.monotonic()

    def __call__(self) -> None:
        spent = time.monotonic() - self._began
        if self._stopping.wait(min(spent, _LONGEST_REST)):
            raise Interrupted("the worker is going down")
        self._began = time.monotonic()
        if self._began - self._told > LEASE.total_seconds() / 4:
            if not self._services.duties.keep(self._name, self._owner):
                raise Interrupted("another worker does it by now")
            self._told = self._began


# --------------------------------------------------------------------------- the duties


def fail_poisoned(services: Services, _between: Between) -> None:
    """Fails the jobs of documents that took one worker after another down."""
    for job_id in services.shards.fail_poisoned(services.settings.page_window):
        log.error("job %s failed: its document took every worker down", job_id)


def tell_of_unserved(services: Services, between: Between) -> None:
    """Says what waits for a worker that is not there."""
    for queue in services.unserved.queues(Queue):
        log.warning("work waits on %s, which no worker serves: octavo worker --queue %s", queue, queue)
        while services.unserved.tell(queue):
            between()


def remove_deleted(services: Services, between: Between) -> None:
    """Goes on with what was deleted: jobs of datasets, blobs of jobs, bytes of files."""
    for dataset_id in services.datasets.half_deleted():
        remove_jobs_of_dataset(services, dataset_id, between)
    while job_ids := services.removals.due(BATCH):
        remove_blobs(services, job_ids, between)
    while discard_files(services):
        between()


def delete_old(services: Services, between: Between) -> None:
    """Deletes the jobs and files that are older than their project keeps them."""
    kept = services.retention
    for project in kept.projects():
        limits = services.limits.of(project)
        jobs = _all(kept.delete_old_jobs, project, limits.jobs_kept, between)
        files = _all(kept.delete_old_files, project, limits.files_kept, between)
        if jobs or files:
            log.info("retention: %d jobs and %d files of %s were deleted", jobs, files, project)


def _all(
    delete: Callable[[str, timedelta], int], project: str, kept: timedelta | None, between: Between
) -> int:
    total = 0
    while kept is not None and (deleted := delete(project, kept)):
        total += deleted
        between()
    return total


def drop_windows(services: Services, between: Between) -> None:
    """Lets go what only a replay would need, of jobs that ended a while ago."""
    kept = timedelta(days=services.settings.checkpoint_days)
    if jobs := remove_old_windows(services, kept, between):
        log.info("the windows of %d jobs were removed", jobs)


def forget_logs(services: Services, between: Between) -> None:
    """Forgets deliveries of webhooks, the audit log and what was used, and keyed requests, of long ago."""
    while services.deliveries.forget(timedelta(days=services.settings.webhook_log_days)):
        between()
    kept = timedelta(days=services.settings.audit_days)
    while services.audit.forget(kept):
        between()
    services.use.forget(kept)
    services.repeats.forget()


def give_space_back(services: Services, between: Between) -> None:
    """Lets a SQLite file shrink again."""
    while services.ledger.shrink(_VACUUMED_PAGES):
        between()


def remove_orphans(services: Services, between: Between) -> None:
    """Removes the blobs that no row owns, and what killed writers left."""
    if (owner := owner_of_store(services)) is not Owner.US:
        log.log(logging.WARNING if owner is Owner.ANOTHER else logging.INFO, "%s", owner)
        return
    services.blobs.drop_unfinished(OLD)
    for orphan in orphans(services, between):
        log.info("%s is nobody's and is removed: %d bytes", orphan.key, orphan.size)
        orphan.remove(services.blobs)
        between()


HOUSEKEEPING = {
    "unserved": Duty(timedelta(minutes=1), tell_of_unserved),
    "retention": Duty(timedelta(minutes=10), delete_old),
    "deleted": Duty(timedelta(minutes=1), remove_deleted),
    "windows": Duty(timedelta(minutes=10), drop_windows),
    "logs": Duty(timedelta(minutes=10), forget_logs),
    "orphans": Duty(timedelta(hours=1), remove_orphans),
    "space": Duty(timedelta(minutes=10), give_space_back),
}
