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
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from schemas.errors import InvalidFile, InvalidMultipart, MultipartStreamEnd, UploadTooLarge
from schemas.formats import bare_mime_type
from schemas.json_values import MAX_LABEL_BYTES, read_json, too_many_labels
from schemas.settings import Settings
from workers.jobs.uploads import Received

FILE_PARTS = ("file", "file_bytes")

_PREFIX = "upload-"
_STALE_SECONDS = 24 * 60 * 60
_PIECE_BYTES = 256 * 1024
_MAX_PREAMBLE_BYTES = 64 * 1024
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
    pending = bytearray()
    try:
        async for piece in request.stream():
            pending += piece
            if len(pending) >= _PIECE_BYTES:
                await run_in_threadpool(upload.feed, bytes(pending))
                pending.clear()
        await run_in_threadpool(upload.feed, bytes(pending))
        return await run_in_threadpool(upload.finish)
    except BaseException as error:
        upload.discard()
        if isinstance(error, ClientDisconnect):
            raise MultipartStreamEnd("The connection ended inside the upload.") from None
        raise


class _Upload:
    """One upload on its way: the parser calls back for each thing it finds."""

    def __init__(
        self, content_type: str | None, folder: Path, max_bytes: int, grow: Callable[[int], None]
    ) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise InvalidMultipart("Send the file as multipart/form-data, in a part named 'file'.")
        self._max_bytes, self._grow = max_bytes, grow
        self._opening = b"\n--" + boundary
        self._preamble: bytearray | None = bytearray(b"\n")
        self._ended = False
        self._header = [b"", b""]
        self._headers: dict[bytes, bytes] = {}
        self._part = ""
        self._found = False
        self._text = bytearray()
        self._labels: dict[str, Any] = {}
        self._label_bytes = 0
        self._name: str | None = None
        self._mime_type: str | None = None
        self._size = 0
        self._hash = hashlib.sha256()
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.NamedTemporaryFile(dir=folder, prefix=_PREFIX, delete=False)  # noqa: SIM115

    def feed(self, data: bytes) -> None:
        """Takes in the next piece of the body."""
        try:
            self._parser.write(self._after_preamble(data))
        except MultipartParseError as error:
            raise InvalidMultipart(f"The multipart body is damaged: {error}") from None

    def _after_preamble(self, data: bytes) -> bytes:
        """What is to be parsed: all from the first boundary on (RFC 2046, section 5.1.1)."""
        if self._preamble is None:
            return data
        self._preamble += data
        start = self._preamble.find(self._opening)
        if start >= 0:
            data, self._preamble = bytes(self._preamble[start + 1 :]), None
            return data
        if len(self._preamble) > _MAX_PREAMBLE_BYTES:
            raise InvalidMultipart("The multipart body does not begin with its boundary.")
        return b""

    def finish(self) -> Received:
        """What came, once the whole body is in."""
        if self._preamble is not None and len(self._preamble) > len(self._opening):
            raise InvalidMultipart("The multipart body does not have its boundary.")
        if not self._ended:
            raise MultipartStreamEnd("The body ends inside a part; send the upload again.")
        if not self._found:
            raise InvalidMultipart("The upload has no part named 'file' (or 'file_bytes').")
        if not self._size:
            raise InvalidFile("The uploaded file is empty.")
        self._file.close()
        return Received(
            path=Path(self._file.name),
            name=self._name,
            mime_type=self._mime_type,
            size=self._size,
            checksum=self._hash.hexdigest(),
            labels=self._labels,
        )

    def discard(self) -> None:
        """Removes what came."""
        self._file.close()
        with suppress(OSError):
            Path(self._file.name).unlink()

    def _on_part_begin(self) -> None:
        self._headers, self._header, self._part = {}, [b"", b""], ""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._part = _text(options.get(b"name", b""))
        if self._part in FILE_PARTS:
            if self._found:
                raise InvalidMultipart("The upload has more than one file; send one a request.")
            self._found = True
            self._name = _text(options.get(b"filename", b"")) or None
            self._mime_type = bare_mime_type(_text(self._headers.get(b"content-type", b"")))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part in FILE_PARTS:
            self._size += end - start
            if self._size > self._max_bytes:
                raise UploadTooLarge(f"The file is larger than {self._max_bytes} bytes, the limit here.")
            self._grow(end - start)
            piece = memoryview(data)[start:end]
            self._hash.update(piece)
            self._file.write(piece)
        elif self._part == "labels":
            self._text += data[start:end]
            self._label_bytes += end - start
            if self._label_bytes > _MAX_LABEL_TEXT_BYTES:
                raise too_many_labels(InvalidFile)

    def _on_part_end(self) -> None:
        if self._part == "labels":
            self._labels.update(_labels(_text(bytes(self._text)).strip()))
            self._text.clear()

    def _on_end(self) -> None:
        self._ended = True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\0", "")


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
