"""Batches: inputs of one shape together, and fewer of them where a graphics card is full."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

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


def halved(run: Callable[[Sequence[T]], Iterable[R]], items: Sequence[T], most: int) -> list[R]:
    """What ``run`` makes of ``items``, ``most`` at a time; half as many each time that the card is full.

    Raises:
        Exception: what ``run`` raises for other reasons, or of a single item for which there is no room.
    """
    made: list[R] = []
    while len(made) < len(items):
        batch = items[len(made) : len(made) + most]
        try:
            made.extend(run(batch))
        except Exception as error:
            if len(batch) == 1 or not says_full(error):
                raise
            most = len(batch) // 2
            log.info("the card has no room for %d at once: %d are tried", len(batch), most)
    return made


def by_shape(
    run: Callable[[NDArray[np.float32]], Iterable[R]], inputs: Sequence[NDArray[np.float32]], most: int
) -> list[R]:
    """What ``run`` makes of each input: those of one shape stacked, ``most`` at once or ``halved``."""
    alike: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for index, values in enumerate(inputs):
        alike[values.shape].append(index)

    def together(batch: Sequence[int]) -> Iterable[R]:
        # One alone is not copied: it may be a whole page.
        return run(np.stack([inputs[i] for i in batch]) if len(batch) > 1 else inputs[batch[0]][None])

    made = {
        index: answer
        for same in alike.values()
        for index, answer in zip(same, halved(together, same, most), strict=True)
    }
    return [made[index] for index in range(len(inputs))]
