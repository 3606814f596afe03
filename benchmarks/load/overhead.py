"""What the service adds to the work on a small document: from the submit to the last byte of its result.

One job at a time, as the SDK does it: a submit, then the job's event stream to its end. The service's spans
say when its steps were. What is left beside the pipeline (reader, engines, assembling) is overhead.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx
import psutil

from benchmarks.load.spans import Spans, Step, receiving_spans
from benchmarks.load.watch import Answers, running
from benchmarks.servers import Postgres, Redis
from benchmarks.service import Service, pdf, role, submit, upload

KINDS = ("text", "PDF")
GROUNDS = ("sqlite", "services")

_TEXT = "The quick brown fox jumps over the lazy dog near the river bank at dawn. " * 8
_WARM = 5
_NOT_THE_PIPELINE = frozenset({"fetch"})
"""Stages that are the service's own."""


@dataclass(frozen=True, slots=True)
class Overhead:
    """Jobs of one page, one after another. ``parts`` are what ``overhead`` is made of, in their order.

    ``whole``: from the submit to the last byte of the result; ``pipeline``: of that the pipeline's own.
    ``cpu_ms``: of each role's processes for a job, the pipeline's computing included.
    """

    kind: str
    jobs: int
    whole: Answers
    pipeline: Answers
    overhead: Answers
    parts: dict[str, Answers]
    cpu_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A job as its client saw it: seconds since the epoch."""

    job: str
    began: float
    answered: float
    told: float
    ended: float


def measure(on: str, jobs: int, tell: Callable[[str], None]) -> list[Overhead]:
    """Asks for ``jobs`` documents of each kind, of a service with SQLite or on ``services``.

    Raises:
        RuntimeError: a job did not end well, or the service sent no spans.
    """
    with receiving_spans() as spans, _ground(on) as ground:
        environment = {"OCTAVO_LOG_LEVEL": "WARNING", **spans.environment, **ground}
        with running(environment) as service, service.client() as client:
            done = []
            for kind in KINDS:
                tell(f"{jobs} jobs, {kind}")
                done.append(_measured(service, client, spans, kind, jobs))
            return done


@contextmanager
def _ground(on: str) -> Iterator[dict[str, str]]:
    """The settings by which a service stands on Postgres and Redis; none for SQLite and its own broker."""
    if on == "sqlite":
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="octavo-overhead-") as folder:
        postgres, redis = Postgres(Path(folder)), Redis()
        try:
            yield {
                "OCTAVO_DATABASE_URL": postgres.new_database(),
                "OCTAVO_BROKER_URL": f"{redis.url}/0",
            }
        finally:
            redis.stop()
            postgres.stop()


def _measured(service: Service, client: httpx.Client, spans: Spans, kind: str, jobs: int) -> Overhead:
    body = (
        {"raw_text": _TEXT, "mime_type": "text/plain"}
        if kind == "text"
        else {"file_id": upload(client, pdf([_TEXT]))}
    )
    for _ in range(_WARM):
        _one(client, body)
    before = _cpu(service)
    asked = [_one(client, body) for _ in range(jobs)]
    after = _cpu(service)
    ids = [one.job for one in asked]
    read, assembled = (spans.of_jobs(ids, f"work on {kind}") for kind in ("pages", "assemble"))
    split = [_split(one, read[one.job], assembled[one.job], spans) for one in asked]
    names = list(split[0][1])
    return Overhead(
        kind=kind,
        jobs=jobs,
        whole=Answers.of([one.ended - one.began for one in asked]),
        pipeline=Answers.of([pipeline for pipeline, _ in split]),
        overhead=Answers.of([sum(parts.values()) for _, parts in split]),
        parts={name: Answers.of([parts[name] for _, parts in split]) for name in names},
        cpu_ms={name: 1000 * (after[name] - before[name]) / jobs for name in sorted(after)},
    )


def _one(client: httpx.Client, body: Mapping[str, object]) -> _Asked:
    """One job to the last byte of its result."""
    began = time.time()
    job = submit(client, **body)
    answered, told = time.time(), 0.0
    with client.stream("GET", f"parse/{job}", headers={"Accept": "text/event-stream"}) as answer:
        for line in answer.iter_lines():
            if line == "event: parse_failed":
                raise RuntimeError("a job of the benchmark failed")
            if line == "event: parse_done":
                told = time.time()
    ended = time.time()
    if not told:
        raise RuntimeError("a stream ended before its job")
    return _Asked(job, began, answered, told, ended)


def _split(asked: _Asked, read: Step, assembled: Step, spans: Spans) -> tuple[float, dict[str, float]]:
    """The pipeline's seconds, and those of each part beside them; together they are all of the job's."""
    moments = {
        "submit answered": asked.answered,
        "picked up": read.began,
        "read": read.ended,
        "assembly picked up": assembled.began,
        "assembled and stored": assembled.ended,
        "told": asked.told,
        "fetched": asked.ended,
    }
    # A worker may begin before the submit is answered: what comes later ends what came before.
    ends = list(moments.values())
    ends = [min(ends[n:]) for n in range(len(ends))]
    parts = {
        name: later - earlier
        for name, (earlier, later) in zip(moments, pairwise([asked.began, *ends]), strict=True)
    }
    seconds = {
        name: _pipeline(spans.below(step))
        for name, step in (("read", read), ("assembled and stored", assembled))
    }
    for name, own in seconds.items():
        parts[name] -= own
    return sum(seconds.values()), parts


def _pipeline(steps: Iterable[Step]) -> float:
    """Seconds in which a stage of the pipeline was at work."""
    spent, until = 0.0, 0.0
    for step in sorted(steps, key=lambda step: step.began):
        if step.name not in _NOT_THE_PIPELINE:
            spent += max(0.0, step.ended - max(step.began, until))
            until = max(until, step.ended)
    return spent


def _cpu(service: Service) -> Mapping[str, float]:
    """Processor seconds of each role so far, those of children that have ended included."""
    seconds: dict[str, float] = {}
    for process in service.tree():
        with suppress(psutil.Error):
            name = role(process)
            seconds[name] = seconds.get(name, 0.0) + sum(process.cpu_times()[:4])
    return seconds


def told(done: Sequence[Overhead], on: str) -> list[str]:
    """What was measured, in lines."""
    ground = {"sqlite": "SQLite and its own broker", "services": "Postgres and Redis"}[on]
    lines = []
    for one in done:
        lines += [
            f"{one.jobs} jobs one at a time on {ground}, {one.kind} of one page:"
            f" {_ms(one.whole)} from the submit"
            f" to the last byte of the result, {_ms(one.pipeline)} of them the pipeline's,"
            f" **{_ms(one.overhead)} the service's**",
            f"{one.kind}: " + ", ".join(f"{name} {_ms(part)}" for name, part in one.parts.items()),
            f"{one.kind}, processor ms a job: "
            + ", ".join(f"{name} {ms:.0f}" for name, ms in one.cpu_ms.items()),
        ]
    return lines


def _ms(answers: Answers) -> str:
    return f"{answers.median_ms:.0f} ms (99th percentile {answers.p99_ms:.0f})"
