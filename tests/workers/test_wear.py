"""A worker is worn by what it did or what it holds."""

from __future__ import annotations

import pytest

from workers.wear import Wear


def test_so_many_pieces_wear_a_worker() -> None:
    wear = Wear(max_pieces=3, memory_bytes=0)
    assert [wear.worn_after(more) for more in (1, 1, 2, 1)] == [False, False, True, True]


@pytest.mark.parametrize(("memory_bytes", "worn"), [(1, True), (1 << 50, False), (0, False)])
def test_memory_wears_a_worker(memory_bytes: int, worn: bool) -> None:
    assert Wear(max_pieces=0, memory_bytes=memory_bytes).worn_after(1) is worn
