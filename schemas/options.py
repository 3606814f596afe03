"""What a caller may ask of a reading. Unknown keys are ignored, null means absent, aliases are the wire's."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    model_validator,
)

from schemas.fragments import FragmentType


class Options(BaseModel):
    """Base of everything a caller sends: unknown keys dropped, nulls taken as absent."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


T = TypeVar("T")

# A list that is judged to its first mistake: telling of half a million takes seconds.
Several = Annotated[list[T], Field(fail_fast=True)]


class ChunkingStrategy(StrEnum):
    """How the Markdown is cut."""

    NONE = "none"
    PAGE = "page"
    SECTION = "section"
    FRAGMENT = "fragment"


class TableOutputMode(StrEnum):
    """Which form of a table goes into ``content`` and the chunks; both are always made."""

    HTML = "html"
    MARKDOWN = "markdown"


class TableParsingFormat(StrEnum):
    """Table structure by the local models (``tsr``) or by the slower, better path."""

    TSR = "tsr"
    VLM = "vlm"


class OcrModel(StrEnum):
    """See the table in ``docs/options.md``."""

    MODEL01 = "model01"
    MODEL02 = "model02"
    MODEL03 = "model03"
    GEMINI3 = "gemini3"


# What may be left out of a result: every fragment type, and two kinds of mark-up inside text.
IgnorableSection = StrEnum(  # type: ignore[misc]
    "IgnorableSection",
    [(t.name, t.value) for t in FragmentType]
    + [("TRACKED_CHANGES", "tracked_changes"), ("COMMENTS", "comments")],
)


class ParsingOptions(Options):
    """How pages are read and cut."""

    chunking_strategy: ChunkingStrategy = ChunkingStrategy.NONE
    chunk_size: Annotated[StrictInt, Field(ge=32, le=1_000_000)] | None = None
    table_output_mode: TableOutputMode = TableOutputMode.HTML
    table_parsing_format: TableParsingFormat = Field(
        TableParsingFormat.TSR,
        validation_alias=AliasChoices("table_parsing_format", "table_parsing_strategy"),
    )
    ocr_model: OcrModel = OcrModel.MODEL03
    disable_layout_detection: StrictBool = False
    skew_detection: StrictBool = False
    signature_detection: StrictBool = False
    remove_strikethrough_lines: StrictBool = False
    ignore_sections: Several[IgnorableSection] = []
    cross_page_header_detection: StrictBool = False
    include_images: StrictBool = False
    include_words: StrictBool = False
    barcode_detection: StrictBool = False
    table_merging: StrictBool = False
    merge_tables: StrictBool = Field(False, exclude=True, description="The same as `table_merging`.")

    @model_validator(mode="after")
    def _either_merging_flag(self) -> Self:
        self.table_merging |= self.merge_tables
        return self


class EnrichmentOptions(Options):
    """What is made of tables, figures, charts and forms once they are found."""

    table_summarization: StrictBool = False
    figure_summarization: StrictBool = False
    chart_extraction: StrictBool = False
    key_value_extraction: StrictBool = False
    include_full_page_image: StrictBool = False
    table_cell_grounding: StrictBool = False
    table_summarization_prompt: str | None = Field(
        None, validation_alias=AliasChoices("table_summarization_prompt", "table_summary_prompt")
    )
    figure_summarization_prompt: str | None = Field(
        None, validation_alias=AliasChoices("figure_summarization_prompt", "figure_summary_prompt")
    )


class PageClassification(Options):
    """A class that pages may belong to."""

    name: str
    description: str = ""


class PartitionStrategy(StrEnum):
    """What part of a document each filled schema is about."""

    NONE = "none"
    PAGE = "page"
    SECTION = "section"
    FRAGMENT = "fragment"
    PATTERNS = "patterns"


class Partition(Options):
    """A strategy and, for ``patterns``, the regular expressions that open and close a block.

    Taken in every form that is about: a bare word, ``{"strategy": …}``, ``{"patterns": {…}}`` with or
    without the strategy, and the two lists beside the strategy.
    """

    strategy: PartitionStrategy = PartitionStrategy.NONE
    start_patterns: Several[str] = []
    end_patterns: Several[str] = []

    @model_validator(mode="before")
    @classmethod
    def _any_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"strategy": value}
        if isinstance(value, dict) and isinstance(value.get("patterns"), dict):
            return {"strategy": PartitionStrategy.PATTERNS, **value["patterns"]}
        return value


class ModelProvider(StrEnum):
    """Which model an extraction would like: a hint, in every spelling that clients use."""

    TENSORLAKE = "tensorlake"
    GEMINI3 = "gemini3"
    GEMINI_3 = "gemini-3"
    SONNET = "sonnet"
    CLAUDE_SONNET = "claude-3-5-sonnet-latest"
    GPT_4O_MINI = "gpt_4o_mini"
    GPT4O_MINI = "gpt4o_mini"
    GPT_4O_MINI_DASHED = "gpt-4o-mini"


class StructuredExtractionOptions(Options):
    """One schema to fill. ``json_schema`` is an object, or text that holds one."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    schema_name: str
    json_schema: Any
    partition_strategy: Partition = Partition()
    model_provider: ModelProvider = Field(
        ModelProvider.TENSORLAKE, validation_alias=AliasChoices("model_provider", "model-provider")
    )
    page_classes: Several[str] | None = None
    prompt: str | None = None
    provide_citations: StrictBool = False
    provide_confidence: StrictBool = False
    skip_ocr: StrictBool = False


class FormFilling(Options):
    """How a form is filled."""

    fill_prompt: str | None = None
    ignore_source_values: StrictBool = False
    no_acroform: StrictBool = False
    no_widget_detection: StrictBool = False


def _as_page_range(value: Any) -> Any:
    if isinstance(value, list) and all(type(n) is int for n in value):
        return ",".join(str(n) for n in value)
    return value


PageRangeText = Annotated[str, BeforeValidator(_as_page_range)]


ParsingField = Annotated[
    ParsingOptions,
    Field(validation_alias=AliasChoices("parsing_options", "parse_options")),
]


class ReadingOptions(Options):
    """How a document is read, and what is made of what is found."""

    parsing_options: ParsingField = Field(default_factory=ParsingOptions)
    enrichment_options: EnrichmentOptions = Field(default_factory=EnrichmentOptions)


class Configuration(ReadingOptions):
    """The four option objects together: what a job runs with, and what a dataset keeps."""

    page_classifications: Several[PageClassification] = []
    structured_extraction_options: Several[StructuredExtractionOptions] = []
