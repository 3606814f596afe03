"""What a blob store can do, whichever one it is."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import OctavoError

CHUNK_BYTES = 1 << 20

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=-]{0,199}(?:/[A-Za-z0-9_][A-Za-z0-9._=-]{0,199}){0,15}")


class BlobMissing(OctavoError):
    """No blob has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no blob {key!r}: it was never stored, or it was deleted.")
        self.key = key


class BlobStoreUnusable(OctavoError):
    """The store cannot work as it is set up: the message says what to change."""


class BlobStoreAway(OctavoError):
    """The store did not do what it was asked, and another try may go well: no answer, no room, no right.

    It says nothing about the blob: what was to be read may be there, what was to be written may be written.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The blob store cannot be used at the moment ({reason}).")


def check_key(key: str) -> str:
    """``key`` itself, when every store can keep it.

    Raises:
        ValueError: the key is not one to sixteen segments of ASCII letters, digits, ``.``, ``_``, ``=``
            and ``-``, joined by ``/``, none of which starts with ``.``, ``=`` or ``-``.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a blob key: {key!r}")
    return key


class BlobStore(ABC):
    """Bytes under keys like ``jobs/parse_x/result.json``; a key is never also the folder of another.

    A blob appears whole or not at all, and replaces an older one of its key. All methods take calls from
    any thread; a bad key raises ``ValueError``, and trouble with the disk or the network ``BlobStoreAway``,
    after as many tries as make sense at once.
    """

    @abstractmethod
    def put_file(self, key: str, path: Path) -> None:
        """Stores a copy of the file ``path``."""

    @abstractmethod
    def put_bytes(self, key: str, data: bytes) -> None:
        """Stores ``data``."""

    @abstractmethod
    def stream(self, key: str) -> Iterator[bytes]:
        """The blob in pieces of at most ``CHUNK_BYTES``. It is opened by this call, not by the first piece.

        Raises:
            BlobMissing: nothing has this key.
            BlobStoreAway: now, or between two pieces.
        """

    @abstractmethod
    def fetch(self, key: str, target: Path) -> None:
        """Writes the blob to the file ``target``, over what is there.

        Raises:
            BlobMissing: nothing has this key.
        """

    @abstractmethod
    def exists(self, key: str) -> bool:
        """Whether something has this key."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Deletes the blob; none there is as good."""

    @abstractmethod
    def delete_prefix(self, prefix: str) -> None:
        """Deletes all below the folder ``prefix`` (with or without its ``/``); nothing there is as good."""

    @abstractmethod
    def check(self) -> None:
        """Looks whether the store can be used now, for readiness probes.

        Raises:
            BlobStoreUnusable: it cannot; says why.
        """

    def get_bytes(self, key: str) -> bytes:
        """The whole blob, in memory.

        Raises:
            BlobMissing: nothing has this key.
        """
        return b"".join(self.stream(key))
