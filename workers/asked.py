"""Models behind servers, watched: each question is a span, and its time, tokens and failures are counted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from opentelemetry.trace import SpanKind

from models.base import Image
from schemas.errors import DocumentError
from schemas.llm import LlmTraits, Question, Reply
from schemas.vision import Transcript
from workers.jobs.metering import MODEL_FAILURES, MODEL_SECONDS, MODEL_TOKENS
from workers.jobs.tracing import span

if TYPE_CHECKING:
    from models.llm.base import LanguageModel
    from models.vlm.openai_server import OpenAiServer

log = logging.getLogger(__name__)


class AskedLlm:
    """A ``LanguageModel`` that operators hear of by ``name``."""

    def __init__(self, model: LanguageModel, name: str) -> None:
        self._model, self._name = model, name

    @property
    def traits(self) -> LlmTraits:
        """See ``LanguageModel``."""
        return self._model.traits

    def answer(self, question: Question) -> Reply:
        """See ``LanguageModel``."""
        return _asked("llm", self._name, lambda: self._model.answer(question))

    def close(self) -> None:
        """See ``LanguageModel``."""
        self._model.close()


class AskedVision:
    """A ``VisionModel`` on a server that operators hear of by ``name``."""

    def __init__(self, model: OpenAiServer, name: str) -> None:
        self._model, self._name = model, name

    def transcribe(self, image: Image, prompt: str) -> Transcript:
        """See ``VisionModel``."""
        return _asked("vision", self._name, lambda: self._model.transcribe(image, prompt))

    def close(self) -> None:
        """Gives the connections back."""
        self._model.close()


class _Spends(Protocol):
    input_tokens: int
    output_tokens: int


_Answer = TypeVar("_Answer", bound=_Spends)


def _asked(task: str, model: str, ask: Callable[[], _Answer]) -> _Answer:
    told = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model}
    with (
        span(f"chat {model}", told, kind=SpanKind.CLIENT) as begun,
        MODEL_SECONDS.time(task=task, model=model),
    ):
        spent: object = None
        try:
            spent = answer = ask()
        except DocumentError as error:
            spent = error  # tokens may have been used up all the same
            MODEL_FAILURES.add(task=task, model=model)
            log.info("the model %s gave no answer: %s", model, type(error).__name__)
            raise
        finally:
            for direction in ("input", "output"):
                tokens = getattr(spent, f"{direction}_tokens", 0)
                MODEL_TOKENS.add(tokens, task=task, model=model, direction=direction)
                begun.set_attribute(f"gen_ai.usage.{direction}_tokens", tokens)
        return answer
