"""What is counted for operators: collected in memory, and every few seconds added to the ledger's ``meters``.

There the numbers of all processes come together; ``api/routes/metrics.py`` shows them. ``METRICS`` is all
that is counted. Labels have few values: never an id, a project, or anything that a request may choose.
"""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

FLUSH_SECONDS = 5.0
"""How often a process tells the ledger; what one that is killed counted since is lost."""

Key = tuple[str, str]
"""The name of a number and its labels: JSON with sorted keys."""


class MeterStore(Protocol):
    """Where the sums are kept."""

    def add(self, amounts: Mapping[Key, float]) -> None:
        """Adds to each number."""
        ...


class Collector:
    """Amounts that wait to be added; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._amounts: dict[Key, float] = {}

    def add(self, name: str, labels: Mapping[str, str], amount: float) -> None:
        """Adds to a number."""
        self._add({(name, json.dumps(labels, sort_keys=True)): amount})

    def flush(self, store: MeterStore) -> None:
        """Adds everything to ``store``; if that fails it is kept for the next time."""
        amounts = self.take()
        try:
            store.add(amounts)
        except Exception:
            self._add(amounts)
            raise

    def take(self) -> dict[Key, float]:
        """What was collected, which is the caller's now."""
        with self._lock:
            amounts, self._amounts = self._amounts, {}
        return amounts

    def _add(self, amounts: Mapping[Key, float]) -> None:
        with self._lock:
            for key, amount in amounts.items():
                self._amounts[key] = self._amounts.get(key, 0.0) + amount


COLLECTED = Collector()
"""This process's."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number for each combination of ``labels``; ``name`` as Prometheus wants it, without ``_total``."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def _collect(self, sample: str, labels: Mapping[str, str], amount: float) -> None:
        COLLECTED.add(f"{self.name}_{sample}", labels, amount)


class Counter(Metric):
    """A number of things."""

    def add(self, amount: float = 1.0, **labels: str) -> None:
        """Counts ``amount`` more."""
        self._collect("total", labels, amount)


class Summary(Metric):
    """Seconds, and the number of things that took them."""

    def observe(self, seconds: float, **labels: str) -> None:
        """Counts one that took ``seconds``."""
        self._collect("sum", labels, seconds)
        self._collect("count", labels, 1.0)

    @contextmanager
    def time(self, **labels: str) -> Iterator[None]:
        """Counts the block, whether or not it fails."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - began, **labels)


class Histogram(Metric):
    """A summary that also tells how many took at most each of ``BOUNDS``, in seconds."""

    BOUNDS = (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400)
    BUCKETS = (*(f"{bound:.1f}" for bound in BOUNDS), "+Inf")

    def observe(self, seconds: float, **labels: str) -> None:
        """Counts one that took ``seconds``: in the lowest bucket that holds it, and in no other."""
        self._collect("sum", labels, seconds)
        self._collect("bucket", {**labels, "le": self.BUCKETS[bisect_left(self.BOUNDS, seconds)]}, 1.0)


JOBS = Counter("octavo_jobs_ended", "Jobs that ended.", ("type", "outcome"))
JOB_SECONDS = Histogram("octavo_job_seconds", "From a job's submit to its end.", ("type",))
JOB_WAIT_SECONDS = Histogram("octavo_job_wait_seconds", "From a job's submit to its begin.", ("type",))
PAGES = Counter("octavo_pages", "Pages read, again ones too.", ("format", "outcome"))
STAGE_SECONDS = Summary("octavo_stage_seconds", "Time in the stages of pages and documents.", ("stage",))
MODEL_SECONDS = Summary(
    "octavo_model_seconds", "Time that models on servers took to answer.", ("task", "model")
)
MODEL_FAILURES = Counter(
    "octavo_model_failures", "Questions that models on servers gave no answer to.", ("task", "model")
)
MODEL_TOKENS = Counter(
    "octavo_model_tokens", "Tokens that models on servers count.", ("task", "model", "direction")
)
SHARDS_LOST = Counter("octavo_shards_lost", "Pieces of work whose worker was lost.", ("queue",))
CHILDREN_LOST = Counter("octavo_children_lost", "Processes that were ended or died.", ("child", "cause"))
WEBHOOK_ATTEMPTS = Counter("octavo_webhook_attempts", "Attempts to deliver a webhook.", ("outcome",))
WEBHOOK_DELIVERIES = Counter(
    "octavo_webhook_deliveries_ended", "Webhooks delivered, and those given up.", ("outcome",)
)
AUDIT_LOST = Counter("octavo_audit_lost", "Entries of the audit log that could not be written.")
REFUSALS = Counter("octavo_refusals", "Requests refused with 429, by the limit.", ("limit",))

METRICS: tuple[Metric, ...] = (
    JOBS,
    JOB_SECONDS,
    JOB_WAIT_SECONDS,
    PAGES,
    STAGE_SECONDS,
    MODEL_SECONDS,
    MODEL_FAILURES,
    MODEL_TOKENS,
    SHARDS_LOST,
    CHILDREN_LOST,
    WEBHOOK_ATTEMPTS,
    WEBHOOK_DELIVERIES,
    AUDIT_LOST,
    REFUSALS,
)
