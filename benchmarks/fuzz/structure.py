"""Changes that keep a file's outer form, so that they reach what lies inside: ZIP, PNG, and all others."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib

from benchmarks.fuzz import changes

_PNG = b"\x89PNG\r\n\x1a\n"
_IN_TEXT = 0.97
"""From this share of printable bytes on a file is changed as a text."""
_PRINTABLE = bytes([9, 10, 13, *range(32, 127), *range(128, 256)])
_MOST_CHANGES = (1, 1, 1, 2, 3)


def changed(data: bytes, chance: random.Random) -> bytes:
    """``data`` with one to three changes that suit what it is."""
    for _ in range(chance.choice(_MOST_CHANGES)):
        data = _changed_once(data, chance)
    return data


def _changed_once(data: bytes, chance: random.Random) -> bytes:
    raw = chance.random() < 0.2
    if data.startswith(b"PK\x03\x04") and not raw:
        return _archive(data, chance)
    if data.startswith(_PNG) and not raw:
        return _png(data, chance)
    if data.startswith(b"%PDF"):
        return chance.choice(changes.PDF)(data, chance)
    return chance.choice(changes.TEXT if is_text(data) else changes.BINARY)(data, chance)


def is_text(data: bytes) -> bool:
    """Whether nearly all bytes are printable."""
    return len(data.translate(None, _PRINTABLE)) <= (1 - _IN_TEXT) * len(data)


def _archive(data: bytes, chance: random.Random) -> bytes:
    """The archive with other bytes in an entry, or with other entries."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    except Exception:  # an earlier change broke it
        return changes.flipped(data, chance)
    if not entries:
        return data
    one = chance.randrange(len(entries))
    name, inside = entries[one]
    match chance.randrange(10):
        case 0:
            del entries[one]
        case 1:
            entries[one] = (chance.choice(entries)[0], inside)
        case 2:
            entries.append((name, changed(inside, chance)))
        case 3:
            entries[one] = ("../" * 9 + name, inside)
        case _:
            entries[one] = (name, changed(inside, chance))
    packed = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),
        zipfile.ZipFile(packed, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive,
    ):
        for name, inside in entries:
            archive.writestr(name, inside)
    return packed.getvalue()


def _png(data: bytes, chance: random.Random) -> bytes:
    """The picture with other bytes in a chunk, whose checksum is right all the same."""
    chunks: list[tuple[bytes, bytes]] = []
    at = len(_PNG)
    while at + 12 <= len(data):
        (size,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return changes.flipped(data, chance)
    one = chance.choice((0, chance.randrange(len(chunks))))
    kind, inside = chunks[one]
    chunks[one] = (kind, chance.choice((changes.integers, changes.flipped, changes.cut))(inside, chance))
    return _PNG + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
