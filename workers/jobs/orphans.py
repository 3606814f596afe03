"""Blobs that nobody owns: what a process that died had written before its row, or after it was gone.

A blob is always written before the row that names it. One without a row is nobody's only when it is older
than anything that could still become a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from pathlib import PurePosixPath
from typing import TypeVar

from schemas.ids import is_file_id
from workers.jobs.blobs.base import INSTALLATION, BlobMissing, BlobStore, Stored
from workers.jobs.services import Services

OLD = timedelta(days=1)
"""Longer than a request may be repeated under its key, and than any upload takes."""

BATCH = 500
"""Names that the ledger is asked about at once."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Orphan:
    """A job's folder, or a file, that no row knows. ``size``: bytes."""

    key: str
    is_folder: bool
    size: int

    def remove(self, blobs: BlobStore) -> None:
        """Removes it."""
        if self.is_folder:
            blobs.delete_prefix(self.key)
        else:
            blobs.delete(self.key)


class Owner(StrEnum):
    """Whose the blob store is, and what is to be said of it."""

    US = "The blob store goes with this database."
    NOBODY = "The blob store is new to this database: from the next time on, what nobody owns is removed."
    ANOTHER = (
        "The blob store goes with another database: nothing that nobody owns is removed from it. Give each"
        " installation a folder of its own; if that database is gone for good, delete the blob"
        f" {INSTALLATION!r}."
    )


def owner_of_store(services: Services) -> Owner:
    """Whose the blob store is: to another database all its blobs would seem to be nobody's.

    That may be by mistake, or since two installations have one bucket. So the store bears the database's
    name; one that has none is given it.

    Raises:
        BlobStoreAway: the store does not answer.
    """
    ours = services.retention.installation().encode()
    try:
        return Owner.US if services.blobs.get_bytes(INSTALLATION) == ours else Owner.ANOTHER
    except BlobMissing:
        services.blobs.put_bytes(INSTALLATION, ours)
        return Owner.NOBODY


def orphans(services: Services, between: Callable[[], None] = lambda: None) -> Iterator[Orphan]:
    """All of them, found while they are asked for; ``between`` is called after each batch of names.

    Only where ``owner_of_store`` are we; names that are not of our making are left alone.

    Raises:
        BlobStoreAway: the store does not answer; those before were found all the same.
    """
    before = services.ledger.now() - OLD
    jobs = (name for name in services.blobs.folders("jobs") if name.startswith("parse_"))
    for names in _batches(jobs):
        known = services.retention.jobs_among(names)
        for name in names:
            if name not in known:
                yield from _folder(services.blobs, f"jobs/{name}", before)
        between()
    uploads = (blob for blob in services.blobs.walk("files") if is_file_id(_file_id(blob)))
    for files in _batches(uploads):
        ids = {blob.key: _file_id(blob) for blob in files}
        known = services.retention.files_among(ids.values())
        for blob in files:
            if ids[blob.key] not in known and blob.stored_at < before:
                yield Orphan(blob.key, False, blob.size)
        between()


def _folder(blobs: BlobStore, key: str, before: datetime) -> Iterator[Orphan]:
    sizes: list[int] = []
    for blob in blobs.walk(key):
        if blob.stored_at >= before:
            return
        sizes.append(blob.size)
    if sizes:  # an empty one may be a writer's that has not put its blob there yet
        yield Orphan(key, True, sum(sizes))


def _file_id(blob: Stored) -> str:
    return PurePosixPath(blob.key).name.partition(".")[0]


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
