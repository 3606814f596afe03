"""Are our scorers the published ones? The scores of opendataloader-bench, computed anew from its files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from benchmarks.scores.headings import mhs
from benchmarks.scores.markdown import tables
from benchmarks.scores.teds import joint_teds
from benchmarks.scores.text import nid

SET = "odl_bench_scorer"
TOLERANCE = 0.02


@dataclass(frozen=True, slots=True)
class Agreement:
    """The mean of one score of one engine, ours and the published one, over the same ``n`` documents."""

    engine: str
    score: str
    n: int
    ours: float
    published: float

    @property
    def holds(self) -> bool:
        """Whether the two are as close as the scorers must be."""
        return abs(self.ours - self.published) <= TOLERANCE


def agreements(folder: Path, limit: int | None = None) -> Iterator[Agreement]:
    """Each engine's three means over the documents whose truth and prediction are both there."""
    for evaluation in sorted(folder.glob("evaluation/*.json")):
        stored = json.loads(evaluation.read_text(encoding="utf-8"))["documents"]
        published = {document["document_id"]: document["scores"] for document in stored}
        pairs: dict[str, list[tuple[float, float]]] = {"nid": [], "teds": [], "mhs": []}
        for truth in sorted(folder.glob("ground-truth/*.md"))[:limit]:
            prediction = folder / "prediction" / evaluation.stem / truth.name
            if not prediction.exists() or truth.stem not in published:
                continue
            ours = scores(truth.read_text(encoding="utf-8"), prediction.read_text(encoding="utf-8"))
            for name, value in ours.items():
                theirs = published[truth.stem][name]
                if value is not None and theirs is not None:
                    pairs[name].append((value, theirs))
        for name, both in pairs.items():
            if both:
                ours_mean, published_mean = (fmean(column) for column in zip(*both, strict=True))
                yield Agreement(evaluation.stem, name, len(both), ours_mean, published_mean)


def scores(truth: str, prediction: str) -> dict[str, float | None]:
    """The three scores of one document, None where the truth has no text, table or heading."""
    return {
        "nid": nid(truth, prediction),
        "teds": joint_teds(tables(truth), tables(prediction)),
        "mhs": mhs(truth, prediction),
    }
