"""A child with models: it gets pictures and texts only, and stays for all documents."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from schemas.settings import Settings
from workers.children.child import Child, again_if_lost
from workers.children.turns import Turns
from workers.gpu import GpuRoom

log = logging.getLogger(__name__)


class ModelChild:
    """One long-lived child for all threads, which take turns; restarted when lost or grown too large.

    ``fresh`` starts one, ``room`` is the card's that its models load on. With ``turns`` of several calls at
    once, calls that came together are made as one.
    """

    def __init__(
        self, settings: Settings, room: GpuRoom, fresh: Callable[[], Child], turns: Turns | None = None
    ) -> None:
        self.settings = settings
        self._room, self._fresh = room, fresh
        self._turns = turns or Turns()
        self._child: Child | None = None
        self._closed = False

    @property
    def load(self) -> int:
        """The calls that wait or are at work."""
        return self._turns.load

    @property
    def started(self) -> bool:
        """Whether a child was started, and none closed it."""
        return self._child is not None

    def call(self, method: str, *arguments: Any) -> Any:
        """The answer of the child's ``method``.

        Raises:
            DocumentError: as the method itself raised it.
            ReaderLost: the child was lost again and again, or took too long.
            Interrupted: the work must stop; or the models are shut down.
        """
        return self._turns.take(None, arguments, lambda items: [self._ask(method, *items[0])])

    def together(self, method: str, for_many: str, item: Any, *same: Any) -> Any:
        """As ``call(method, item, *same)``; items that come together are one call of ``for_many``.

        It takes a list of items and what is the ``same`` for all, and gives a list of answers.
        """

        def ask(items: list[Any]) -> Sequence[Any]:
            if len(items) == 1:
                return [self._ask(method, items[0], *same)]
            answers: list[Any] = self._ask(for_many, items, *same)
            return answers

        return self._turns.take((method, *same), item, ask)

    def close(self) -> None:
        """Ends the child; a call in flight in another thread is ``Interrupted``."""
        self._closed = True
        if self._child is not None:
            self._child.kill()

    def _ask(self, method: str, *arguments: Any) -> Any:
        timeout = self.settings.page_timeout

        def ask() -> Any:
            if self._child is not None and self._child.alive:
                return self._child.call(method, *arguments, timeout=timeout)
            with self._room.turn():  # the models load with their first call
                self._child = self._fresh()
                return self._child.call(method, *arguments, timeout=timeout)

        answer = self._room.steadily(lambda: again_if_lost(ask, lambda: self._closed), self._drop)
        self._watch_memory()
        return answer

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill("memory")
            self._child = None

    def _watch_memory(self) -> None:
        if self._child is not None and self._child.memory() > self.settings.model_memory_bytes:
            log.info("the model child has grown past %d bytes", self.settings.model_memory_bytes)
            self._drop()
