"""A piece of work tells how far it is: page by page and stage by stage, at the pace of late."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from pipelines.work import DONE, FAILED
from schemas.pace import Pace
from schemas.progress import Count, Report
from workers.jobs.storable import storable


class Progress:
    """What is told of a piece of work, by any thread; ``moved`` is when that was last (``now``'s seconds).

    ``changes`` grows with everything told.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._pages, self._kept, self._done, self._failed = 0, 0, 0, 0
        self._stage: str | None = None
        self._page: int | None = None
        self._stages: Counter[str] = Counter()
        self._in_hand: dict[int, str] = {}
        self._steps: Count | None = None
        self._asked, self._answered = 0, 0
        self._pace, self._step_pace, self._answer_pace = Pace(now), Pace(now), Pace(now)
        self.changes = 0
        self.moved = now()

    def begin(self, pages: int) -> None:
        """Reading begins: so many pages."""
        with self._lock:
            self._pages = pages
            self._pace.start()
            self._note()

    def keep(self, pages: int, failed: int) -> None:
        """So many pages were read before, by this worker or another, so many of them in vain."""
        with self._lock:
            self._kept += pages
            self._done += pages
            self._failed += failed
            self._note()

    def page(self, number: int, stage: str) -> None:
        """A page comes to a stage, or is through: see ``RunContext.progress``."""
        with self._lock:
            if stage in (DONE, FAILED):
                self._done += 1
                self._failed += stage == FAILED
                self._pace.count()
                self._in_hand.pop(number, None)
            else:
                self._in_hand[number] = stage
                self._begin_stage(stage, number)
                self._stages[stage] += 1
            self._note()

    def tell(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """A stage of the whole document begins, or one of its steps: see ``RunContext.tell``."""
        with self._lock:
            self._begin_stage(storable(message), None)
            if done is None or total is None:
                self._steps = None
            else:
                if self._steps is None or self._steps.total != total or done == 0:
                    self._step_pace.start()
                elif done > self._steps.done:
                    self._step_pace.count(done - self._steps.done)
                self._steps = Count(done=done, total=total)
            self._note()

    def ask(self) -> None:
        """A question is put to a model elsewhere."""
        with self._lock:
            if not self._asked:
                self._answer_pace.start()
            self._asked += 1
            self._note()

    def answer(self) -> None:
        """Its answer is there, or will not come."""
        with self._lock:
            self._answered += 1
            self._answer_pace.count()
            self._note()

    def report(self) -> Report:
        """How far it is."""
        with self._lock:
            pace = self._pace.per_second
            return Report(
                stage=self._stage,
                page=self._page,
                pages_done=self._done,
                failed_pages=self._failed,
                stages={stage: count + self._kept for stage, count in self._stages.items()},
                in_hand=dict(self._in_hand),
                steps=self._steps,
                answers=Count(done=self._answered, total=self._asked) if self._asked else None,
                pages_per_second=pace if self._done < self._pages else None,
                seconds_left=self._seconds_left(pace),
            )

    def _seconds_left(self, pace: float | None) -> float | None:
        """Of the pages, or of the stage of the document, as far as that can be told."""
        if self._done < self._pages:
            return (self._pages - self._done) / pace if pace else None
        steps = self._steps.total - self._steps.done if self._steps else 1
        if self._asked:
            answers = self._answer_pace.per_second
            # The steps to come are taken to ask as much as this one.
            return (steps * self._asked - self._answered) / answers if answers else None
        step_pace = self._step_pace.per_second if self._steps else None
        return steps / step_pace if step_pace else None

    def _begin_stage(self, stage: str, page: int | None) -> None:
        if stage != self._stage:
            self._asked = self._answered = 0
        self._stage, self._page = stage, page

    def _note(self) -> None:
        self.changes += 1
        self.moved = self._now()
