"""What a run over a set came to: means, pooled counts, and both by the documents' kinds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TypeVar

from benchmarks.corpus import documents, sets
from benchmarks.facts.structure_drawn import SEED
from benchmarks.peers import ENGINES
from benchmarks.quality import CHECKS, Scored
from benchmarks.scores.detections import Detections, average_precision, presence, unmistaken
from benchmarks.scores.tally import Tally, pool, wilson

BY_KIND, LOWEST_KIND = ", by kind", ", lowest kind"
"""After a score's name: the mean of its means by kind, and the lowest of these."""
_RESAMPLES = 2000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a score over ``n`` documents with its 95 % bootstrap interval."""

    value: float
    n: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """A tally over a whole set of ``n`` documents, with the 95 % interval of its value."""

    value: float
    n: int
    low: float
    high: float
    total: float
    true: int
    found: int


@dataclass(frozen=True, slots=True)
class Kind:
    """The documents of one kind: how many an engine was asked for, and how many it gave text of.

    ``scores`` are means over those that have the score; ``seconds`` is the mean of a document's time.
    """

    asked: int
    read: int
    scores: dict[str, float]
    seconds: float


def means(scored: Iterable[Scored]) -> dict[str, Mean]:
    """The mean of each score over the documents that have it."""
    return {name: _mean(column) for name, column in _columns(scored).items()}


def _columns(scored: Iterable[Scored]) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for document in scored:
        for name, value in document.scores.items():
            values.setdefault(name, []).append(value)
    return values


def pooled(scored: Iterable[Scored]) -> dict[str, Pooled]:
    """Each tally over all documents that have it, as if of one document: each thing weighs the same."""
    columns: dict[str, list[Tally]] = {}
    for document in scored:
        for name, tally in document.tallies.items():
            columns.setdefault(name, []).append(tally)
    return {name: _pooled(name, column) for name, column in columns.items()}


def kinds(scored: Iterable[Scored]) -> dict[str, Kind]:
    """The documents by their kinds, each kind by itself."""
    groups: dict[str, list[Scored]] = {}
    for document in scored:
        groups.setdefault(document.kind, []).append(document)
    return {kind: _kind(group) for kind, group in sorted(groups.items())}


def _kind(group: Sequence[Scored]) -> Kind:
    return Kind(
        asked=len(group),
        read=sum(document.read for document in group),
        scores={name: fmean(column) for name, column in _columns(group).items()},
        seconds=fmean(document.seconds for document in group),
    )


def over_kinds(scored: Sequence[Scored], score: str) -> dict[str, Mean]:
    """The mean of a score's means by kind, each kind weighing the same, and the lowest of these means.

    Their ``n`` counts kinds.
    """
    pairs = [(document.kind, document.scores[score]) for document in scored if score in document.scores]

    def mean(drawn: Sequence[tuple[str, float]]) -> float:
        return fmean(_by_kind(drawn).values())

    def lowest(drawn: Sequence[tuple[str, float]]) -> float:
        return min(_by_kind(drawn).values())

    n = len(_by_kind(pairs))
    return {
        score + BY_KIND: Mean(mean(pairs), n, *interval(pairs, mean)),
        score + LOWEST_KIND: Mean(lowest(pairs), n, *interval(pairs, lowest)),
    }


def _by_kind(pairs: Sequence[tuple[str, float]]) -> dict[str, float]:
    columns: dict[str, list[float]] = {}
    for kind, value in pairs:
        columns.setdefault(kind, []).append(value)
    return {kind: fmean(column) for kind, column in columns.items()}


_DETECTION: dict[str, Callable[[Sequence[Detections]], float]] = {
    "AP": average_precision,
    "presence": presence,
    "unmistaken": unmistaken,
}


def detected(scored: Iterable[Scored]) -> dict[str, Pooled]:
    """The scores that only a whole set has, of what is detected with more or less certainty."""
    seen = [document.seen for document in scored if document.seen is not None]
    if not seen:
        return {}
    true, found = sum(one.true for one in seen), sum(len(one.found) for one in seen)
    right = sum(len(one.found) - one.false for one in seen)
    return {
        name: Pooled(score(seen), len(seen), *interval(seen, score), right, true, found)
        for name, score in _DETECTION.items()
        if true or score is unmistaken
    }


def _pooled(name: str, column: Sequence[Tally]) -> Pooled:
    whole = pool(column)
    if name.startswith(CHECKS):
        low, high = wilson(whole.total, whole.true)
    else:
        low, high = interval(column, lambda drawn: pool(drawn).value)
    return Pooled(whole.value, len(column), low, high, *whole)


def _mean(values: Sequence[float]) -> Mean:
    low, high = interval(values, fmean)
    return Mean(fmean(values), len(values), low, high)


def interval(
    values: Sequence[_T], statistic: Callable[[Sequence[_T]], float], share: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic (Efron 1979); seeded, so that it can be repeated."""
    dice = random.Random(len(values))
    resampled = sorted(statistic(dice.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    cut = round((1 - share) / 2 * _RESAMPLES)
    return resampled[cut], resampled[-1 - cut]


def record(set_name: str, engine: str, scored: Sequence[Scored]) -> dict[str, object]:
    """The result as it is stored."""
    known = means(scored)
    parts: dict[str, object] = {}
    if sets()[set_name].by_kind:
        for score in list(known):
            known |= over_kinds(scored, score)
        parts["kinds"] = {name: asdict(kind) for name, kind in kinds(scored).items()}
        parts["not_read"] = not_read(set_name, engine)
    return {
        "set": set_name,
        "engine": engine,
        **({"seed": SEED} if sets()[set_name].fresh else {}),
        "means": {name: asdict(mean) for name, mean in known.items()},
        "pooled": {name: asdict(value) for name, value in (pooled(scored) | detected(scored)).items()},
        "failed": sum(document.error is not None for document in scored),
        "seconds": sum(document.seconds for document in scored),
        "cpu_seconds": sum(document.cpu_seconds for document in scored),
        "documents": [asdict(document) for document in scored],
        **parts,
    }


def not_read(set_name: str, engine: str) -> list[str]:
    """The kinds of a set none of whose documents an engine is asked for."""
    asked = {d.kind: False for d in documents(set_name)}
    for document in documents(set_name):
        asked[document.kind] |= sets()[set_name].anything or ENGINES[engine].reads(document.path)
    return [kind for kind, is_asked in asked.items() if not is_asked]
