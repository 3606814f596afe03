"""From a simulated day and counted costs: workers, transactions, rows, requests, and what breaks first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import msgspec

from benchmarks import store
from benchmarks.scale.counts import (
    DELETES,
    GETS,
    LISTS,
    NEW_ROWS,
    PUT_BYTES,
    PUTS,
    READS,
    ROWS,
    WRITES,
    Counts,
)
from benchmarks.scale.simulation import DAY, WINDOW, Costs, Day, Fleet, Load, share_below, simulate

_COUNTED = Path(__file__).with_name("counted.json")
_DIGITAL, _SCANNED = 1 / 2.04, 1 / 0.30
"""Processor seconds of a page, as ``benchmarks/RESULTS.md`` had them before there was a plan."""
_FIRST, _STEP = 0.8, 1.1
"""The first fleet that is tried has this share of what the busiest time takes; each other is larger."""
_MOST_TRIES = 24


@dataclass(frozen=True, slots=True)
class Limits:
    """What one of each takes, as its makers say or as is usual: assumptions, to be replaced by one's own.

    A second: write transactions of one Postgres primary with fast disks, PUTs below one prefix of S3, and
    commands of one Redis. Besides, connections to the database, and its rows before it should be in parts.
    """

    writes: float = 5_000.0
    puts: float = 3_500.0
    commands: float = 100_000.0
    rows: float = 100_000_000.0
    connections: float = 500.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole service at a load, by its busiest time where it says ``peak``.

    ``slots`` are processors that read and ``gpus`` cards; ``tables`` the rows that are there at once, with
    ``days`` of jobs kept.
    """

    pages_per_day: float
    jobs_per_day: float
    slots: int
    gpus: int
    utilisation: float
    small_p50: float
    small_p95: float
    all_p95: float
    most_waiting: int
    writes_peak: float
    reads_peak: float
    rows_per_day: float
    new_rows_per_day: float
    rows_kept: float
    puts_per_day: float
    gets_per_day: float
    deletes_per_day: float
    puts_peak: float
    bytes_per_day: float
    commands_peak: float
    broker_bytes: float
    connections: float
    days: float


def fleet_for(
    load: Load, costs: Costs, fleet: Fleet, goal: float, seed: int, seconds: float
) -> tuple[Fleet, Day]:
    """The smallest fleet, of sizes a tenth apart, whose small jobs end within ``goal`` seconds in 95 of 100.

    Cards are as many as are busy at the busiest time, and a fifth more.

    Raises:
        ValueError: none does, however large: reading such a job alone takes longer.
    """
    busiest = load.peak * load.pages_per_day / DAY
    cards = load.scans * costs.gpu_share
    digital, scanned = (1 - load.scans) * costs.digital, (load.scans - cards) * costs.scanned
    a_page = digital + scanned + costs.assembled + costs.job / load.pages_per_job
    least = max(1.0, load.pages_per_day / DAY * a_page)
    gpus = ceil(1.2 * busiest * cards * costs.gpu)
    for step in range(_MOST_TRIES):
        tried = replace(fleet, slots=ceil(_FIRST * load.peak * least * _STEP**step), gpus=gpus)
        day = simulate(load, costs, tried, seed, seconds)
        if share_below(day.small, 0.95) <= goal:
            return tried, day
    raise ValueError(f"no fleet ends small jobs within {goal:.0f} s: give the goal more time")


def plan(
    load: Load,
    fleet: Fleet,
    day: Day,
    counts: Mapping[str, Counts],
    broker: Mapping[str, float],
    *,
    cell: float = 1.0,
    polls: float = 10.0,
    days: float = 30.0,
    slots_per_worker: int = 8,
) -> Plan:
    """The plan for a whole day of a service of which ``cell`` was simulated, for the day or a part of it.

    ``polls``: looks of a client at a job's progress; ``days``: how long jobs are kept, each then deleted.
    """
    whole = load.pages_per_day / cell / max(1, day.submitted_pages)
    happened = {
        **dict.fromkeys(("upload", "submit", "result", "delete", "job"), day.jobs),
        "poll": polls * day.jobs,
        "shard": day.shards - day.jobs,  # one claim of each job is that of its assembly
        "window": day.windows,
        "renewal": day.busy + day.gpu_busy,  # about one a second of work
    }

    def a_day(kind: str) -> float:
        return whole * sum(times * counts[name][kind] for name, times in happened.items())

    peak = load.peak / DAY
    slots = ceil(fleet.slots / cell)
    rings = whole * (day.jobs + day.shards)
    return Plan(
        pages_per_day=whole * day.submitted_pages,
        jobs_per_day=whole * day.jobs,
        slots=slots,
        gpus=ceil(fleet.gpus / cell),
        utilisation=day.busy / fleet.slots / day.ended_at,
        small_p50=share_below(day.small, 0.5),
        small_p95=share_below(day.small, 0.95),
        all_p95=share_below(day.latencies, 0.95),
        most_waiting=ceil(day.most_waiting / cell),
        writes_peak=peak * a_day(WRITES),
        reads_peak=peak * a_day(READS),
        rows_per_day=a_day(ROWS),
        new_rows_per_day=a_day(NEW_ROWS),
        rows_kept=days * a_day(NEW_ROWS),
        puts_per_day=a_day(PUTS),
        gets_per_day=a_day(GETS),
        deletes_per_day=a_day(DELETES) + a_day(LISTS),
        puts_peak=peak * a_day(PUTS),
        bytes_per_day=whole * day.submitted_pages * counts["window"][PUT_BYTES] / WINDOW,
        commands_peak=peak * rings * broker["commands a ring"],
        broker_bytes=broker["most rings kept"] * broker["bytes a ring"],
        connections=ceil(slots / slots_per_worker) * (slots_per_worker + 2),
        days=days,
    )


def breaks_first(one: Plan, limits: Limits) -> list[tuple[str, float]]:
    """What reaches its limit at how many pages a day, the first first: everything grows with the pages."""
    used = {
        "write transactions of one Postgres primary": (one.writes_peak, limits.writes),
        "connections to it without a pooler": (one.connections, limits.connections),
        "rows of it that are kept, without partitions": (one.rows_kept, limits.rows),
        "PUTs below one prefix of S3": (one.puts_peak, limits.puts),
        "commands of one Redis": (one.commands_peak, limits.commands),
    }
    found = [(name, one.pages_per_day * limit / rate) for name, (rate, limit) in used.items() if rate]
    return sorted(found, key=lambda pair: pair[1])


def told(one: Plan, limits: Limits) -> list[str]:
    """The plan in lines."""
    lines = [
        f"{one.pages_per_day:,.0f} pages in {one.jobs_per_day:,.0f} jobs a day",
        f"{one.slots:,} processors that read, {one.utilisation:.0%} busy over the day, {one.gpus:,} cards;"
        f" at most {one.most_waiting:,} shards waited",
        f"jobs of at most ten pages end within {one.small_p50:.1f} s at the median and {one.small_p95:.1f} s"
        f" at the 95th percentile; all jobs within {one.all_p95:.0f} s there",
        f"Postgres: {one.writes_peak:,.0f} write transactions and {one.reads_peak:,.0f} reads a second at the"
        f" busiest time; {one.rows_per_day:,.0f} rows written a day, {one.new_rows_per_day:,.0f} of them new;"
        f" {one.rows_kept:,.0f} there with {one.days:.0f} days of jobs; {one.connections:,.0f} connections",
        f"S3: {one.puts_per_day:,.0f} PUTs, {one.gets_per_day:,.0f} GETs, {one.deletes_per_day:,.0f} deletes"
        f" and lists a day; {one.puts_peak:,.0f} PUTs a second at the busiest time;"
        f" {_bytes(one.bytes_per_day)} a day beside what is uploaded",
        f"Redis: {one.commands_peak:,.0f} commands a second at the busiest time,"
        f" {_bytes(one.broker_bytes)} of rings at most for each queue",
    ]
    order = breaks_first(one, limits)
    lines += [f"at its limit from {pages:,.0f} pages a day on: {name}" for name, pages in order]
    return lines


def known_counts() -> tuple[dict[str, Counts], dict[str, float]]:
    """The counts of a job's parts and of the broker: those of ``scale counts`` here, else of another day."""
    found = store.read_all("scale-counts") or [msgspec.json.decode(_COUNTED.read_bytes())]
    measured = found[0]["measured"]
    return measured["counts"], measured["broker"]


def known_costs() -> tuple[float, float]:
    """Processor seconds of a born-digital and of a scanned page: of ``speed`` here, else of another day."""
    paces = {
        pace["kind"]: pace["cpu_seconds"] / pace["pages"]
        for result in store.read_all("speed")
        for pace in result["paces"]
        if pace["engine"] == "octavo" and pace["pages"]
    }
    return paces.get("born-digital", _DIGITAL), paces.get("scanned", _SCANNED)


def _bytes(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            return f"{size:,.1f} {unit}"
        size /= 1024
    raise AssertionError
