"""The reader that asks a language model. What it says is checked by the referee, like all that is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from models.base import Engines
from models.prompts import prompt
from pipelines.asking import ask_llm
from pipelines.extraction.answers import Node
from pipelines.extraction.base import Reading
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.llm.choice import looks_at_pages, sees_figures
from pipelines.extraction.llm.form import form_of, node_of
from pipelines.extraction.llm.merge import merged
from pipelines.extraction.llm.passages import mark_of, passages, seen_pages, written
from pipelines.extraction.llm.portions import Portion, portions
from pipelines.extraction.targets import ObjectOf, schema_of
from pipelines.tokens import tokens
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import LlmFailed, LlmTooLong
from schemas.llm import LlmName, Question, Reply
from schemas.options import StructuredExtractionOptions

_READ, _LOOK = "extract.v1", "look.v1"
_SPARE_TOKENS = 256
"""For what a server puts around the messages."""
_LEAST_ROOM = 512
"""Tokens of the document that must fit beside the schema: less would be crumbs."""


class LlmReader:
    """See ``ExtractionReader``. Long documents are asked in parts, as many at a time as the model allows."""

    def __init__(self, engines: Engines, llm: LlmName, check: Callable[[], None]) -> None:
        """``check`` is called while an answer is out; it raises to stop the work."""
        self._engines = engines
        self._llm = llm
        self._check = check
        self._traits = engines.llm_traits(llm)

    def read(self, target: ObjectOf, evidence: Evidence, options: StructuredExtractionOptions) -> Reading:
        """See ``ExtractionReader``. With ``skip_ocr`` pages are looked at, where there are pictures of them.

        Raises:
            LlmFailed: no part of the document was read.
        """
        description = schema_of(options).get("description", "")
        about = f"{options.schema_name}: {description}" if description else options.schema_name
        asking = _Asking(form_of(target, about), target, evidence, (options.prompt or "").strip())
        room = self._room(asking)
        pages = seen_pages(evidence) if looks_at_pages(options, self._engines) else []
        looked_at = {one.page for one in pages}
        read = passages(evidence, figures=sees_figures(options, self._engines))
        unseen = [one for one in read if one.page not in looked_at]
        waiting = [*portions(pages, room), *portions(unseen, room)]
        while waiting:
            questions = [asking.question(portion) for portion in waiting]
            replies = ask_llm(self._engines, questions, self._llm, self._check)
            taken = zip(waiting, replies, strict=True)
            waiting = [half for portion, reply in taken for half in asking.take(portion, reply)]
        return asking.reading()

    def _room(self, asking: _Asking) -> int:
        """Tokens that a part of the document may have."""
        asked = tokens(asking.wishes) + 2 * tokens(json.dumps(asking.form))  # the server tells it again
        asked += tokens(prompt(__package__, _READ).template) + _SPARE_TOKENS
        room = self._traits.context_tokens - self._traits.answer_tokens - asked
        if room < _LEAST_ROOM:
            raise LlmFailed("The schema is too large for the language model (OCTAVO_LLM_CONTEXT_TOKENS).")
        return room


@dataclass
class _Asking:
    """One schema's questions about one document, and what came of them so far."""

    form: dict[str, Any]
    target: ObjectOf
    evidence: Evidence
    wishes: str
    found: list[tuple[Portion, Node]] = field(default_factory=list)
    lost: list[tuple[Portion, LlmFailed]] = field(default_factory=list)
    cut: list[Portion] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0

    def question(self, portion: Portion) -> Question:
        """What is asked about a part."""
        seen = [one for one in portion.passages if one.is_picture]
        text = f"The pictures, in this order: {', '.join(one.id for one in seen)}." if seen else ""
        is_read = len(seen) < len(portion.passages)
        mark = mark_of(portion.passages)
        rules = prompt(__package__, _READ if is_read else _LOOK).substitute(mark=mark)
        if is_read:
            text = "\n\n".join(filter(None, [text, written(portion.passages, mark)]))
        if self.wishes:
            text = f"{prompt(__package__, 'wishes.v1').substitute(wishes=self.wishes)}\n\n{text}"
        return Question(rules, text, self.form, [self.evidence.pictures[one.page] for one in seen])

    def take(self, portion: Portion, reply: Reply | LlmFailed) -> list[Portion]:
        """Keeps an answer; where it was too long, the halves to be asked about instead."""
        self.input_tokens += reply.input_tokens
        self.output_tokens += reply.output_tokens
        is_too_long = isinstance(reply, LlmTooLong) or (isinstance(reply, Reply) and not reply.finished)
        if is_too_long and (parts := portion.halves()):
            return parts
        if isinstance(reply, LlmFailed):
            self.lost.append((portion, reply))
            return []
        refs = {one.id: one.refs for one in portion.passages}
        self.found.append((portion, node_of(self.target, reply.data, refs)))
        self.cut += [] if reply.finished else [portion]
        return []

    def reading(self) -> Reading:
        """All that was found, in the document's order."""
        if self.lost and not self.found:
            raise LlmFailed(self.lost[0][1].message, self.input_tokens, self.output_tokens)
        found = sorted(self.found, key=lambda one: one[0].place)
        texts = {block.ref_id: block.text for block in self.evidence.blocks}
        node = merged(self.target, [node for _, node in found], texts)
        whole = not self.lost
        return Reading(node, list(self._warnings()), self.input_tokens, self.output_tokens, is_whole=whole)

    def _warnings(self) -> Iterator[DocumentWarning]:
        if self.lost:
            reason = self.lost[0][1].message
            pages = _pages([portion for portion, _ in self.lost])
            message = f"{reason} What stands on {pages} was read without it."
            yield DocumentWarning(kind=WarningKind.FALLBACK, message=message)
        if self.cut:
            message = f"The language model's answer was cut at its longest: of {_pages(self.cut)} values may"
            message += " be missing (OCTAVO_LLM_MAX_TOKENS)."
            yield DocumentWarning(kind=WarningKind.TRUNCATED, message=message)


def _pages(parts: Sequence[Portion]) -> str:
    """``page 3``, ``pages 1-4, 7``."""
    pages = sorted({page for portion in parts for page in portion.pages})
    runs = [[n for _, n in run] for _, run in groupby(enumerate(pages), lambda one: one[1] - one[0])]
    told = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page {told}" if len(pages) == 1 else f"pages {told}"
