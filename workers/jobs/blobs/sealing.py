"""How a blob is encrypted: as a stream, so that no more than a piece of it is ever in memory.

    MARK, 8 bytes | name of the key, 8 | head of the stream, 24 | pieces of 64 KiB, each 17 bytes longer

The stream is libsodium's *secretstream* (XChaCha20-Poly1305): its pieces cannot be changed, left out, put in
another order or cut off without notice. The blob's key goes with every piece as associated data, so that one
blob cannot stand in another's place. A blob that does not begin with the mark is not encrypted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO, cast

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from workers.jobs.blobs.base import BlobDamaged, BlobNotEncrypted, BlobsLocked
from workers.jobs.vault import derived

MARK = b"\x89Octavo\n"
PIECE_BYTES = 1 << 16

_SEAL_BYTES = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_HEAD_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_NAME_BYTES = 8
_NO_KEY = bytes(_NAME_BYTES)
"""Stands for the key of a blob that is not encrypted, but begins like one that is."""

Read = Callable[[int], bytes]
"""Reads so many bytes, and fewer only at the end."""


class Keyring:
    """The keys that blobs are encrypted with, by their names; ``first``: the name of the one in use.

    A name is derived from its key and tells nothing of it.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = {
            derived(key, b"octavo blobs: name", _NAME_BYTES): derived(key, b"octavo blobs") for key in keys
        }
        self.first = next(iter(self._keys), None)

    def named(self, name: bytes) -> bytes:
        """The key with this name.

        Raises:
            BlobsLocked: it is not here.
        """
        try:
            return self._keys[name]
        except KeyError:
            raise BlobsLocked from None


def sealed(read: Read, blob: str, keyring: Keyring) -> Iterator[bytes]:
    """What ``read`` gives, encrypted with the first key as the blob ``blob``, in pieces."""
    if keyring.first is None:
        raise BlobsLocked()
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    key = keyring.named(keyring.first)
    yield MARK + keyring.first + sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    tag = _MESSAGE
    while tag != _FINAL:
        piece = read(PIECE_BYTES)
        tag = _MESSAGE if len(piece) == PIECE_BYTES else _FINAL
        yield sodium.crypto_secretstream_xchacha20poly1305_push(state, piece, blob.encode(), tag)


def key_name(read: Read) -> bytes | None:
    """The name of the key that a blob was encrypted with, from its first bytes; None: it is not encrypted."""
    if read(len(MARK)) != MARK:
        return None
    name = read(_NAME_BYTES)
    return None if name == _NO_KEY else name


def unsealed(read: Read, blob: str, keyring: Keyring, *, required: bool = False) -> Iterator[bytes]:
    """What was stored as the blob ``blob``, in pieces, each of them proven if it was encrypted.

    Raises:
        BlobsLocked: it was encrypted with a key that is not here.
        BlobDamaged: it is not what was sealed, or is another blob.
        BlobNotEncrypted: it is not, and that is ``required``.
    """
    mark = read(len(MARK))
    name = read(_NAME_BYTES) if mark == MARK else _NO_KEY
    if name != _NO_KEY:
        yield from _decrypted(read, blob, keyring.named(name))
    elif required:
        raise BlobNotEncrypted(blob)
    else:
        yield b"" if mark == MARK else mark
        yield from _pieces(read)


def _decrypted(read: Read, blob: str, key: bytes) -> Iterator[bytes]:
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    tag = _MESSAGE
    try:
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, read(_HEAD_BYTES), key)
        while tag != _FINAL:
            piece = read(PIECE_BYTES + _SEAL_BYTES)
            plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece, blob.encode())
            yield plain
    except CryptoError:
        raise BlobDamaged(blob) from None
    if read(1):
        raise BlobDamaged(blob)


def escaped(source: BinaryIO) -> BinaryIO:
    """A file that is not to be encrypted: as it is, or so marked where it begins like one that is."""
    start = source.tell()
    looks_sealed = source.read(len(MARK)) == MARK
    source.seek(start)
    if not looks_sealed:
        return source
    return as_file(chain((MARK + _NO_KEY,), _pieces(source.read)))


def _pieces(read: Read) -> Iterator[bytes]:
    return iter(lambda: read(PIECE_BYTES), b"")


def as_file(pieces: Iterator[bytes]) -> BinaryIO:
    """The pieces as a file that can be read once."""
    return cast(BinaryIO, io.BufferedReader(_Joined(pieces), PIECE_BYTES))


class _Joined(io.RawIOBase):
    """Pieces of any size as one file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
