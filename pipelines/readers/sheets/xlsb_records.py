"""The records of binary Excel workbooks (MS-XLSB §2.1.4), and the values in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

_CHUNK = 1 << 20
_LARGEST_RECORD = 64 << 20

ROW, BLANK, RK, ERROR, BOOL, REAL, TEXT, SHARED = range(8)
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_BOOL, FORMULA_ERROR = range(8, 12)
SHORT_BLANK, SHORT_SHARED = 12, 18
"""Cells from ``SHORT_BLANK`` on have no column: they are ``BLANK`` to ``SHARED`` right of the last one."""
STRING, FONT, FORMAT, STYLE, COLUMNS, RICH_TEXT = 19, 43, 44, 47, 60, 62
PANE, PROPERTIES, SHEET, FILTER, MERGED, TABLE, LINK = 151, 153, 156, 161, 176, 343, 494
STYLES, STYLES_END, COMMENT, COMMENT_TEXT = 617, 618, 635, 637


def records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The records of a part: a number and the data; ends where the part is cut off or makes no sense."""
    buffer, place = b"", 0
    while True:
        if len(buffer) - place < 8:
            buffer, place = buffer[place:] + file.read(_CHUNK), 0
            if not buffer:
                return
        kind, place = _number(buffer, place, 2)
        size, place = _number(buffer, place, 4)
        if size > _LARGEST_RECORD:
            return
        while len(buffer) - place < size:
            more = file.read(max(_CHUNK, size))
            if not more:
                return
            buffer, place = buffer[place:] + more, 0
        yield kind, buffer[place : place + size]
        place += size


def _number(buffer: bytes, place: int, most: int) -> tuple[int, int]:
    """A number in up to ``most`` bytes of seven bits, and the place behind it."""
    number = 0
    for index in range(most):
        if place >= len(buffer):
            break
        byte = buffer[place]
        place += 1
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            break
    return number, place


def unsigned(data: bytes, place: int) -> int:
    """Four bytes as a number."""
    return int.from_bytes(data[place : place + 4], "little")


def real(data: bytes, place: int) -> float:
    """Eight bytes as a number."""
    return float(struct.unpack_from("<d", data, place)[0])


def compact(data: bytes, place: int) -> float:
    """Four bytes as a number of few digits: an integer or half of a real, perhaps in hundredths."""
    raw = unsigned(data, place)
    if raw & 2:
        value = float((raw >> 2) - ((raw & 0x80000000) >> 1))
    else:
        value = float(struct.unpack("<d", b"\0\0\0\0" + (raw & 0xFFFFFFFC).to_bytes(4, "little"))[0])
    return value / 100 if raw & 1 else value


def text(data: bytes, place: int) -> tuple[str, int]:
    """A text with its length before it, and the place behind it; none where the length is all ones."""
    count = unsigned(data, place)
    if count == 0xFFFFFFFF:
        return "", place + 4
    end = place + 4 + 2 * count
    return data[place + 4 : end].decode("utf-16-le", errors="replace"), end


def runs(data: bytes) -> tuple[str, list[tuple[int, int]]]:
    """A text that may be marked: where its runs begin, and the number of their fonts."""
    plain, place = text(data, 1)
    if not data or not data[0] & 1:
        return plain, []
    count = min(unsigned(data, place), (len(data) - place - 4) // 4)
    found = [struct.unpack_from("<HH", data, place + 4 + 4 * index) for index in range(count)]
    return plain, [(start, font) for start, font in found]
