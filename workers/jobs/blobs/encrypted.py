"""Any blob store, with its blobs encrypted on their way in, and readable again on their way out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Literal

from workers.jobs.blobs.base import (
    INSTALLATION,
    BlobDamaged,
    BlobMissing,
    BlobStore,
    BlobStoreAway,
    BlobStoreUnusable,
    Stored,
)
from workers.jobs.blobs.sealing import MARK, Keyring, Read, as_file, escaped, key_name, sealed, unsealed

log = logging.getLogger(__name__)

Encrypt = bool | Literal["required"]
"""Whether what is stored is encrypted; ``required``: and whether what is not may not be read."""


class EncryptedBlobs(BlobStore):
    """The store ``inner``, whose blobs may be encrypted under the keys of ``keyring``.

    Some may be and others not, or with other keys: each says so itself. ``put`` wants files that can seek.
    """

    def __init__(self, inner: BlobStore, keyring: Keyring, encrypt: Encrypt) -> None:
        self._inner, self._keyring, self._encrypt = inner, keyring, encrypt

    def put(self, key: str, source: BinaryIO, *, lasting: bool = True) -> None:
        """See ``BlobStore``."""
        file = as_file(sealed(source.read, key, self._keyring)) if self._encrypt else escaped(source)
        self._inner.put(key, file, lasting=lasting)

    def stream(self, key: str) -> Iterator[bytes]:
        """See ``BlobStore``. The first piece is proven by this call, too."""
        pieces = self._unsealed(key, as_file(self._inner.stream(key)).read)
        return _begun(next(pieces, b""), pieces)

    def fetch(self, key: str, target: Path) -> None:
        """See ``BlobStore``."""
        self._inner.fetch(key, target)
        target.chmod(0o600)
        with target.open("rb") as source, target.open("r+b") as file:
            if self._encrypt != "required" and source.read(len(MARK)) != MARK:
                return
            source.seek(0)
            # In place: each piece gets shorter, so what is written ends before what is still to be read.
            for piece in self._unsealed(key, source.read):
                file.write(piece)
            file.truncate()

    def _unsealed(self, key: str, read: Read) -> Iterator[bytes]:
        try:
            yield from unsealed(read, key, self._keyring, required=self._encrypt == "required")
        except BlobDamaged as error:
            log.error("%s", error.message)
            raise

    def exists(self, key: str) -> bool:
        """See ``BlobStore``."""
        return self._inner.exists(key)

    def delete(self, key: str) -> None:
        """See ``BlobStore``."""
        self._inner.delete(key)

    def delete_prefix(self, prefix: str) -> None:
        """See ``BlobStore``."""
        self._inner.delete_prefix(prefix)

    def walk(self, prefix: str) -> Iterator[Stored]:
        """See ``BlobStore``."""
        return self._inner.walk(prefix)

    def folders(self, prefix: str) -> Iterator[str]:
        """See ``BlobStore``."""
        return self._inner.folders(prefix)

    def drop_unfinished(self, older_than: timedelta) -> int:
        """See ``BlobStore``."""
        return self._inner.drop_unfinished(older_than)

    def check(self) -> None:
        """See ``BlobStore``; tries the keys, too."""
        self._inner.check()
        try:
            self.get_bytes(INSTALLATION)
        except BlobMissing:
            return
        except (BlobStoreAway, BlobDamaged) as error:
            raise BlobStoreUnusable(error.message) from error

    def is_current(self, key: str) -> bool:
        """Whether a blob is encrypted with the first key.

        Raises:
            BlobMissing: nothing has this key.
        """
        return key_name(as_file(self._inner.stream(key)).read) == self._keyring.first

    def renew(self, key: str) -> None:
        """Encrypts a blob anew, with the first key. Nobody else may write it meanwhile.

        Raises:
            BlobMissing: nothing has this key.
            BlobsLocked, BlobDamaged: it cannot be read, and is left as it is.
        """
        self._inner.put(key, as_file(sealed(as_file(self.stream(key)).read, key, self._keyring)))


def _begun(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
