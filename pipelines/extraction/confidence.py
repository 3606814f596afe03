"""How likely a value is to be right."""

from __future__ import annotations

from pipelines.extraction.answers import Method
from pipelines.extraction.verdicts import Verdict

# The share of right values by how they were found.
_BY_METHOD = {
    Method.FIELD: 0.97,
    Method.LABEL: 0.9,
    Method.TABLE: 0.9,
    Method.PROSE: 0.75,
    Method.TYPE: 0.7,
    Method.LLM: 0.9,
}


def confidence(verdict: Verdict, check: Verdict | None) -> float:
    """The share of values found like this one that are right, 0 to 1."""
    return _BY_METHOD[verdict.answer.method]
