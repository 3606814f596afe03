"""What a language model is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class LlmName(StrEnum):
    """The names that callers choose a language model by; the operator says which model each is."""

    TENSORLAKE = "tensorlake"
    GPT_4O_MINI = "gpt_4o_mini"
    SONNET = "sonnet"
    GEMINI3 = "gemini3"


@dataclass(frozen=True, slots=True)
class LlmTraits:
    """What a language model can take: tokens of question and answer together, of an answer; pictures."""

    context_tokens: int = 32_768
    answer_tokens: int = 8192
    sees_pictures: bool = False


@dataclass(slots=True)
class Question:
    """What a language model is asked: ``rules`` by us, ``text`` with the caller's wishes and the document.

    ``schema`` is the JSON Schema of the answer, None for an answer in plain text. ``pictures`` are files
    (PNG, JPEG or WebP) that go with the text.
    """

    rules: str
    text: str
    schema: dict[str, Any] | None = None
    pictures: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Reply:
    """A model's answer: ``data`` fits the question's schema; without one it is the text.

    The tokens are those of all calls that it took. ``finished`` is False when the answer was cut at its
    longest.
    """

    data: Any
    input_tokens: int = 0
    output_tokens: int = 0
    finished: bool = True
