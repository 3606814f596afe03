"""Papers for tests: lines of text where they stand on a page, and what a schema finds there."""

from __future__ import annotations

from typing import Any

from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import target_of
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, PageFragment, TableContent, TextContent
from schemas.options import StructuredExtractionOptions
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import SIZE, page, paragraph

TEXT = {"type": "string"}
DATE = {"type": "string", "format": "date"}
NUMBER = {"type": "number"}


def schema(**properties: Any) -> dict[str, Any]:
    """The schema of an object."""
    return {"type": "object", "properties": properties}


def paper(*lines: tuple[float, float, str]) -> Evidence:
    """A page of lines of text, each a fragment at its place (x, y)."""
    made = page(1, *(paragraph(text, y, x) for x, y, text in lines))
    return Evidence.of([PageRecord(1, SIZE, made.page_fragments, [], [])], [made])


def flowing(*texts: str, table: str = "") -> Evidence:
    """A document without geometry: paragraphs, and a table as HTML."""
    parts = [
        PageFragment(fragment_type=FragmentType.TEXT, content=TextContent(content=text)) for text in texts
    ]
    if table:
        content = TableContent(content=table, html=table)
        parts.append(PageFragment(fragment_type=FragmentType.TABLE, content=content))
    made = page(1, *parts)
    return Evidence.of([PageRecord(1, None, made.page_fragments, [], [], ready=True)], [made])


def answers(evidence: Evidence, asked: dict[str, Any]) -> dict[str, Node]:
    """What the embedded reader finds."""
    options = StructuredExtractionOptions(schema_name="any", json_schema=asked)
    found = EmbeddedReader(FakeEngines()).read(target_of(asked), evidence, options).found
    assert isinstance(found, dict)
    return found


def values(evidence: Evidence, **asked: Any) -> Any:
    """The values that the embedded reader finds, without how and where."""
    return _plain(answers(evidence, schema(**asked)))


def _plain(node: Node) -> Any:
    if isinstance(node, dict):
        return {name: _plain(child) for name, child in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return node.value if isinstance(node, Answer) else None
