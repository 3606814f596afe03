"""Where readers, or places in the document, do not agree on a value."""

from __future__ import annotations

from collections.abc import Collection

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import same
from pipelines.extraction.values.words import bare
from pipelines.extraction.verdicts import Verdict, Words

# How a value must have been found to speak against another one: it was labelled as what it is.
_LABELLED = frozenset({Method.FIELD, Method.LABEL, Method.TABLE})
# A rival that is as good as the answer, in scores of the same reader.
_AS_GOOD = 0.97
# Free text may be put in many ways: two that differ are no conflict.
_LOOSE = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})


def rival_of(verdict: Verdict, check: Verdict | None, taken: Collection[Words]) -> Answer | None:
    """Another value that the document gives for the same field, at another place; None if there is none.

    ``check`` is what the reader that checks has for the field. Rivals within one reading count if they
    were found in the same way, are about as likely, and answer no other field: ``taken`` are the words that
    do.
    """
    if not verdict.proven:
        return None
    if (
        check is not None
        and check.proven
        and check.answer.method in _LABELLED
        and _differs(verdict, check.answer)
    ):
        return check.answer
    if verdict.kind in _LOOSE or verdict.answer.method not in _LABELLED:
        return None
    least = _AS_GOOD * verdict.answer.score
    rivals = (one for one in verdict.answer.rivals if one.method in _LABELLED and one.score >= least)
    return next((one for one in rivals if one.words not in taken and _differs(verdict, one)), None)


def _differs(verdict: Verdict, other: Answer) -> bool:
    """Whether another value is another one, and not only a longer or shorter form of it."""
    if same(verdict.answer.value, other.value, verdict.target, verdict.kind):
        return False
    if verdict.target.kind != "string" or verdict.kind is Kind.DATE:
        return True
    mine, theirs = bare(str(verdict.answer.value)), bare(str(other.value))
    return mine not in theirs and theirs not in mine
