"""Sentence embeddings by all-MiniLM-L6-v2 (Reimers and Gurevych 2019, Wang et al. 2020), stored in 8 bits."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from models.base import Vectors
from models.batches import halved
from models.embeddings.wordpiece import WordPiece
from models.runtime import Runtime
from models.weights import load

_DIMENSIONS = 384
_LENGTHS = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
"""Tokens that texts are filled up to; the last is what the model was made for. OpenVINO keeps a program for
each shape that it has met: few lengths, and powers of two of texts at a time, keep its memory bounded."""
_MOST_TEXTS, _MOST_TOKENS = 64, 2048
"""What goes together, padding included; more is no faster."""


class MiniLm:
    """English first; words of other languages count by their pieces. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._tokens = WordPiece(load("minilm-vocabulary").decode().splitlines())
        self._network = runtime.network(load("minilm"), exact=True)  # it is in 8 bits

    def embed(self, texts: Sequence[str]) -> Vectors:
        """``(texts, 384)``, each of length 1: the mean over a text's tokens, of which 256 are looked at."""
        vectors = np.zeros((len(texts), _DIMENSIONS), np.float32)
        with self._lock:
            rows = [self._tokens.tokens(text, _LENGTHS[-1]) for text in texts]
            for batch, length in _batches([len(row) for row in rows]):
                vectors[batch] = np.stack(halved(partial(self._embed, rows, length), batch, len(batch)))
        return vectors

    def _embed(self, rows: Sequence[Sequence[int]], length: int, batch: Sequence[int]) -> list[Vectors]:
        """The vectors of some texts, given as tokens, all filled up to one ``length``."""
        tokens = np.zeros((len(batch), length), np.int64)
        for place, i in enumerate(batch):
            tokens[place, : len(rows[i])] = rows[i]
        return list(self._network(tokens)[0])


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    """Indices of texts of like lengths, and the length that they are filled up to."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    for length, alike in groupby(order, lambda i: _LENGTHS[bisect_left(_LENGTHS, lengths[i])]):
        left = list(alike)
        while left:
            most = min(len(left), _MOST_TEXTS, _MOST_TOKENS // length)
            count = 1 << (most.bit_length() - 1)
            yield left[:count], length
            left = left[count:]
