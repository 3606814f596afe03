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
    model_config = ConfigDict(frozen=True)


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
    merged_tables: list[dict[str, Any]] = []
    filled_pdf_base64: str | None = None
    pdf_base64: str | None = None
    form_filling_metadata: dict[str, Any] | None = None
    document_markdown: str = ""
    page_errors: list[PageFault] = []
    warnings: list[DocumentWarning] = []
    usage: Usage = Usage()
