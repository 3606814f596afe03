"""Bars in the terminal: what is being done, how much of it is done, at what pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


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
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[about]}"),
        )
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

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
    def bar(self, name: str) -> Iterator[Bar]:
        """A bar for the length of the block."""
        task = self._progress.add_task(escape(name), total=None, about="")
        try:
            yield Bar(self._progress, task, name)
        finally:
            self._progress.remove_task(task)
