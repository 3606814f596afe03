"""Quality: every document of a set read by every engine, scored against its truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.corpus import Document, Truth, documents
from benchmarks.peers import ENGINES
from benchmarks.process import EngineProcess, Outcome
from benchmarks.scores.headings import mhs
from benchmarks.scores.markdown import tables
from benchmarks.scores.order import score_blocks
from benchmarks.scores.teds import TableScore, score_tables
from benchmarks.scores.text import nid, text_similarity

_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Scored:
    """One document as one engine read it. Scores are similarities, 0 to 1; absent where nothing is known."""

    name: str
    kind: str
    seconds: float
    cpu_seconds: float
    error: str | None
    scores: dict[str, float]
    tables: TableScore | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a score over ``n`` documents with its 95 % bootstrap interval."""

    value: float
    n: int
    low: float
    high: float


def score(truth: Truth, markdown: str) -> dict[str, float]:
    """Every score of the text that the truth allows, as similarities: text, order, nid, headings."""
    found: dict[str, float | None] = {}
    if truth.blocks is not None:
        blocks = score_blocks(truth.blocks, markdown)
        found["text"] = 1.0 - blocks.text
        found["order"] = None if blocks.order is None else 1.0 - blocks.order
    elif truth.markdown is not None:
        found["text"] = text_similarity(truth.markdown, markdown)
        found["nid"] = nid(truth.markdown, markdown)
    if truth.markdown is not None and truth.silver:
        found["headings"] = mhs(truth.markdown, markdown)
    return {name: value for name, value in found.items() if value is not None}


def score_best_tables(truth: Truth, markdown: str) -> TableScore | None:
    """The tables against the accepted reading that they fit best; None where no table is known."""
    if truth.tables is None or not any(truth.tables):
        return None
    found = tables(markdown)
    return max((score_tables(reading, found) for reading in truth.tables), key=lambda table: table.value)


def judge(document: Document, outcome: Outcome) -> Scored:
    """The scores of an outcome; a failed reading scores as an empty one does."""
    truth = document.truth()
    scores = score(truth, outcome.markdown)
    table_score = score_best_tables(truth, outcome.markdown)
    if table_score:
        scores["tables"] = table_score.value
    return Scored(
        document.name,
        document.kind,
        outcome.seconds,
        outcome.cpu_seconds,
        outcome.error,
        scores,
        table_score,
    )


def run(
    set_name: str,
    engine: str,
    *,
    limit: int | None,
    seconds: float,
    keep: Path | None,
    tell: Callable[[Scored], None],
) -> list[Scored]:
    """Reads and scores the documents that the engine claims to read; ``keep`` is a folder for the Markdown.

    Raises:
        EngineStartError: the engine does not start.
    """
    chosen = [d for d in documents(set_name, limit) if ENGINES[engine].reads(d.path)]
    scored: list[Scored] = []
    if not chosen:
        return scored
    with EngineProcess(engine, seconds, keep / "engine.log" if keep else None) as process:
        for document in chosen:
            outcome = process.read(document.path)
            if keep:
                (keep / f"{document.name}.md").write_text(outcome.markdown, encoding="utf-8")
            scored.append(judge(document, outcome))
            tell(scored[-1])
    return scored


def means(scored: Iterable[Scored]) -> dict[str, Mean]:
    """The mean of each score over the documents that have it."""
    values: dict[str, list[float]] = {}
    for document in scored:
        for name, value in document.scores.items():
            values.setdefault(name, []).append(value)
    return {name: _mean(column) for name, column in values.items()}


def pooled(scored: Iterable[Scored]) -> TableScore:
    """All tables of a set as if of one document, so that each table weighs the same."""
    known = [document.tables for document in scored if document.tables]
    return TableScore(sum(t.total for t in known), sum(t.true for t in known), sum(t.found for t in known))


def _mean(values: Sequence[float]) -> Mean:
    low, high = interval(values)
    return Mean(fmean(values), len(values), low, high)


def interval(values: Sequence[float], share: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron 1979); seeded, so that it can be repeated."""
    dice = random.Random(len(values))
    resampled = sorted(fmean(dice.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    cut = round((1 - share) / 2 * _RESAMPLES)
    return resampled[cut], resampled[-1 - cut]


def record(set_name: str, engine: str, scored: Sequence[Scored]) -> dict[str, object]:
    """The result as it is stored."""
    return {
        "set": set_name,
        "engine": engine,
        "means": {name: asdict(mean) for name, mean in means(scored).items()},
        "pooled_tables": pooled(scored)._asdict() | {"value": pooled(scored).value},
        "failed": sum(document.error is not None for document in scored),
        "seconds": sum(document.seconds for document in scored),
        "cpu_seconds": sum(document.cpu_seconds for document in scored),
        "documents": [asdict(document) for document in scored],
    }
