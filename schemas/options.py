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

    model_config = ConfigDict(extra="ignore", populate_by_name=True, use_attribute_docstrings=True)

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
    """Where the Markdown is cut into chunks."""
    chunk_size: Annotated[StrictInt, Field(ge=32, le=1_000_000)] | None = None
    """The tokens that a chunk should have at most; none: no limit."""
    table_output_mode: TableOutputMode = TableOutputMode.HTML
    """The form that tables have in `content`, chunks and `document_markdown`."""
    table_parsing_format: TableParsingFormat = Field(
        TableParsingFormat.TSR,
        validation_alias=AliasChoices("table_parsing_format", "table_parsing_strategy"),
    )
    """`vlm` takes more care with tables that are not ruled; with a vision model, that reads them."""
    ocr_model: OcrModel = OcrModel.MODEL03
    """What reads the pages: `model01` to `model03` the local reader, `gemini3` your vision model."""
    disable_layout_detection: StrictBool = False
    """Paragraphs and pictures in their order, without headings and tables."""
    skew_detection: StrictBool = False
    """Pages that lean are read level."""
    signature_detection: StrictBool = False
    """A fragment for each handwritten signature."""
    remove_strikethrough_lines: StrictBool = False
    """Struck words leave the text and become fragments of their own."""
    ignore_sections: Several[IgnorableSection] = []
    """Fragments of these types are left out of pages, chunks and Markdown."""
    cross_page_header_detection: StrictBool = False
    """Levels of headings by the whole document: bookmarks, contents, numbering, looks."""
    include_images: StrictBool = False
    """Figures and charts carry their picture, as `image_base64`."""
    include_words: StrictBool = False
    """Each fragment has its words with their boxes and confidences."""
    barcode_detection: StrictBool = False
    """A fragment for each bar code, with what it says."""
    table_merging: StrictBool = False
    """Pieces of a table over pages or columns are put together in `merged_tables`."""
    merge_tables: StrictBool = Field(False, exclude=True, description="The same as `table_merging`.")

    @model_validator(mode="after")
    def _either_merging_flag(self) -> Self:
        self.table_merging |= self.merge_tables
        return self


class EnrichmentOptions(Options):
    """What is made of tables, figures, charts and forms once they are found."""

    table_summarization: StrictBool = False
    """Each table has a summary."""
    figure_summarization: StrictBool = False
    """Each figure and chart has a summary."""
    chart_extraction: StrictBool = False
    """Charts become fragments with their numbers."""
    key_value_extraction: StrictBool = False
    """Forms become fragments with their fields and values."""
    include_full_page_image: StrictBool = False
    """For summaries, a model that sees gets the whole page, too."""
    table_cell_grounding: StrictBool = False
    """No effect: the cells of a table on a page have their boxes in any case."""
    table_summarization_prompt: str | None = Field(
        None, validation_alias=AliasChoices("table_summarization_prompt", "table_summary_prompt")
    )
    """What a language model is asked of each table."""
    figure_summarization_prompt: str | None = Field(
        None, validation_alias=AliasChoices("figure_summarization_prompt", "figure_summary_prompt")
    )
    """What a language model is asked of each figure."""


class PageClassification(Options):
    """A class that pages may belong to."""

    name: str
    """What the class is called."""
    description: str = ""
    """What a page of it is, in a sentence."""


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
    """What part of the document each filled schema is about."""
    start_patterns: Several[str] = []
    """RE2 expressions; a line that has one opens a part."""
    end_patterns: Several[str] = []
    """RE2 expressions; a line that has one closes a part."""

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
    """Tags the result."""
    json_schema: Any
    """The JSON Schema to fill, as an object or as text that holds one."""
    partition_strategy: Partition = Partition()
    """What part of the document each filled schema is about."""
    model_provider: ModelProvider = Field(
        ModelProvider.TENSORLAKE, validation_alias=AliasChoices("model_provider", "model-provider")
    )
    """Which of your language models reads."""
    page_classes: Several[str] | None = None
    """Only pages of these classes."""
    prompt: str | None = None
    """What else a language model should know."""
    provide_citations: StrictBool = False
    """Beside each value `f` its places on the page, `f_citation`."""
    provide_confidence: StrictBool = False
    """Beside each value `f` how likely it is right, `f_confidence`."""
    skip_ocr: StrictBool = False
    """A language model that sees gets pictures of the pages instead of their text."""


class FormFilling(Options):
    """How a form is filled."""

    fill_prompt: str | None = None
    """What to fill in; without it nothing is changed and the fields are told."""
    ignore_source_values: StrictBool = False
    """Fields that are filled in already are cleared, unless the prompt says what they hold."""
    no_acroform: StrictBool = False
    """The file's own fields are not used: what is drawn is written on."""
    no_widget_detection: StrictBool = False
    """Only the file's own fields are used."""


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
    """How pages are read and cut."""
    enrichment_options: EnrichmentOptions = Field(default_factory=EnrichmentOptions)
    """What is made of tables, figures, charts and forms."""


class Configuration(ReadingOptions):
    """The four option objects together: what a job runs with, and what a dataset keeps."""

    page_classifications: Several[PageClassification] = []
    """The classes that pages are sorted into."""
    structured_extraction_options: Several[StructuredExtractionOptions] = []
    """The schemas that are filled."""
