"""What readers find for a schema: a tree in its shape whose leaves know how and where they were found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.extraction.evidence import PlacedWord

Value = str | int | float | bool


class Method(StrEnum):
    """How a value was found: that says more of its truth than any score does."""

    FIELD = "field"
    """The value of a form's field, interactive or drawn."""
    LABEL = "label"
    """Beside or below its label."""
    TABLE = "table"
    """A cell under its header, or beside it."""
    PROSE = "prose"
    """In a sentence that says what it is."""
    TYPE = "type"
    """By what it looks like and where it stands alone."""
    LLM = "llm"
    """A language model said so."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value in its field's type, and the words that say it.

    ``score`` (0 to 1) orders the answers of one reader and means nothing beside another's. ``rivals`` are
    other values that could be meant, the likeliest first. ``said_at`` are the ``ref_id`` of fragments that a
    language model gave as the value's place; its ``words`` are found by the referee.
    """

    value: Value
    method: Method
    words: tuple[PlacedWord, ...] = ()
    score: float = 0.0
    rivals: tuple[Answer, ...] = ()
    said_at: tuple[str, ...] = ()


Node = Answer | None | dict[str, "Node"] | list["Node"]
"""An object by its properties, an array by its items, a scalar's answer; None where nothing was found."""
