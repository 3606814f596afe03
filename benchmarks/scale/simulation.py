"""A day of a service with many workers, event by event (SimPy): jobs come, wait, are read, and end.

What is modelled: arrivals with a busy and a quiet time, jobs of all sizes, shards that wait in one queue for
the slots of workers, windows that are kept, workers that die and whose shards wait for their lease, assembly
after the last shard. What is not: turns of projects (the queue is served by age), and a database that grows
slow; how much it would have to do is told by ``benchmarks.scale.plan``.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy

DAY = 86_400.0
SHARD, WINDOW = 64, 8
"""Pages of a shard and of a window: ``OCTAVO_SHARD_PAGES`` and ``OCTAVO_PAGE_WINDOW``."""

Process = Generator[Any, Any, None]


@dataclass(frozen=True, slots=True)
class Load:
    """What comes. ``sizes``: pages of a job, and the share of such jobs; ``scans``: the share of pictures.

    ``peak``: the busiest time to the mean, 1 to 2.
    """

    pages_per_day: float
    peak: float = 2.0
    scans: float = 0.3
    sizes: tuple[tuple[int, float], ...] = ((1, 0.5), (3, 0.25), (12, 0.17), (60, 0.07), (500, 0.01))

    @property
    def pages_per_job(self) -> float:
        """The mean."""
        return sum(pages * share for pages, share in self.sizes) / sum(share for _, share in self.sizes)

    def rate(self, at: float) -> float:
        """Jobs a second at a time of the day: least at its begin and end, most at noon."""
        mean = self.pages_per_day / self.pages_per_job / DAY
        return mean * (1 - (self.peak - 1) * math.cos(2 * math.pi * at / DAY))


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of one processor for a page of each kind, for its putting together, and for a job besides.

    ``gpu``: seconds of a card for a scanned page, of the share ``gpu_share`` of scanned jobs.
    """

    digital: float
    scanned: float
    assembled: float = 0.006
    job: float = 0.1
    gpu: float = 0.1
    gpu_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Who works. ``slots``: processors that read; ``gpus``: cards. Each slot dies ``deaths`` times a day.

    It is back after ``restart`` seconds; what it had in hand waits until ``lease`` seconds are over.
    """

    slots: int
    gpus: int = 0
    deaths: float = 0.1
    restart: float = 20.0
    lease: float = 60.0


@dataclass(slots=True)
class Day:
    """What happened. ``shards`` counts claims; ``windows`` those that were read, again or not.

    ``waited``: seconds of shards until they were claimed; ``latencies`` of jobs from submit to end, ``small``
    of those of at most ten pages. ``backlog`` is the integral of the number of waiting shards over time.
    """

    submitted_pages: int = 0
    ended_pages: int = 0
    jobs: int = 0
    shards: int = 0
    windows: int = 0
    windows_again: int = 0
    deaths: int = 0
    busy: float = 0.0
    gpu_busy: float = 0.0
    ended_at: float = 0.0
    backlog: float = 0.0
    most_waiting: int = 0
    waited: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    small: list[float] = field(default_factory=list)


def simulate(load: Load, costs: Costs, fleet: Fleet, seed: int, seconds: float = DAY) -> Day:
    """Jobs that come in the ``seconds`` around noon, all to their end. The seed decides all chance."""
    return _Service(load, costs, fleet, Random(seed)).run(seconds)


def share_below(seconds: Sequence[float], share: float) -> float:
    """The value that the given share of all is not above; 0 of none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Service:
    def __init__(self, load: Load, costs: Costs, fleet: Fleet, chance: Random) -> None:
        self._load, self._costs, self._fleet, self._chance = load, costs, fleet, chance
        self._env = simpy.Environment()
        self._slots = simpy.Resource(self._env, fleet.slots)
        self._gpus = simpy.Resource(self._env, fleet.gpus) if fleet.gpus else None
        self._day = Day()
        self._waiting, self._since = 0, 0.0

    def run(self, seconds: float) -> Day:
        self._env.process(self._arrivals(seconds))
        self._env.run()
        self._day.ended_at = self._env.now
        return self._day

    def _arrivals(self, until: float) -> Process:
        """A Poisson process whose rate goes with the day: drawn at the highest rate, and thinned."""
        begin = (DAY - until) / 2
        highest = max(self._load.rate(at * DAY / 96) for at in range(97))
        sizes, shares = zip(*self._load.sizes, strict=True)
        while True:
            yield self._env.timeout(self._chance.expovariate(highest))
            if self._env.now >= until:
                return
            if self._chance.random() * highest <= self._load.rate(begin + self._env.now):
                (pages,) = self._chance.choices(sizes, shares)
                self._env.process(self._job(pages, scanned=self._chance.random() < self._load.scans))

    def _job(self, pages: int, *, scanned: bool) -> Process:
        began = self._env.now
        self._day.jobs += 1
        self._day.submitted_pages += pages
        on_gpu = scanned and self._gpus is not None and self._chance.random() < self._costs.gpu_share
        seconds = self._costs.gpu if on_gpu else self._costs.scanned if scanned else self._costs.digital
        parts = [min(SHARD, pages - first) for first in range(0, pages, SHARD)]
        read = [self._env.process(self._shard(part, seconds, on_gpu=on_gpu)) for part in parts]
        yield self._env.all_of(read)
        last = self._costs.job + self._costs.assembled * pages
        yield self._env.process(self._claimed(self._slots, last))
        self._day.ended_pages += pages
        self._day.latencies.append(self._env.now - began)
        if pages <= 10:
            self._day.small.append(self._env.now - began)

    def _shard(self, pages: int, seconds: float, *, on_gpu: bool) -> Process:
        """Reads the pages window by window; after a death another slot goes on with what was not kept."""
        pool = self._gpus if on_gpu and self._gpus else self._slots
        left = pages
        while left:
            with (yield from self._claim(pool)):
                alive = self._chance.expovariate(self._fleet.deaths / DAY) if self._fleet.deaths else math.inf
                worked = min(alive, left * seconds)
                yield self._env.timeout(worked)
                self._count_busy(worked, on_gpu=on_gpu)
                died = alive < left * seconds
                kept = int(worked / seconds / WINDOW) * WINDOW if died else left
                self._day.windows += math.ceil(kept / WINDOW) + died
                left -= kept
                if died:
                    self._day.deaths += 1
                    self._day.windows_again += 1
                    yield self._env.timeout(self._fleet.restart)
            if left:
                yield self._env.timeout(max(0.0, self._fleet.lease - self._fleet.restart))

    def _claimed(self, pool: simpy.Resource, seconds: float) -> Process:
        with (yield from self._claim(pool)):
            yield self._env.timeout(seconds)
            self._count_busy(seconds, on_gpu=False)

    def _claim(self, pool: simpy.Resource) -> Generator[Any, Any, Any]:
        began = self._env.now
        self._count_waiting(1)
        request = pool.request()
        yield request
        self._count_waiting(-1)
        self._day.shards += 1
        self._day.waited.append(self._env.now - began)
        return request

    def _count_busy(self, seconds: float, *, on_gpu: bool) -> None:
        if on_gpu:
            self._day.gpu_busy += seconds
        else:
            self._day.busy += seconds

    def _count_waiting(self, change: int) -> None:
        self._day.backlog += self._waiting * (self._env.now - self._since)
        self._since = self._env.now
        self._waiting += change
        self._day.most_waiting = max(self._day.most_waiting, self._waiting)
