"""Encrypted blobs: what a thief of the store sees, what who may write to it can do, keys that change."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.settings import Settings
from workers.jobs.blobs import (
    BlobDamaged,
    BlobMissing,
    BlobsLocked,
    BlobStoreAway,
    BlobStoreUnusable,
    EncryptedBlobs,
    open_blobs,
)
from workers.jobs.blobs.base import INSTALLATION
from workers.jobs.blobs.encrypted import Encrypt
from workers.jobs.blobs.local import LocalBlobs
from workers.jobs.blobs.sealing import MARK, PIECE_BYTES, Keyring, as_file, sealed, unsealed

OLD, NEW = "old-" * 8, "new-" * 8
HEAD = 40
SEALED_PIECE = PIECE_BYTES + 17
SIZES = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]


def opened(folder: Path, *keys: str, encrypt: Encrypt = True) -> EncryptedBlobs:
    return open_blobs((folder / "blobs").as_uri(), keys=keys, encrypt=encrypt)


def on_disk(folder: Path, key: str) -> Path:
    return folder / "blobs" / key


@pytest.mark.parametrize("size", SIZES)
def test_the_store_holds_nothing_of_what_is_stored(tmp_path: Path, size: int) -> None:
    data = (b"confidential " * (size // 13 + 1))[:size]
    blobs = opened(tmp_path, NEW)
    blobs.put_bytes("files/a", data)
    stored = on_disk(tmp_path, "files/a").read_bytes()
    assert b"confidential" not in stored
    assert len(stored) == HEAD + size + 17 * (size // PIECE_BYTES + 1)
    assert blobs.get_bytes("files/a") == data
    blobs.fetch("files/a", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == data


def test_the_same_bytes_are_never_stored_the_same(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    for key in ("a", "b"):
        blobs.put_bytes(key, b"the same")
    first, second = (on_disk(tmp_path, key).read_bytes()[16:] for key in ("a", "b"))
    assert first != second


def test_what_is_fetched_is_for_its_owner_alone(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    blobs.put_bytes("a", b"1")
    blobs.fetch("a", tmp_path / "target")
    assert (tmp_path / "target").stat().st_mode & 0o777 == 0o600


# --------------------------------------------------------------------------- keys


def test_another_key_says_what_to_do_and_is_no_reason_to_give_a_job_up(tmp_path: Path) -> None:
    opened(tmp_path, OLD).put_bytes("a", b"1")
    for blobs in (opened(tmp_path, NEW), opened(tmp_path, encrypt=False)):
        for read in (blobs.get_bytes, blobs.stream, lambda key, to=blobs: to.fetch(key, tmp_path / "target")):
            with pytest.raises(BlobsLocked, match="OCTAVO_SECRET_KEY") as caught:
                read("a")
            assert isinstance(caught.value, BlobStoreAway)  # work waits for such


def test_older_keys_read_and_the_first_one_writes(tmp_path: Path) -> None:
    opened(tmp_path, OLD).put_bytes("old", b"1")
    both = opened(tmp_path, NEW, OLD)
    both.put_bytes("new", b"2")
    assert (both.get_bytes("old"), both.get_bytes("new")) == (b"1", b"2")
    assert opened(tmp_path, NEW).get_bytes("new") == b"2"


def test_a_blob_is_encrypted_anew(tmp_path: Path) -> None:
    data = os.urandom(2 * PIECE_BYTES)
    opened(tmp_path, OLD).put_bytes("old", data)
    opened(tmp_path, encrypt=False).put_bytes("plain", data)
    blobs = opened(tmp_path, NEW, OLD)
    for key in ("old", "plain"):
        assert not blobs.is_current(key)
        blobs.renew(key)
        assert blobs.is_current(key)
        assert opened(tmp_path, NEW, encrypt="required").get_bytes(key) == data
    with pytest.raises(BlobMissing):
        blobs.is_current("none")


def test_a_store_of_another_key_fails_its_check(tmp_path: Path) -> None:
    opened(tmp_path, OLD).put_bytes(INSTALLATION, b"name")
    opened(tmp_path, NEW, OLD).check()
    with pytest.raises(BlobStoreUnusable, match="OCTAVO_SECRET_KEY"):
        opened(tmp_path, NEW).check()


def test_encryption_wants_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BlobStoreUnusable, match="OCTAVO_SECRET_KEY"):
        opened(tmp_path)
    for value in ("true", "required"):
        monkeypatch.setenv("OCTAVO_ENCRYPT_BLOBS", value)
        with pytest.raises(ValidationError, match="needs a key"):
            Settings()
    monkeypatch.setenv("OCTAVO_SECRET_KEY", NEW)
    assert Settings().encrypt_blobs == "required"


# --------------------------------------------------------------------------- stores of both kinds


def test_what_was_stored_before_stays_readable_and_so_does_what_was_encrypted(tmp_path: Path) -> None:
    opened(tmp_path, encrypt=False).put_bytes("before", b"plain")
    opened(tmp_path, NEW).put_bytes("since", b"secret")
    for encrypt in (True, False):
        blobs = opened(tmp_path, NEW, encrypt=encrypt)
        assert (blobs.get_bytes("before"), blobs.get_bytes("since")) == (b"plain", b"secret")
        blobs.fetch("before", tmp_path / "target")
        assert (tmp_path / "target").read_bytes() == b"plain"


def test_where_it_is_required_nothing_else_is_read(tmp_path: Path) -> None:
    opened(tmp_path, encrypt=False).put_bytes("before", b"plain")
    opened(tmp_path, encrypt=False).put_bytes("marked", MARK)
    blobs = opened(tmp_path, NEW, encrypt="required")
    for key in ("before", "marked"):
        with pytest.raises(BlobDamaged, match="octavo reencrypt"):
            blobs.get_bytes(key)
        with pytest.raises(BlobDamaged, match="octavo reencrypt"):
            blobs.fetch(key, tmp_path / "target")


@pytest.mark.parametrize("data", [MARK, MARK + bytes(8), MARK + b"x" * 100, MARK + b"x" * 2 * PIECE_BYTES])
def test_what_begins_like_an_encrypted_blob_is_nothing_special(tmp_path: Path, data: bytes) -> None:
    """Else an upload could make workers wait for a key that never was."""
    for encrypt in (False, True):
        blobs = opened(tmp_path, NEW, encrypt=encrypt)
        (tmp_path / "source").write_bytes(data)
        blobs.put_file("file", tmp_path / "source")
        blobs.put_bytes("bytes", data)
        blobs.fetch("file", tmp_path / "target")
        assert (
            blobs.get_bytes("file") == blobs.get_bytes("bytes") == (tmp_path / "target").read_bytes() == data
        )


# --------------------------------------------------------------------------- who may write to the store


def read_in_every_way(blobs: EncryptedBlobs, key: str, target: Path) -> None:
    for read in (blobs.get_bytes, lambda key: blobs.fetch(key, target)):
        with pytest.raises(BlobDamaged):
            read(key)


def test_one_blob_cannot_stand_for_another(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    blobs.put_bytes("files/a/one", b"1")
    blobs.put_bytes("files/b/two", b"2")
    on_disk(tmp_path, "files/a/one").replace(on_disk(tmp_path, "files/b/two"))
    read_in_every_way(blobs, "files/b/two", tmp_path / "target")
    with pytest.raises(BlobDamaged):
        blobs.stream("files/b/two")  # before an answer began


@pytest.mark.parametrize("size", SIZES)
def test_every_cut_is_noticed(tmp_path: Path, size: int) -> None:
    blobs = opened(tmp_path, NEW)
    blobs.put_bytes("a", b"x" * size)
    stored = on_disk(tmp_path, "a").read_bytes()
    edges = [HEAD + n * SEALED_PIECE for n in range(size // PIECE_BYTES + 1)]
    for cut in {len(MARK) + 8, HEAD - 1, *edges, *(edge + 1 for edge in edges), len(stored) - 1}:
        on_disk(tmp_path, "a").write_bytes(stored[:cut])
        read_in_every_way(blobs, "a", tmp_path / "target")


def test_pieces_cannot_be_moved_left_out_doubled_or_added(tmp_path: Path) -> None:
    blobs = opened(tmp_path, NEW)
    blobs.put_bytes("a", os.urandom(3 * PIECE_BYTES + 5))
    stored = on_disk(tmp_path, "a").read_bytes()
    edges = [*range(HEAD, len(stored), SEALED_PIECE), len(stored)]
    head, pieces = stored[:HEAD], [stored[start:end] for start, end in pairwise(edges)]
    first, second, third, last = pieces
    for changed in (
        [second, first, third, last],
        [first, third, last],
        [first, first, second, third, last],
        [first, second, third, last, last],
        [first, second, third, last, b"x"],
        [last],
    ):
        on_disk(tmp_path, "a").write_bytes(head + b"".join(changed))
        read_in_every_way(blobs, "a", tmp_path / "target")


@given(st.data())
def test_every_changed_bit_is_noticed(data: st.DataObject) -> None:
    keyring = Keyring([NEW])
    plain = data.draw(st.binary(max_size=200))
    stored = bytearray(b"".join(sealed(as_file(iter((plain,))).read, "a", keyring)))
    bit = data.draw(st.integers(8 * len(MARK), 8 * len(stored) - 1))
    stored[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BlobDamaged, BlobsLocked)):  # a key's changed name is that of no key
        b"".join(unsealed(as_file(iter((bytes(stored),))).read, "a", keyring))


@given(st.lists(st.binary(max_size=2 * PIECE_BYTES), max_size=5), st.integers(1, 3 * PIECE_BYTES))
def test_it_does_not_matter_how_the_bytes_come(pieces: list[bytes], asked: int) -> None:
    """Stores give pieces of any size, and uploads in parts ask for as many bytes as they like."""
    keyring = Keyring([NEW])
    file = as_file(sealed(as_file(iter(pieces)).read, "a", keyring))
    stored = list(iter(lambda: file.read(asked), b""))
    assert all(len(piece) == asked for piece in stored[:-1])
    assert b"".join(unsealed(as_file(iter(stored)).read, "a", keyring)) == b"".join(pieces)


# --------------------------------------------------------------------------- size


class Endless:
    """A file of so many bytes that are nowhere."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        self._left -= size
        return bytes(size)


class Sink(LocalBlobs):
    """Takes what is stored, and gives so much again, keeping nothing."""

    def put(self, key: str, source: BinaryIO, *, lasting: bool = True) -> None:
        while source.read(1 << 20):
            pass

    def stream(self, key: str) -> Iterator[bytes]:
        source = Endless(64 << 20)
        return sealed(source.read, key, Keyring([NEW]))


def test_a_large_blob_takes_little_memory(tmp_path: Path) -> None:
    blobs = EncryptedBlobs(Sink(tmp_path), Keyring([NEW]), True)
    tracemalloc.start()
    try:
        blobs.put("a", Endless(64 << 20))  # type: ignore[arg-type]
        assert sum(map(len, blobs.stream("a"))) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
