"""Answers that are made in pieces: gathered in threads, so that small ones take one turn of a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from starlette.concurrency import run_in_threadpool

_LEAST_BYTES = 256 << 10


async def gathered(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes as ``pieces``, whose making may block, in larger pieces."""
    while True:
        piece, is_last = await run_in_threadpool(_gather, pieces)
        if piece:
            yield piece
        if is_last:
            return


def _gather(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= _LEAST_BYTES:
            return b"".join(taken), False
    return b"".join(taken), True
