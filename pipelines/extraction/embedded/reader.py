"""The reader that needs nothing but the document: forms, labels, tables, clauses and typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from models.base import Engines
from pipelines.extraction.answers import Answer, Method, Node
from pipelines.extraction.base import Reading
from pipelines.extraction.embedded.arrays import array_items
from pipelines.extraction.embedded.clauses import clause_answers
from pipelines.extraction.embedded.defined import defined_answers
from pipelines.extraction.embedded.forms import form_answers
from pipelines.extraction.embedded.forms_entries import tick_labels
from pipelines.extraction.embedded.forms_loose import place_of
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.embedded.rows import sheets
from pipelines.extraction.embedded.running import running_text
from pipelines.extraction.embedded.sentences import sentence_answers
from pipelines.extraction.embedded.solve import Path, solve
from pipelines.extraction.embedded.whole_texts import whole_texts
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar, Target
from pipelines.extraction.values.conventions import conventions_of
from schemas.options import StructuredExtractionOptions

_SURE = 0.75
"""From this score on a labelled value stands, whatever print in boxes seems to say."""


_LIKELY = 0.6
"""The same of a value that its place tells: who issued a paper stands at its top."""


class EmbeddedReader:
    """See ``ExtractionReader``. The same document gives the same values."""

    def __init__(self, engines: Engines) -> None:
        self._matcher = Matcher(engines)

    def read(self, target: ObjectOf, evidence: Evidence, options: StructuredExtractionOptions) -> Reading:
        """See ``ExtractionReader``."""
        matcher = self._matcher
        pages = sheets(evidence)
        conventions = conventions_of(row.text for sheet in pages for row in sheet.rows)
        fields = list(_fields(target))
        single = [one for one in fields if isinstance(one.target, Scalar)]

        ticks = tick_labels(evidence)
        labelled = {
            path: answer
            for path, answer in solve(single, pages, matcher, conventions).items()
            if ticks.isdisjoint(map(place_of, answer.words))
        }
        found: dict[Path, Node] = {**whole_texts(labelled, single, evidence)}
        for one, filled in form_answers(single, evidence, matcher, conventions, pages).items():
            found[one.path] = _surer(filled, found.get(one.path))
        for path, told in sentence_answers(single, evidence, conventions).items():
            found[path] = _better(told, found.get(path))
        running = running_text(evidence, pages)
        found |= clause_answers(fields, running)
        found |= defined_answers(fields, running)
        arrays = [one for one in fields if isinstance(one.target, ArrayOf) and one.path not in found]
        for one, items in array_items(arrays, evidence, matcher, conventions, pages).items():
            found[one.path] = items
        placed = {sheet.page for sheet in pages if sheet.placed}
        return Reading(_tree(target, found, placed))


def _fields(target: Target) -> Iterator[Field]:
    """The fields of the root and of objects in it; an array is one of them, its items' are not."""
    for one in target.fields if isinstance(target, ObjectOf) else ():
        if isinstance(one.target, ObjectOf):
            yield from _fields(one.target)
        else:
            yield one


def _surer(filled: Answer | None, other: Node) -> Answer | None:
    """What a form says, unless it is print that says it and another value is surer."""
    if not isinstance(other, Answer) or (filled and filled.method is Method.FIELD):
        return filled
    return other if other.score > (_SURE if other.method is Method.LABEL else _LIKELY) else filled


def _better(told: Answer, other: Node) -> Node:
    """What a sentence says, unless a form says something or a label does that is plainly the field's."""
    if not isinstance(other, Answer) or other.method is Method.TYPE:
        return told
    return told if other.method is Method.LABEL and other.score < _LIKELY else other


def _tree(target: ObjectOf, found: Mapping[Path, Node], placed: set[int]) -> Node:
    """What was found in the shape of the target, without the words that have no place."""
    return {
        one.name: _tree(one.target, found, placed)
        if isinstance(one.target, ObjectOf)
        else _grounded(found.get(one.path), placed)
        for one in target.fields
    }


def _grounded(node: Node, placed: set[int]) -> Node:
    if isinstance(node, list):
        return [_grounded(item, placed) for item in node]
    if isinstance(node, dict):
        return {name: _grounded(child, placed) for name, child in node.items()}
    return _with_places(node, placed) if isinstance(node, Answer) else None


def _with_places(answer: Answer, placed: set[int]) -> Answer:
    words = tuple(word for word in answer.words if word.page in placed)
    return replace(answer, words=words, rivals=tuple(_with_places(rival, placed) for rival in answer.rivals))
