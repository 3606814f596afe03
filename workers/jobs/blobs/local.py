"""Blobs as files below one folder."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from workers.jobs.blobs.base import (
    CHUNK_BYTES,
    BlobMissing,
    BlobStore,
    BlobStoreAway,
    BlobStoreUnusable,
    Stored,
    check_key,
    is_key,
)

_TRIES = 100
"""How often a write begins anew when its folder is deleted under it."""


class LocalBlobs(BlobStore):
    """A key is a path below ``root``. Unfinished writes stand in ``.incoming``, which no key can name."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / ".incoming"
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._incoming.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise BlobStoreUnusable(f"The blob folder {root} cannot be made: {error.strerror}.") from error

    def put(self, key: str, source: BinaryIO, *, lasting: bool = True) -> None:
        """See ``BlobStore``."""
        path = self._path(key)
        with _typed():
            handle, name = tempfile.mkstemp(dir=self._incoming)
            unfinished = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    shutil.copyfileobj(source, file, CHUNK_BYTES)
                    if lasting:
                        file.flush()
                        os.fsync(file.fileno())
                self._move(unfinished, path)
                if lasting:  # others may have made its folders, and not for good
                    for folder in path.parents[: len(path.relative_to(self._root).parts)]:
                        _sync_folder(folder)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise

    def stream(self, key: str) -> Iterator[bytes]:
        """See ``BlobStore``."""
        return _pieces(self._open(key))

    def fetch(self, key: str, target: Path) -> None:
        """See ``BlobStore``."""
        with self._open(key) as source, _typed(), target.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK_BYTES)

    def exists(self, key: str) -> bool:
        """See ``BlobStore``."""
        path = self._path(key)
        self._check_mounted()
        return path.is_file()

    def delete(self, key: str) -> None:
        """See ``BlobStore``."""
        path = self._path(key)
        self._check_mounted()
        with _typed(), suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()

    def delete_prefix(self, prefix: str) -> None:
        """See ``BlobStore``."""
        folder = self._path(prefix.removesuffix("/"))
        self._check_mounted()
        if folder.is_dir():
            doomed = self._incoming / f"deleted-{secrets.token_hex(8)}"
            with _typed(), suppress(FileNotFoundError):
                folder.rename(doomed)  # at once, so that a writer meanwhile starts a new folder
                shutil.rmtree(doomed)

    def walk(self, prefix: str) -> Iterator[Stored]:
        """See ``BlobStore``."""
        folders = [self._path(prefix.removesuffix("/"))]
        while folders:
            for entry in _entries(folders.pop()):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif found := self._stored(entry):
                    yield found

    def _stored(self, entry: os.DirEntry[str]) -> Stored | None:
        key = Path(entry.path).relative_to(self._root).as_posix()
        try:
            state = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        moment = datetime.fromtimestamp(state.st_mtime, UTC)
        return Stored(key, state.st_size, moment) if is_key(key) else None

    def folders(self, prefix: str) -> Iterator[str]:
        """See ``BlobStore``."""
        for entry in _entries(self._path(prefix.removesuffix("/"))):
            if entry.is_dir(follow_symlinks=False) and is_key(entry.name):
                yield entry.name

    def drop_unfinished(self, older_than: timedelta) -> int:
        """See ``BlobStore``."""
        long_ago = time.time() - older_than.total_seconds()
        dropped = 0
        for entry in _entries(self._incoming):
            with _typed(), suppress(FileNotFoundError):
                if entry.stat().st_mtime < long_ago:
                    _remove(Path(entry.path))
                    dropped += 1
        return dropped

    def check(self) -> None:
        """See ``BlobStore``."""
        if not os.access(self._incoming, os.W_OK | os.X_OK):
            raise BlobStoreUnusable(f"The blob folder {self._root} is gone or may not be written to.")

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _open(self, key: str) -> BinaryIO:
        path = self._path(key)
        try:
            return path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            self._check_mounted()
            raise BlobMissing(key) from None
        except OSError as error:
            raise _away(error) from error

    def _check_mounted(self) -> None:
        """A volume that is not mounted has lost nothing."""
        if not self._incoming.is_dir():
            raise BlobStoreAway("its folder is gone")

    def _move(self, unfinished: Path, path: Path) -> None:
        left = _TRIES
        while True:
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                unfinished.replace(path)
            except FileNotFoundError:  # another process just deleted the folder with its prefix
                left -= 1
                if not left:
                    raise
            else:
                return


@contextmanager
def _typed() -> Iterator[None]:
    """Turns what a disk may have against it into the store's one error."""
    try:
        yield
    except OSError as error:
        raise _away(error) from error


def _away(error: OSError) -> BlobStoreAway:
    return BlobStoreAway(errno.errorcode.get(error.errno or 0, type(error).__name__))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What is in ``folder``; nothing if it is not there (any more)."""
    with _typed(), suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        yield from entries


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file, _typed():
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # deleted with its prefix meanwhile
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
