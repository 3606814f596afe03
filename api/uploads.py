"""Multipart uploads, streamed to a file in the data folder while they are counted and hashed."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.multipart import Multipart, taken_in, text_of
from schemas.errors import InvalidFile, InvalidMultipart, UploadTooLarge
from schemas.formats import bare_mime_type
from schemas.json_values import MAX_LABEL_BYTES, read_json, too_many_labels
from schemas.settings import Settings
from workers.jobs.uploads import Received

FILE_PARTS = ("file", "file_bytes")

_PREFIX = "upload-"
_STALE_SECONDS = 24 * 60 * 60
# As sent, with spaces and escapes: how large they really are is judged when they are kept.
_MAX_LABEL_TEXT_BYTES = 8 * MAX_LABEL_BYTES


def upload_folder(settings: Settings) -> Path:
    """Where uploads are while they come in."""
    return settings.folder / "uploads"


def clear_stale(folder: Path) -> None:
    """Removes what uploads left in ``folder`` when a process died, once it is surely nobody's."""
    long_ago = time.time() - _STALE_SECONDS
    for path in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if path.stat().st_mtime < long_ago:
                path.unlink()


async def receive(request: Request, folder: Path, max_bytes: int, grow: Callable[[int], None]) -> Received:
    """The file of a multipart request, in a new file in ``folder`` that is the caller's to remove.

    ``grow`` is told of the file's bytes before they are written, and may raise.

    Raises:
        InvalidMultipart: not multipart, damaged, or without exactly one part ``file`` or ``file_bytes``.
        MultipartStreamEnd: the body ends inside a part.
        UploadTooLarge: the file has more than ``max_bytes``.
        InvalidFile: the file is empty, or the labels cannot be read.
    """
    upload = await run_in_threadpool(_Upload, request.headers.get("content-type"), folder, max_bytes, grow)
    upload = await taken_in(request, upload)
    try:
        return await run_in_threadpool(upload.finish)
    except BaseException:
        upload.discard()
        raise


class IncomingFile:
    """A file that comes in, counted and hashed on its way into a new file in ``folder``."""

    def __init__(self, folder: Path, max_bytes: int, grow: Callable[[int], None]) -> None:
        self._max_bytes, self._grow = max_bytes, grow
        self.size = 0
        self._hash = hashlib.sha256()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.NamedTemporaryFile(dir=folder, prefix=_PREFIX, delete=False)  # noqa: SIM115

    def write(self, piece: bytes | memoryview) -> None:
        """The next bytes.

        Raises:
            UploadTooLarge: they are more than may be.
            QuotaExceeded: the project has no room for them.
        """
        self.size += len(piece)
        if self.size > self._max_bytes:
            raise UploadTooLarge(f"The file is larger than {self._max_bytes} bytes, the limit here.")
        self._grow(len(piece))
        self._hash.update(piece)
        self._file.write(piece)

    def received(self, name: str | None, mime_type: str | None, labels: dict[str, Any]) -> Received:
        """The whole file.

        Raises:
            InvalidFile: it has no bytes.
        """
        if not self.size:
            raise InvalidFile("The uploaded file is empty.")
        self._file.close()
        return Received(
            path=Path(self._file.name),
            name=name,
            mime_type=mime_type,
            size=self.size,
            checksum=self._hash.hexdigest(),
            labels=labels,
        )

    def discard(self) -> None:
        """Removes what came."""
        self._file.close()
        with suppress(OSError):
            Path(self._file.name).unlink()


class _Upload(Multipart):
    """One upload on its way: a file, and labels."""

    def __init__(
        self, content_type: str | None, folder: Path, max_bytes: int, grow: Callable[[int], None]
    ) -> None:
        super().__init__(content_type, "Send the file as multipart/form-data, in a part named 'file'.")
        self._part = ""
        self._found = False
        self._text = bytearray()
        self._labels: dict[str, Any] = {}
        self._label_bytes = 0
        self._name: str | None = None
        self._mime_type: str | None = None
        self._file = IncomingFile(folder, max_bytes, grow)

    def finish(self) -> Received:
        """What came, once the whole body is in."""
        if not self._found:
            raise InvalidMultipart("The upload has no part named 'file' (or 'file_bytes').")
        return self._file.received(self._name, self._mime_type, self._labels)

    def discard(self) -> None:
        """Removes what came."""
        self._file.discard()

    def begin_part(self, name: str, file_name: str | None, content_type: str) -> None:
        """Only one part may be the file."""
        self._part = name
        if self._part in FILE_PARTS:
            if self._found:
                raise InvalidMultipart("The upload has more than one file; send one a request.")
            self._found = True
            self._name = file_name or None
            self._mime_type = bare_mime_type(content_type)

    def take(self, piece: memoryview) -> None:
        """Bytes of the file, or of labels; others are left out."""
        if self._part in FILE_PARTS:
            self._file.write(piece)
        elif self._part == "labels":
            self._text += piece
            self._label_bytes += len(piece)
            if self._label_bytes > _MAX_LABEL_TEXT_BYTES:
                raise too_many_labels(InvalidFile)

    def end_part(self) -> None:
        """Labels may come in several parts."""
        if self._part == "labels":
            self._labels.update(_labels(text_of(bytes(self._text)).strip()))
            self._text.clear()


def _labels(text: str) -> dict[str, Any]:
    """A JSON object, or one ``key=value``."""
    if not text:
        return {}
    if text.startswith("{"):
        try:
            found: dict[str, Any] = read_json(text)
            return found
        except json.JSONDecodeError:
            pass
        except ValueError as error:
            raise InvalidFile(f"labels {error}.") from None
    elif "=" in text:
        name, _, value = text.partition("=")
        return {name.strip(): value}
    raise InvalidFile("labels must be a JSON object, or key=value once a part.")
