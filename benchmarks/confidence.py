"""Fits the confidences of extracted values on drawn papers, and shows how they hold on documents.

``python -m benchmarks.confidence [EACH]`` draws so many papers of each kind, prints the weights that belong
into ``pipelines.extraction.confidence`` and the reliability of those that are there, on papers drawn with
another seed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.facts.confidence_drawn import drawn
from benchmarks.scores.alike import same
from models.base import Engines
from models.local import LocalEngines
from pipelines.extraction.confidence import SIGNS, confidence, signs
from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.grounding import Ground
from pipelines.extraction.targets import target_of
from pipelines.extraction.verdicts import Judge, verdicts
from schemas.options import Configuration, ParsingOptions, StructuredExtractionOptions
from schemas.settings import Settings
from workers.local import LocalParser

_SEEDS = ("confidences 1", "confidences 2")
_RIDGE = 0.5
"""How much large weights cost: few papers prove no certainty."""
_STEPS = 50
_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True, slots=True)
class Case:
    """A value that was found: the signs, how sure we are now, and whether it is right."""

    signs: tuple[float, ...]
    sure: float
    right: bool


def cases(seed: str, each: int, parser: LocalParser, engines: Engines) -> Iterator[Case]:
    """The values that the embedded reader finds on drawn papers."""
    words = Configuration(parsing_options=ParsingOptions(include_words=True))
    with tempfile.TemporaryDirectory() as folder:
        for paper in drawn(Path(folder), each, seed):
            evidence = Evidence.of([], parser.parse(paper.path, words).pages)
            target = target_of(paper.schema)
            asked = StructuredExtractionOptions(schema_name="drawn", json_schema=paper.schema)
            reading = EmbeddedReader(engines).read(target, evidence, asked)
            truth = {one.name: one for one in paper.truth}
            for verdict in verdicts(Judge(Ground.of(evidence)).judged(target, reading.found)):
                said = truth[verdict.name]
                right = any(same(said.kind, value, verdict.answer.value) for value in said.values)
                yield Case(signs(verdict), confidence(verdict, None), right)


def fitted(found: Sequence[Case]) -> list[float]:
    """The weights of a logistic regression with a ridge, by Newton's method."""
    rows = np.array([case.signs for case in found])
    right = np.array([case.right for case in found], float)
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        sure = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (right - sure) - _RIDGE * weights
        bend = (rows * (sure * (1 - sure))[:, None]).T @ rows + _RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return [round(float(weight), 2) for weight in weights]


def reliability(found: Iterable[tuple[float, bool]]) -> Iterator[tuple[float, float, int, float, float]]:
    """Of values by how sure we were: from, to, how many, how sure on average, the share that is right."""
    pairs = list(found)
    for low, high in pairwise(_EDGES):
        inside = [(sure, right) for sure, right in pairs if low <= sure < high]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            share = sum(right for _, right in inside) / len(inside)
            yield low, min(high, 1.0), len(inside), mean, share


def main() -> None:
    """Fits on one seed, checks on the other."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    engines = LocalEngines("cpu")
    with LocalParser(Settings()) as parser:
        first, second = (list(cases(seed, each, parser, engines)) for seed in _SEEDS)
    for name, weight in zip(SIGNS, fitted(first), strict=True):
        print(f"{name:10s} {weight:6.2f}")
    for low, high, count, mean, share in reliability((case.sure, case.right) for case in second):
        print(f"{low:.2f}–{high:.2f}  {count:5d} values  said {mean:.2f}  right {share:.2f}")


if __name__ == "__main__":
    main()
