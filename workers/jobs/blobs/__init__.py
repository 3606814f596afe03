"""Where files, results and checkpoints are kept: a folder, or a bucket; encrypted, if that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from schemas.settings import Settings
from workers.jobs.blobs.base import (
    BlobDamaged,
    BlobMissing,
    BlobsLocked,
    BlobStore,
    BlobStoreAway,
    BlobStoreUnusable,
)
from workers.jobs.blobs.encrypted import Encrypt, EncryptedBlobs
from workers.jobs.blobs.local import LocalBlobs
from workers.jobs.blobs.s3 import S3Blobs
from workers.jobs.blobs.sealing import Keyring

__all__ = [
    "BlobDamaged",
    "BlobMissing",
    "BlobStore",
    "BlobStoreAway",
    "BlobStoreUnusable",
    "BlobsLocked",
    "EncryptedBlobs",
    "blobs_of",
    "open_blobs",
]


def blobs_of(settings: Settings) -> EncryptedBlobs:
    """The store of an installation.

    Raises:
        BlobStoreUnusable: see ``open_blobs``.
    """
    return open_blobs(
        settings.blobs, settings.s3_endpoint_url, keys=settings.secret_keys, encrypt=settings.encrypt_blobs
    )


def open_blobs(
    url: str, s3_endpoint_url: str | None = None, *, keys: Sequence[str] = (), encrypt: Encrypt = False
) -> EncryptedBlobs:
    """The store at ``url``: ``file:///folder`` (made if it is not there) or ``s3://bucket/prefix``.

    What is encrypted with one of ``keys`` can be read; with ``encrypt``, what is stored is, with the first.

    Raises:
        BlobStoreUnusable: the URL is neither, or what it names cannot be used; says what to change.
    """
    if encrypt and not keys:
        raise BlobStoreUnusable("Blobs cannot be encrypted without a key: set OCTAVO_SECRET_KEY.")
    return EncryptedBlobs(_at(url, s3_endpoint_url), Keyring(keys), encrypt)


def _at(url: str, s3_endpoint_url: str | None) -> BlobStore:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.startswith("/"):
        return LocalBlobs(Path(url2pathname(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return S3Blobs(parts.netloc, parts.path.strip("/"), s3_endpoint_url)
    raise BlobStoreUnusable("OCTAVO_BLOB_URL must be like file:///folder or s3://bucket/prefix.")
