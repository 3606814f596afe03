"""The result of reading a document: what the pipeline returns and the blob store keeps.

The job's own fields (id, status, times) are not here: the API joins the two (``schemas.jobs``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from schemas.fragments import PageFragment
from schemas.geometry import Box, PageSize


class _Frozen(BaseModel):
    # What is given has all its fields: said in the OpenAPI document, so that typed clients need not ask.
    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


class Page(_Frozen):
    """A page as read. ``page_dimensions`` is null where the format has no geometry."""

    page_number: int = Field(ge=1)
    dimensions: tuple[int, int] | None = None
    page_dimensions: PageSize | None = None
    page_fragments: list[PageFragment] = []
    classification_reason: str | None = None

    @classmethod
    def of(cls, number: int, size: PageSize | None, fragments: list[PageFragment]) -> Page:
        """A page with both spellings of its size."""
        dimensions = (size.width, size.height) if size else None
        return cls(page_number=number, dimensions=dimensions, page_dimensions=size, page_fragments=fragments)


class Chunk(_Frozen):
    """A piece of Markdown for an index. ``page_number`` is 0 when the chunk is the whole document."""

    content: str
    page_number: int = Field(ge=0)
    page_numbers: list[int] = []
    element_ids: list[str] = []
    heading_path: list[str] | None = None


class PageFault(_Frozen):
    """A page that could not be read: the document goes on without it."""

    page_number: int = Field(ge=1)
    stage: str
    code: str
    message: str
    retryable: bool = False


class PagesRead(_Frozen):
    """Pages of a document that is still being read, as they are before it is put together."""

    pages: list[Page]
    page_errors: list[PageFault] = []


class WarningKind(StrEnum):
    """Why a reader should look twice."""

    HIDDEN_TEXT = "hidden_text"
    INSTRUCTION_IN_TEXT = "instruction_in_text"
    LOW_CONFIDENCE = "low_confidence"
    CONFLICTING_VALUES = "conflicting_values"
    TRUNCATED = "truncated"
    NO_LLM = "no_llm"
    FALLBACK = "fallback"
    NOT_AVAILABLE = "not_available"


class DocumentWarning(_Frozen):
    """Something that did not fail but may matter; ``page_number`` null means the whole document."""

    kind: WarningKind
    message: str
    page_number: int | None = None
    bbox: Box | None = None


class StructuredData(_Frozen):
    """A schema filled from one part of a document; what was not found is null."""

    data: dict[str, Any]
    page_numbers: list[int]
    schema_name: str


class PageClass(_Frozen):
    """The pages of a class, with what speaks for it on each: the keys are page numbers."""

    page_class: str
    page_numbers: list[int]
    classification_reasons: dict[str, str]


class MergedPlace(_Frozen):
    """Where (a part of) a merged table's cell stands; ``bbox`` is null where the format has no geometry."""

    page_number: int = Field(ge=1)
    bbox: Box | None = None


class MergedCell(_Frozen):
    """A cell of a merged table: its 0-based place in the whole table, and where it stands on which page.

    ``continued`` are the places of the rest of a cell that a page end broke.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    header: bool = False
    page_number: int = Field(ge=1)
    bbox: Box | None = None
    continued: list[MergedPlace] = []


class MergeActions(_Frozen):
    """The pages that the pieces stand on, in order, and how many columns the whole has."""

    pages: list[int]
    target_columns: int | None = None


class MergedTable(_Frozen):
    """A table put together from its pieces, which stay in the pages.

    ``pages_merged`` is a count; ``merged_at`` a moment in ISO 8601, UTC; ``element_ids`` are the ``ref_id``
    of the pieces in order; ``reason`` says, for a person, why they are one table.
    """

    merged_table_id: str
    merged_table_html: str
    start_page: int
    end_page: int
    pages_merged: int
    summary: str | None = None
    merge_actions: MergeActions
    merged_at: str
    cells: list[MergedCell] = []
    element_ids: list[str] = []
    reason: str = ""


class Usage(_Frozen):
    """What the job used: pages and model tokens."""

    pages_parsed: int = 0
    signature_detected_pages: int = 0
    strikethrough_detected_pages: int = 0
    ocr_input_tokens_used: int = 0
    ocr_output_tokens_used: int = 0
    extraction_input_tokens_used: int = 0
    extraction_output_tokens_used: int = 0
    summarization_input_tokens_used: int = 0
    summarization_output_tokens_used: int = 0


class ParsedDocument(_Frozen):
    """Everything read from a document. The field names are the wire's own."""

    total_pages: int
    parsed_pages_count: int
    pages: list[Page]
    chunks: list[Chunk]
    structured_data: list[StructuredData] | None = None
    page_classes: list[PageClass] | None = None
    merged_tables: list[MergedTable] = []
    filled_pdf_base64: str | None = None
    pdf_base64: str | None = None
    filled_docx_base64: str | None = None
    form_filling_metadata: dict[str, Any] | None = None
    document_markdown: str = ""
    page_errors: list[PageFault] = []
    warnings: list[DocumentWarning] = []
    usage: Usage = Usage()
