"""Classes told by a language model, some pages at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from models.base import Engines
from models.prompts import prompt
from pipelines.asking import ask_llm, plain
from pipelines.documents.classify.verdict import Verdict
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.llm.passages import Passage, mark_of, passages, written
from pipelines.extraction.llm.portions import Portion, portions
from pipelines.tokens import BYTES_PER_TOKEN, tokens
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import LlmFailed
from schemas.llm import LlmName, Question, Reply
from schemas.options import PageClassification

_PAGE_TOKENS = 1500
"""Of a page this much is shown: its kind shows at its head."""
_LEAST_ROOM = 512
_LONGEST_REASON = 400
"""Letters of a reason that are kept."""


@dataclass(slots=True)
class Answered:
    """What the model said, the pages that it did not answer for, and what it took."""

    verdicts: list[Verdict] = field(default_factory=list)
    missed: set[int] = field(default_factory=set)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


def asked(
    evidence: Evidence,
    classes: Sequence[PageClassification],
    engines: Engines,
    llm: LlmName,
    check: Callable[[], None],
) -> Answered:
    """The pages in their classes, as the model says; pages without text are missed, it sees no pictures."""
    listed = json.dumps([one.model_dump() for one in classes], ensure_ascii=False, indent=1)
    traits = engines.llm_traits(llm)
    rules = prompt(__package__, "classify.v1").template
    room = traits.context_tokens - traits.answer_tokens - tokens(listed) - tokens(rules)
    shown = list(_shown(passages(evidence)))
    answered = Answered(missed=set(evidence.pages) - {one.page for one in shown})
    waiting = portions(shown, max(room, _LEAST_ROOM))
    questions = [_question(portion, listed, [one.name for one in classes]) for portion in waiting]
    names = {one.name for one in classes}
    for portion, reply in zip(waiting, ask_llm(engines, questions, llm, check), strict=True):
        answered.input_tokens += reply.input_tokens
        answered.output_tokens += reply.output_tokens
        if isinstance(reply, LlmFailed) or not reply.finished:
            answered.missed |= set(portion.pages)
            answered.warnings.append(_fallback(portion, reply))
        else:
            answered.verdicts += _verdicts(reply.data, set(portion.pages), names)
    # Of a page that was cut in two, the half that failed must not undo what the other said.
    answered.missed -= {one.page for one in answered.verdicts}
    answered.verdicts = list({(one.page, one.name): one for one in reversed(answered.verdicts)}.values())
    return answered


def _shown(found: Sequence[Passage]) -> Iterator[Passage]:
    """The beginning of each page."""
    for _, page in groupby(found, lambda one: one.page):
        left = _PAGE_TOKENS
        for passage in page:
            if passage.tokens > left:
                yield _cut(passage, left)
                break
            yield passage
            left -= passage.tokens


def _cut(passage: Passage, most: int) -> Passage:
    """The beginning of a passage, of so many tokens."""
    text = passage.text.encode("utf-8", "replace")[: most * BYTES_PER_TOKEN]
    return replace(passage, text=text.decode("utf-8", "ignore"))


def _question(portion: Portion, listed: str, names: Sequence[str]) -> Question:
    mark = mark_of(portion.passages)
    text = f"The classes:\n{listed}\n\n{written(portion.passages, mark)}"
    return Question(prompt(__package__, "classify.v1").substitute(mark=mark), text, _schema(names))


def _schema(names: Sequence[str]) -> dict[str, Any]:
    found = {
        "type": "object",
        "properties": {
            "page": {"type": "integer"},
            "class": {"type": "string", "enum": list(names)},
            "reason": {"type": "string"},
        },
        "required": ["page", "class", "reason"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"found": {"type": "array", "items": found}},
        "required": ["found"],
        "additionalProperties": False,
    }


def _verdicts(data: dict[str, Any], pages: set[int], names: set[str]) -> list[Verdict]:
    """What is said of the pages that were asked about."""
    return [
        Verdict(one["page"], one["class"], plain(" ".join(one["reason"].split())[:_LONGEST_REASON]))
        for one in data["found"]
        if one["page"] in pages and one["class"] in names
    ]


def _fallback(portion: Portion, reply: Reply | LlmFailed) -> DocumentWarning:
    pages = ", ".join(map(str, portion.pages))
    reason = reply.message if isinstance(reply, LlmFailed) else "The language model's answer was cut."
    message = f"{reason} The classes of pages {pages} are told without it."
    return DocumentWarning(kind=WarningKind.FALLBACK, message=message)
