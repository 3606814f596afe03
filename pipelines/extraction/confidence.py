"""How likely a value is to be right, by how it was found and what speaks against it.

What the embedded reader finds: a logistic regression on drawn papers, digital and scanned. Drawn papers are
easier than those of others: ``benchmarks.confidence``, which fits it and says how it holds, takes one of
twenty right values for wrong, adds ten values to each method of which half are right, and lets nothing that
speaks against a value count for it. So nothing gets more than about 0.92. What a language
model says: shares that are set, not fitted, by whether the value stands in the document and whether the
embedded reader found the same.
"""

from __future__ import annotations

import math

from pipelines.extraction.answers import Method
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import same
from pipelines.extraction.verdicts import Verdict

_FREE = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})
"""Kinds that have no shape of their own: a wrong value does not show."""

SIGNS = ("field", "label", "table", "prose", "type", "score", "rival", "free", "unproven")
WEIGHTS = (1.7, 1.16, 1.76, 1.17, 0.31, 1.29, 0.0, 0.0, -1.5)
"""One for each of ``SIGNS``, as ``python -m benchmarks.confidence`` prints them."""

# By whether a model's value stands in the document, and what the embedded reader found instead.
_AGREED, _PROVEN, _DISPUTED, _DERIVED, _INVENTED = 0.97, 0.9, 0.6, 0.8, 0.4


def confidence(verdict: Verdict, check: Verdict | None) -> float:
    """The share of values found like this one that are right, 0 to 1; ``check``: another reader's."""
    if verdict.answer.method is Method.LLM:
        return _of_model(verdict, check)
    logit = sum(weight * sign for weight, sign in zip(WEIGHTS, signs(verdict), strict=True))
    return round(1 / (1 + math.exp(-logit)), 2)


def signs(verdict: Verdict) -> tuple[float, ...]:
    """What speaks for and against an answer of the embedded reader: one number for each of ``SIGNS``.

    The score counts from one half; that of the best rival as its share of the answer's.
    """
    answer = verdict.answer
    methods = (Method.FIELD, Method.LABEL, Method.TABLE, Method.PROSE, Method.TYPE)
    rival = max((one.score for one in answer.rivals), default=0.0)
    return (
        *(float(answer.method is method) for method in methods),
        min(max(answer.score, 0.0), 1.0) - 0.5,
        min(rival / answer.score, 1.0) if answer.score > 0 else 0.0,
        float(verdict.kind in _FREE),
        float(not verdict.proven),
    )


def _of_model(verdict: Verdict, check: Verdict | None) -> float:
    if check is not None and check.proven:
        agreed = same(verdict.answer.value, check.answer.value, verdict.target, verdict.kind)
        return _AGREED if agreed else _DISPUTED
    if verdict.proven:
        return _PROVEN
    return _DERIVED if verdict.derived else _INVENTED
