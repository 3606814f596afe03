"""Document stage: every schema filled, once for each part of the document that it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.base import Engines
from pipelines.extraction.base import Reading
from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.llm.choice import llm_for, tell_missing
from pipelines.extraction.llm.reader import LlmReader
from pipelines.extraction.partition import parts
from pipelines.extraction.referee import settle
from pipelines.extraction.targets import ObjectOf, target_of
from schemas.documents import DocumentWarning, PageClass, StructuredData, WarningKind
from schemas.errors import LlmFailed
from schemas.json_values import read_json
from schemas.options import StructuredExtractionOptions


@dataclass(slots=True)
class Extracted:
    """All filled schemas in the order asked for, and what it took."""

    data: list[StructuredData] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


class Extract:
    """Fills schemas from a document."""

    def __init__(self, engines: Engines, check: Callable[[], None]) -> None:
        """``check`` is called between the parts; it raises to stop the work."""
        self._engines = engines
        self._check = check

    def __call__(
        self,
        evidence: Evidence,
        asked: Sequence[StructuredExtractionOptions],
        classes: Sequence[PageClass],
        *,
        paged: bool,
    ) -> Extracted:
        """One entry a schema and part. A schema for pages of some classes sees those only, or none."""
        extracted = Extracted()
        for options in asked:
            seen = _of_classes(evidence, options, classes)
            if not seen.pages:
                continue
            for part in parts(seen, options.partition_strategy, paged=paged):
                self._check()
                self._fill(part, options, extracted)
        return extracted

    def _fill(self, part: Evidence, options: StructuredExtractionOptions, extracted: Extracted) -> None:
        target = target_of(schema_of(options))
        readings = self._readings(target, part, options)
        settled = settle(target, readings, part, options)
        pages = list(part.pages)
        extracted.data.append(
            StructuredData(data=settled.data, page_numbers=pages, schema_name=options.schema_name)
        )
        missing = tell_missing(options, self._engines)
        extracted.warnings += [*missing, *_warnings(readings), *settled.warnings]
        extracted.input_tokens += sum(reading.input_tokens for reading in readings)
        extracted.output_tokens += sum(reading.output_tokens for reading in readings)

    def _readings(
        self, target: ObjectOf, part: Evidence, options: StructuredExtractionOptions
    ) -> list[Reading]:
        """What the language model found, where there is one, and then what the embedded reader did."""
        embedded = EmbeddedReader(self._engines).read(target, part, options)
        llm = llm_for(options, self._engines)
        if llm is None:
            return [embedded]
        try:
            return [LlmReader(self._engines, llm, self._check).read(target, part, options), embedded]
        except LlmFailed as error:
            embedded.input_tokens += error.input_tokens
            embedded.output_tokens += error.output_tokens
            message = f"{error.message} The schema {options.schema_name!r} was filled without it."
            embedded.warnings.append(DocumentWarning(kind=WarningKind.FALLBACK, message=message))
            return [embedded]


def schema_of(options: StructuredExtractionOptions) -> Mapping[str, Any]:
    """The JSON Schema as an object; it may have come as text."""
    schema = options.json_schema
    found: Mapping[str, Any] = read_json(schema) if isinstance(schema, str) else schema
    return found


def _of_classes(
    evidence: Evidence, options: StructuredExtractionOptions, classes: Sequence[PageClass]
) -> Evidence:
    if options.page_classes is None:
        return evidence
    numbers = {n for one in classes if one.page_class in options.page_classes for n in one.page_numbers}
    return evidence.of_pages(numbers)


def _warnings(readings: Sequence[Reading]) -> list[DocumentWarning]:
    return [warning for reading in readings for warning in reading.warnings]
