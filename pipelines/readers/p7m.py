"""Signed envelopes (CMS, RFC 5652): the document inside. Nothing is said of whether a signature is good."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from asn1crypto import cms, core
from asn1crypto import tsp as _tsp  # noqa: F401 - teaches ``cms`` what is in a time-stamped envelope

from pipelines.readers.base import DEFAULT_SETUP, Enclosed, Envelope, FlowReader, ReaderSetup
from pipelines.readers.unpacking import Unpacking
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentUnreadable, TooLarge

_ARMOUR = b"-----BEGIN "
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_MAIL_HEADER = re.compile(rb"\s*(?:MIME-Version|Content-Type|From|To|Subject|Received)[ \t]*:", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:p7m|p7s|p7b|p7c|tsd)$", re.IGNORECASE)
_ENCRYPTED = {
    "enveloped_data",
    "signed_and_enveloped_data",
    "encrypted_data",
    "authenticated_enveloped_data",
}
_PRIMITIVE = 0
_OCTETS, _OCTETS_IN_PIECES, _END = 0x04, 0x24, 0x00
_DAMAGED = "The signed envelope is damaged or cut off: ask its sender for it again."


class P7mReader(Envelope):
    """A signed (P7M, P7S), compressed or time-stamped envelope, binary or as base64 text.

    Raises:
        DocumentEncrypted: it is encrypted, not (only) signed.
        DocumentUnreadable: it is damaged, or holds no document: a detached signature, certificates alone.
        DocumentEmpty: the document inside has no bytes.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        data = path.read_bytes()
        # The same, as a mail program keeps it: its body is the envelope.
        is_mail = begins_mail(data)
        content = data if is_mail else unwrapped(data, setup.max_unpacked_bytes)
        if not content:
            raise DocumentEmpty("The document in the signed envelope is empty: it has no bytes to read.")
        is_mail = is_mail or begins_mail(content)
        self._inside = Unpacking(setup)
        self._inside.add(content, inner_name(path.name), "message/rfc822" if is_mail else None)

    def cover(self) -> FlowReader | None:
        """None: an envelope says nothing itself."""
        return None

    def enclosed(self) -> list[Enclosed]:
        """The document, named after the envelope without its ``.p7m``."""
        return self._inside.enclosed


def inner_name(name: str) -> str:
    """The name of what is in an envelope of this name."""
    return _SUFFIX.sub("", name)


def begins_mail(data: bytes) -> bool:
    """Whether bytes begin with the headers of a mail message, or of a part of one."""
    return bool(_MAIL_HEADER.match(data))


def unwrapped(data: bytes, limit: int) -> bytes:
    """What a CMS structure holds; at most ``limit`` bytes. One layer is taken off.

    Raises:
        DocumentEncrypted: it is encrypted.
        DocumentUnreadable: it is damaged, or holds nothing.
        TooLarge: it holds more than ``limit`` bytes.
    """
    try:
        info = cms.ContentInfo.load(_binary(data))
        kind = info["content_type"].native
        if kind in _ENCRYPTED:
            raise DocumentEncrypted(
                "The envelope is encrypted for its recipients' keys. Decrypt it, then send what is inside."
            )
        if kind not in _CONTENT:
            raise DocumentUnreadable("The file is no signed document: what it is made for holds none.")
        content = _CONTENT[kind](info["content"], limit)
        if content is None:
            raise DocumentUnreadable(_without_content(info["content"]))
        return content
    except (ValueError, TypeError, KeyError, RecursionError, zlib.error) as error:
        raise DocumentUnreadable(_DAMAGED) from error


def _binary(data: bytes) -> bytes:
    """The structure's bytes, out of base64 with or without its armour."""
    body = data.strip()
    if body.startswith(_ARMOUR):
        body = body[body.find(b"\n") + 1 : body.find(b"-----END ")]
    if body[:1] != b"0" and _BASE64.fullmatch(body):
        return binascii.a2b_base64(body)
    return data


def _of_signed(content: Any, limit: int) -> bytes | None:
    inner = content["encap_content_info"]["content"]
    return None if isinstance(inner, core.Void) else _octets(inner)


def _octets(value: Any) -> bytes:
    """The bytes of an octet string; older envelopes (PKCS #7) may hold any other structure."""
    if not isinstance(value, (core.OctetString, core.ParsableOctetString)):
        return bytes(value.dump())
    return bytes(value) if value.method == _PRIMITIVE else b"".join(_chunks(value.contents))


def _chunks(body: bytes) -> Iterator[bytes]:
    """The pieces of an octet string written in pieces (X.690 §8.7.3), which may be in pieces themselves.

    Linear in the length: signers write a piece a kilobyte.
    """
    at = 0
    while at + 2 <= len(body):
        tag, size = body[at], body[at + 1]
        at += 2
        if size > 0x80:
            digits = size & 0x7F
            size = int.from_bytes(body[at : at + digits], "big")
            at += digits
        if tag == _OCTETS:
            yield body[at : at + size]
            at += size
        elif tag not in {_OCTETS_IN_PIECES, _END}:
            raise ValueError(f"tag {tag} in an octet string")


def _of_compressed(content: Any, limit: int) -> bytes | None:
    packed = _of_signed(content, limit)
    if packed is None:
        return None
    inflater = zlib.decompressobj()
    unpacked = inflater.decompress(packed, limit)
    if inflater.unconsumed_tail:
        raise TooLarge(
            f"What the envelope holds is larger than the {limit} bytes that are allowed once unpacked: send "
            "it without its envelope, or raise OCTAVO_MAX_UNPACKED_BYTES."
        )
    return unpacked


def _of_time_stamped(content: Any, limit: int) -> bytes | None:
    inner = content["content"]
    return None if isinstance(inner, core.Void) else _octets(inner)


_CONTENT: dict[str, Callable[[Any, int], bytes | None]] = {
    "data": lambda content, limit: _octets(content),
    "signed_data": _of_signed,
    "digested_data": _of_signed,
    "authenticated_data": _of_signed,
    "compressed_data": _of_compressed,
    "timestamped_data": _of_time_stamped,
}


def _without_content(content: Any) -> str:
    if isinstance(content, cms.SignedData) and not len(content["signer_infos"]):
        return "The file holds only certificates, no document."
    return "The file is a detached signature: the document that was signed is not in it. Send that one."
