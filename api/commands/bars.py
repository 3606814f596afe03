"""Bars in the terminal: what is being done, how much of it is done, at what pace."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Column

from schemas.pace import Pace
from schemas.progress import duration


class Bar:
    """One line of the terminal."""

    def __init__(self, progress: Progress, task: TaskID, name: str) -> None:
        self._progress, self._task, self._name = progress, task, name

    def show(self, done: int, total: int | None, doing: str = "", about: str = "") -> None:
        """So many are done of so many (None: not known yet); in words what is done and what is counted."""
        name = f"{self._name}: {doing}" if doing else self._name
        self._progress.update(
            self._task, completed=done, total=total, description=escape(name), about=escape(about)
        )


class Bars:
    """Bars while the block lasts, then gone; none where nobody looks on (no terminal)."""

    def __init__(self, console: Console) -> None:
        whole = {"no_wrap": True, "overflow": "ellipsis"}
        columns = (
            TextColumn("{task.description}", table_column=Column(ratio=3, **whole)),  # type: ignore[arg-type]
            BarColumn(bar_width=14),
            MofNCompleteColumn(),
            TextColumn("{task.fields[about]}", table_column=Column(ratio=2, **whole)),  # type: ignore[arg-type]
        )
        # What is written to standard output may go elsewhere than to the terminal: it is left alone.
        self._progress = Progress(
            *columns,
            console=console,
            transient=True,
            expand=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def refresh(self) -> None:
        """Draws them now; else that is done ten times a second."""
        self._progress.refresh()

    @contextmanager
    def away(self) -> Iterator[None]:
        """No bars while the block lasts: something is written where they are."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    @contextmanager
    def bar(self, name: str) -> Iterator[Bar]:
        """A bar for the length of the block."""
        task = self._progress.add_task(escape(name), total=None, about="")
        try:
            yield Bar(self._progress, task, name)
        finally:
            self._progress.remove_task(task)


class Overall:
    """How far ``documents`` are together, told by any number of threads."""

    def __init__(self, documents: int, pace: Pace | None = None) -> None:
        self._pace, self._lock = pace or Pace(), threading.Lock()
        self._documents, self.ended = documents, 0
        self._done: dict[Hashable, int] = {}
        self._pages: dict[Hashable, int] = {}

    @property
    def pages_done(self) -> int:
        """Pages that are read, of all documents."""
        return sum(self._done.values())

    def moved(self, document: Hashable, done: int, pages: int) -> None:
        """So many pages of a document are read, of so many; 0: not known yet."""
        with self._lock:
            more = done - self._done.get(document, 0)
            self._done[document] = done
            if pages:
                self._pages[document] = pages
            if more > 0:
                self._pace.count(more)

    def end(self, document: Hashable, pages: int) -> None:
        """Nothing more happens to a document, of which so many pages were read."""
        self.moved(document, pages, pages)
        with self._lock:
            self.ended += 1
            self._pages[document] = pages

    def about(self) -> str:
        """Pages a second, and the time left by the mean of the documents that are known."""
        with self._lock:
            rate, known = self._pace.per_second, len(self._pages)
            if not rate:
                return ""
            pages = sum(self._pages.values())
            whole = pages + (self._documents - known) * pages / known if known else 0
            left = max(0.0, whole - self.pages_done) / rate
        words = f"{rate:.3g} pages/s"
        return f"{words}, about {duration(left)} left" if self.ended < self._documents else words
