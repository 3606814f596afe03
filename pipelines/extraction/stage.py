"""Document stage: every schema filled, once for each part of the document that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from models.base import Engines
from pipelines.asking import answers
from pipelines.extraction.base import ExtractionReader, Reading
from pipelines.extraction.embedded.reader import EmbeddedReader
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.llm.choice import llm_for, tell_missing
from pipelines.extraction.llm.merge import filled
from pipelines.extraction.llm.reader import LlmReader
from pipelines.extraction.partition import parts
from pipelines.extraction.referee import Settled, settle
from pipelines.extraction.targets import ObjectOf, leaves, schema_of, target_of
from pipelines.outcomes import Extracted
from pipelines.work import RunContext
from schemas.documents import DocumentWarning, PageClass, StructuredData, WarningKind
from schemas.errors import LlmFailed
from schemas.options import StructuredExtractionOptions

_MOST_VALUES = 250_000
"""Values that one schema may be filled with, in all parts together: each is looked for, and takes memory."""


class Extract:
    """Fills schemas from a document."""

    def __init__(self, engines: Engines, context: RunContext) -> None:
        """The context's ``check`` is called between the parts; it raises to stop the work."""
        self._engines = engines
        self._context = context
        self._embedded = EmbeddedReader(engines)

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
        for number, options in enumerate(asked):
            seen = _of_classes(evidence, options, classes)
            if not seen.pages:
                continue
            self._context.tell(f"filling the schema {options.schema_name!r}", number, len(asked))
            fill = partial(self._schema, seen, options, paged=paged)
            extracted.add(self._context.step("extract", (options, seen.pages), Extracted, fill))
        return extracted

    def _schema(self, seen: Evidence, options: StructuredExtractionOptions, *, paged: bool) -> Extracted:
        """One schema filled from each part of what is ``seen``."""
        extracted = Extracted()
        cut = parts(seen, options.partition_strategy, paged=paged)
        target = target_of(schema_of(options))
        values = len(cut) * sum(1 for _ in leaves(target))
        if values > _MOST_VALUES:
            extracted.warnings.append(_too_many(options, len(cut), values))
            return extracted
        for part, said in zip(cut, self._said(target, cut, options), strict=True):
            self._context.check()
            self._fill(target, part, said, options, extracted)
        extracted.warnings += tell_missing(options, self._engines)
        return extracted

    def _said(
        self, target: ObjectOf, cut: Sequence[Evidence], options: StructuredExtractionOptions
    ) -> list[Reading | None]:
        """What the language model finds in each part, where there is one; it reads several at a time."""
        llm = llm_for(options, self._engines)
        if llm is None:
            return [None] * len(cut)
        reader = LlmReader(self._engines, llm, self._context.check)
        return answers([partial(_read, reader, target, part, options) for part in cut], self._context.check)

    def _fill(
        self,
        target: ObjectOf,
        part: Evidence,
        said: Reading | None,
        options: StructuredExtractionOptions,
        extracted: Extracted,
    ) -> None:
        """One entry: what the language model ``said`` goes first, the embedded reader checks it."""
        settle_part = partial(self._settled, target, part, said, options)
        # On a thread of its own: many thousand rows take minutes, in which this one heeds the word to stop.
        ((readings, settled),) = answers([settle_part], self._context.check)
        extracted.data.append(
            StructuredData(data=settled.data, page_numbers=list(part.pages), schema_name=options.schema_name)
        )
        extracted.warnings += [*_warnings(readings), *settled.warnings]
        extracted.input_tokens += sum(reading.input_tokens for reading in readings)
        extracted.output_tokens += sum(reading.output_tokens for reading in readings)

    def _settled(
        self,
        target: ObjectOf,
        part: Evidence,
        said: Reading | None,
        options: StructuredExtractionOptions,
    ) -> tuple[list[Reading], Settled]:
        embedded = self._embedded.read(target, part, options)
        if said is not None and not said.is_whole:
            said.found = filled(said.found, embedded.found)
        readings = [embedded] if said is None else [said, embedded]
        found = [one for one in readings if one.found is not None]
        return readings, settle(target, found, part, options)


def _too_many(options: StructuredExtractionOptions, parts: int, values: int) -> DocumentWarning:
    message = (
        f"The schema {options.schema_name!r} was not filled: {values} values in {parts} parts of the document"
        f" are more than {_MOST_VALUES}. Ask for fewer fields, or for larger parts (partition_strategy)."
    )
    return DocumentWarning(kind=WarningKind.TRUNCATED, message=message)


def _read(
    reader: ExtractionReader, target: ObjectOf, part: Evidence, options: StructuredExtractionOptions
) -> Reading:
    """What a language model finds; where it fails, nothing, with the reason."""
    try:
        return reader.read(target, part, options)
    except LlmFailed as error:
        message = f"{error.message} The schema {options.schema_name!r} was filled without it."
        warning = DocumentWarning(kind=WarningKind.FALLBACK, message=message)
        return Reading(None, [warning], error.input_tokens, error.output_tokens)


def _of_classes(
    evidence: Evidence, options: StructuredExtractionOptions, classes: Sequence[PageClass]
) -> Evidence:
    if options.page_classes is None:
        return evidence
    numbers = {n for one in classes if one.page_class in options.page_classes for n in one.page_numbers}
    return evidence.of_pages(numbers)


def _warnings(readings: Sequence[Reading]) -> list[DocumentWarning]:
    return [warning for reading in readings for warning in reading.warnings]
