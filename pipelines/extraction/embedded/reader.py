"""The reader that needs nothing but the document: labels, fields, tables and typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from models.base import Engines
from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.base import Reading
from pipelines.extraction.embedded.clauses import clause_answers
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.embedded.rows import sheets
from pipelines.extraction.embedded.solve import Path, solve
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import Field, ObjectOf, Scalar, Target
from pipelines.extraction.values.conventions import conventions_of
from schemas.options import StructuredExtractionOptions


class EmbeddedReader:
    """See ``ExtractionReader``. The same document gives the same values."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def read(self, target: ObjectOf, evidence: Evidence, options: StructuredExtractionOptions) -> Reading:
        """See ``ExtractionReader``."""
        matcher = Matcher(self._engines)
        pages = sheets(evidence)
        fields = list(_fields(target))
        single = [one for one in fields if isinstance(one.target, Scalar)]
        conventions = conventions_of(row.text for sheet in pages for row in sheet.rows)

        found: dict[Path, Node] = {}
        found.update(solve(single, pages, matcher, conventions))
        found.update(clause_answers(fields, evidence, pages))
        placed = {sheet.page for sheet in pages if sheet.placed}
        return Reading(_tree(target, (), found, placed))


def _fields(target: Target) -> Iterator[Field]:
    """The fields of the root and of objects in it; an array is one of them, its items' are not."""
    for one in target.fields if isinstance(target, ObjectOf) else ():
        if isinstance(one.target, ObjectOf):
            yield from _fields(one.target)
        else:
            yield one


def _tree(target: ObjectOf, above: Path, found: Mapping[Path, Node], placed: set[int]) -> Node:
    """What was found in the shape of the target, without the words that have no place."""
    return {
        one.name: _tree(one.target, one.path, found, placed)
        if isinstance(one.target, ObjectOf)
        else _grounded(found.get(one.path), placed)
        for one in target.fields
    }


def _grounded(node: Node, placed: set[int]) -> Node:
    if isinstance(node, list):
        return [_grounded(item, placed) for item in node]
    if not isinstance(node, Answer):
        return node
    words = tuple(word for word in node.words if word.page in placed)
    rivals = tuple(_grounded_answer(rival, placed) for rival in node.rivals)
    return replace(node, words=words, rivals=rivals)


def _grounded_answer(answer: Answer, placed: set[int]) -> Answer:
    return replace(answer, words=tuple(word for word in answer.words if word.page in placed))
