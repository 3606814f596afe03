"""Pages at rest: their lines are packed, and those of a very long document stay so until somebody looks.

Words are most of what is kept of a page. Packed they are a tenth of their size in a checkpoint, and a
twentieth of that in memory. To unpack them for each step over the document takes time, so the first
``MOST_OPEN`` pages are unpacked once: only the memory of longer documents would be too much.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, overload

import msgspec

from pipelines.work import PageRecord
from schemas.reading import TextLine
from workers import codec

_LEVEL = 1  # the higher ones take several times as long, and save little
MOST_OPEN = 1500
"""Pages of a document whose lines are held unpacked, some 200 KB each."""
_AT_HAND = 16
"""Of the others, pages that were looked at last."""


class RestingPage(msgspec.Struct, array_like=True, frozen=True):
    """A page as a checkpoint has it: its record without lines, and these packed."""

    record: PageRecord
    lines: bytes


class PackedLines(Sequence[TextLine]):
    """The lines of a page; what is looked at is not to be changed, and may be made anew at the next look."""

    __slots__ = ("_packed",)

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __len__(self) -> int:
        return len(_unpacked(self._packed))

    @overload
    def __getitem__(self, place: int) -> TextLine: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[TextLine]: ...
    def __getitem__(self, place: int | slice) -> Any:
        return _unpacked(self._packed)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def at_rest(records: Iterable[PageRecord]) -> list[RestingPage]:
    """The records as they are kept."""
    return [
        RestingPage(replace(record, lines=[]), zlib.compress(codec.encode(list(record.lines)), _LEVEL))
        for record in records
    ]


def taken_up(pages: Iterable[RestingPage], *, packed: bool = False) -> list[PageRecord]:
    """The records of what was kept; ``packed``: their lines stay so."""
    unpack = PackedLines if packed else _unpack
    return [replace(page.record, lines=unpack(page.lines)) for page in pages]


@lru_cache(maxsize=_AT_HAND)
def _unpacked(packed: bytes) -> list[TextLine]:
    return _unpack(packed)


def _unpack(packed: bytes) -> list[TextLine]:
    lines: list[TextLine] = codec.decode(zlib.decompress(packed), list[TextLine])
    return lines
