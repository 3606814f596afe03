"""Which blank each thing said in a prompt belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.base import Engines
from pipelines.editing.by_words import place_by_words
from schemas.documents import DocumentWarning
from schemas.forms import Blank, Filling, Unplaced


@dataclass(slots=True)
class Matched:
    """What is to be written where, at most one filling a blank, and what has no safe place."""

    fillings: list[Filling] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


def match(prompt: str, blanks: Sequence[Blank], engines: Engines, check: Callable[[], None]) -> Matched:
    """The fillings that ``prompt`` asks for; a language model reads it where one is configured."""
    desk = place_by_words(prompt, blanks, check)
    return Matched(list(desk.fillings.values()), desk.unplaced)
