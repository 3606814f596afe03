"""Sentence embeddings without a download: all-MiniLM-L6-v2, whose weights come with Octavo.

It knows English best and looks at the first 256 tokens of a text, so chunks of about 200 suit it. To use
another, give ``embed`` another body, such as this for any server that speaks OpenAI's API::

    answer = OpenAI().embeddings.create(model="text-embedding-3-small", input=list(texts))
    return [each.embedding for each in answer.data]
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from models.embeddings.minilm import MiniLm
from models.runtime import Runtime

SIZE = 384
"""How many numbers a vector has."""


def embed(texts: Sequence[str]) -> list[list[float]]:
    """A vector of length 1 for each text: the cosine of two is their dot product."""
    vectors: list[list[float]] = _model().embed(texts).tolist()
    return vectors


@cache
def _model() -> MiniLm:
    return MiniLm(Runtime.of())
