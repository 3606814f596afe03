"""Which hosts a caller may make us connect to: public ones, and those the operator allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from schemas.errors import InvalidFile, OctavoError

if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?!.{{254}})(?:{_LABEL}\.)*{_LABEL}")
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_MAX_URL_CHARACTERS = 8192

_LOOPBACK = IPv4Address("127.0.0.1")
_RELAY_ANYCAST = IPv4Network("192.88.99.0/24")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Global unicast by number, but tunnels into IPv4, or documentation.
_NOT_PUBLIC = tuple(IPv6Network(n) for n in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))


class AddressRefused(OctavoError):
    """The address cannot be read, or its host is not public and nobody allowed it."""


def is_public(address: Address) -> bool:
    """Whether ``address`` is an ordinary one of the public internet.

    Addresses that stand for another one (mapped, 6to4, Teredo, NAT64…) are not: what is behind them
    would be reached unjudged. Ranges: the special-purpose registries of IANA (RFC 6890).
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not (
            address.is_multicast or address.is_reserved or address in _RELAY_ANYCAST
        )
    return address in _GLOBAL_UNICAST and not any(address in network for network in _NOT_PUBLIC)


class Allowed:
    """The hosts and networks of ``entries``, beside everything public; ``setting`` is where they come from.

    An entry is a host name (``files.example.internal``, that name alone), an address or a network
    (``10.1.0.0/16``). A name that is allowed may have any address.

    Raises:
        ValueError: an entry is none of these.
    """

    def __init__(self, entries: Sequence[str], setting: str = "OCTAVO_FILE_URL_ALLOW") -> None:
        self._setting = setting
        self._names: set[str] = set()
        self._networks: list[Network] = []
        for entry in entries:
            try:
                self._networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                name = _bare_name(entry)
                if not _HOST_NAME.fullmatch(name) or _ENDS_IN_A_NUMBER.fullmatch(name):
                    raise ValueError(
                        f"{setting} has {entry!r}, which is not a host name, an address or a network: "
                        "write it without scheme and port."
                    ) from None
                self._names.add(name)

    def name(self, host: str) -> bool:
        """Whether the host ``host`` was allowed by its name."""
        return _bare_name(host) in self._names

    def address(self, address: Address) -> bool:
        """Whether ``address`` is public or in an allowed network."""
        return is_public(address) or any(address in network for network in self._networks)

    def refusal(self, host: str) -> AddressRefused:
        """Says that ``host`` is not public, and how that can be changed."""
        return AddressRefused(
            f"{host[:100]!r} is not a public host; an operator can allow it in {self._setting}."
        )


def check_url(url: str, allow: Sequence[str]) -> None:
    """Judges a caller's URL from its text alone; names are resolved, and judged again, when it is fetched.

    Raises:
        InvalidFile: not http or https, a user name or password, or a host that is no host name, or is an
            address neither public nor in ``allow``.
    """
    try:
        judge_url(parse_url(url), Allowed(allow))
    except AddressRefused as error:
        raise InvalidFile(f"file_url cannot be fetched: {error}") from None


def parse_url(url: str) -> httpx.URL:
    """``url`` as the client will read it, so that what is judged is what is fetched.

    Raises:
        AddressRefused: it cannot be read.
    """
    import httpx  # an API that is given no address needs none

    if len(url) > _MAX_URL_CHARACTERS:
        raise AddressRefused(f"it is longer than {_MAX_URL_CHARACTERS} characters.")
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused(str(error)) from None


def judge_url(url: httpx.URL, allowed: Allowed) -> None:
    """See ``check_url``.

    Raises:
        AddressRefused: as there; the message names the host and never the rest of the URL.
    """
    if url.scheme not in {"http", "https"}:
        raise AddressRefused("only http:// and https:// addresses are fetched.")
    if url.userinfo:
        raise AddressRefused("it carries a user name or password; use a signed URL instead.")
    if url.port == 0 or (url.port or 0) > 65535:
        raise AddressRefused("its port is not between 1 and 65535.")
    host = url.raw_host.decode("ascii")
    address = literal_address(host)
    if address is not None:
        if not allowed.address(address):
            raise allowed.refusal(host)
    elif not _HOST_NAME.fullmatch(_bare_name(host)):
        raise AddressRefused(f"{host[:100]!r} is not a host name.")
    elif _ENDS_IN_A_NUMBER.fullmatch(_bare_name(host)):
        raise AddressRefused(f"{host[:100]!r} is not an address: write it as four decimal numbers.")
    elif _is_loopback_name(host) and not (allowed.name(host) or allowed.address(_LOOPBACK)):
        raise allowed.refusal(host)


def literal_address(host: str) -> Address | None:
    """The address that ``host`` is, in its one proper spelling, or None."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback_name(host: str) -> bool:
    return _bare_name(host).split(".")[-1] == "localhost"  # RFC 6761


def _bare_name(host: str) -> str:
    return host.lower().removesuffix(".")
