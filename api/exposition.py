"""The installation's numbers for Prometheus: what was counted, and how things stand, asked of the ledger."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.core import Metric as Family
from prometheus_client.registry import Collector

from schemas.queues import Queue
from workers.jobs.ledger.meters import Total
from workers.jobs.metering import METRICS, Counter, Histogram, Metric
from workers.jobs.services import Services

log = logging.getLogger(__name__)

_FRESH_SECONDS = 5.0
_SIZES_FRESH_SECONDS = 60.0
"""How long what was asked of the ledger is told again: many may look. Adding up all files takes longest."""


_Samples = dict[tuple[str, frozenset[str]], list[Total]]
"""By their names and those of their labels."""


class LedgerCollector(Collector):
    """The numbers of the ledger of ``services``; without a ledger, only that it does not answer."""

    def __init__(self, services: Callable[[], Services]) -> None:
        self._standing = _Kept(_FRESH_SECONDS, lambda: list(_standing(services())))
        self._sizes = _Kept(_SIZES_FRESH_SECONDS, lambda: list(_sizes(services())))

    def collect(self) -> Iterator[Family]:
        """See ``Collector``."""
        standing = self._standing()
        yield GaugeMetricFamily("octavo_ledger_up", "Whether the database answers.", standing is not None)
        if standing is not None:
            yield from standing
            yield from self._sizes() or ()


class _Kept:
    """What ``ask`` answered at most ``seconds`` ago, None if it failed. Of several who want it one asks."""

    def __init__(self, seconds: float, ask: Callable[[], list[Family]]) -> None:
        self._seconds, self._ask = seconds, ask
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._answer: list[Family] | None = None

    def __call__(self) -> list[Family] | None:
        with self._lock:
            if time.monotonic() - self._asked > self._seconds:
                try:
                    self._answer = self._ask()
                except Exception as error:
                    log.warning("no numbers of the ledger: %s", type(error).__name__)
                    self._answer = None
                self._asked = time.monotonic()
            return self._answer


def _standing(services: Services) -> Iterator[Family]:
    survey = services.survey
    yield _gauge("octavo_jobs", "Jobs that have not ended.", ("status",), survey.jobs().items())
    queues = survey.queues([queue for queue in Queue if queue is not Queue.NOTIFY])
    places = [(queue.queue, queue.lane.name.lower()) for queue in queues]
    for name, told, values in (
        ("waiting", "Pieces of work that wait.", [queue.waiting for queue in queues]),
        ("running", "Pieces of work in hand.", [queue.running for queue in queues]),
        ("oldest_seconds", "How long the next has waited.", [queue.oldest_seconds for queue in queues]),
    ):
        family = f"octavo_queue_{name}"
        yield _gauge(family, told, ("queue", "lane"), zip(places, values, strict=True))
    workers = services.workers.alive()
    yield GaugeMetricFamily("octavo_workers", "Workers that are alive.", len(workers))
    yield _gauge(
        "octavo_worker_memory_bytes",
        "Memory of a worker with its children.",
        ("worker",),
        ((worker.owner.rpartition("/")[0], worker.rss) for worker in workers),
    )
    endpoints = survey.endpoints().items()
    yield _gauge("octavo_webhook_endpoints", "Webhook endpoints, by how they do.", ("state",), endpoints)
    waiting = survey.deliveries_waiting()
    yield GaugeMetricFamily("octavo_webhook_deliveries_waiting", "Webhooks not yet delivered.", waiting)
    yield from _counted(services.meters.totals())


def _sizes(services: Services) -> Iterator[Family]:
    files, size = services.survey.stored()
    yield GaugeMetricFamily("octavo_stored_files", "Uploaded files.", files)
    yield GaugeMetricFamily("octavo_stored_file_bytes", "Bytes of uploaded files.", size)


def _gauge(
    name: str,
    told: str,
    labels: tuple[str, ...],
    values: Iterable[tuple[str | tuple[str, ...], float]],
) -> Family:
    family = GaugeMetricFamily(name, told, labels=labels)
    for place, value in values:
        family.add_metric((place,) if isinstance(place, str) else place, value)
    return family


def _counted(totals: Iterable[Total]) -> Iterator[Family]:
    """A family for each of ``METRICS``, counted or not; what another version counted is left out."""
    samples: _Samples = defaultdict(list)
    for total in totals:
        samples[total.name, frozenset(total.labels.keys() - {"le"})].append(total)
    for metric in METRICS:
        if isinstance(metric, Counter):
            yield _counter(metric, samples)
        elif isinstance(metric, Histogram):
            yield _histogram(metric, samples)
        else:
            yield _summary(metric, samples)


def _counter(metric: Metric, samples: _Samples) -> Family:
    family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    for total in samples[f"{metric.name}_total", frozenset(metric.labels)]:
        family.add_metric(_place(metric, total), total.value)
    return family


def _summary(metric: Metric, samples: _Samples) -> Family:
    counts = {
        _place(metric, total): total.value
        for total in samples[f"{metric.name}_count", frozenset(metric.labels)]
    }
    family = SummaryMetricFamily(metric.name, metric.help, labels=metric.labels)
    for total in samples[f"{metric.name}_sum", frozenset(metric.labels)]:
        place = _place(metric, total)
        family.add_metric(place, round(counts.get(place, 0)), total.value)
    return family


def _histogram(metric: Histogram, samples: _Samples) -> Family:
    """Each bucket of the ledger holds what is in none below; Prometheus' hold all below."""
    held: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for total in samples[f"{metric.name}_bucket", frozenset(metric.labels)]:
        held[_place(metric, total)][total.labels.get("le", "")] = total.value
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    for total in samples[f"{metric.name}_sum", frozenset(metric.labels)]:
        place = _place(metric, total)
        below = accumulate(held[place].get(bucket, 0.0) for bucket in metric.BUCKETS)
        family.add_metric(place, list(zip(metric.BUCKETS, below, strict=True)), total.value)
    return family


def _place(metric: Metric, total: Total) -> tuple[str, ...]:
    return tuple(total.labels[label] for label in metric.labels)
