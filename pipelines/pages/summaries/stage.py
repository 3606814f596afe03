"""Page stage: gives tables, figures and charts their summaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.asking import ask_llm, plain
from pipelines.pages.summaries.asking import Asking, question
from pipelines.pages.summaries.facts import Subject, subjects
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import LlmFailed
from schemas.fragments import FigureContent, TableContent
from schemas.llm import LlmName, Reply
from schemas.options import EnrichmentOptions

_AT_ONCE = 16
"""Questions, with their pictures, that are made together."""
_LONGEST = 4000
"""Letters of a summary that are kept."""
_NO_LLM = (
    "No language model is set up: summaries are made without one, of tables and charts from their data, of "
    "figures from their captions."
)


class Summarize:
    """Fills ``summary``: by the language model, or by what the table, chart or caption says itself.

    Comes when the fragments of a page are made, whichever way they came.
    """

    name: ClassVar[str] = "summaries"
    reads: ClassVar[frozenset[str]] = frozenset({"fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "warnings"})
    batch: ClassVar[int] = 4

    def __init__(
        self, reader: Reader | None, engines: Engines, options: EnrichmentOptions, check: Callable[[], None]
    ) -> None:
        """Without a ``reader`` nothing is shown but texts.

        ``check`` is called while answers are out; it raises to stop the work.
        """
        self._reader = reader
        self._engines = engines
        self._options = options
        self._check = check

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        found = [subject for page in pages for subject in subjects(page, self._options)]
        if LlmName.TENSORLAKE in self._engines.llms:
            for first in range(0, len(found), _AT_ONCE):
                self._ask(found[first : first + _AT_ONCE])
            return
        for subject in found:
            _put(subject, subject.facts())
        for page in {subject.page.number: subject.page for subject in found}.values():
            page.warn(WarningKind.NO_LLM, _NO_LLM)

    def _ask(self, found: Sequence[Subject]) -> None:
        """The model's summaries; of what it could not be asked about, or did not tell, the facts."""
        asking = Asking(self._reader, self._options, self._engines.llm_traits(LlmName.TENSORLAKE))
        questions = [question(subject, asking) for subject in found]
        put = [one for one in questions if one is not None]
        replies = iter(ask_llm(self._engines, put, LlmName.TENSORLAKE, self._check))
        for subject, asked in zip(found, questions, strict=True):
            told = _taken(subject, next(replies)) if asked is not None else ""
            _put(subject, told or subject.facts())


def _taken(subject: Subject, reply: Reply | LlmFailed) -> str:
    """The summary that a model gave; empty, with a warning, where it gave none."""
    page = subject.page
    page.summary_input_tokens += reply.input_tokens
    page.summary_output_tokens += reply.output_tokens
    text = "" if isinstance(reply, LlmFailed) else plain(str(reply.data)[:_LONGEST])
    if not text:
        reason = reply.message if isinstance(reply, LlmFailed) else "The language model's answer was empty."
        message = f"{reason} The summary of a {subject.kind.value} is made without it."
        page.warn(WarningKind.FALLBACK, message, subject.fragment.bbox)
    return text


def _put(subject: Subject, text: str | None) -> None:
    content = subject.fragment.content
    if not text or subject.page.fragments is None or not isinstance(content, TableContent | FigureContent):
        return
    told = content.model_copy(update={"summary": text})
    subject.page.fragments[subject.index] = subject.fragment.model_copy(update={"content": told})
