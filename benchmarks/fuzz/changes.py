"""Random changes of bytes and of texts: bytes and a chance in, bytes out."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

LARGEST = 1 << 20
"""No change makes a file larger than this, if it was smaller."""

Change = Callable[[bytes, random.Random], bytes]

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_EXTREMES = (
    b"0", b"-1", b"1", b"255", b"256", b"32767", b"65535", b"65536", b"1000000", b"16777216", b"2147483647",
    b"2147483648", b"-2147483648", b"4294967295", b"1000000000000", b"9223372036854775807",
    b"-9223372036854775808", b"1e308", b"-1e308", b"1e999", b"NaN", b"0.0000001", b"9" * 400, b"",
)  # fmt: skip
_INTEGERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TOKEN = re.compile(
    rb"<!\[CDATA\[|<[^<>]{0,300}>|<<|>>|\[|\]|\{|\}|\(|\)|\\[A-Za-z]+|&\w+;|[A-Za-z0-9_./-]+|\s+|[^\w\s]"
)
_REFERENCE = re.compile(rb"\b\d+ \d+ R\b")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]*")
_STRANGE = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b"\t", b"\x1b", b"\xc0\x80", b"\xed\xa0\x80",
    "\u202e".encode(), "\u0000".encode(), "\ufffe".encode(), "\U0010ffff".encode(), b"%s%n", b"&#0;", b"&x;",
    b"<!--", b"-->", b"]]>", b"<![CDATA[", b"\\", b'"', b"'", b"--", b"../", b"file:///etc/passwd",
)  # fmt: skip
_OPENINGS = (
    b"[", b"(", b"{", b"<<", b"<a>", b"<div>", b"<table><tr><td>", b'{"a":', b"\\textbf{", b"> ", b"- ",
    b"q ", b"BT ", b"<p:grpSp>", b"<w:tbl><w:tr><w:tc>", b"<m:f><m:num>", b"<text:list><text:list-item>",
    b"<ul><li>", b"<blockquote>", b"<math><mrow>", b"*", b"_", b"`", b"$", b"\\begin{itemize}", b"|===\n",
)  # fmt: skip


def flipped(data: bytes, chance: random.Random) -> bytes:
    """Some bytes are others, most of them near the beginning or all over."""
    changed = bytearray(data)
    reach = len(data) if chance.random() < 0.6 else min(len(data), 256)
    for _ in range(chance.choice((1, 1, 2, 4, 16)) if reach else 0):
        at = chance.randrange(reach)
        changed[at] = chance.choice((changed[at] ^ 1 << chance.randrange(8), 0, 0xFF, chance.randrange(256)))
    return bytes(changed)


def integers(data: bytes, chance: random.Random) -> bytes:
    """Whole numbers of two or four bytes, as headers have them, are extreme ones."""
    changed = bytearray(data)
    reach = min(len(data), chance.choice((64, 512, len(data) or 1)))
    for _ in range(chance.choice((1, 1, 2, 3))):
        size = chance.choice((2, 4))
        if reach <= size:
            break
        at = chance.randrange(reach - size)
        value = chance.choice(_INTEGERS) & (1 << 8 * size) - 1
        changed[at : at + size] = value.to_bytes(size, chance.choice(("little", "big")))
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """The end is missing, or a piece of the middle."""
    if not data:
        return data
    start = chance.randrange(len(data))
    if chance.random() < 0.5:
        return data[:start]
    return data[:start] + data[start + chance.randrange(1, 2000) :]


def repeated(data: bytes, chance: random.Random) -> bytes:
    """A piece stands there many times, or at another place once more."""
    if not data:
        return data
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((1, 8, 64, 500))]
    if chance.random() < 0.3:
        at = chance.randrange(len(data))
        return data[:at] + piece + data[at:]
    times = _times(len(data), len(piece), chance)
    return data[:start] + piece * times + data[start:]


def strange(data: bytes, chance: random.Random) -> bytes:
    """What programs stumble over stands somewhere."""
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(_STRANGE) * chance.choice((1, 1, 3, 500)) + data[at:]


def extreme(data: bytes, chance: random.Random) -> bytes:
    """Numbers that are written out are extreme ones."""
    for start, end in _some(_NUMBER, data, chance):
        data = data[:start] + chance.choice(_EXTREMES) + data[end:]
    return data


def shuffled(data: bytes, chance: random.Random) -> bytes:
    """Tokens are missing, doubled, or change places."""
    tokens = _TOKEN.findall(data)
    for _ in range(chance.choice((1, 1, 2, 6)) if tokens else 0):
        one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        match chance.randrange(3):
            case 0:
                tokens[one] = b""
            case 1:
                tokens[one] *= 2
            case _:
                tokens[one], tokens[other] = tokens[other], tokens[one]
    return b"".join(tokens)


def nested(data: bytes, chance: random.Random) -> bytes:
    """Something is opened very often, and perhaps closed as often."""
    tags = re.findall(rb"<[A-Za-z][^<>/]{0,100}>", data)
    opening = chance.choice(tags) if tags and chance.random() < 0.6 else chance.choice(_OPENINGS)
    times = _times(len(data), 2 * len(opening), chance)
    at = chance.choice([token.end() for token in _TOKEN.finditer(data)] or [0])
    closing = b"".join(b"</" + name + b">" for name in re.findall(rb"<([\w:]+)", opening)[::-1])
    closing = closing or opening.translate(bytes.maketrans(b"[({<", b"])}>"))
    return data[:at] + opening * times + (closing * times if chance.random() < 0.5 else b"") + data[at:]


def referred(data: bytes, chance: random.Random) -> bytes:
    """Objects of a PDF refer to others than they did, themselves too, and names are others."""
    pattern = _REFERENCE if chance.random() < 0.6 else _NAME
    others = pattern.findall(data)
    for start, end in _some(pattern, data, chance):
        data = data[:start] + chance.choice(others) + data[end:]
    return data


def _some(pattern: re.Pattern[bytes], data: bytes, chance: random.Random) -> list[tuple[int, int]]:
    """A few of the places where a pattern stands, the last first."""
    found = [match.span() for match in pattern.finditer(data)]
    return sorted(chance.sample(found, min(len(found), chance.choice((1, 1, 2, 5)))), reverse=True)


def _times(size: int, piece: int, chance: random.Random) -> int:
    """How often a piece may be repeated."""
    return max(1, min(chance.choice((2, 40, 1000, 30_000)), (LARGEST - size) // max(1, piece)))


BINARY: tuple[Change, ...] = (flipped, flipped, integers, integers, cut, repeated)
TEXT: tuple[Change, ...] = (extreme, extreme, shuffled, shuffled, nested, repeated, strange, cut, flipped)
PDF: tuple[Change, ...] = (referred, referred, extreme, extreme, shuffled, nested, repeated, cut, flipped)
