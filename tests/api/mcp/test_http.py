"""The server over HTTP: who is let in, under which name, from which page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import SecretStr

from api.mcp.http import ByKey, Keys, auth_settings, configured, security
from api.mcp.library import Unusable
from api.mcp.server import make_server
from api.mcp.service import ServiceLibrary
from benchmarks.service import free_port
from schemas.settings import Settings
from tests.api.mcp.test_tools import Bench
from tests.waiting import soon
from workers.jobs.configuration import Configuration

KEY = "a-key-of-these-tests"


@contextmanager
def serving(bench: Bench, admit: Callable[[str], bool] | None) -> Iterator[str]:
    """The server on a port of its own; where it answers."""
    port = free_port()
    keys: tuple[Any, Any] = (
        (auth_settings(f"http://127.0.0.1:{port}"), Keys(admit)) if admit else (None, None)
    )
    app = make_server(bench.desk, "1", *keys).streamable_http_app(
        transport_security=security("127.0.0.1", [])
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none", loop="asyncio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert soon(lambda: server.started)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.library.close()


def configured_admit() -> Callable[[str], bool]:
    admit = configured(Configuration(Settings(api_keys=(SecretStr(KEY),))))
    assert admit is not None
    return admit


def talk(url: str, key: str) -> tuple[str, bool]:
    async def talked() -> tuple[str, bool]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with (
            httpx.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            read = await client.call_tool("parse_document", {"document": "lease.pdf"})
            return read.content[0].text, read.is_error  # type: ignore[union-attr,return-value]

    return anyio.run(talked)


def posted(url: str, **headers: str) -> int:
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    wanted = {"Accept": "application/json, text/event-stream", **headers}
    return httpx.post(url, json=body, headers=wanted).status_code


def test_with_a_key_the_tools_work(bench: Bench) -> None:
    with serving(bench, configured_admit()) as url:
        text, failed = talk(url, KEY)
    assert not failed
    assert "Between Ada Marsh" in text


def test_without_a_good_key_nobody_is_let_in(bench: Bench) -> None:
    with serving(bench, configured_admit()) as url:
        assert posted(url) == 401
        assert posted(url, Authorization="Bearer wrong") == 401
        assert posted(url, Authorization=f"Basic {KEY}") == 401
        assert posted(url, Authorization=f"Bearer {KEY}") != 401


def test_without_any_key_this_machine_is_served_and_no_page_of_another_site(bench: Bench) -> None:
    with serving(bench, None) as url:
        assert not talk(url, "")[1]
        assert posted(url, Host="evil.example") == 421
        assert posted(url, Origin="https://evil.example") == 403
        assert posted(url, Origin="http://127.0.0.1.evil.example:80") == 403


def test_no_configured_key_is_no_judge() -> None:
    assert configured(Configuration(Settings())) is None


def test_who_listens_everywhere_must_say_its_name() -> None:
    with pytest.raises(Unusable, match="allow-host"):
        security("0.0.0.0", [])
    named = security("0.0.0.0", ["docs.example.org"])
    assert named.allowed_hosts == ["docs.example.org", "docs.example.org:*"]
    assert named.enable_dns_rebinding_protection


def test_a_key_is_asked_about_again_after_a_while() -> None:
    asked: list[str] = []
    good = True
    now = 0.0

    def admit(key: str) -> bool:
        asked.append(key)
        return good

    keys = Keys(admit, lambda: now)

    def verified() -> bool:
        return anyio.run(keys.verify_token, "k") is not None

    assert verified()
    assert verified()
    assert len(asked) == 1
    good, now = False, 60.0
    assert not verified()
    assert not verified()
    assert len(asked) == 3


def test_keys_that_are_not_let_in_take_nobodys_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ServiceLibrary, "admits", lambda self: self._http.headers["authorization"][-4:] == "good"
    )
    by_key = ByKey("http://127.0.0.1:1", relays=False)
    assert by_key.admit("good")
    mine = by_key.of("good")
    assert not any(by_key.admit(f"guess{number}") for number in range(101))
    assert by_key.of("good") is mine
    by_key.close()
