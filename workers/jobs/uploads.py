"""Keeping an uploaded file: once for the same bytes in a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from schemas.acceptance import likely_mime_type
from schemas.errors import InvalidFile, QuotaExceeded
from schemas.formats import OCTET_STREAM, mime_type_of_name
from schemas.ids import new_id
from schemas.json_values import judge_labels
from schemas.signatures import HEAD_BYTES
from workers.jobs.intake import clean_name
from workers.jobs.ledger.tables import StoredFile
from workers.jobs.services import Services


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in, at ``path``. ``mime_type`` is the sender's word, ``checksum`` SHA-256 in hex."""

    path: Path
    name: str | None
    mime_type: str | None
    size: int
    checksum: str
    labels: dict[str, Any]


def keep(services: Services, project: str, received: Received) -> StoredFile:
    """Stores the file in the project; if its bytes are there already, renews name, type and labels.

    Raises:
        InvalidFile: the labels cannot be kept, with those that are there already.
        QuotaExceeded: the project has no room for it.
    """
    judge_labels(received.labels, InvalidFile)
    name = clean_name(received.name) or ""
    mime_type = likely_mime_type(_head(received.path), received.mime_type or mime_type_of_name(name))
    known = services.files.touch(project, received.checksum, name, received.labels, mime_type)
    if known is not None:
        return known
    file_id = new_id("file")
    blob_key = f"files/{project}/{file_id}{_suffix(name)}"
    services.blobs.put_file(blob_key, received.path)
    try:
        file = services.files.add(
            file_id,
            project,
            name=name,
            mime_type=mime_type or OCTET_STREAM,
            size=received.size,
            checksum=received.checksum,
            labels=received.labels,
            blob_key=blob_key,
            most_bytes=services.limits.of(project).stored_bytes,
        )
    except QuotaExceeded:
        services.blobs.delete(blob_key)
        raise
    if file.id != file_id:
        services.blobs.delete(blob_key)
    return file


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 10 else ""
