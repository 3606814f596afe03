"""Document stage: each page in the caller's classes, with reasons; by a language model where there is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.base import Engines
from pipelines.documents.classify.decide import verdicts
from pipelines.documents.classify.llm import asked
from pipelines.documents.classify.verdict import Verdict
from pipelines.extraction.evidence import Evidence
from pipelines.outcomes import Classified
from schemas.documents import PageClass
from schemas.llm import LlmName
from schemas.options import PageClassification


def classify(
    evidence: Evidence,
    classes: Sequence[PageClassification],
    engines: Engines,
    check: Callable[[], None] = lambda: None,
) -> Classified:
    """Every page in the classes that it fits, several or none; ``check`` raises to stop the work.

    Pages that the language model did not answer for are told by the embedded models, with a warning.
    """
    found: list[Verdict] = []
    classified = Classified()
    left = evidence
    if LlmName.TENSORLAKE in engines.llms:
        answer = asked(evidence, classes, engines, LlmName.TENSORLAKE, check)
        found += answer.verdicts
        classified.warnings += answer.warnings
        classified.input_tokens, classified.output_tokens = answer.input_tokens, answer.output_tokens
        left = evidence.of_pages(answer.missed)
    check()
    if left.pages:
        found += verdicts(left, classes, engines)
    classified.classes = [one for each in classes if (one := _class(each.name, found)) is not None]
    for verdict in sorted(found, key=lambda one: one.page):
        told = classified.reasons.get(verdict.page)
        reason = f"{verdict.name}: {verdict.reason}"
        classified.reasons[verdict.page] = f"{told} {reason}" if told else reason
    return classified


def _class(name: str, found: Sequence[Verdict]) -> PageClass | None:
    """The pages of a class; None without any."""
    reasons = {one.page: one.reason for one in found if one.name == name}
    pages = sorted(reasons)
    if not pages:
        return None
    return PageClass(
        page_class=name,
        page_numbers=pages,
        classification_reasons={str(page): reasons[page] for page in pages},
    )
