"""How well the angle of a page was measured, and what of its words a page keeps that leans."""

from __future__ import annotations

from benchmarks.scores.tally import Tally


def score_angle(true: float, found: float) -> float:
    """1 for the very angle, 0 for one that is a degree or more off."""
    return max(0.0, 1.0 - abs(true - found))


def words_kept(leaning: Tally, level: Tally) -> float:
    """1 - loss of word F1 of a page that leans, against the same page level; gains count, too."""
    return 1.0 + leaning.value - level.value
