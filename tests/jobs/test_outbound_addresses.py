"""Which URLs are taken at all."""

from ipaddress import ip_address

import pytest

from schemas.errors import InvalidFile
from workers.jobs.addresses import Allowed, is_public
from workers.jobs.outbound import check_url

NOT_PUBLIC_HOSTS = [
    # loopback, in every spelling that some resolver reads
    *(
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0.0.1",
        "0X7F.0x0.0x0.0x1",
    ),
    *(
        "017700000001",
        "0177.0.0.1",
        "0177.0.0.01",
        "127.0.0.1.",
        "127.1.",
        "127.255.255.254",
        "127.000.000.001",
    ),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "localhost", "LOCALHOST", "localhost.", "a.localhost"),
    # this host, broadcast, multicast
    *("0", "0.0.0.0", "0x0", "[::]", "255.255.255.255", "224.0.0.1", "239.1.1.1", "240.0.0.1", "[ff02::1]"),
    # private, link-local, shared, metadata
    *(
        "10.0.0.1",
        "10.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "0xc0a80101",
        "3232235777",
        "100.64.0.1",
    ),
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "0xA9.0xFE.0xA9.0xFE", "[fe80::1]", "[fe80::1%25eth0]"),
    *("[fc00::1]", "[fd00:ec2::254]", "[fec0::1]"),
    # special use
    *("192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "[100::1]"),
    *("[2001:db8::1]", "[3fff::1]", "[5f00::1]", "[2001:10::1]", "[2001:2::1]"),
    # addresses that carry another one
    *(
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
    ),
    *(
        "[64:ff9b::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
    ),
    *("[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[::ffff:0:127.0.0.1]"),
    # not hosts
    *(
        "",
        "\uff11\uff12\uff17.0.0.1",
        "①②⑦.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "a b",
        "a..b",
        "-a.example",
        "*.example",
    ),
    *(
        "[::1",
        "::1",
        "[v1.x]",
        "a" * 64 + ".example",
        ".".join(["abc"] * 70),
        "example.com\t",
        "exa\nmple.com",
    ),
    *("1.2.3.4.5", "1.2.3.256", "example.0x1", "example.1", "8.8.8.8.", "loc\u00adalhost"),
]


@pytest.mark.parametrize("host", NOT_PUBLIC_HOSTS)
def test_hosts_that_are_not_public_or_not_properly_spelt_are_refused(host):
    with pytest.raises(InvalidFile, match=r"^file_url cannot be fetched: "):
        check_url(f"https://{host}/a.pdf", [])


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.com/a",
            "file:///etc/passwd",
            "gopher://example.com",
            "data:text/plain,a",
            "javascript:1",
        ),
        *(
            "",
            "example.com/a.pdf",
            "//example.com/a",
            "http:example.com",
            "http:/example.com",
            "https://",
            "https:///a",
        ),
        *("https://user@example.com/", "https://user:secret@example.com/", "https://:secret@example.com/"),
        *("https://example.com\\@10.0.0.1/", "https://example.com:0/", "https://example.com:99999/"),
        *("https://example.com:port/", "https://example.com/" + "a" * 9000, "https://example.com/\0"),
    ],
)
def test_other_urls_are_refused(url):
    with pytest.raises(InvalidFile, match=r"^file_url cannot be fetched: "):
        check_url(url, [])


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com", "https://example.com:8443/a.pdf?sig=1#page=2", "HTTPS://EXAMPLE.COM/ä b.pdf"),
        *(
            "https://münchen.example/a",
            "https://example.com./a",
            "https://under_score.example/",
            "https://8.8.8.8/",
        ),
        *("https://[2606:4700::1111]/", "https://1and1.example/"),
    ],
)
def test_public_urls_are_taken(url):
    check_url(url, [])


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "10.1.2.9/16"),
        ("[fd00::5]", "fd00::/8"),
        ("[fd00::5]", "[fd00::5]"),
        ("localhost", "LocalHost."),
        ("localhost", "127.0.0.0/8"),
        ("localhost.", "localhost"),
    ],
)
def test_the_operator_allows_hosts_and_networks(host, entry):
    with pytest.raises(InvalidFile, match="OCTAVO_FILE_URL_ALLOW"):
        check_url(f"http://{host}:8080/a", [])
    check_url(f"http://{host}:8080/a", ["other.example", entry])


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("10.1.2.3", "10.2.0.0/16"),
        ("a.localhost", "localhost"),
        ("0x0a.1", "10.0.0.0/8"),
        ("[::ffff:10.0.0.1]", "10.0.0.0/8"),
    ],
)
def test_what_is_allowed_is_not_stretched(host, entry):
    with pytest.raises(InvalidFile):
        check_url(f"http://{host}/a", [entry])


@pytest.mark.parametrize(
    "entry", ["http://a.example", "a.example:80", "*.example", "10.0.0.0/33", "0x7f.1", "a b", ""]
)
def test_entries_that_would_match_nothing_are_refused(entry):
    with pytest.raises(ValueError, match="OCTAVO_FILE_URL_ALLOW"):
        Allowed([entry])


def test_a_message_never_tells_more_of_a_url_than_its_host():
    for url in ("https://10.0.0.1/path?sig=secret", "https://user:secret@a.example/", "gopher://a/secret"):
        with pytest.raises(InvalidFile) as caught:
            check_url(url, [])
        assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2a00:1450::1", "2620:4f:8000::1", "2001:4860::"]
)
def test_ordinary_addresses_are_public(text):
    assert is_public(ip_address(text))
