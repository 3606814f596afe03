"""Where files, results and checkpoints are kept: a folder, or a bucket. The URL's scheme says which."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from workers.jobs.blobs.base import BlobMissing, BlobStore, BlobStoreAway, BlobStoreUnusable
from workers.jobs.blobs.local import LocalBlobs
from workers.jobs.blobs.s3 import S3Blobs

__all__ = ["BlobMissing", "BlobStore", "BlobStoreAway", "BlobStoreUnusable", "open_blobs"]


def open_blobs(url: str, s3_endpoint_url: str | None = None) -> BlobStore:
    """The store at ``url``: ``file:///folder`` (made if it is not there) or ``s3://bucket/prefix``.

    Raises:
        BlobStoreUnusable: the URL is neither, or what it names cannot be used; says what to change.
    """
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.startswith("/"):
        return LocalBlobs(Path(url2pathname(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return S3Blobs(parts.netloc, parts.path.strip("/"), s3_endpoint_url)
    raise BlobStoreUnusable("OCTAVO_BLOB_URL must be like file:///folder or s3://bucket/prefix.")
