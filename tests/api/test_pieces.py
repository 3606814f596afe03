"""Answers in pieces: the same bytes, fewer turns of threads, errors where they happen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from api import pieces
from api.pieces import gathered


def test_small_pieces_come_together_and_large_ones_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_LEAST_BYTES", 4)
    assert _all(iter([b"a", b"", b"b"])) == [b"ab"]
    assert _all(iter([b"abcd", b"ef", b"ghi", b"j"])) == [b"abcd", b"efghi", b"j"]
    assert _all(iter([b"abcd", b"efgh"])) == [b"abcd", b"efgh"]
    assert _all(iter([])) == []


def test_they_are_made_in_another_thread() -> None:
    made_by: set[int] = set()

    def making() -> Iterator[bytes]:
        made_by.add(threading.get_ident())
        yield b"piece"

    assert _all(making()) == [b"piece"]
    assert made_by.isdisjoint({threading.get_ident()})


def test_what_fails_fails_after_what_was_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_LEAST_BYTES", 1)
    got: list[bytes] = []

    def making() -> Iterator[bytes]:
        yield b"first"
        raise OSError("the disk is gone")

    async def take() -> None:
        async for piece in gathered(making()):
            got.append(piece)  # noqa: PERF401 - an error must leave what came before it

    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(take())
    assert got == [b"first"]


def _all(made: Iterator[bytes]) -> list[bytes]:
    async def take() -> list[bytes]:
        return [piece async for piece in gathered(made)]

    return asyncio.run(take())
