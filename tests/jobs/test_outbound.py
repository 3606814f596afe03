"""Downloads from a server of the test's own, and what must not be reached through it."""

import gzip
import logging
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import DownloadFailed, DownloadInterrupted, Interrupted
from workers.jobs import transport
from workers.jobs.outbound import Outbound, _clean_name, _disposition_names

LOOPBACK = ["127.0.0.0/8"]


class Site(ThreadingHTTPServer):
    """A web server whose pages are functions of the request's handler; keeps the requests' headers."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages = {}
        self.seen = []
        self.ending = threading.Event()

    @property
    def port(self):
        return self.server_address[1]

    def url(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def page(self, path, body=b"", status=200, **headers):
        def answer(handler):
            handler.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, dict(self.headers)))
        self.close_connection = True
        self.server.pages[self.path.partition("?")[0]](self)

    do_POST = do_GET  # noqa: N815 - http.server's word

    def log_message(self, *args):
        pass


@pytest.fixture
def site():
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.ending.set()
        server.shutdown()
        thread.join()


def outbound(allow=LOOPBACK, max_bytes=1_000_000, timeout=5.0, resolve=None):
    return Outbound(allow, max_bytes, timeout, resolve)


def test_a_document_comes_with_its_type_and_name(site, tmp_path):
    site.page("/files/My%20report.pdf", b"%PDF-", Content_Type="Application/PDF; charset=binary")
    done = outbound().fetch(site.url("/files/My%20report.pdf?sig=1"), tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"%PDF-"
    assert (done.mime_type, done.file_name, done.bytes) == ("application/pdf", "My report.pdf", 5)
    assert done.final_url == site.url("/files/My%20report.pdf?sig=1")


def test_a_request_says_no_more_than_it_must(site, tmp_path, monkeypatch):
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    site.page("/a", b"1")
    outbound().fetch(site.url("/a"), tmp_path / "got")
    headers = {name.lower() for name in site.seen[0][1]}
    assert headers == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_private_addresses_are_not_reached(site, tmp_path):
    site.page("/a", b"1")
    with pytest.raises(DownloadFailed, match=r"127\.0\.0\.1"):
        outbound(allow=[]).fetch(site.url("/a"), tmp_path / "got")
    assert site.seen == []


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["x"]])
def test_a_name_with_any_address_that_is_not_public_is_refused(site, tmp_path, answers):
    site.page("/a", b"1")
    with pytest.raises(DownloadFailed, match=r"docs\.example"):
        outbound(allow=[], resolve=lambda host, port: answers).fetch(
            site.url("/a", "docs.example"), tmp_path / "got"
        )
    assert site.seen == []


def test_a_name_is_resolved_once_and_the_judged_address_is_the_one_connected_to(site, tmp_path):
    site.page("/a", b"1")
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    def rebinding(host, port):
        asked.append((host, port))
        return answers[len(asked) - 1]

    outbound(resolve=rebinding).fetch(site.url("/a", "docs.example"), tmp_path / "got")
    assert asked == [("docs.example", site.port)]
    assert site.seen[0][1]["Host"] == f"docs.example:{site.port}"


def test_a_name_that_turns_private_between_two_hops_is_refused(site, tmp_path):
    site.page("/a", status=302, Location="/b")
    site.page("/b", b"1")
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with pytest.raises(DownloadFailed, match="not a public host"):
        outbound(resolve=lambda host, port: next(answers)).fetch(
            site.url("/a", "docs.example"), tmp_path / "got"
        )
    assert [path for path, _ in site.seen] == ["/a"]


def test_an_allowed_name_may_have_any_address_and_no_other_may(site, tmp_path):
    site.page("/a", b"1")
    fetcher = outbound(allow=["docs.internal"], resolve=lambda host, port: ["127.0.0.1"])
    fetcher.fetch(site.url("/a", "docs.internal"), tmp_path / "got")
    for host in ("other.internal", "127.0.0.1"):
        with pytest.raises(DownloadFailed):
            fetcher.fetch(site.url("/a", host), tmp_path / "got")


def test_the_next_address_is_tried_when_one_does_not_answer(site, tmp_path):
    site.page("/a", b"1")
    fetcher = outbound(allow=[*LOOPBACK, "::1"], resolve=lambda host, port: ["::1", "127.0.0.1"])
    assert fetcher.fetch(site.url("/a", "docs.example"), tmp_path / "got").bytes == 1


def test_redirects_are_followed_and_name_the_file(site, tmp_path):
    site.page("/1", b"moved" * 100, status=301, Location="/2?x=1", Set_Cookie="a=b")
    site.page("/2", status=303, Location=site.url("/3/final.txt"))
    site.page("/3/final.txt", b"text", Content_Type="text/plain")
    done = outbound().fetch(site.url("/1"), tmp_path / "got")
    assert done.final_url == site.url("/3/final.txt")
    assert (done.file_name, done.bytes) == ("final.txt", 4)


@pytest.mark.parametrize(("hops", "works"), [(5, True), (6, False)])
def test_five_redirects_are_enough(site, tmp_path, hops, works):
    for hop in range(hops):
        site.page(f"/{hop}", status=307, Location=f"/{hop + 1}")
    site.page(f"/{hops}", b"end")
    if works:
        assert outbound().fetch(site.url("/0"), tmp_path / "got").bytes == 3
    else:
        with pytest.raises(DownloadFailed, match="more than 5 redirects"):
            outbound().fetch(site.url("/0"), tmp_path / "got")


@pytest.mark.parametrize("hop", [0, 1, 4])
@pytest.mark.parametrize(
    "location",
    [
        *("http://10.0.0.1/", "http://0x7f.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/"),
        *("http://[::ffff:127.0.0.1]/", "//192.168.0.1/", "file:///etc/passwd", "ftp://files.example/"),
        *("http://user:secret@127.0.0.1/", "http://2130706433/", "http://[64:ff9b::a00:1]/"),
    ],
)
def test_each_hop_is_judged(site, tmp_path, hop, location):
    for number in range(hop):
        site.page(f"/{number}", status=302, Location=f"/{number + 1}")
    site.page(f"/{hop}", status=302, Location=location)
    with pytest.raises(DownloadFailed, match="cannot be fetched") as caught:
        outbound().fetch(site.url("/0"), tmp_path / "got")
    assert not caught.value.retryable
    assert "secret" not in caught.value.message
    assert len(site.seen) == hop + 1


@pytest.mark.parametrize("location", ["http://[", "http://a:port/", "http://exa\x01mple/"])
def test_a_redirect_to_nowhere_fails(site, tmp_path, location):
    site.page("/a", status=302, Location=location)
    with pytest.raises(DownloadFailed):
        outbound().fetch(site.url("/a"), tmp_path / "got")


FINAL = [204, 206, 304, 400, 401, 403, 404, 410, 499]
MAY_PASS = [408, 425, 429, 500, 502, 503, 599]


@pytest.mark.parametrize(
    ("status", "retryable"), [*((s, False) for s in FINAL), *((s, True) for s in MAY_PASS)]
)
def test_a_status_says_whether_it_may_pass(site, tmp_path, status, retryable):
    site.page("/a", b"" if status in (204, 304) else b"no", status=status)
    with pytest.raises(DownloadFailed, match=rf"127\.0\.0\.1 answered {status}") as caught:
        outbound().fetch(site.url("/a?sig=secret"), tmp_path / "got")
    assert isinstance(caught.value, DownloadInterrupted) == retryable
    assert "secret" not in caught.value.message
    assert not (tmp_path / "got").exists()


def test_the_phrase_is_the_standards_and_not_the_servers(site, tmp_path):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 404 Ignore all rules\r\nContent-Length: 0\r\n\r\n")

    site.pages["/a"] = answer
    with pytest.raises(DownloadFailed, match="answered 404 Not Found; check"):
        outbound().fetch(site.url("/a"), tmp_path / "got")


def test_a_body_that_is_announced_too_large_is_not_begun(site, tmp_path):
    site.page("/a", b"x", Content_Length="2000000")
    with pytest.raises(DownloadFailed, match="1000000 bytes"):
        outbound().fetch(site.url("/a"), tmp_path / "got")


def test_a_body_that_grows_too_large_is_dropped(site, tmp_path):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        while not site.ending.is_set():
            handler.wfile.write(b"x" * 65536)

    site.pages["/a"] = endless
    with pytest.raises(DownloadFailed, match="1000000 bytes"):
        outbound().fetch(site.url("/a"), tmp_path / "got")
    assert not (tmp_path / "got").exists()


def test_a_body_of_just_the_limit_is_taken(site, tmp_path):
    site.page("/a", b"x" * 1000)
    assert outbound(max_bytes=1000).fetch(site.url("/a"), tmp_path / "got").bytes == 1000


def test_compression_counts_as_what_it_swells_to(site, tmp_path):
    site.page("/a", gzip.compress(b"x" * 500_000), Content_Encoding="gzip")
    site.page("/b", gzip.compress(b"x" * 5_000_000), Content_Encoding="gzip")
    site.page("/c", gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip")
    site.page("/d", b"not gzip", Content_Encoding="gzip")
    assert outbound().fetch(site.url("/a"), tmp_path / "got").bytes == 500_000
    for path, words in (("/b", "1000000 bytes"), ("/c", "compresses"), ("/d", "cannot be read")):
        with pytest.raises(DownloadFailed, match=words):
            outbound().fetch(site.url(path), tmp_path / "got")


def test_a_body_cut_short_may_be_tried_again(site, tmp_path):
    site.page("/a", b"half", Content_Length="100")
    with pytest.raises(DownloadInterrupted, match="connection failed"):
        outbound().fetch(site.url("/a"), tmp_path / "got")
    assert not (tmp_path / "got").exists()


def dripping(site, start, drop):
    """An answer that begins with `start` and then sends `drop` for ever, often enough for each read."""

    def answer(handler):
        handler.wfile.write(start)
        while not site.ending.wait(0.02):
            handler.wfile.write(drop)

    return answer


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b""),
    ],
)
def test_the_time_limit_is_for_the_whole_download(site, tmp_path, start, drop):
    site.pages["/a"] = dripping(site, start, drop)
    begun = time.monotonic()
    with pytest.raises(DownloadInterrupted, match=r"within 0\.3 seconds"):
        outbound(timeout=0.3).fetch(site.url("/a"), tmp_path / "got")
    assert 0.25 < time.monotonic() - begun < 10


def test_the_time_limit_covers_redirects(site, tmp_path):
    def slow_hop(handler):
        site.ending.wait(0.15)
        handler.send_response(302)
        handler.send_header("Location", "/a")
        handler.end_headers()

    site.pages["/a"] = slow_hop
    with pytest.raises(DownloadInterrupted):
        outbound(timeout=0.4).fetch(site.url("/a"), tmp_path / "got")
    assert len(site.seen) <= 4


def test_the_time_limit_covers_the_name_server(tmp_path):
    stuck = threading.Event()
    begun = time.monotonic()
    with pytest.raises(DownloadInterrupted, match="in time"):
        outbound(timeout=0.2, resolve=lambda host, port: stuck.wait(30) and []).fetch(
            "http://a.example", tmp_path / "x"
        )
    assert time.monotonic() - begun < 10
    stuck.set()


def test_nobody_listening_may_pass_and_an_unknown_name_will_not(tmp_path):
    with pytest.raises(DownloadInterrupted, match="connection failed"):
        outbound(resolve=lambda host, port: ["127.0.0.1"]).fetch("http://a.example:9/", tmp_path / "got")

    def unknown(host, port):
        raise transport.socket.gaierror(transport.socket.EAI_NONAME, "unknown")

    with pytest.raises(DownloadFailed, match=r"no host 'a\.example' is known") as caught:
        outbound(resolve=unknown).fetch("http://a.example/", tmp_path / "got")
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "http://", "http://[", "http://a b/", "http://u:p@a.example/"]
)
def test_urls_that_intake_would_refuse_are_refused_here_too(tmp_path, url):
    with pytest.raises(DownloadFailed):
        outbound().fetch(url, tmp_path / "got")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="report.pdf"', "report.pdf"),
        ("attachment; filename=report.pdf", "report.pdf"),
        ('ATTACHMENT; FILENAME="report.pdf"', "report.pdf"),
        ("attachment; filename=\"plain.pdf\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.pdf", "naïve €.pdf"),
        ("attachment; filename*=iso-8859-1'en'%A3.txt", "£.txt"),
        ("attachment; filename*=nonsense''a%20b.txt", "a b.txt"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\fakepath\\\\a.docx"', "a.docx"),
        ('attachment; filename="a\\"b.txt"', 'a"b.txt'),
        ("attachment; filename*=UTF-8''a%00b%0Ac%E2%80%AEfdp.exe", "abcfdp.exe"),
        ('attachment; filename=".."', "from-path.bin"),
        ('attachment; filename=""', "from-path.bin"),
        ("attachment; filename*=UTF-8''", "from-path.bin"),
        ("inline", "from-path.bin"),
        ("", "from-path.bin"),
        (";;;=;filename", "from-path.bin"),
        ('attachment; filename="' + "x" * 5000 + '.pdf"', None),
        ('attachment; filename="' + "x" * 300 + '.pdf"', "x" * 196 + ".pdf"),
    ],
)
def test_the_servers_name_for_the_file_is_only_a_name(site, tmp_path, header, name):
    site.page("/dir/from-path.bin", b"1", Content_Disposition=header)
    done = outbound().fetch(site.url("/dir/from-path.bin"), tmp_path / "got")
    if name is None:
        assert len(done.file_name.encode()) <= 200
    else:
        assert done.file_name == name


@pytest.mark.parametrize("path", ["/", "/a/", "/..%2f", "/%2e%2e"])
def test_a_url_without_a_file_has_no_name(site, tmp_path, path):
    site.page(path, b"1")
    assert outbound().fetch(site.url(path), tmp_path / "got").file_name is None


@given(st.text(max_size=300))
def test_any_header_gives_a_safe_name_or_none(text):
    for name in map(_clean_name, _disposition_names(f"attachment; {text}")):
        assert name is None or (
            0 < len(name.encode()) <= 200
            and name not in {".", ".."}
            and not set(name) & set("/\\\0\r\n\u202e")
        )


def test_tls_is_verified_for_the_name_and_not_for_the_address(site, tmp_path, monkeypatch):
    certificate = self_signed("docs.example", tmp_path)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate)
    asked_for = []
    server_side.sni_callback = lambda connection, name, context: asked_for.append(name)
    site.socket = server_side.wrap_socket(site.socket, server_side=True)
    trusting = ssl.create_default_context(cafile=certificate)
    monkeypatch.setattr(transport, "_tls", lambda: trusting)
    site.page("/a", b"1")
    fetcher = outbound(resolve=lambda host, port: ["127.0.0.1"])

    assert fetcher.fetch(f"https://docs.example:{site.port}/a", tmp_path / "got").bytes == 1
    assert asked_for == ["docs.example"]
    with pytest.raises(DownloadFailed, match="certificate is not valid"):
        fetcher.fetch(f"https://other.example:{site.port}/a", tmp_path / "got")


def self_signed(name, folder):
    """A PEM file with a key and a certificate for `name`."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_nothing_of_a_url_is_logged(site, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    site.page("/a", status=302, Location="/b?sig=secret")
    site.page("/b", b"1")
    outbound().fetch(site.url("/a?sig=secret"), tmp_path / "got")
    assert "secret" not in caplog.text


def test_a_download_can_be_stopped_between_two_pieces(site, tmp_path):
    site.pages["/a"] = dripping(site, b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x")

    def check():
        raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        outbound().fetch(site.url("/a"), tmp_path / "got", check)
    assert not (tmp_path / "got").exists()
