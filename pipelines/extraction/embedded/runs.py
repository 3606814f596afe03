"""A run of words, and what its words stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox, union_of


@dataclass(frozen=True)
class Run:
    """Words that stand together."""

    words: tuple[PlacedWord, ...]

    @cached_property
    def text(self) -> str:
        """Its words with spaces between."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def bbox(self) -> BBox:
        """Around its words."""
        return union_of([word.bbox for word in self.words])

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The business concepts that its words stand for."""
        return frozenset(concept.name for concept in phrase(self.text))

    @cached_property
    def only_names(self) -> bool:
        """Whether all its words name things: it is a label or a title rather than a value or a name."""
        return all(map(is_listed, phrase(self.text)))
