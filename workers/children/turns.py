"""Many threads, one who answers: calls take turns in the order in which they came, like ones together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from schemas.errors import Interrupted
from workers import patience

_LOOK_EVERY_SECONDS = 1.0

Ask = Callable[[list[Any]], Sequence[Any]]


class _Call:
    """A thread's call: ``answer`` or ``error``, once it is ``done``."""

    __slots__ = ("answer", "done", "error", "item", "kind", "since")

    def __init__(self, kind: Hashable | None, item: Any) -> None:
        self.kind = kind
        self.item = item
        self.since = time.monotonic()
        self.done = False
        self.answer: Any = None
        self.error: BaseException | None = None


class Turns:
    """Takes one call after another, or up to ``most`` of one kind at once.

    What waits while another call is at work is taken together as it stands. Who finds nobody at work waits
    ``seconds`` for others of its kind, counted from when it came.
    """

    def __init__(self, most: int = 1, seconds: float = 0.0) -> None:
        self._most, self._seconds = most, seconds
        self._changed = threading.Condition()
        self._waiting: list[_Call] = []  # the oldest first
        self._busy = False  # somebody has the turn
        self._at_work = 0

    @property
    def load(self) -> int:
        """The calls that wait or are at work."""
        return len(self._waiting) + self._at_work

    def take(self, kind: Hashable | None, item: Any, ask: Ask) -> Any:
        """The answer for ``item``: what ``ask`` gives in its place of a list of items of one ``kind``.

        ``ask`` is the caller's own or that of another of the same kind. Where several items fail together,
        each is asked for by itself: nobody bears what another's did. What is of no kind goes alone.

        Raises:
            Interrupted: the work must stop before it was its turn.
        """
        call = _Call(kind, item)
        with self._changed:
            self._waiting.append(call)
            self._changed.notify_all()
        while True:
            batch = self._turn(call)
            if batch:
                self._do(batch, ask)
            if call.error is not None:
                raise call.error
            if call.done:
                return call.answer

    def _turn(self, call: _Call) -> list[_Call]:
        """Waits for its turn; the calls that are its to make then, none if another thread made it."""
        with self._changed:
            try:
                while not call.done and (self._busy or self._waiting[0] is not call):
                    if not self._changed.wait(_LOOK_EVERY_SECONDS):
                        patience.check()
            except BaseException:
                if call in self._waiting:
                    self._waiting.remove(call)
                    self._changed.notify_all()
                raise
            if call.done:
                return []
            self._busy = True
            if call.kind is not None and self._most > 1:
                left = call.since + self._seconds - time.monotonic()
                self._changed.wait_for(lambda: len(self._alike(call)) >= self._most, max(0.0, left))
            batch = self._alike(call)[: self._most]
            self._waiting = [other for other in self._waiting if other not in batch]
            self._at_work = len(batch)
            return batch

    def _alike(self, call: _Call) -> list[_Call]:
        """It and those that wait and may go with it."""
        if call.kind is None:
            return [call]
        return [other for other in self._waiting if other.kind == call.kind]

    def _do(self, batch: list[_Call], ask: Ask) -> None:
        """Makes the calls as one; the first is the caller's own."""
        own, *others = batch
        again: list[_Call] = []
        try:
            answers = ask([call.item for call in batch])
            for call, answer in zip(batch, answers, strict=True):
                call.answer, call.done = answer, True
        except BaseException as error:
            if not others or isinstance(error, Interrupted) or not isinstance(error, Exception):
                own.error = error
                again = others
            else:
                again = batch
        with self._changed:
            for call in again:
                call.kind = None
            self._waiting = again + self._waiting
            self._busy, self._at_work = False, 0
            self._changed.notify_all()
