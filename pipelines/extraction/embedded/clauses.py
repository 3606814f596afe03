"""Fields of a schema that sentences of a contract answer."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.extraction.answers import Answer, Method, Node
from pipelines.extraction.embedded.contracts import CLAUSES, Said
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.running import RunningText
from pipelines.extraction.embedded.solve import Path
from pipelines.extraction.targets import ArrayOf, Field, Scalar
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.typed import same, typed

_SHORTEST = 80
"""A document of fewer words has no clauses."""
_RIVALS = 3
_DAY_OF_CONTRACT = frozenset({"contract", "date"})


def clause_answers(fields: Sequence[Field], running: RunningText) -> dict[Path, Node]:
    """The answers of those fields whose names ask for what a clause tells, by path."""
    asked = [(one, clause) for one in fields if (clause := _clause_of(one))]
    if len(running.words) < _SHORTEST:
        return {}
    answers: dict[Path, Node] = {}
    for one, clause in asked:
        found = CLAUSES[clause](running)
        if isinstance(one.target, ArrayOf) and isinstance(one.target.items, Scalar):
            items = [answer for said in found if (answer := _answer(said, one, one.target.items))]
            if items:
                answers[one.path] = list(items)
        elif isinstance(one.target, Scalar):
            known = [answer for said in found if (answer := _answer(said, one, one.target))]
            if known:
                answers[one.path] = _first(known, one.target, one)
    return answers


def _clause_of(one: Field) -> str | None:
    meant = {concept.name for concept in phrase(f"{one.name} {one.title}")}
    if kind_of(one) is Kind.DATE and "contract" in meant and meant <= _DAY_OF_CONTRACT:
        return "effective"
    if "court" in {concept.name for concept in phrase(one.description)}:
        return None  # where one may sue: not whose law it is
    return next((clause for clause in CLAUSES if clause in meant), None)


def _answer(said: Said, one: Field, target: Scalar) -> Answer | None:
    value = typed(said.text, target, kind_of(one))
    return None if value is None else Answer(value, Method.PROSE, said.words, said.sure)


def _first(known: Sequence[Answer], target: Scalar, one: Field) -> Answer:
    """The surest, the others that say something else being its rivals."""
    best = known[0]
    rivals: list[Answer] = []
    for other in known[1:]:
        values = [best.value, *(rival.value for rival in rivals)]
        if other.score >= 0.85 * best.score and not any(
            same(other.value, v, target, kind_of(one)) for v in values
        ):
            rivals.append(other)
    return Answer(best.value, best.method, best.words, best.score, tuple(rivals[:_RIVALS]))
