"""What a language model does, wherever it runs."""

from __future__ import annotations

from typing import Protocol

from schemas.llm import LlmTraits, Question, Reply


class LanguageModel(Protocol):
    """Answers questions. Safe to call from any thread."""

    @property
    def traits(self) -> LlmTraits:
        """What it can take and give."""
        ...

    def answer(self, question: Question) -> Reply:
        """The answer, as alike each time as the model allows.

        Raises:
            LlmFailed: it cannot be asked or gave no answer of use; the message is for the user.
        """
        ...

    def close(self) -> None:
        """Ends it; a call in flight may fail."""
        ...
