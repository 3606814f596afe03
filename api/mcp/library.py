"""What the tools stand on: documents that are read somewhere, and their results by id."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from schemas.documents import ParsedDocument
from schemas.errors import OctavoError
from schemas.fragments import PageFragment
from schemas.jobs import JobStatus
from schemas.options import FormFilling

T = TypeVar("T")

Render = Callable[[Iterable[PageFragment]], str]
"""Makes Markdown of fragments in reading order."""

Asked = dict[str, Any]
"""Options of a reading, as the API's bodies have them."""

_HELD = 6
"""Results in memory: a model asks several times for the same few documents."""


class Unusable(OctavoError):
    """What was asked for is not there, or not allowed; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document to be read: exactly one of the first three; ``name`` is for people."""

    name: str
    path: Path | None = None
    url: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a reading is. ``message``: what is done now, or why it failed."""

    status: JobStatus
    pages_done: int = 0
    pages: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reading, or an uploaded file, in a list."""

    id: str
    name: str
    made_at: str
    status: str = ""
    pages: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list; ``cursor`` leads to the rest, None at its end."""

    entries: list[Entry] = field(default_factory=list)
    cursor: str | None = None


class Library(Protocol):
    """Reads documents and keeps the results. Its methods may wait, and are called from any thread.

    All raise ``OctavoError`` with a sentence for the reader: a document that cannot be had, an id that is not
    known, a service that is away.
    """

    def begin(self, source: Source, asked: Asked, page_range: str = "") -> str:
        """Has a document read; returns the reading's id at once. Asked again it may be the same."""

    def begin_filling(self, source: Source, filling: FormFilling) -> str:
        """Has a form filled in; returns the reading's id at once."""

    def standing(self, parse_id: str) -> Standing:
        """How far a reading is."""

    def result(self, parse_id: str) -> ParsedDocument:
        """What was read, of a reading that ended well."""

    def source(self, parse_id: str) -> Source:
        """What a reading is of."""

    def cancel(self, parse_id: str) -> None:
        """Ends a reading that has not ended."""

    def readings(self, name: str, cursor: str | None, limit: int) -> Listing:
        """Readings, newest first, of documents whose name has ``name`` in it."""

    def uploads(self, name: str, cursor: str | None, limit: int) -> Listing:
        """Files that can be read by their id."""


class Shelf(Generic[T]):
    """The last few things that were asked for, by id. May be used from any thread."""

    def __init__(self) -> None:
        self._things: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def have(self, key: str, make: Callable[[], T]) -> T:
        """The thing with this key, made if it is not here."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        made = make()
        with self._lock:
            self._things[key] = made
            while len(self._things) > _HELD:
                self._things.popitem(last=False)
        return made
