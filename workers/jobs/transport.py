"""An HTTP client for addresses that callers named: every connection is judged, pinned and bound in time."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import cache
from typing import Any

import httpcore
import httpx

from workers.jobs.addresses import AddressRefused, Allowed, judge_url, literal_address

CONNECT_SECONDS = 10.0
USER_AGENT = "Octavo (document ingestion)"

_WRITE_BYTES = 1 << 16
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

# They log whole URLs and headers, which carry callers' signatures.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

Resolve = Callable[[str, int], Sequence[str]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def guarded_client(allowed: Allowed, seconds: float, resolve: Resolve | None = None) -> httpx.Client:
    """A client that reaches only public hosts and ``allowed`` ones, and lives for ``seconds`` in all.

    A host is resolved once a connection; all its addresses must pass, and the connection goes to one
    of them. Redirects are not followed, no proxy or credential is taken from the environment, and the
    time limit covers resolving, connecting, TLS and every byte. Use it for one exchange and close it.

    Raises, from its requests:
        AddressRefused: the host, or an address it has, may not be reached.
        httpx.TimeoutException, httpx.TransportError: as usual.
    """
    network = _GuardedNetwork(allowed, time.monotonic() + seconds, resolve or system_resolve)
    return httpx.Client(
        transport=_GuardedTransport(allowed, network),
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
        follow_redirects=False,
        trust_env=False,
    )


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that the system's resolver knows for ``host``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # honours SSL_CERT_FILE, for certificates of one's own


class _GuardedTransport(httpx.HTTPTransport):
    def __init__(self, allowed: Allowed, network: httpcore.NetworkBackend) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._allowed = allowed
        # httpx has no public place for a network backend. Should `_pool` go, this fails and lets nothing out.
        if not isinstance(self._pool, httpcore.ConnectionPool):
            raise TypeError("this release of httpx builds its connections in another way")
        self._pool.close()
        self._pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=network)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        judge_url(request.url, self._allowed)
        return super().handle_request(request)


class _GuardedNetwork(httpcore.NetworkBackend):
    def __init__(self, allowed: Allowed, deadline: float, resolve: Resolve) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._resolve = resolve
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("the host has no address")
        for address in self._addresses(host, port):
            limit = _within(timeout, self._deadline, httpcore.ConnectTimeout)
            try:
                stream = self._network.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        literal = literal_address(host)
        found = [str(literal)] if literal else self._look_up(host, port)
        if not self._allowed.name(host):
            for text in found:
                address = literal_address(text)
                if address is None or not self._allowed.address(address):
                    raise self._allowed.refusal(host)
        return found

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        """Resolves in a thread of its own: the system's resolver knows no time limit."""
        answer: Future[Sequence[str]] = Future()

        def look_up() -> None:
            try:
                answer.set_result(self._resolve(host, port))
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=look_up, name="resolve", daemon=True).start()
        try:
            return answer.result(_within(CONNECT_SECONDS, self._deadline, httpcore.ConnectTimeout))
        except TimeoutError:
            raise httpcore.ConnectTimeout("the name server did not answer") from None
        except UnicodeError:
            raise AddressRefused(f"{host[:100]!r} is not a host name.") from None
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                raise AddressRefused(f"no host {host[:100]!r} is known: check its spelling.") from None
            raise httpcore.ConnectError("the name server failed") from error


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout, self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            limit = _within(timeout, self._deadline, httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + _WRITE_BYTES], limit)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limit = _within(timeout, self._deadline, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, limit), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(timeout: float | None, deadline: float, late: type[Exception]) -> float:
    """What is left of ``timeout`` (seconds) and ``deadline``; raises ``late`` when nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the time limit is over")
    return left if timeout is None else min(timeout, left)
