# mypy: disable-error-code="no-untyped-call"
"""Letters on a page: set on a line, over several, or one to a cell, as large as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

import pymupdf

from schemas.geometry import BBox

# Of the font's size: capitals are so high, a line takes so much, and as much stays free at both ends of one.
_CAPITALS, _LINE, _MARGIN = 0.72, 1.2, 0.2
# The size where none is given, as a share of the room's height; text is made smaller by these steps, down to
# this share of the size.
_OF_HEIGHT, _STEP, _LEAST = 0.75, 0.94, 0.65
# In room for several lines (so many line heights) text begins at the top.
_TALL = 1.9


class TextTooLong(Exception):
    """There is no room for a text, however small."""


class Unwritable(Exception):
    """A text has characters that no font has."""


def write(sheet: pymupdf.Page, text: str, rooms: Sequence[BBox], size: float, *, wraps: bool) -> None:
    """Writes a text into ``rooms``, which it runs on over line by line.

    ``size`` is the font's (page units; 0: by the room's height), smaller where the text is too long for it.
    With ``wraps`` one room takes as many lines as it is high.

    Raises:
        TextTooLong: it does not fit, however small.
        Unwritable: it has characters that no font has.
    """
    _check(text)
    wanted = min(size or rooms[0].height, _OF_HEIGHT * max(room.height for room in rooms))
    if not _is_plain(text):
        _write_any(sheet, text, rooms[0] if len(rooms) == 1 else rooms[-1], wanted, wraps=wraps)
        return
    size = wanted
    while size >= _LEAST * wanted:
        lines = _lines(rooms[0], size) if wraps and len(rooms) == 1 else list(rooms)
        broken = _broken(text, lines, size)
        if broken is not None:
            _set(sheet, broken, lines, size)
            return
        size *= _STEP
    raise TextTooLong


def write_cells(sheet: pymupdf.Page, text: str, cells: Sequence[BBox]) -> None:
    """Writes each character amid a cell of its own, from the first.

    Raises:
        TextTooLong: it has more characters than there are cells.
        Unwritable: it has characters that no font has.
    """
    _check(text)
    if len(text) > len(cells):
        raise TextTooLong
    size = min(min(_OF_HEIGHT * cell.height, cell.width * 1.1) for cell in cells)
    for char, cell in zip(text, cells, strict=False):
        if char.isspace():
            continue
        if _is_plain(char):
            across = (cell.width - _font().text_length(char, size)) / 2
            _set(sheet, [char], [cell], size, margin=max(0.0, across))
        else:
            _write_any(sheet, char, cell, size, wraps=False, centred=True)


@cache
def _font() -> pymupdf.Font:
    return pymupdf.Font("helv")


def _check(text: str) -> None:
    if any(not _font().has_glyph(ord(char), fallback=True) for char in text if not char.isspace()):
        raise Unwritable


def _is_plain(text: str) -> bool:
    """Whether one font has all of a text, and it needs no shaping."""
    return all(_font().has_glyph(ord(char)) for char in text if not char.isspace())


def _lines(room: BBox, size: float) -> list[BBox]:
    """The lines that a room has for letters of a size: at least one."""
    height = _LINE * size
    count = max(1, int(room.height / height))
    if count == 1:
        return [room]
    return [BBox(room.x1, room.y1 + i * height, room.x2, room.y1 + (i + 1) * height) for i in range(count)]


def _broken(text: str, rooms: Sequence[BBox], size: float) -> list[str] | None:
    """A text broken into lines for rooms, between words; None where it needs more."""
    font, margin = _font(), 2 * _MARGIN * size
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            while len(lines) < len(rooms):
                if font.text_length(longer, size) <= rooms[len(lines)].width - margin:
                    line = longer
                    break
                lines.append(line)
                longer = word
            else:
                return None
        lines.append(line)
    return lines if len(lines) <= len(rooms) else None


def _set(
    sheet: pymupdf.Page, lines: Sequence[str], rooms: Sequence[BBox], size: float, margin: float | None = None
) -> None:
    """Sets lines in their rooms, capitals amid the height."""
    writer = pymupdf.TextWriter(sheet.rect)
    for line, room in zip(lines, rooms, strict=False):
        if line:
            across = room.x1 + (_MARGIN * size if margin is None else margin)
            writer.append((across, room.center[1] + _CAPITALS * size / 2), line, font=_font(), fontsize=size)
    writer.write_text(sheet)


def _write_any(
    sheet: pymupdf.Page, text: str, room: BBox, size: float, *, wraps: bool, centred: bool = False
) -> None:
    """Writes text of any script, shaped and in its direction, by MuPDF's layout of HTML."""
    lines = wraps and room.height > _TALL * _LINE * size
    style = f"font-family: sans-serif; font-size: {size}px; line-height: {_LINE};"
    style += "" if wraps else "white-space: nowrap;"
    style += "text-align: center;" if centred else ""
    top = room.y1 if lines else max(room.y1, room.center[1] - _LINE * size / 2)
    area = pymupdf.Rect(room.x1, top, room.x2, max(room.y2, top + _LINE * size))
    content = escape(text).replace("\n", "<br/>")
    left, _ = sheet.insert_htmlbox(area, f"<div style='{style}'>{content}</div>", scale_low=_LEAST)
    if left < 0:
        raise TextTooLong
