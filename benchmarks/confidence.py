"""Fits the confidences of extracted values on drawn papers, and shows how they hold on others.

``python -m benchmarks.confidence [EACH]`` draws so many papers of each kind, two of three as PDFs and one as
a scan, and prints the weights that belong into ``pipelines.extraction.confidence``; then how those that are
there now hold on papers drawn with another seed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from benchmarks.confidence_papers import Case, Pages, Papers
from models.local import LocalEngines
from pipelines.extraction.confidence import SIGNS

_EACH = 4
_SEEDS = ("confidences 1", "confidences 2")
_RIDGE = 0.5
"""How much it costs that weights are far from what they are before any paper: few papers prove little."""
_BEFORE = np.array([-1.5 if sign == "unproven" else 0.0 for sign in SIGNS])
"""The reader hardly ever finds what does not stand in the document: nothing drawn shows how wrong that is."""
_STRANGE = 0.05
"""Papers of others look like none that was drawn: of what is right on these so much may be wrong there."""
_PRIOR = 10
"""So many values more of each method count as half right: sentences and labels of others are less plain."""
_LIMITS = {"score": (0, None), "rival": (None, 0), "free": (None, 0), "unproven": (None, 0)}
"""What speaks against a value never counts for it, though none of the drawn ones was wrong."""
_EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)

Vector = npt.NDArray[np.float64]
Told = tuple[float, bool]
"""How sure we were of a value, and whether it is right."""


def fitted(found: Sequence[Case]) -> tuple[float, ...]:
    """The weights of a logistic regression with a ridge, each with the sign that it must have."""
    methods = {case.method: [one.signs for one in found if one.method is case.method] for case in found}
    usual = [np.mean(signs, axis=0) for signs in methods.values()]
    rows = np.array([*(case.signs for case in found), *usual])
    wanted = np.array([*(case.right * (1 - _STRANGE) for case in found), *(0.5 for _ in usual)])
    counts = np.array([*(1 for _ in found), *(_PRIOR for _ in usual)])

    def loss(weights: Vector) -> tuple[float, Vector]:
        logits = rows @ weights
        costs = counts * (np.logaddexp(0, logits) - wanted * logits)
        slope = rows.T @ (counts * (expit(logits) - wanted)) + _RIDGE * (weights - _BEFORE)
        return float(costs.sum() + _RIDGE / 2 * np.square(weights - _BEFORE).sum()), slope

    limits = [_LIMITS.get(sign, (None, None)) for sign in SIGNS]
    best = minimize(loss, _BEFORE, jac=True, method="L-BFGS-B", bounds=limits)
    return tuple(round(float(weight), 2) + 0.0 for weight in best.x)


@dataclass(frozen=True, slots=True)
class Bin:
    """Values that we were about equally sure of: how sure on average, and the share that is right."""

    low: float
    high: float
    count: int
    said: float
    right: float


def reliability(found: Iterable[Told]) -> list[Bin]:
    """Values by how sure we were of them; bins without any are left out."""
    pairs = list(found)
    bins = []
    for low, high in pairwise(_EDGES):
        inside = [pair for pair in pairs if low <= pair[0] < high]
        if inside:
            said, right = (float(mean) for mean in np.mean(inside, axis=0))
            bins.append(Bin(low, min(high, 1.0), len(inside), said, right))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error of Guo et al., 2017: how far what was said is from what is right."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.said - one.right) for one in bins) / total if total else 0.0


def auroc(found: Iterable[Told]) -> float:
    """How often a right value is surer than a wrong one; nan where all are right, or all wrong."""
    pairs = list(found)
    right, wrong = ([sure for sure, is_right in pairs if is_right is one] for one in (True, False))
    return (
        float(np.mean([(a > b) + (a == b) / 2 for a, b in product(right, wrong)]))
        if right and wrong
        else np.nan
    )


def _show(name: str, found: Sequence[Case]) -> None:
    """A line on some values, and one on each bin of them."""
    told = [(case.sure, case.right) for case in found]
    said, right = np.mean(told, axis=0)
    bins = reliability(told)
    print(
        f"{name}: {len(told)} values, said {said:.2f}, right {right:.2f}, "
        f"calibration error {calibration_error(bins):.3f}, AUROC {auroc(told):.2f}"
    )
    for one in bins:
        print(f"  {one.low:.2f}–{one.high:.2f}  {one.count:5d}  said {one.said:.2f}  right {one.right:.2f}")


def main() -> None:
    """Fits on one seed, checks on the other."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else _EACH
    with Pages() as read:
        papers = Papers(LocalEngines("cpu"), read)
        first, second = (list(papers.cases(seed, each)) for seed in _SEEDS)
    print(f"fitted on {len(first)} values:\nSIGNS = {SIGNS}\nWEIGHTS = {fitted(first)}".replace("'", '"'))
    _show("all", second)
    for method in dict.fromkeys(case.method for case in second):
        _show(method.value, [case for case in second if case.method is method])


if __name__ == "__main__":
    main()
