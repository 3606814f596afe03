"""What a blob store can do, whichever one it is."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from schemas.errors import OctavoError

CHUNK_BYTES = 1 << 20

INSTALLATION = "installation"
"""The blob with the name of the ledger that the store goes with."""

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


class BlobsLocked(BlobStoreAway):
    """A blob is encrypted with a key that is not here: work waits until it is."""

    def __init__(self) -> None:
        super().__init__(
            "a blob is encrypted with a key that OCTAVO_SECRET_KEY does not have: add that key, after a comma"
        )


class BlobDamaged(OctavoError):
    """A blob is not what was stored under its key: changed, cut off, or another's."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The blob {key!r} is not what was stored: it was changed, cut off or swapped.")
        self.key = key


class BlobNotEncrypted(BlobDamaged):
    """A blob is not encrypted where all must be."""

    def __init__(self, key: str) -> None:
        OctavoError.__init__(
            self,
            f"The blob {key!r} is not encrypted, and OCTAVO_ENCRYPT_BLOBS=required lets no such blob be read:"
            " 'octavo reencrypt' encrypts what was stored before.",
        )
        self.key = key


@dataclass(frozen=True, slots=True)
class Stored:
    """A blob as a list has it. ``size``: bytes in the store; ``stored_at``: by the store's own clock."""

    key: str
    size: int
    stored_at: datetime


def is_key(text: str) -> bool:
    """Whether ``check_key`` would take it."""
    return _KEY.fullmatch(text) is not None


def check_key(key: str) -> str:
    """``key`` itself, when every store can keep it.

    Raises:
        ValueError: the key is not one to sixteen segments of ASCII letters, digits, ``.``, ``_``, ``=``
            and ``-``, joined by ``/``, none of which starts with ``.``, ``=`` or ``-``.
    """
    if not is_key(key):
        raise ValueError(f"not a blob key: {key!r}")
    return key


class BlobStore(ABC):
    """Bytes under keys like ``jobs/parse_x/result.json``; a key is never also the folder of another.

    A blob appears whole or not at all, and replaces an older one of its key. All methods take calls from
    any thread; a bad key raises ``ValueError``, and trouble with the disk or the network ``BlobStoreAway``,
    after as many tries as make sense at once.
    """

    @abstractmethod
    def put(self, key: str, source: BinaryIO, *, lasting: bool = True) -> None:
        """Stores what ``source`` has from where it stands on; it need not be seekable.

        What is not ``lasting`` may be gone or cut off after a crash of the store's machine: for what can be
        made again, by readers who notice.
        """

    @abstractmethod
    def stream(self, key: str) -> Iterator[bytes]:
        """The blob in pieces of at most ``CHUNK_BYTES``. It is opened by this call, not by the first piece.

        Raises:
            BlobMissing: nothing has this key.
            BlobStoreAway, BlobDamaged: now, or between two pieces.
        """

    @abstractmethod
    def fetch(self, key: str, target: Path) -> None:
        """Writes the blob to the file ``target``, over what is there.

        Raises:
            BlobMissing: nothing has this key.
            BlobDamaged: what has it is not what was stored; what ``target`` has then is of no use.
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
    def walk(self, prefix: str) -> Iterator[Stored]:
        """All blobs below the folder ``prefix``, in no order, found while they are asked for.

        One that is stored or deleted meanwhile may be among them or not.
        """

    @abstractmethod
    def folders(self, prefix: str) -> Iterator[str]:
        """The names of the folders directly below the folder ``prefix``, likewise."""

    @abstractmethod
    def drop_unfinished(self, older_than: timedelta) -> int:
        """Removes what writers that were killed left behind so long ago; returns how many writes it was."""

    @abstractmethod
    def check(self) -> None:
        """Looks whether the store can be used now, for readiness probes.

        Raises:
            BlobStoreUnusable: it cannot; says why.
        """

    def put_file(self, key: str, path: Path) -> None:
        """Stores a copy of the file ``path``."""
        with path.open("rb") as source:
            self.put(key, source)

    def put_bytes(self, key: str, data: bytes, *, lasting: bool = True) -> None:
        """Stores ``data``; see ``put``."""
        self.put(key, BytesIO(data), lasting=lasting)

    def get_bytes(self, key: str) -> bytes:
        """The whole blob, in memory.

        Raises:
            BlobMissing: nothing has this key.
        """
        return b"".join(self.stream(key))
