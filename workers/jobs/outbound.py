"""Fetches documents from URLs that callers named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import httpx

from schemas.errors import DownloadFailed, DownloadInterrupted
from schemas.formats import bare_mime_type
from workers.jobs.addresses import AddressRefused, Allowed, check_url, parse_url
from workers.jobs.transport import Resolve, guarded_client

__all__ = ["Download", "Outbound", "check_url"]

MAX_REDIRECTS = 5

_MAY_PASS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_NOT_WHOLE = {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.PARTIAL_CONTENT}
# No encoding is asked for. One plain layer is read all the same; what can swell further is not.
_ENCODINGS = {"", "identity", "gzip", "deflate"}
_MAX_NAME_BYTES = 200
_MAX_SUFFIX = 16
_MAX_DISPOSITION = 4096


@dataclass(frozen=True, slots=True)
class Download:
    """What was fetched. ``mime_type`` is as the server says, bare, if it says something of use.

    ``file_name`` has no folders and no invisible characters. ``final_url`` is where the last redirect
    led; it may carry a caller's signature, so it is not for logs.
    """

    mime_type: str | None
    file_name: str | None
    bytes: int
    final_url: str


class Outbound:
    """Downloads of at most ``max_bytes`` and ``timeout`` seconds, from public hosts and those in ``allow``.

    Raises:
        ValueError: ``allow`` has an entry that is no host, address or network.
    """

    def __init__(
        self, allow: Sequence[str], max_bytes: int, timeout: float, resolve: Resolve | None = None
    ) -> None:
        self._allowed = Allowed(allow)
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._resolve = resolve

    def fetch(self, url: str, target: Path, check: Callable[[], None] = lambda: None) -> Download:
        """Writes what ``url`` gives to the file ``target``, which is removed again if that fails.

        ``check`` is called between two pieces; what it raises ends the download.

        Raises:
            DownloadFailed: it cannot be had: refused, not found, too large, too many redirects.
            DownloadInterrupted: it could not be had now: time limit, lost connection, a server's own fault.
        """
        try:
            with (
                _our_errors(self._timeout),
                guarded_client(self._allowed, self._timeout, self._resolve) as client,
            ):
                response = self._follow(client, client.build_request("GET", parse_url(url)))
                _check_status(response)
                return self._save(response, target, check)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _follow(self, client: httpx.Client, request: httpx.Request) -> httpx.Response:
        """The answer at the end of the redirects, its body still to be read; the client's end closes it."""
        for _ in range(MAX_REDIRECTS + 1):
            response = client.send(request, stream=True)
            if response.next_request is None:
                return response
            response.close()
            request = response.next_request
        raise DownloadFailed(f"file_url leads through more than {MAX_REDIRECTS} redirects.")

    def _save(self, response: httpx.Response, target: Path, check: Callable[[], None]) -> Download:
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:20]) > self._max_bytes:
            raise self._too_large()
        written = 0
        with target.open("wb") as file:
            for piece in response.iter_bytes():
                check()
                written += len(piece)
                if written > self._max_bytes:
                    raise self._too_large()
                file.write(piece)
        return Download(
            mime_type=bare_mime_type(response.headers.get("content-type")),
            file_name=_file_name(response),
            bytes=written,
            final_url=str(response.url),
        )

    def _too_large(self) -> DownloadFailed:
        return DownloadFailed(
            f"file_url gives more than {self._max_bytes} bytes, the most that is accepted here "
            "(OCTAVO_MAX_UPLOAD_BYTES)."
        )


@contextmanager
def _our_errors(timeout: float) -> Iterator[None]:
    """Says in words for the caller what went wrong on the way; nothing of the URL but its host is told."""
    try:
        yield
    except AddressRefused as error:
        raise DownloadFailed(f"file_url cannot be fetched: {error}") from None
    except httpx.ConnectTimeout:
        raise DownloadInterrupted("file_url cannot be fetched: its host did not answer in time.") from None
    except httpx.TimeoutException:
        raise DownloadInterrupted(f"file_url was not fetched within {timeout:g} seconds.") from None
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.DecodingError):
        raise DownloadFailed("file_url leads to an address or an answer that cannot be read.") from None
    except httpx.TransportError as error:
        if "location header" in str(error):
            raise DownloadFailed("file_url leads to an address that cannot be read.") from None
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise DownloadFailed(
                "file_url cannot be fetched: the server's certificate is not valid."
            ) from None
        raise DownloadInterrupted(f"file_url: the connection failed ({type(error).__name__}).") from None


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success and status not in _NOT_WHOLE:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise DownloadFailed("file_url: the server compresses its answer in a way that is not read here.")
        return
    text = f"file_url: {response.url.host} answered {status} {_phrase(status)}".rstrip()
    if status >= 500 or status in _MAY_PASS:
        raise DownloadInterrupted(f"{text}; try again later.")
    raise DownloadFailed(f"{text}; check that the address is right and needs no login.")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _file_name(response: httpx.Response) -> str | None:
    offered = _disposition_names(response.headers.get("content-disposition", "")[:_MAX_DISPOSITION])
    path = response.url.raw_path.partition(b"?")[0].decode("ascii")
    candidates = [*offered, unquote(path.rsplit("/", 1)[-1], errors="replace")]
    return next((name for name in map(_clean_name, candidates) if name), None)


def _disposition_names(header: str) -> list[str]:
    """``filename*`` first, then ``filename`` (RFC 6266, section 4.3)."""
    message = Message()
    message["content-disposition"] = header
    values = [v for k, v in message.get_params([], "content-disposition") if k.lower() == "filename"]
    encoded = [_decode(*value) for value in values if isinstance(value, tuple)]
    return encoded + [value for value in values if isinstance(value, str)]


def _decode(charset: str | None, _language: str | None, text: str) -> str:
    """A value of RFC 8187, whose bytes the parser left as Latin-1 characters."""
    latin = (charset or "").lower() == "iso-8859-1"
    return text.encode("latin-1", "replace").decode("latin-1" if latin else "utf-8", "replace")


def _clean_name(name: str) -> str | None:
    """The last part of a path, visible characters only, of bounded length; None if nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    suffix = PurePosixPath(visible).suffix
    suffix = suffix if len(suffix) <= _MAX_SUFFIX else ""
    stem = visible.removesuffix(suffix).encode()[: _MAX_NAME_BYTES - len(suffix.encode())]
    return (stem.decode(errors="ignore") + suffix) or None
