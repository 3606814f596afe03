"""Counts that add up over documents: what was right, what there was, and what was claimed."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

_Z = 1.959964
"""The normal quantile of a two-sided 95 % interval."""


class Tally(NamedTuple):
    """How two sides match: the sum of the matches, each 0 to 1, and the sizes of the two sides."""

    total: float
    true: int
    found: int

    @property
    def value(self) -> float:
        """``2 * total / (true + found)``: missed and invented things both cost; 1 where there is nothing."""
        return 2 * self.total / (self.true + self.found) if self.true + self.found else 1.0


def pool(tallies: Iterable[Tally]) -> Tally:
    """All of them as if of one document, so that each thing weighs the same."""
    known = list(tallies)
    return Tally(sum(t.total for t in known), sum(t.true for t in known), sum(t.found for t in known))


def wilson(passed: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share, for ``n`` trials that pass or fail (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    share, spread = passed / n, _Z * _Z / n
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)
