"""The whole story: pages (or a flow) to records, records to a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from models.base import Engines
from pipelines.documents.chunks.chunk import chunk
from pipelines.documents.finish import finished
from pipelines.documents.levels import with_levels
from pipelines.documents.markdown import document_markdown
from pipelines.documents.merge_tables import Merged, merge_tables
from pipelines.documents.running import with_running_lines
from pipelines.execute import run
from pipelines.outcomes import Classified, Extracted
from pipelines.plan import document_plan, flow_stages, keeps_words, page_stages
from pipelines.readers.base import Reader
from pipelines.work import PageRecord, RunContext
from schemas.documents import DocumentWarning, Page, PageFault, ParsedDocument, Usage
from schemas.errors import TooManyBadPages
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source
from schemas.options import Configuration, TableOutputMode
from schemas.reading import DocumentInfo


def read_pages(
    reader: Reader,
    engines: Engines,
    info: DocumentInfo,
    numbers: Sequence[int],
    configuration: Configuration,
    context: RunContext,
) -> list[PageRecord]:
    """One window of an open document's pages; a page that cannot be read has a fault in its record.

    Raises:
        Interrupted: the context asked to stop.
    """

    def read(paged: bool, pages: list[int]) -> list[PageRecord]:
        stages = page_stages if paged else flow_stages
        return run(stages(configuration, reader, engines, context.check), pages, context)

    return of_parts(info, numbers, read)


def of_parts(
    info: DocumentInfo, numbers: Sequence[int], read: Callable[[bool, list[int]], list[PageRecord]]
) -> list[PageRecord]:
    """What ``read(paged, numbers)`` makes of the pages of each part, with what is known of the part."""
    records: list[PageRecord] = []
    for part, pages in groupby(numbers, info.part_of):
        paged = info.parts[part].paged
        records += [
            replace(record, part=part, ready=not paged, begins=info.begins(record.number))
            for record in read(paged, list(pages))
        ]
    return records


def assemble(
    records: Sequence[PageRecord],
    total_pages: int,
    configuration: Configuration,
    engines: Engines,
    context: RunContext,
    *,
    max_bad_page_share: float = 0.5,
) -> ParsedDocument:
    """The document from the records of all pages that were asked for, in page order.

    Raises:
        Interrupted: the context asked to stop.
        TooManyBadPages: more than ``max_bad_page_share`` of the pages have faults, or all of them.
    """
    plan = document_plan(configuration)
    faults = _faults(records, max_bad_page_share)
    records = [
        record
        for _, part in groupby(records, lambda record: (record.part, record.ready))
        for record in _over_all_pages(list(part), across=plan.headings_across)
    ]
    pages = _finished(records, plan.ignored, plan.table_mode)
    merged = _merged(records, pages, configuration, engines, context) if plan.merge_tables else Merged()
    classified = _classified(records, plan.table_mode, configuration, engines, context)
    extracted = _extracted(records, pages, classified, configuration, engines, context)
    pages = [_as_asked(page, classified, configuration) for page in pages]
    return ParsedDocument(
        total_pages=total_pages,
        parsed_pages_count=len(records) - len(faults),
        pages=pages,
        chunks=chunk(pages, plan.chunking, plan.table_mode, plan.chunk_size),
        structured_data=extracted.data or None,
        page_classes=classified.classes if configuration.page_classifications else None,
        merged_tables=merged.tables,
        document_markdown=document_markdown(pages, plan.table_mode, merged.tables),
        page_errors=faults,
        warnings=[
            *_told_once([w for record in records for w in record.warnings]),
            *_told_once([*merged.warnings, *classified.warnings, *extracted.warnings]),
        ],
        usage=Usage(
            pages_parsed=len(records) - len(faults),
            signature_detected_pages=_pages_with(FragmentType.SIGNATURE, records, plan.unasked),
            strikethrough_detected_pages=_pages_with(FragmentType.STRIKETHROUGH, records),
            ocr_input_tokens_used=sum(record.ocr_input_tokens for record in records),
            ocr_output_tokens_used=sum(record.ocr_output_tokens for record in records),
            extraction_input_tokens_used=sum(one.input_tokens for one in (merged, classified, extracted)),
            extraction_output_tokens_used=sum(one.output_tokens for one in (merged, classified, extracted)),
            summarization_input_tokens_used=merged.summary_input_tokens
            + sum(record.summary_input_tokens for record in records),
            summarization_output_tokens_used=merged.summary_output_tokens
            + sum(record.summary_output_tokens for record in records),
        ),
    )


def _faults(records: Sequence[PageRecord], max_bad_page_share: float) -> list[PageFault]:
    """The faults of pages, unless there are too many."""
    faults = [record.fault for record in records if record.fault]
    if records and (len(faults) > max_bad_page_share * len(records) or len(faults) == len(records)):
        first = faults[0].message
        raise TooManyBadPages(
            f"{len(faults)} of {len(records)} pages could not be read. The first: {first}"
            if len(records) > 1
            else first
        )
    return faults


def _merged(
    records: Sequence[PageRecord],
    pages: Sequence[Page],
    configuration: Configuration,
    engines: Engines,
    context: RunContext,
) -> Merged:
    """The tables that page ends broke, put together."""
    context.tell("merging tables")
    options = configuration.enrichment_options
    merge = partial(merge_tables, records, pages, engines, context, options)
    return context.step("merge_tables", configuration, Merged, merge)


def _classified(
    records: Sequence[PageRecord],
    mode: TableOutputMode,
    configuration: Configuration,
    engines: Engines,
    context: RunContext,
) -> Classified:
    """The pages' classes, where they were asked for; what is ignored in the result counts all the same."""
    if not configuration.page_classifications:
        return Classified()
    from pipelines.documents.classify.stage import classify
    from pipelines.extraction.evidence import Evidence

    context.tell("sorting pages into classes")
    everything = Evidence.of(records, _finished(records, frozenset(), mode))
    sort = partial(classify, everything, configuration.page_classifications, engines, context.check)
    return context.step("classify", configuration, Classified, sort)


def _extracted(
    records: Sequence[PageRecord],
    pages: Sequence[Page],
    classified: Classified,
    configuration: Configuration,
    engines: Engines,
    context: RunContext,
) -> Extracted:
    """The filled schemas, where there are some to fill."""
    asked = configuration.structured_extraction_options
    if not asked:
        return Extracted()
    from pipelines.extraction.evidence import Evidence
    from pipelines.extraction.stage import Extract

    paged = any(not record.ready for record in records) or len(records) > 1
    evidence = Evidence.of(records, pages)
    return Extract(engines, context)(evidence, asked, classified.classes, paged=paged)


def _over_all_pages(records: list[PageRecord], *, across: bool) -> list[PageRecord]:
    """What only all pages of a document can tell, unless the document told it itself."""
    return records if records[0].ready else with_levels(with_running_lines(records), across=across)


def _finished(records: Sequence[PageRecord], ignored: frozenset[str], mode: TableOutputMode) -> list[Page]:
    """The pages of the records, without what is ignored."""
    return [
        Page.of(record.number, record.size, finished(_with_name(record), record.number, ignored, mode))
        for record in records
    ]


def _as_asked(page: Page, classified: Classified, configuration: Configuration) -> Page:
    """The page with the reason for its classes, and without words that only extraction needed."""
    fragments = page.page_fragments
    if keeps_words(configuration) and not configuration.parsing_options.include_words:
        fragments = [fragment.model_copy(update={"words": None}) for fragment in fragments]
    reason = classified.reasons.get(page.page_number)
    return page.model_copy(update={"page_fragments": fragments, "classification_reason": reason})


def _pages_with(
    kind: FragmentType, records: Sequence[PageRecord], unasked: frozenset[str] = frozenset()
) -> int:
    if kind.value in unasked:
        return 0
    return sum(any(f.fragment_type is kind for f in record.fragments) for record in records)


def _with_name(record: PageRecord) -> list[PageFragment]:
    """A page's fragments; where an attached document begins, its name is a heading above them."""
    if not record.begins:
        return record.fragments
    heading = HeaderContent(content=f"Attachment: {record.begins}", level=1)
    return [
        PageFragment(fragment_type=FragmentType.SECTION_HEADER, content=heading, source=Source.DIGITAL),
        *record.fragments,
    ]


def _told_once(warnings: Sequence[DocumentWarning]) -> list[DocumentWarning]:
    """The warnings of all pages; what several say in the same words is said once, of the document.

    A place on a page is always told by itself.
    """
    times = Counter((warning.kind, warning.message) for warning in warnings)
    told = [
        warning
        if times[warning.kind, warning.message] == 1 or warning.bbox is not None
        else DocumentWarning(kind=warning.kind, message=warning.message)
        for warning in warnings
    ]
    return list(dict.fromkeys(told))
