"""Which blank each thing said in a prompt belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from models.base import Engines
from pipelines.editing.by_llm import Asked, place_by_llm
from pipelines.editing.by_words import place_by_words
from pipelines.editing.placing import Desk
from pipelines.extraction.values.words import bare
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import LlmFailed
from schemas.forms import Blank, Filling, Unplaced
from schemas.llm import LlmName

_LITERAL = 0.95
"""So sure the words' matcher is of a value beside a name of the blank; then a language model has no say."""


@dataclass(slots=True)
class Matched:
    """What is to be written where, at most one filling a blank, and what has no safe place."""

    fillings: list[Filling] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


def match(prompt: str, blanks: Sequence[Blank], engines: Engines, check: Callable[[], None]) -> Matched:
    """The fillings that ``prompt`` asks for; a language model reads it where one is configured.

    What the prompt says in so many words ("Name: Jane") is placed by them in any case.
    """
    if not prompt.strip() or not blanks:
        reason = "The form has nothing that can be filled in."
        return Matched(unplaced=[Unplaced(prompt, reason)] if prompt.strip() else [])
    desk = place_by_words(prompt, blanks, engines, check)
    llm = _llm(engines)
    if llm is None:
        return Matched(list(desk.fillings.values()), desk.unplaced, _without_llm(desk))
    try:
        asked = place_by_llm(prompt, desk, engines, llm, check)
    except LlmFailed as error:
        warning = _fallback(f"{error.message} The prompt was understood without it.")
        placed = list(desk.fillings.values())
        return Matched(placed, desk.unplaced, [warning], error.input_tokens, error.output_tokens)
    return _of_both(desk, asked)


def _llm(engines: Engines) -> LlmName | None:
    """The model to ask: the operator's own before others."""
    known = engines.llms
    return LlmName.TENSORLAKE if LlmName.TENSORLAKE in known else min(known, default=None)


def _of_both(desk: Desk, asked: Asked) -> Matched:
    """What the model placed, and what is said literally."""
    literal = {blank: one for blank, one in desk.fillings.items() if (one.confidence or 0) >= _LITERAL}
    fillings = {**asked.desk.fillings, **literal}
    said = [bare(one.said) for one in fillings.values()]
    open_still = [one for one in asked.desk.unplaced if not _is_among(one.said, said)]
    warnings = []
    if asked.lost:
        open_still += [one for one in desk.unplaced if not _is_among(one.said, said)]
        warnings.append(_fallback(f"{asked.lost[0].message} A part of the form was filled in without it."))
        fillings = {**desk.fillings, **fillings}
    return Matched(list(fillings.values()), open_still, warnings, asked.input_tokens, asked.output_tokens)


def _is_among(quote: str, said: Sequence[str]) -> bool:
    letters = bare(quote)
    return any(letters in other or other in letters for other in said if other)


def _without_llm(desk: Desk) -> list[DocumentWarning]:
    """That there is no language model is only told where one might have placed more."""
    message = "No language model is set up: what the prompt says was placed by the names of the fields."
    return [DocumentWarning(kind=WarningKind.NO_LLM, message=message)] if desk.unplaced else []


def _fallback(message: str) -> DocumentWarning:
    return DocumentWarning(kind=WarningKind.FALLBACK, message=message)
