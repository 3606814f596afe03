"""The document of a claim: fetched into a scratch folder, its format known, ready to be opened."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from schemas.errors import DownloadFailed
from schemas.formats import format_named, format_of_mime_type
from schemas.reading import DocumentInfo
from schemas.requests import SourceFields
from workers.children import ReaderChild
from workers.jobs.blobs import BlobDamaged, BlobMissing
from workers.observed import stage
from workers.work import Work

_GONE = "The job's document is gone: its file was deleted before it could be read."
_DAMAGED = "The job's document is damaged where it is stored: upload it again."


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was fetched: its blob's key, its file, its format and the reader it is for."""

    key: str
    path: Path
    format_name: str
    reader: ReaderChild

    def open(self) -> DocumentInfo:
        """Opens it in its reader."""
        with stage("open", ()):
            return self.reader.open(self.path, self.format_name)

    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def fetched(work: Work) -> Iterator[Document]:
    """The claim's document, there with its reader for the length of the block.

    Raises:
        DownloadFailed: it cannot be had.
        DocumentError: its bytes are of no format that is read.
        Interrupted: the work must stop.
    """
    with work.tools.scratch() as folder, work.tools.readers.reader() as reader:
        work.lease.progress.tell("opening the document")
        with stage("fetch", ()):
            key, path = _source(work, reader, folder)
        work.lease.check()
        with stage("detect", ()):
            format_name = source_format(work.claim.request.source, reader, path, key)
        yield Document(key, path, format_name, reader)


def _source(work: Work, reader: ReaderChild, folder: Path) -> tuple[str, Path]:
    """The document in ``folder``: its blob's key and its path.

    A URL is fetched once; its bytes are kept, so that every shard and attempt reads the same document.
    """
    claim, blobs = work.claim, work.services.blobs
    key, url = claim.source_key, claim.request.source.file_url
    # With its extension: what is inside a signed envelope has no other name.
    path = folder / f"source{PurePosixPath(key or '').suffix}"
    if key is not None:
        try:
            work.steadily(lambda: blobs.fetch(key, path))
        except BlobMissing:
            raise DownloadFailed(_GONE) from None
        except BlobDamaged:
            raise DownloadFailed(_DAMAGED) from None
        return key, path
    if url is None:
        raise DownloadFailed(_GONE)
    download = work.tools.outbound.fetch(url, path, check=work.lease.check)
    mime_type = claim.request.source.mime_type or download.mime_type
    found = format_named(reader.detect(path, mime_type, download.file_name))
    new_key = f"{work.folder}/source{found.suffix if found else ''}"
    work.steadily(lambda: blobs.put_file(new_key, path))
    work.surely(lambda: work.shards.set_source(claim, new_key))
    return new_key, path


def source_format(source: SourceFields, reader: ReaderChild, path: Path, source_key: str) -> str:
    """The name of the format that ``source``, whose blob ``source_key`` lies at ``path``, is in.

    Raises:
        DocumentError: its bytes are of no format that is read.
    """
    if source.file_id is None and source.file_url is None:
        # raw_text is what it is said to be, whatever it looks like.
        said = format_of_mime_type(source.mime_type)
        return said.name if said else reader.detect(path, source.mime_type, None)
    # The key of an uploaded file ends like the name of its first upload, which may not be the name of today.
    name = source_key if source.file_id is None else source.file_name
    return reader.detect(path, source.mime_type, name)
