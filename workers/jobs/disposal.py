"""What is deleted really goes: first the rows, then the blobs, tried again until they are gone."""

from __future__ import annotations

import logging
from collections.abc import Iterable

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
    remove_blobs(services, [job_id])


def remove_dataset(services: Services, project: str, dataset_id: str) -> None:
    """Deletes a dataset with its jobs, ended or not, and their blobs; files stay.

    Raises:
        NotFound: see ``Datasets.delete``.
    """
    services.datasets.delete(project, dataset_id)
    gone = 0
    while ids := services.datasets.delete_jobs(dataset_id):
        remove_blobs(services, ids[: max(0, AT_ONCE - gone)])
        gone += len(ids)


def remove_file(services: Services, project: str, file_id: str) -> None:
    """Deletes a file, and its bytes unless an unfinished job needs them.

    Raises:
        FileUnknown: see ``Files.delete``.
    """
    services.files.delete(project, file_id)
    discard_files(services, file_id)


def remove_blobs(services: Services, job_ids: Iterable[str]) -> bool:
    """Removes the blobs of deleted jobs; False: the store is away, and the next round goes on."""
    for job_id in job_ids:
        try:
            services.blobs.delete_prefix(f"{blob_folder(job_id)}/")
        except BlobStoreAway as error:
            log.warning("the blobs of the deleted job %s could not be removed yet: %s", job_id, error.message)
            services.removals.failed(job_id)
            return False
        services.removals.removed(job_id)
    return True


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
