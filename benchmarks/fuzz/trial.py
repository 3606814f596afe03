"""One changed file, read in a child as far as a reader can be asked: what went wrong that must not?"""

from __future__ import annotations

import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from schemas.errors import DocumentError
from schemas.reading import FlowView

_MOST_PAGES, _MOST_PICTURES = 3, 3
_SCALE = 0.25


class Outcome(msgspec.Struct, frozen=True):
    """What came of a file.

    ``error`` is the class of the error that ended it, "" if it was read. ``strays`` are exceptions that are
    no document's error, each with the places in Octavo's code that it went through, without its message.
    ``peak_bytes`` is the most that the process ever held.
    """

    error: str
    strays: list[str]
    cpu_seconds: float
    peak_bytes: int


class Trial(Protocol):
    """Reads files; what a child serves."""

    def read(self, path: Path, layout: bool) -> Outcome:
        """Everything that is ever asked of a reader, of some pages; ``layout``: with the layout model."""
        ...


class ReaderTrial:
    """See ``Trial``. LibreOffice, which is held by its own limits, takes no part."""

    def __init__(self, scratch: Path, max_unpacked_bytes: int) -> None:
        self._setup = ReaderSetup(
            scratch=scratch, soffice=None, office_layout=False, max_unpacked_bytes=max_unpacked_bytes
        )

    def read(self, path: Path, layout: bool) -> Outcome:
        """See ``Trial``."""
        began, strays = time.process_time(), []
        error = ""
        reader = LocalReader(self._setup)
        for step in _steps(reader, path, layout):
            try:
                step()
            except DocumentError as known:
                error = error or type(known).__name__
            except Exception as stray:  # what is looked for
                strays.append(_described(stray))
        reader.close()
        return Outcome(error, strays, time.process_time() - began, _peak_bytes())


def silent_trial(scratch: Path, max_unpacked_bytes: int) -> ReaderTrial:
    """A trial in a process that says nothing: libraries in C complain of damaged files."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    return ReaderTrial(scratch, max_unpacked_bytes)


def _steps(reader: LocalReader, path: Path, layout: bool) -> Iterator[Callable[[], object]]:
    """The questions, one after another; those of pages only once the document is open."""
    opened: list[Any] = []
    yield lambda: opened.append(reader.open(path, reader.detect(path, None, path.name)))
    if not opened:
        return
    info = opened[0]
    for number in range(1, min(info.page_count, _MOST_PAGES) + 1):
        paged = info.parts[info.part_of(number)].paged
        yield from _of_page(reader, number, layout) if paged else _of_flow(reader, number)
        yield partial(reader.blanks, number)


def _of_page(reader: LocalReader, number: int, layout: bool) -> Iterator[Callable[[], object]]:
    yield partial(reader.page, number, layout)
    yield partial(reader.render, number, _SCALE)
    yield partial(reader.fields, number)
    yield partial(reader.inks, number)
    yield partial(reader.drawings, number)


def _of_flow(reader: LocalReader, number: int) -> Iterator[Callable[[], object]]:
    pages: list[Any] = []
    yield lambda: pages.append(reader.flow_page(number, FlowView()))
    yield partial(reader.flow_page, number, FlowView(tracked_changes=False, comments=False, charts=True))
    fragments = pages[0].fragments if pages else []
    figures = [index for index, one in enumerate(fragments) if one.fragment_type == "figure"]
    for index in figures[:_MOST_PICTURES]:
        yield partial(reader.picture, number, index)


def _described(error: BaseException) -> str:
    """The kind of an error and the way it came: the innermost places, of ours and of others."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__} at {' > '.join(places[-4:])}"


def _peak_bytes() -> int:
    """The most that this process held at once; macOS counts bytes, Linux kibibytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most << 10
