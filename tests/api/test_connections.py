"""Connections that say nothing, or say it as slowly as they can."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.api.service import KEY
from tests.api.test_streams import Served
from workers.jobs.services import Services

HEAD = b"POST /documents/v2/parse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" % KEY.encode()


@pytest.fixture
def served(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("api.connections.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("api.limits.PATIENCE_SECONDS", 0.3)
    served = Served(services)
    yield served
    served.stop()


def sent(served: Served, *pieces: bytes) -> bytes:
    """What is answered, to the connection's end, by a sender who stays connected."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("begun", [b"", b"GET", HEAD, HEAD + b"X: " + b"y" * 1000])
def test_a_head_that_does_not_come_is_not_waited_for(served: Served, begun: bytes) -> None:
    assert sent(served, begun) == b""


def test_nor_is_a_second_one(served: Served) -> None:
    answer = sent(served, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", b"G")
    assert answer.startswith(b"HTTP/1.1 200")


def test_between_requests_a_connection_rests_longer_than_a_head_may_take(served: Served) -> None:
    client = HTTPConnection("127.0.0.1", served.port, timeout=30)
    client.request("GET", "/livez")
    assert client.getresponse().read()
    connection = client.sock
    connection.settimeout(0.6)
    with pytest.raises(TimeoutError):  # it is still open
        connection.recv(1)
    connection.settimeout(30)
    client.request("GET", "/livez")
    assert client.getresponse().read()
    assert client.sock is connection
    connection.sendall(b"G")
    assert connection.recv(1) == b""
    client.close()


def test_but_not_for_ever(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.server.IDLE_SECONDS", 0.3)
    served = Served(services)
    answer = sent(served, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    served.stop()
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 1000\r\n\r\n",
        b'Content-Length: 1000\r\n\r\n{"raw_text',
        b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
)
def test_a_body_that_does_not_come_is_not_waited_for(served: Served, body: bytes) -> None:
    head, _, text = sent(served, HEAD + body).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    assert "slowly" in json.loads(text)["message"]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 12_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 70_000,
        b"GET /" + b"a" * 70_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_in_the_envelope(served: Served, request_: bytes) -> None:
    head, _, text = sent(served, request_).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"nosniff" in head
    assert json.loads(text)["code"] == "INVALID_CONFIGURATION"


def test_the_server_does_not_say_what_it_is(served: Served) -> None:
    answer = sent(served, b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b"\r\nserver:" not in answer.lower()
