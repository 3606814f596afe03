"""A graphics card that is full: which errors say so, and smaller batches, which it may have room for."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")

# ONNX Runtime, cuBLAS and cuDNN raise errors of no kind of their own: only their words tell.
_SAYS_FULL = re.compile(
    r"out of memory|cudaErrorMemoryAllocation|_STATUS_ALLOC_FAILED|Failed to allocate memory", re.IGNORECASE
)


def says_full(error: BaseException | None) -> bool:
    """Whether an error of ONNX Runtime or torch says that the card has no memory left."""
    kind = type(error).__name__  # torch's own, which need not be installed
    return kind == "OutOfMemoryError" or (error is not None and bool(_SAYS_FULL.search(str(error))))


def halved(run: Callable[[Sequence[T]], Sequence[R]], items: Sequence[T], most: int) -> list[R]:
    """What ``run`` makes of ``items``, ``most`` at a time; half as many each time that the card is full.

    Raises:
        Exception: what ``run`` raises for other reasons, or of a single item for which there is no room.
    """
    made: list[R] = []
    while len(made) < len(items):
        batch = items[len(made) : len(made) + most]
        try:
            made += run(batch)
        except Exception as error:
            if len(batch) == 1 or not says_full(error):
                raise
            most = len(batch) // 2
            log.info("the card has no room for %d at once: %d are tried", len(batch), most)
    return made
