"""What a reader of extracted data is warned of. Messages name fields and pages, never what stands there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import regex

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.conflicts import rival_of
from pipelines.extraction.evidence import Evidence, PlacedWord
from pipelines.extraction.verdicts import Verdict, Words
from pipelines.instructions import speaks_to_a_model
from schemas.documents import DocumentWarning, WarningKind
from schemas.geometry import Box, union_of

# A value is in hidden text if so much of its area is.
_INSIDE = 0.9

# More fragments with orders than this are told of by the first ones.
_MOST_ORDERS = 5

_ITEM = regex.compile(r"\[\d+\]")


def doubts(
    found: Sequence[Verdict], checks: Mapping[str, Verdict], evidence: Evidence
) -> Iterator[DocumentWarning]:
    """Warnings of some values, at most one of each kind a field; ``checks`` are another reader's, by name."""
    yield from _once(found, _invented)
    taken = {verdict.answer.words for verdict in found if verdict.answer.words}
    yield from _once(found, lambda verdict: _conflict(verdict, checks.get(verdict.name), taken))
    yield from _once(found, lambda verdict: _hidden(verdict, evidence))
    yield from _orders(found, evidence)


def misfit(name: str, rule: str) -> DocumentWarning:
    """That a value was left out for a rule of the schema."""
    message = f"A value was found for {name!r} that the schema does not allow ({rule}): it was left out."
    return DocumentWarning(kind=WarningKind.LOW_CONFIDENCE, message=message)


def _once(
    found: Iterable[Verdict], doubt: Callable[[Verdict], DocumentWarning | None]
) -> Iterator[DocumentWarning]:
    """One doubt for a field, though it be doubtful in every item of an array."""
    told = set()
    for verdict in found:
        field = _ITEM.sub("", verdict.name)
        if field not in told and (warning := doubt(verdict)) is not None:
            told.add(field)
            yield warning


def _invented(verdict: Verdict) -> DocumentWarning | None:
    """A model's value that stands nowhere, though values of its kind are copied and not made up."""
    if verdict.answer.method is not Method.LLM or verdict.proven or verdict.derived:
        return None
    message = f"The value of {verdict.name!r} was not found in the document: it has no place that proves it."
    return DocumentWarning(kind=WarningKind.LOW_CONFIDENCE, message=message)


def _conflict(verdict: Verdict, check: Verdict | None, taken: Collection[Words]) -> DocumentWarning | None:
    rival = rival_of(verdict, check, taken)
    if rival is None:
        return None
    where = _pages((verdict.answer, rival))
    message = f"The document gives more than one value for {verdict.name!r}{where}."
    return _at(WarningKind.CONFLICTING_VALUES, message, rival.words)


def _hidden(verdict: Verdict, evidence: Evidence) -> DocumentWarning | None:
    for word in verdict.answer.words:
        if any(word.bbox.inside(place) >= _INSIDE for place in evidence.hidden.get(word.page, ())):
            message = f"The value of {verdict.name!r} stands where the page has text that does not show."
            return _at(WarningKind.HIDDEN_TEXT, message, verdict.answer.words)
    return None


def _orders(found: Iterable[Verdict], evidence: Evidence) -> Iterator[DocumentWarning]:
    """The fields whose values stand in a text that speaks to a model, told of by fragment."""
    taken = {word for verdict in found for word in verdict.answer.words}
    spoken = (b for b in evidence.blocks if not taken.isdisjoint(b.words) and speaks_to_a_model(b.text))
    for block in islice(spoken, _MOST_ORDERS):
        inside = set(block.words)
        names = dict.fromkeys(v.name for v in found if inside.intersection(v.answer.words))
        message = f"These values stand in text that gives orders to a reader by machine: {', '.join(names)}."
        box = block.fragment.bbox
        yield DocumentWarning(
            kind=WarningKind.INSTRUCTION_IN_TEXT, message=message, page_number=block.page, bbox=box
        )


def _pages(answers: Iterable[Answer]) -> str:
    """The pages of some answers, for a message: `` (pages 1 and 3)``."""
    pages = list(dict.fromkeys(str(answer.words[0].page) for answer in answers if answer.words))
    if not pages:
        return ""
    return f" (page {pages[0]})" if len(pages) == 1 else f" (pages {' and '.join(pages)})"


def _at(kind: WarningKind, message: str, words: Sequence[PlacedWord]) -> DocumentWarning:
    if not words:
        return DocumentWarning(kind=kind, message=message)
    page = words[0].page
    box = Box.of(union_of([word.bbox for word in words if word.page == page]))
    return DocumentWarning(kind=kind, message=message, page_number=page, bbox=box)
