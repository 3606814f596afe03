"""Options to work: the only reader of a ``Configuration`` in this package.

Stages that few ask for are imported when somebody does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.base import Engines
from pipelines.pages.assemble import Assemble
from pipelines.pages.barcodes import ReadBarcodes
from pipelines.pages.figures import CutFigures
from pipelines.pages.flow import ReadFigures, ReadFlow
from pipelines.pages.layout import LayOut
from pipelines.pages.ocr import Ocr
from pipelines.pages.orders import WatchText
from pipelines.pages.pictures import ReadPictures
from pipelines.pages.signatures import FindSignatures
from pipelines.pages.straighten import Straighten
from pipelines.pages.strikethrough import RemoveStrikethrough
from pipelines.pages.struck_markup import RemoveStruckMarkup
from pipelines.pages.tables.stage import Tables
from pipelines.pages.text import ReadText
from pipelines.pages.upright import Upright
from pipelines.readers.base import Reader
from pipelines.work import PageStage
from schemas.fragments import FragmentType
from schemas.options import (
    ChunkingStrategy,
    Configuration,
    FormFilling,
    OcrModel,
    ParsingOptions,
    TableOutputMode,
    TableParsingFormat,
)
from schemas.reading import FlowView
from schemas.vision import VisionUse

# Options that pages do not have which come ready.
_ONLY_LOOKED_AT: tuple[tuple[str, Callable[[Configuration], bool]], ...] = (
    ("parsing_options.include_words", lambda c: c.parsing_options.include_words),
    ("parsing_options.signature_detection", lambda c: c.parsing_options.signature_detection),
    ("enrichment_options.key_value_extraction", lambda c: c.enrichment_options.key_value_extraction),
)


class PlanError(ValueError):
    """Stages in an order that cannot work: a mistake in the code, not in a request."""


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """What happens once all pages are read.

    ``unasked`` are the fragments that were looked for only because classes of pages speak of them; they are
    among the ``ignored``.
    """

    chunking: ChunkingStrategy
    chunk_size: int | None
    table_mode: TableOutputMode
    ignored: frozenset[str]
    unasked: frozenset[str]
    merge_tables: bool
    headings_across: bool


def page_stages(
    configuration: Configuration,
    reader: Reader,
    engines: Engines,
    check: Callable[[], None] = lambda: None,
) -> list[PageStage]:
    """The stages that every page of a paged document goes through, in order.

    ``check`` is called while a stage waits for answers from elsewhere; it raises to stop the work.
    """
    options = configuration.parsing_options
    layout = not options.disable_layout_detection
    stages: list[PageStage] = [ReadText(reader, layout=layout)]
    if options.skew_detection:
        stages.append(Straighten(reader, engines, layout=layout))
    stages += [
        Upright(reader, engines, options.ocr_model.value),
        Ocr(engines, options.ocr_model.value),
        ReadPictures(reader, engines, options.ocr_model.value),
    ]
    stages += _before_layout(configuration, reader, engines)
    if layout:
        stages.append(LayOut(reader, engines))
    stages.append(Tables(reader, engines, careful=_is_careful(options)))
    if configuration.enrichment_options.chart_extraction:
        from pipelines.pages.charts.stage import ReadCharts

        stages.append(ReadCharts(reader, engines, options.ocr_model.value))
    if configuration.enrichment_options.key_value_extraction:
        from pipelines.pages.forms.stage import ReadForms

        stages.append(ReadForms(reader, engines))
    pages_by_vision, parts_by_vision = _seen(configuration, engines.vision_uses)
    keep_words = keeps_words(configuration) or pages_by_vision or bool(parts_by_vision)
    stages.append(Assemble(include_words=keep_words))
    if options.include_images:
        stages.append(CutFigures(reader))
    words = keeps_words(configuration)
    if pages_by_vision:
        from pipelines.pages.vision import ReadByVision

        stages.append(ReadByVision(reader, engines, include_words=words, check=check))
    elif parts_by_vision:
        from pipelines.pages.vision_parts import ReadPartsByVision

        stages.append(ReadPartsByVision(reader, engines, parts_by_vision, include_words=words, check=check))
    stages.append(WatchText())
    stages += _after_text(configuration, reader, engines, check)
    if configuration.structured_extraction_options:
        stages.append(_keep_evidence(configuration, reader, engines))
    check_order(stages)
    return stages


def form_stages(
    filling: FormFilling, reader: Reader, engines: Engines, check: Callable[[], None], *, paged: bool
) -> list[PageStage]:
    """The stages that every page of a form to be filled in goes through, in order.

    Scans are straightened: frames are told by lines that are level.
    """
    from pipelines.pages.blanks import FindBlanks

    configuration = Configuration(parsing_options=ParsingOptions(skew_detection=True))
    stages = (page_stages if paged else flow_stages)(configuration, reader, engines, check)
    blanks = FindBlanks(
        reader, engines, interactive=not filling.no_acroform, drawn=not filling.no_widget_detection
    )
    places = [i for i, stage in enumerate(stages) if isinstance(stage, Assemble)]
    stages.insert(places[0] if places else len(stages), blanks)  # it needs the page as it was read
    check_order(stages)
    return stages


def keeps_words(configuration: Configuration) -> bool:
    """Whether fragments keep their words until the document is done: extraction cites them."""
    return configuration.parsing_options.include_words or bool(configuration.structured_extraction_options)


def _keep_evidence(configuration: Configuration, reader: Reader, engines: Engines) -> PageStage:
    """Keeps what schemas are filled from, boxes to tick if a field asks for them: to look takes time."""
    from pipelines.extraction.embedded.forms import asks_for_ticks
    from pipelines.extraction.llm.choice import looks_at_pages, sees_figures
    from pipelines.extraction.targets import schema_of, target_of
    from pipelines.pages.evidence import KeepEvidence

    asked = configuration.structured_extraction_options
    return KeepEvidence(
        reader,
        engines,
        ticks=any(asks_for_ticks(target_of(schema_of(options))) for options in asked),
        pictures=any(looks_at_pages(one, engines) for one in asked),
        figures=any(sees_figures(one, engines) for one in asked),
    )


def _after_text(
    configuration: Configuration, reader: Reader, engines: Engines, check: Callable[[], None]
) -> list[PageStage]:
    """The stages that say what tables and figures show, where somebody asks for it."""
    options = configuration.enrichment_options
    if not (options.table_summarization or options.figure_summarization):
        return []
    from pipelines.pages.summaries.stage import Summarize

    return [Summarize(reader, engines, options, check)]


def _before_layout(configuration: Configuration, reader: Reader, engines: Engines) -> list[PageStage]:
    """The stages that find what is no text, or should be none, before the layout is made of the text."""
    options, unasked = configuration.parsing_options, _unasked(configuration)
    stages: list[PageStage] = []
    if options.barcode_detection or FragmentType.BARCODE.value in unasked:
        stages.append(ReadBarcodes(reader, engines))
    if options.signature_detection or FragmentType.SIGNATURE.value in unasked:
        stages.append(FindSignatures(reader, engines))
    if options.remove_strikethrough_lines:
        stages.append(RemoveStrikethrough(engines))
    return stages


def _unasked(configuration: Configuration) -> frozenset[str]:
    """What classes of pages speak of and the caller did not ask to see."""
    if not configuration.page_classifications:
        return frozenset()
    from pipelines.documents.classify.sights import Sight, wanted

    options, sights = configuration.parsing_options, wanted(configuration.page_classifications)
    looked_for = (
        (FragmentType.BARCODE, Sight.BARCODE in sights and not options.barcode_detection),
        (FragmentType.SIGNATURE, Sight.SIGNATURE in sights and not options.signature_detection),
    )
    return frozenset(kind.value for kind, is_needed in looked_for if is_needed)


def flow_stages(
    configuration: Configuration,
    reader: Reader,
    engines: Engines,
    check: Callable[[], None] = lambda: None,
) -> list[PageStage]:
    """The stages of every page whose fragments come ready, in order; ``check`` as for ``page_stages``."""
    options = configuration.parsing_options
    ignored = {section.value for section in options.ignore_sections}
    view = FlowView(
        tracked_changes="tracked_changes" not in ignored,
        comments="comments" not in ignored,
        charts=configuration.enrichment_options.chart_extraction,
    )
    stages: list[PageStage] = [
        ReadFlow(reader, view, [name for name, asked in _ONLY_LOOKED_AT if asked(configuration)]),
        ReadFigures(
            reader,
            engines,
            options.ocr_model.value,
            include_images=options.include_images,
            barcodes=options.barcode_detection,
            check=check,
        ),
    ]
    if options.remove_strikethrough_lines:
        stages.append(RemoveStruckMarkup())
    stages.append(WatchText())
    stages += _after_text(configuration, reader, engines, check)
    check_order(stages)
    return stages


def _is_careful(options: ParsingOptions) -> bool:
    """Whether tables take the slower, better path."""
    return options.table_parsing_format is TableParsingFormat.VLM or options.ocr_model is OcrModel.MODEL02


def _seen(configuration: Configuration, uses: frozenset[VisionUse]) -> tuple[bool, frozenset[FragmentType]]:
    """What the vision model is asked for: whole pages, or else the fragments of some kinds.

    ``gemini3`` stands for that model alone: where a worker lacks it, each page says so.
    """
    options = configuration.parsing_options
    mapped = options.ocr_model is OcrModel.MODEL03 and VisionUse.MODEL03 in uses
    kinds = set()
    if options.table_parsing_format is TableParsingFormat.VLM and VisionUse.TABLES in uses:
        kinds.add(FragmentType.TABLE)
    if VisionUse.FORMULAS in uses:
        kinds.add(FragmentType.FORMULA)
    if configuration.enrichment_options.chart_extraction and VisionUse.CHARTS in uses:
        kinds.add(FragmentType.FIGURE)
    return options.ocr_model is OcrModel.GEMINI3 or mapped, frozenset(kinds)


def document_plan(configuration: Configuration) -> DocumentPlan:
    """What the options ask for after the pages."""
    options = configuration.parsing_options
    unasked = _unasked(configuration)
    return DocumentPlan(
        chunking=options.chunking_strategy,
        chunk_size=options.chunk_size,
        table_mode=options.table_output_mode,
        ignored=frozenset(section.value for section in options.ignore_sections) | unasked,
        unasked=unasked,
        merge_tables=options.table_merging,
        headings_across=options.cross_page_header_detection,
    )


def check_order(stages: Sequence[PageStage]) -> None:
    """Refuses an order in which a stage reads what no earlier one wrote.

    Raises:
        PlanError: names the stage and what it lacks.
    """
    written = {"number"}
    for stage in stages:
        missing = stage.reads - written
        if missing:
            raise PlanError(f"stage {stage.name!r} reads {sorted(missing)}, which no earlier stage writes")
        written |= stage.writes
