"""The referee: whatever was found, by whomever, becomes data with the places that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.base import Reading
from pipelines.extraction.evidence import Evidence, PlacedWord
from pipelines.extraction.targets import ArrayOf, ObjectOf, Scalar, Target
from schemas.documents import DocumentWarning
from schemas.geometry import Box, union_of
from schemas.options import StructuredExtractionOptions


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
    """The data of the first of ``readings``; others (the embedded reader's beside a model's) check it."""
    return Settled(_object(target, readings[0].found, options))


def _object(target: ObjectOf, found: Node, options: StructuredExtractionOptions) -> dict[str, Any]:
    """An object with all its properties: what was not found is null, in an object of nulls, or no items."""
    known = found if isinstance(found, dict) else {}
    data: dict[str, Any] = {}
    names = {one.name for one in target.fields}
    for one in target.fields:
        node = known.get(one.name)
        data[one.name] = _value(one.target, node, options)
        if _has_citation(one.target) and options.provide_citations and f"{one.name}_citation" not in names:
            data[f"{one.name}_citation"] = _citations(node)
    return data


def _value(target: Target, node: Node, options: StructuredExtractionOptions) -> Any:
    match target:
        case ObjectOf():
            return _object(target, node, options)
        case ArrayOf():
            items = node if isinstance(node, list) else []
            return [_value(target.items, item, options) for item in items]
        case Scalar():
            return node.value if isinstance(node, Answer) else None


def _has_citation(target: Target) -> bool:
    return isinstance(target, Scalar) or (isinstance(target, ArrayOf) and isinstance(target.items, Scalar))


def _citations(node: Node) -> list[dict[str, Any]]:
    """One box for each line of words, on its page; none where the place is not known."""
    if isinstance(node, list):
        return [citation for item in node for citation in _citations(item)]
    if not isinstance(node, Answer):
        return []
    return [
        {"page_number": page, **_around(list(words))}
        for page, words in groupby(node.words, key=lambda word: word.page)
    ]


def _around(words: Sequence[PlacedWord]) -> dict[str, float]:
    return Box.of(union_of([word.bbox for word in words])).model_dump()
