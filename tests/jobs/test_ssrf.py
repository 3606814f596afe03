"""No address a stranger names leads inside: as a document, as a webhook, or at the end of redirects."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpcore
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from schemas.errors import DownloadFailed
from tests.api.service import KEY, make_services
from tests.jobs.test_outbound import Site, outbound, site  # noqa: F401 - a fixture
from tests.jobs.test_outbound_addresses import NOT_PUBLIC_HOSTS
from workers.jobs.addresses import Allowed
from workers.jobs.ledger.dispatch import Outcome
from workers.jobs.ledger.engine import utc_now
from workers.jobs.webhooks.attempt import Courier
from workers.jobs.webhooks.signing import new_secret

PUBLIC = "93.184.215.14"
SPELLINGS = [
    *(f"http://{host}/latest/meta-data/" for host in NOT_PUBLIC_HOSTS),
    # What one reader takes for the host is a user's name, a path or a fragment to another.
    *("http://example.com@127.0.0.1/", "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/"),
    *("http://example.com%40127.0.0.1/", "http://127.0.0.1%23.example.com/", "http://127.0.0.1%2f.example.com/"),
    *("http:\\\\127.0.0.1\\", "http:/\\127.0.0.1/", "http://127.0.0.1\\.example.com/", "http:///127.0.0.1/"),
    *("http://127.0.0.1:80:80/", "http://127.0.0.1%00.example.com/", "http://127.0.0.1%0d%0aHost:%20a/"),
    # Digits and dots of other scripts, which names are folded to.
    *("http://\u0661\u0662\u0667.0.0.1/", "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/"),
    *("http://xn--127-b35h.0.0.1/", "http://\U0001d7cf\U0001d7d0\U0001d7d5.\uff10.\uff10.\uff11/"),
    *("http://127\u30020\u30020\u30021/", "http://[::\uff11]/", "http://localhos\u1d57/", "http://\u2113ocalhost/"),
    # Zones, and IPv4 in IPv6 in all its forms.
    *("http://[::1%25lo]/", "http://[::1%lo]/", "http://[fe80::1%251]/", "http://[::ffff:0x7f.1]/"),
    *("http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:a9fe:a9fe::]/"),
    *("http://[::169.254.169.254]/", "http://[0000::1]/", "http://[::1]:80/", "http://[::127.1]/"),
]  # fmt: skip
NOT_HTTP = [
    *("file:///etc/passwd", "FILE://localhost/etc/passwd", "ftp://example.com/a", "gopher://example.com/_x"),
    *("data:text/plain,a", "javascript:alert(1)", "ldap://example.com/", "dict://example.com:11211/stat"),
    *("jar:http://example.com!/", "unix:///run/docker.sock", "ws://example.com/", "tftp://example.com/a"),
]  # fmt: skip
INSIDE = [
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200"),
    *("0.0.0.0", "::1", "::", "fd00:ec2::254", "fe80::1", "::ffff:10.0.0.1", "64:ff9b::a00:1"),
    *("2002:a00:1::", "ff02::1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "fe80::1%eth0", "no address"),
]  # fmt: skip
METADATA = [
    *("metadata.google.internal", "metadata", "instance-data", "169.254.169.254.nip.io"),
    *("kubernetes.default", "metadata.google.internal.", "router.lan", "db", "localtest.me"),
]  # fmt: skip


def test_there_are_many_spellings() -> None:
    assert len(set(SPELLINGS)) >= 100


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    services = make_services(tmp_path_factory.mktemp("ssrf"))
    with TestClient(
        create_app(services),
        base_url="http://localhost/documents/v2/",
        headers={"Authorization": f"Bearer {KEY}"},
    ) as client:
        yield client
    services.close()


@pytest.mark.parametrize("url", [*SPELLINGS, *NOT_HTTP])
def test_it_is_refused_when_it_is_sent(api: TestClient, url: str) -> None:
    document = api.post("parse", json={"file_url": url})
    assert (document.status_code, document.json()["code"]) == (400, "INVALID_FILE"), document.text
    webhook = api.post("webhooks", json={"url": url})
    assert webhook.status_code in (400, 422), webhook.text
    assert webhook.json()["code"] == "INVALID_CONFIGURATION"


class Names:
    """A name server. ``docs.example``, which is allowed by name, is the test's site; of others it is told."""

    def __init__(self, answers: Callable[[str], Sequence[str]] = lambda _: [PUBLIC]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        if host == "docs.example":
            return ["127.0.0.1"]
        self.asked.append(host)
        return self._answers(host)


# A header has no control characters, and what names no host means the one that sent it.
IN_A_HEADER = [
    url for url in (*SPELLINGS, *NOT_HTTP) if url.isprintable() and not re.match(r"http:/(\\|//)", url)
]


@pytest.mark.parametrize("hops", [0, 3])
@pytest.mark.parametrize("url", IN_A_HEADER)
def test_it_is_refused_at_the_end_of_redirects(site: Site, tmp_path: Path, hops: int, url: str) -> None:  # noqa: F811
    location = url.encode().decode("latin-1")  # as servers send it
    for hop in range(hops):
        site.page(f"/{hop}", status=302, Location=f"/{hop + 1}")
    site.page(f"/{hops}", status=307, Location=location)
    names = Names()
    with pytest.raises(DownloadFailed) as refused:
        outbound(allow=["docs.example"], resolve=names).fetch(
            site.url("/0", "docs.example"), tmp_path / "got"
        )
    assert not refused.value.retryable
    assert names.asked == []
    assert len(site.seen) == hops + 1


def attempted(url: str, resolve: Callable[[str, int], Sequence[str]], *allowed: str) -> Outcome:
    """What came of a webhook's attempt."""
    ledger: Any = SimpleNamespace(now=utc_now)
    vault: Any = SimpleNamespace(unseal=lambda secret: secret)
    courier = Courier(ledger, vault, Allowed(allowed, "OCTAVO_WEBHOOK_ALLOW"), 5.0, resolve)
    sent: Any = SimpleNamespace(id="msg_1", url=url, body="{}", secrets=[new_secret()])
    return courier.attempt(sent)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where connections would go; none is made."""
    hosts: list[str] = []

    def connect(_: object, host: str, *rest: object, **more: object) -> None:
        hosts.append(host)
        raise httpcore.ConnectError("nobody is here")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return hosts


@pytest.mark.parametrize("address", INSIDE)
@pytest.mark.parametrize("others", [[], [PUBLIC]])
def test_a_name_that_means_an_address_inside_is_refused(
    tmp_path: Path, connected: list[str], address: str, others: list[str]
) -> None:
    names = Names(lambda _: [*others, address])
    with pytest.raises(DownloadFailed, match="not a public host"):
        outbound(allow=[], resolve=names).fetch("https://files.example.org/a", tmp_path / "got")
    assert "not a public host" in (attempted("https://files.example.org/a", names).error or "")
    assert connected == []


@pytest.mark.parametrize("host", METADATA)
def test_names_that_mean_something_inside_a_network_are_judged_by_their_address(
    tmp_path: Path, connected: list[str], host: str
) -> None:
    names = Names(lambda _: ["169.254.169.254"])
    with pytest.raises(DownloadFailed, match="not a public host"):
        outbound(allow=[], resolve=names).fetch(f"http://{host}/latest", tmp_path / "got")
    assert attempted(f"http://{host}/latest", names).error
    assert (names.asked, connected) == ([host, host], [])


def test_a_name_server_that_changes_its_mind_is_asked_once_a_connection(
    tmp_path: Path, connected: list[str]
) -> None:
    for use in ("document", "webhook"):
        answers = itertools.chain([[PUBLIC]], itertools.repeat(["127.0.0.1"]))
        names = Names(lambda _, answers=answers: next(answers))  # type: ignore[misc]
        fetcher = outbound(allow=[], resolve=names)
        for attempt in range(3):
            if use == "document":
                with pytest.raises(DownloadFailed) as failed:
                    fetcher.fetch("http://rebinding.example/a", tmp_path / "got")
                refused = "not a public host" in failed.value.message
            else:
                refused = "not a public host" in (attempted("http://rebinding.example/a", names).error or "")
            assert refused == (attempt > 0)
            assert len(names.asked) == attempt + 1
        assert connected == [PUBLIC]
        connected.clear()


def test_redirects_carry_nothing_of_a_caller_from_host_to_host(site: Site, tmp_path: Path) -> None:  # noqa: F811
    elsewhere = site.url("/b", "other.example")
    site.page("/a", status=302, Location=elsewhere, Set_Cookie="session=secret; Path=/")
    site.page("/b", b"1")
    fetcher = outbound(allow=["docs.example", "other.example"], resolve=lambda host, port: ["127.0.0.1"])
    fetcher.fetch(site.url("/a?signature=secret", "docs.example"), tmp_path / "got")
    assert [path for path, _ in site.seen] == ["/a?signature=secret", "/b"]
    assert not {name.lower() for name in site.seen[1][1]} & {"authorization", "cookie", "referer", "origin"}
    assert "secret" not in str(site.seen[1])


def test_a_webhook_that_redirects_is_not_followed(site: Site) -> None:  # noqa: F811
    def answer(handler: Any) -> None:
        handler.send_response(302)
        handler.send_header("Location", site.url("/inside"))
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages["/hook"] = answer
    outcome = attempted(site.url("/hook"), lambda host, port: ["127.0.0.1"], "127.0.0.1")
    assert (outcome.status_code, outcome.error) == (302, None)
    assert [path for path, _ in site.seen] == ["/hook"]
