"""The referee: whatever was found, by whomever, becomes data with the places that prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.extraction.answers import Value
from pipelines.extraction.base import Reading
from pipelines.extraction.citations import citations
from pipelines.extraction.confidence import confidence
from pipelines.extraction.doubts import doubts, misfit
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.fit import Path, misfits
from pipelines.extraction.grounding import Ground
from pipelines.extraction.targets import ArrayOf, ObjectOf, Scalar, Target
from pipelines.extraction.verdicts import Found, Judge, Verdict, verdicts
from schemas.documents import DocumentWarning
from schemas.options import StructuredExtractionOptions

_LARGEST = 1e300
"""Numbers beyond it are no quantities, and near the end of what a double holds."""


@dataclass(slots=True)
class Settled:
    """Data in the shape of the schema, and what a reader of it should look at twice."""

    data: dict[str, Any]
    warnings: list[DocumentWarning] = field(default_factory=list)


def settle(
    target: ObjectOf,
    readings: Sequence[Reading],
    evidence: Evidence,
    options: StructuredExtractionOptions,
) -> Settled:
    """The data of the first of ``readings``; others (the embedded reader's beside a model's) check it.

    Every value is looked up in the document: its citations are the words that say it, and none where it
    does not stand. Values that the schema does not allow are left out.
    """
    judge = Judge(Ground.of(evidence))
    found, *others = (judge.judged(target, reading.found) for reading in readings)
    checks = {verdict.name: verdict for other in others for verdict in verdicts(other)}
    warnings = _leave_out_misfits(target, found, options)
    warnings += doubts(list(verdicts(found)), checks, evidence)
    return Settled(_Scribe(options, checks).object(target, found), warnings)


def _leave_out_misfits(
    target: ObjectOf, found: dict[str, Found], options: StructuredExtractionOptions
) -> list[DocumentWarning]:
    """Takes values that break a rule of the schema out of ``found``, the last item of an array first."""
    rules = misfits(_plain(target, found), options.json_schema)
    for path in sorted(rules, reverse=True):
        _take_out(found, path)
    return [misfit(_name(path), rule) for path, rule in rules.items()]


def _take_out(found: Found, path: Path) -> None:
    for key in path[:-1]:
        found = found[key]  # type: ignore[index]
    if isinstance(found, list):
        del found[int(path[-1])]
    elif isinstance(found, dict):
        found[str(path[-1])] = None


def _name(path: Path) -> str:
    """``items[2].price``, items counted from 1."""
    parts = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).removeprefix(".")


def _plain(target: Target, found: Found) -> Any:
    """The data alone: what was not found is null, in an object of nulls, or no items."""
    match target:
        case ObjectOf():
            known = found if isinstance(found, dict) else {}
            return {one.name: _plain(one.target, known.get(one.name)) for one in target.fields}
        case ArrayOf():
            return [_plain(target.items, item) for item in found] if isinstance(found, list) else []
        case Scalar():
            return _json_value(found, target) if isinstance(found, Verdict) else None


def _json_value(verdict: Verdict, target: Scalar) -> Value | None:
    """A number that JSON readers cannot hold is none."""
    value = verdict.answer.value
    if isinstance(value, int | float) and not -_LARGEST < value < _LARGEST:
        return None
    if isinstance(value, float) and target.kind == "integer" and value.is_integer():
        return int(value)
    return value


@dataclass(frozen=True, slots=True)
class _Scribe:
    """Writes data with what goes beside it: places and, where asked for, how sure a value is."""

    options: StructuredExtractionOptions
    checks: Mapping[str, Verdict]

    def object(self, target: ObjectOf, found: Found) -> dict[str, Any]:
        """All properties, found or not; what the schema itself has by the name of a companion goes first."""
        known = found if isinstance(found, dict) else {}
        names = {one.name for one in target.fields}
        data: dict[str, Any] = {}
        for one in target.fields:
            node = known.get(one.name)
            data[one.name] = self._value(one.target, node)
            if _is_leaf(one.target):
                beside = self._beside(one.name, node)
                data |= {name: value for name, value in beside.items() if name not in names}
        return data

    def _value(self, target: Target, found: Found) -> Any:
        if isinstance(target, ObjectOf):
            return self.object(target, found)
        if isinstance(target, ArrayOf):
            return [self._value(target.items, item) for item in found] if isinstance(found, list) else []
        return _plain(target, found)

    def _beside(self, name: str, node: Found) -> dict[str, Any]:
        leaves = list(verdicts(node))
        beside: dict[str, Any] = {}
        if self.options.provide_citations:
            beside[f"{name}_citation"] = [box for leaf in leaves for box in citations(leaf.answer.words)]
        if self.options.provide_confidence:
            sure = [confidence(leaf, self.checks.get(leaf.name)) for leaf in leaves]
            beside[f"{name}_confidence"] = sure if isinstance(node, list) else next(iter(sure), None)
        return beside


def _is_leaf(target: Target) -> bool:
    """Whether a field holds a scalar, or an array of scalars: that is what has places."""
    return isinstance(target, Scalar) or (isinstance(target, ArrayOf) and isinstance(target.items, Scalar))
