"""How far work is: what a worker reports of the piece in its hands, and what a caller is told of the job."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from schemas.jobs import JobStatus, Timestamp


class Count(BaseModel):
    """So many of so many."""

    model_config = ConfigDict(frozen=True)

    done: int
    total: int


class Report(BaseModel):
    """How far a piece of a job is, or all of it.

    ``stage`` is what is done now, on ``page`` if it is done page by page; ``stages`` counts the pages that
    have come to each stage; ``steps`` are those of the stage, where it has some, ``answers`` those of models
    to the questions that it put. ``in_hand`` are the pages that are being read, with the stage each is in.
    ``pages_per_second`` is the pace of late; ``seconds_left`` goes by it.
    """

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)

    stage: str | None = None
    page: int | None = None
    pages_done: int = 0
    failed_pages: int = 0
    stages: dict[str, int] = {}
    in_hand: dict[int, str] = {}
    steps: Count | None = None
    answers: Count | None = None
    pages_per_second: float | None = None
    seconds_left: float | None = None

    def message(self, pages: int | None) -> str:
        """The report in words, for a person; ``pages``: how many were asked for."""
        counted = self.page is not None and pages is not None
        about = [f"{self.pages_done} of {pages} pages"] if counted else []
        about += self.counts()
        return f"{self.where} ({', '.join(about)})" if about else self.where

    @property
    def where(self) -> str:
        """What is being done, in words."""
        stage = self.stage or "reading"
        return stage if self.page is None else f"page {self.page}: {stage}"

    def counts(self) -> list[str]:
        """What is counted besides the pages that are done, in words."""
        words = [_of(self.steps)] if self.steps else []
        if self.answers:
            words.append(f"{_of(self.answers)} answers")
        if self.failed_pages:
            words.append(f"{self.failed_pages} failed")
        if self.pages_per_second:
            words.append(f"{self.pages_per_second:.3g} pages/s")
        if self.seconds_left is not None:
            words.append(f"about {duration(self.seconds_left)} left")
        return words


class ProgressAttributes(Report):
    """What is known of a job's progress; ``queue_position``: its place among its project's waiting work."""

    status: JobStatus
    queue_position: int | None = None


class JobProgress(BaseModel):
    """How far a job is: pages done of those asked for, in words, and all that is known of it."""

    current: int
    total: int | None
    message: str | None
    attributes: ProgressAttributes
    timestamp: Timestamp


def duration(seconds: float) -> str:
    """A length of time for people: ``40 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _of(count: Count) -> str:
    return f"{count.done} of {count.total}"


def report_of(stored: dict[str, Any] | None) -> Report:
    """The report that a row keeps; an empty one where it keeps none."""
    return Report.model_validate(stored or {})
