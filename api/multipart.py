"""Multipart bodies, taken apart while they come in; what becomes of the parts is for subclasses to say."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from schemas.errors import InvalidMultipart, MultipartStreamEnd

_PIECE_BYTES = 256 * 1024
_MAX_PREAMBLE_BYTES = 64 * 1024


class Multipart:
    """A body on its way: the parser calls back for each thing it finds."""

    def __init__(self, content_type: str | None, wanted: str) -> None:
        """``wanted`` says in the error's message what should have been sent.

        Raises:
            InvalidMultipart: the body is of another type, or has no boundary.
        """
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise InvalidMultipart(wanted)
        self._opening = b"\n--" + boundary
        self._preamble: bytearray | None = bytearray(b"\n")
        self._ended = False
        self._header = [b"", b""]
        self._headers: dict[bytes, bytes] = {}
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self.end_part,
                "on_end": self._on_end,
            },
        )

    def begin_part(self, name: str, file_name: str | None, content_type: str) -> None:
        """A part begins; ``file_name`` is None where none is given."""
        raise NotImplementedError

    def take(self, piece: memoryview) -> None:
        """The next bytes of the part."""
        raise NotImplementedError

    def end_part(self) -> None:
        """The part is whole."""
        raise NotImplementedError

    def discard(self) -> None:
        """Removes what came."""
        raise NotImplementedError

    def feed(self, data: bytes) -> None:
        """Takes in the next piece of the body."""
        try:
            self._parser.write(self._after_preamble(data))
        except MultipartParseError as error:
            raise InvalidMultipart(f"The multipart body is damaged: {error}") from None

    def judge_end(self) -> None:
        """Judges whether the body was whole.

        Raises:
            InvalidMultipart: it never had its boundary.
            MultipartStreamEnd: it ends inside a part.
        """
        if self._preamble is not None and len(self._preamble) > len(self._opening):
            raise InvalidMultipart("The multipart body does not have its boundary.")
        if not self._ended:
            raise MultipartStreamEnd("The body ends inside a part; send the upload again.")

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

    def _on_part_begin(self) -> None:
        self._headers, self._header = {}, [b"", b""]

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0] += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1] += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = [b"", b""]

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        file_name = options.get(b"filename")
        self.begin_part(
            text_of(options.get(b"name", b"")),
            None if file_name is None else text_of(file_name),
            text_of(self._headers.get(b"content-type", b"")),
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.take(memoryview(data)[start:end])

    def _on_end(self) -> None:
        self._ended = True


M = TypeVar("M", bound=Multipart)


async def taken_in(request: Request, body: M) -> M:
    """``body`` after all of the request; what came is discarded if it does not come well.

    Raises:
        MultipartStreamEnd: the connection ended.
        RequestError: whatever ``body`` raises.
    """
    pending = bytearray()
    try:
        async for piece in request.stream():
            pending += piece
            if len(pending) >= _PIECE_BYTES:
                await run_in_threadpool(body.feed, bytes(pending))
                pending.clear()
        await run_in_threadpool(body.feed, bytes(pending))
        body.judge_end()
        return body
    except BaseException as error:
        body.discard()
        if isinstance(error, ClientDisconnect):
            raise MultipartStreamEnd("The connection ended inside the upload.") from None
        raise


def text_of(raw: bytes) -> str:
    """Bytes of a header or a field as text that every database can keep."""
    return raw.decode("utf-8", "replace").replace("\0", "")
