"""Where readers, or places in the document, do not agree on a value."""

from __future__ import annotations

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import same
from pipelines.extraction.values.words import bare
from pipelines.extraction.verdicts import Verdict

# How a value must have been found to speak against another one: it was labelled as what it is.
_LABELLED = frozenset({Method.FIELD, Method.LABEL, Method.TABLE})
# A rival that is as good as the answer, in scores of the same reader.
_AS_GOOD = 0.9
# Free text may be put in many ways: two that differ are no conflict.
_LOOSE = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})


def rival_of(verdict: Verdict, check: Verdict | None) -> Answer | None:
    """Another value that the document gives for the same field, at another place; None if there is none.

    ``check`` is what the reader that checks has for the field. Rivals within one reading count if they
    were found in the same way and are about as likely.
    """
    answer = verdict.answer
    if not verdict.proven:
        return None
    if (
        check is not None
        and check.proven
        and check.answer.method in _LABELLED
        and _differs(verdict, check.answer)
    ):
        return check.answer
    if verdict.kind in _LOOSE:
        return None
    as_good = (
        rival
        for rival in answer.rivals
        if rival.method is answer.method
        and rival.method in _LABELLED
        and rival.score >= _AS_GOOD * answer.score
    )
    return next((rival for rival in as_good if _differs(verdict, rival)), None)


def _differs(verdict: Verdict, other: Answer) -> bool:
    """Whether another value is another one, and not only a longer or shorter form of it."""
    if same(verdict.answer.value, other.value, verdict.target, verdict.kind):
        return False
    if verdict.target.kind != "string" or verdict.kind is Kind.DATE:
        return True
    mine, theirs = bare(str(verdict.answer.value)), bare(str(other.value))
    return mine not in theirs and theirs not in mine
