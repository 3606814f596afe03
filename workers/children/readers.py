"""Readers behind children: what opens a document's bytes does so in a process of its own, which is held."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from models.base import Image
from pipelines.readers.base import Reader, ReaderSetup
from pipelines.readers.libreoffice import find_soffice
from schemas import errors
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.reading import DocumentInfo, Drawing, FlowPage, FlowView, FormField, SourcePage
from schemas.settings import Settings
from workers.children.child import Child, again_if_lost, spare_child
from workers.children.limits import Limits
from workers.children.spares import Spare, Spares
from workers.sandbox.rules import as_set, for_reader

_MOST_TASKS = 256
_CPU_SHARE = 2.0
_MOST_STUCK = 5
"""So many calls of a document may take too long: then it is given up, or its pages could take days."""
_DOCUMENTS = 4
"""Room on the disk, in largest uploads: twice as much is unpacked, and some is made of that."""


class ReaderChild:
    """A ``Reader`` behind a child. What crashed it is tried again in a fresh one, the document open again.

    Each child has a scratch folder of its own in ``scratch_root`` (default: the system's), and is one of
    ``spares`` if there is one.
    """

    def __init__(
        self, settings: Settings, scratch_root: Path | None = None, spares: Spares | None = None
    ) -> None:
        self._settings = settings
        self._scratch_root = scratch_root
        self._spares = spares
        self._child: Child | None = None
        self._opened: tuple[Path, str] | None = None
        self._granted: Path | None = None
        self._ended = False
        self._stuck = 0

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        """See ``Reader.detect``; the same child then opens the document."""
        self.close()
        self._opened, self._stuck = None, 0
        # The child stands in a folder of its own.
        return str(self._first("detect", path.absolute(), mime_type, name))

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        """See ``Reader.open``."""
        path = path.absolute()
        if self._opened is not None:
            self.close()
        if self._opened != (path, format_name):
            self._stuck = 0
        self._opened = (path, format_name)
        info: DocumentInfo = self._first("open", path, format_name)
        return info

    def page(self, number: int, layout: bool) -> SourcePage:
        """See ``Reader.page``."""
        page: SourcePage = self._call("page", number, layout)
        return page

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        """See ``Reader.level_page``."""
        page: SourcePage = self._call("level_page", number, layout, angle)
        return page

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``Reader.render``."""
        image: Image = self._call("render", number, scale, clip)
        return image

    def fields(self, number: int) -> list[FormField]:
        """See ``Reader.fields``."""
        fields: list[FormField] = self._call("fields", number)
        return fields

    def blanks(self, number: int) -> list[Blank]:
        """See ``Reader.blanks``."""
        blanks: list[Blank] = self._call("blanks", number)
        return blanks

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        """See ``Reader.fill``."""
        filled: FilledForm = self._call("fill", blanks, fillings, interactive)
        return filled

    def inks(self, number: int) -> list[BBox]:
        """See ``Reader.inks``."""
        inks: list[BBox] = self._call("inks", number)
        return inks

    def drawings(self, number: int) -> list[Drawing]:
        """See ``Reader.drawings``."""
        drawings: list[Drawing] = self._call("drawings", number)
        return drawings

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``Reader.flow_page``."""
        page: FlowPage = self._call("flow_page", number, view)
        return page

    def picture(self, number: int, index: int) -> Image | None:
        """See ``Reader.picture``."""
        picture: Image | None = self._call("picture", number, index)
        return picture

    def close(self) -> None:
        """Ends the child and empties its scratch folder."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def end(self) -> None:
        """Ends the child for good, in the middle of a call too."""
        self._ended = True
        self.close()

    def _call(self, method: str, *arguments: Any) -> Any:
        def ask() -> Any:
            if self._child is None or not self._child.alive:
                if self._opened is None:
                    raise errors.DocumentUnreadable("No document is open.")
                self.open(*self._opened)
            assert self._child is not None  # noqa: S101 - open() made it
            return self._child.call(method, *arguments, timeout=self._settings.page_timeout)

        if self._stuck >= _MOST_STUCK:
            raise errors.ReaderStuck(f"{self._stuck} steps of this document took too long: it was given up")
        try:
            return again_if_lost(ask, lambda: self._ended)
        except errors.ReaderStuck:
            self._stuck += 1
            raise

    def _first(self, method: str, path: Path, *arguments: Any) -> Any:
        """A call about the document as a whole, to a child that may read it."""

        def ask() -> Any:
            child = self._child
            if child is None or not child.alive or path != self._granted:
                child, self._granted = self._fresh(path), path
            return child.call(method, path, *arguments, timeout=self._settings.page_timeout)

        try:
            return again_if_lost(ask, lambda: self._ended)
        except (errors.ReaderLost, errors.PageUnreadable) as lost:
            raise errors.DocumentUnreadable(f"The document could not be opened: {lost.message}.") from lost

    def _fresh(self, document: Path) -> Child:
        self.close()
        if self._scratch_root is not None:
            self._scratch_root.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(
            prefix=f"{os.getpid()}-", dir=self._scratch_root, ignore_cleanup_errors=True
        )
        spare = self._spares.take() if self._spares else None
        self._child = _child(self._settings, document, folder, spare)
        return self._child


def _child(
    settings: Settings, document: Path, folder: tempfile.TemporaryDirectory[str], spare: Spare | None
) -> Child:
    """A child that may read ``document`` and write ``folder``."""
    from workers.children.held import HeldReader

    scratch = Path(folder.name)
    setup = _reader_setup(settings, scratch)
    rules = as_set(settings, for_reader(document, scratch, setup.soffice))
    make, limits = functools.partial(HeldReader, setup), limits_of(settings, scratch)
    return Child(make, Reader, limits, rules, folder, spare)


def limits_of(settings: Settings, scratch: Path) -> Limits:
    """What a reader may take, that keeps its files in ``scratch``."""
    return Limits(
        # Maps that are never touched cost nothing: the kernel's limit is the wide one.
        address_space=2 * settings.reader_memory_bytes,
        file_size=settings.max_upload_bytes,
        resident=settings.reader_memory_bytes,
        tasks=_MOST_TASKS,
        cpu_share=_CPU_SHARE,
        disk=_DOCUMENTS * settings.max_upload_bytes,
        folder=scratch,
        setting="OCTAVO_READER_MEMORY_BYTES",
    )


def _reader_setup(settings: Settings, scratch: Path) -> ReaderSetup:
    return ReaderSetup(
        max_page_pixels=settings.max_page_pixels,
        scratch=scratch,
        soffice=find_soffice(settings.soffice),
        # Before the child is given up: this end has the better message.
        convert_seconds=0.75 * settings.page_timeout,
        office_layout=settings.office_layout,
        max_unpacked_bytes=settings.max_unpacked_bytes,
    )


class Readers:
    """Hands out readers, one a piece of work, and can end them all at once when the worker goes down.

    While one begins another child is forked, so that the next reader finds one: at most ``spares`` wait.
    """

    def __init__(self, settings: Settings, scratch_root: Path | None = None, spares: int = 0) -> None:
        self._settings = settings
        self._scratch_root = scratch_root
        self._lock = threading.Lock()
        self._open: set[ReaderChild] = set()
        self._spares = Spares(functools.partial(spare_child, Reader), spares) if spares else None
        self._enders = ThreadPoolExecutor(settings.concurrency, "end-reader")

    @contextlib.contextmanager
    def reader(self) -> Iterator[ReaderChild]:
        """A reader of one's own, ended with the block, which does not wait for its end."""
        reader = ReaderChild(self._settings, self._scratch_root, self._spares)
        with self._lock:
            self._open.add(reader)
        try:
            yield reader
        finally:
            self._enders.submit(self._end, reader)

    def _end(self, reader: ReaderChild) -> None:
        reader.close()
        with self._lock:
            self._open.discard(reader)

    def close(self) -> None:
        """Ends every reader now."""
        with self._lock:
            for reader in self._open:
                reader.end()
        if self._spares is not None:
            self._spares.close()
