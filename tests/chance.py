"""No chance in whose turn it is: tests that claim know what they get."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import pytest

from workers.jobs.ledger import shards
from workers.jobs.ledger.claims import Turns

T = TypeVar("T")


class NoChance(random.Random):
    """Always begins after the first project, and with the lowest lane."""

    def random(self) -> float:
        """The highest."""
        return 1.0

    def choice(self, seq: Sequence[T]) -> T:  # type: ignore[override]
        """The first."""
        return seq[0]


@pytest.fixture(autouse=True)
def no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever claims without a chance of its own has none."""
    monkeypatch.setattr(shards, "Turns", partial(Turns, NoChance()))
