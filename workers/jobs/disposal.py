"""What is deleted really goes: first the rows, then the blobs, tried again until they are gone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from workers.jobs.blobs import BlobStoreAway
from workers.jobs.intake import blob_folder
from workers.jobs.services import Services

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Jobs whose blobs are removed while somebody waits for it; those of more go with the next round."""


def remove_job(services: Services, project: str, job_id: str) -> None:
    """Deletes an ended job and its blobs.

    Raises:
        NotFound, InvalidJobState: see ``Jobs.delete``.
    """
    services.jobs.delete(project, job_id)
    _remove_at_once(services, [job_id])


def remove_dataset(services: Services, project: str, dataset_id: str) -> None:
    """Deletes a dataset with its jobs, ended or not, and their blobs; files stay.

    Raises:
        NotFound: see ``Datasets.delete``.
    """
    services.datasets.delete(project, dataset_id)
    _remove_at_once(services, remove_jobs_of_dataset(services, dataset_id)[:AT_ONCE])


def remove_jobs_of_dataset(
    services: Services, dataset_id: str, between: Callable[[], None] = lambda: None
) -> list[str]:
    """Deletes the jobs of a dataset that is gone, batch by batch; returns their ids."""
    job_ids: list[str] = []
    while some := services.datasets.delete_jobs(dataset_id):
        job_ids += some
        between()
    return job_ids


def remove_file(services: Services, project: str, file_id: str) -> None:
    """Deletes a file, and its bytes unless an unfinished job needs them.

    Raises:
        FileUnknown: see ``Files.delete``.
    """
    services.files.delete(project, file_id)
    discard_files(services, file_id)


def _remove_at_once(services: Services, job_ids: Sequence[str]) -> None:
    try:
        remove_blobs(services, job_ids)
    except BlobStoreAway as error:
        log.warning("the blobs of deleted jobs are removed later: %s", error.message)


def remove_blobs(
    services: Services, job_ids: Sequence[str], between: Callable[[], None] = lambda: None
) -> None:
    """Removes the blobs of deleted jobs; ``between`` is called after each.

    Raises:
        BlobStoreAway: not of all of them now; it is remembered which are left.
    """
    gone: list[str] = []
    try:
        for job_id in job_ids:
            try:
                services.blobs.delete_prefix(f"{blob_folder(job_id)}/")
            except BlobStoreAway:
                services.removals.failed(job_id)
                raise
            gone.append(job_id)
            between()
    finally:
        if gone:
            services.removals.removed(gone)


def remove_old_windows(services: Services, kept: timedelta, between: Callable[[], None]) -> int:
    """Removes the windows of jobs that ended longer than ``kept`` ago; returns of how many.

    The blobs first: a job that is replayed at this moment reads again what it does not find.

    Raises:
        BlobStoreAway: not now.
    """
    total = 0
    while job_ids := services.retention.with_old_windows(kept):
        for job_id in job_ids:
            services.blobs.delete_prefix(f"{blob_folder(job_id)}/windows/")
            between()
        services.retention.forget_windows(job_ids, kept)
        total += len(job_ids)
    return total


def discard_files(services: Services, file_id: str | None = None) -> int:
    """Removes the bytes of some deleted files (or of this one) that no unfinished job needs.

    Returns:
        How many files it was; what cannot be removed now is tried again by a later call.
    """
    removed = 0
    for file in services.files.discarded(file_id=file_id):
        try:
            services.blobs.delete(file.blob_key)
        except BlobStoreAway as error:
            log.warning("the bytes of the file %s could not be removed yet: %s", file.id, error.message)
            break
        services.files.forget(file.id)
        removed += 1
    return removed
