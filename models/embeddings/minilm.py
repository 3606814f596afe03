"""Sentence embeddings by all-MiniLM-L6-v2 (Reimers and Gurevych 2019, Wang et al. 2020), stored in 8 bits."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import numpy as np

from models.base import Vectors
from models.embeddings.wordpiece import WordPiece
from models.runtime import Runtime
from models.weights import load

_DIMENSIONS = 384
_MOST_TOKENS = 256
"""What the model was made for."""
_BATCH_TOKENS = 2048
"""Texts that go together, padding included: bounds memory, and larger batches are no faster."""


class MiniLm:
    """English first; words of other languages count by their pieces. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._tokens = WordPiece(load("minilm-vocabulary").decode().splitlines())
        self._network = runtime.network(load("minilm"))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """``(texts, 384)``, each of length 1: the mean over a text's tokens, of which 256 are looked at."""
        vectors = np.zeros((len(texts), _DIMENSIONS), np.float32)
        with self._lock:
            rows = [self._tokens.tokens(text, _MOST_TOKENS) for text in texts]
            for batch in _batches([len(row) for row in rows]):
                tokens = np.zeros((len(batch), max(len(rows[i]) for i in batch)), np.int64)
                for place, i in enumerate(batch):
                    tokens[place, : len(rows[i])] = rows[i]
                vectors[batch] = self._network(tokens)[0]
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of like lengths, the shortest first: little is padded."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and (len(batch) + 1) * lengths[i] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
