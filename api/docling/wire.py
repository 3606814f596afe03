"""Requests and answers as docling-serve has them. Keys that are not known are ignored, as there."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from schemas.conversions import ImageMode, OutputFormat, Target

MOST_DOCUMENTS = 100
"""Documents of one request: each is a job, and all are written into one answer."""


class InputFormat(StrEnum):
    """A format that a client may say it sends."""

    DOCX = "docx"
    PPTX = "pptx"
    HTML = "html"
    IMAGE = "image"
    PDF = "pdf"
    ASCIIDOC = "asciidoc"
    MD = "md"
    CSV = "csv"
    XLSX = "xlsx"
    XML_USPTO = "xml_uspto"
    XML_JATS = "xml_jats"
    XML_XBRL = "xml_xbrl"
    METS_GBS = "mets_gbs"
    JSON_DOCLING = "json_docling"
    AUDIO = "audio"
    VTT = "vtt"
    LATEX = "latex"
    EMAIL = "email"
    EPUB = "epub"


class Pipeline(StrEnum):
    """Who reads the pages: ``vlm`` is a vision model."""

    LEGACY = "legacy"
    STANDARD = "standard"
    VLM = "vlm"
    ASR = "asr"


class TableMode(StrEnum):
    """How much care tables get."""

    FAST = "fast"
    ACCURATE = "accurate"


class PdfBackend(StrEnum):
    """Who opens PDFs there; here it is always the same."""

    PYPDFIUM2 = "pypdfium2"
    DLPARSE_V1 = "dlparse_v1"
    DLPARSE_V2 = "dlparse_v2"
    DLPARSE_V4 = "dlparse_v4"
    DOCLING_PARSE = "docling_parse"


def _listed(value: Any) -> Any:
    """One alone, or several in a text with commas: forms send both."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


Prompt = Annotated[str, Field(max_length=10_000)]


class Described(BaseModel):
    """``picture_description_local`` and ``_api``: of these only the prompt has a meaning here."""

    model_config = ConfigDict(extra="ignore")

    prompt: Prompt | None = None


class ConvertOptions(BaseModel):
    """The options of a conversion that have a meaning here, or whose values are judged."""

    model_config = ConfigDict(extra="allow")

    from_formats: Annotated[list[InputFormat], BeforeValidator(_listed)] = []
    to_formats: Annotated[list[OutputFormat], BeforeValidator(_listed)] = [OutputFormat.MARKDOWN]
    image_export_mode: ImageMode = ImageMode.EMBEDDED
    include_images: bool = True
    images_scale: float = 2.0
    do_ocr: bool = True
    force_ocr: bool = False
    ocr_engine: str | None = None
    ocr_lang: Annotated[list[str] | None, BeforeValidator(_listed)] = None
    pdf_backend: PdfBackend | None = None
    table_mode: TableMode | None = None
    do_table_structure: bool = True
    pipeline: Pipeline = Pipeline.STANDARD
    page_range: Annotated[tuple[int, int] | None, BeforeValidator(_listed)] = None
    document_timeout: float | None = None
    abort_on_error: bool = False
    md_page_break_placeholder: Annotated[str, Field(max_length=1_000)] = ""
    do_code_enrichment: bool = False
    do_formula_enrichment: bool = False
    do_picture_classification: bool = False
    do_chart_extraction: bool = False
    do_picture_description: bool = False
    picture_description_local: Described | None = None
    picture_description_api: Described | None = None

    @field_validator("page_range")
    @classmethod
    def _in_order(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not 1 <= value[0] <= value[1]:
            raise ValueError("must be two numbers of pages from 1 on, the second not less than the first")
        return value

    @field_validator("to_formats")
    @classmethod
    def _something(cls, value: list[OutputFormat]) -> list[OutputFormat]:
        return list(dict.fromkeys(value)) or [OutputFormat.MARKDOWN]


class HttpSource(BaseModel):
    """A document to be fetched."""

    kind: Literal["http"] = "http"
    url: str
    headers: dict[str, Any] = {}


class FileSource(BaseModel):
    """A document in the request itself."""

    kind: Literal["file"] = "file"
    base64_string: str
    filename: str


Source = Annotated[HttpSource | FileSource, Field(discriminator="kind")]


class TargetRequest(BaseModel):
    """How the result is wanted."""

    kind: Target = Target.INBODY


class ChunkingOptions(BaseModel):
    """How chunks are cut. The tokens are those of Octavo's own counting, whatever ``tokenizer`` is named."""

    model_config = ConfigDict(extra="allow")

    max_tokens: Annotated[int, Field(gt=0, le=32_768)] | None = None
    tokenizer: str | None = None
    include_raw_text: bool = False
    use_markdown_tables: bool = False
    merge_peers: bool = True


Sources = Annotated[list[Source], Field(min_length=1, max_length=MOST_DOCUMENTS, fail_fast=True)]


class ConvertRequest(BaseModel):
    """``POST /v1/convert/source``."""

    sources: Sources
    options: ConvertOptions = ConvertOptions()
    target: TargetRequest = TargetRequest()


class ChunkRequest(BaseModel):
    """``POST /v1/chunk/…/source``."""

    sources: Sources
    convert_options: ConvertOptions = ConvertOptions()
    chunking_options: ChunkingOptions = ChunkingOptions()
    include_converted_doc: bool = False
    target: TargetRequest = TargetRequest()


class ErrorItem(BaseModel):
    """Something that failed: a page (``page_no``), or the document."""

    component_type: str = "pipeline"
    module_name: str = "octavo"
    error_message: str
    page_no: int | None = None


class ExportedDocument(BaseModel):
    """A document in the forms that were asked for."""

    filename: str
    md_content: str | None = None
    json_content: dict[str, Any] | None = None
    html_content: str | None = None
    text_content: str | None = None
    doctags_content: str | None = None


ConversionStatus = Literal["success", "partial_success", "failure"]


class Converted(BaseModel):
    """The result of one document. ``warnings`` are Octavo's own: what was asked for and is not done here.

    They are left out where there are none.
    """

    document: ExportedDocument
    status: ConversionStatus
    errors: Sequence[ErrorItem] = []
    processing_time: float
    timings: dict[str, Any] = {}
    warnings: Sequence[str] = []


class ChunkItem(BaseModel):
    """A chunk; ``text`` begins with its headings, ``doc_items`` name things in ``json_content``."""

    filename: str
    chunk_index: int
    text: str
    raw_text: str | None = None
    num_tokens: int | None = None
    headings: list[str] | None = None
    captions: list[str] | None = None
    doc_items: list[str] = []
    page_numbers: list[int] | None = None
    metadata: dict[str, Any] | None = None


class ChunkedDocument(BaseModel):
    """A document that was cut into chunks; its forms only if they were asked for."""

    kind: Literal["ExportResult"] = "ExportResult"
    content: ExportedDocument
    status: ConversionStatus
    errors: Sequence[ErrorItem] = []
    timings: dict[str, Any] = {}


class Chunked(BaseModel):
    """The chunks of all documents of a request."""

    chunks: list[ChunkItem]
    documents: list[ChunkedDocument]
    processing_time: float
    warnings: Sequence[str] = []


class TaskMeta(BaseModel):
    """How many documents a task has, and what became of them."""

    num_docs: int
    num_processed: int = 0
    num_succeeded: int = 0
    num_failed: int = 0


class TaskStatus(BaseModel):
    """How a task stands. Its id is that of a job, which `GET /documents/v2/parse/{parse_id}` takes, too."""

    task_id: str
    task_type: Literal["convert", "chunk"] = "convert"
    task_status: Literal["pending", "started", "success", "failure"]
    task_position: int | None = None
    task_meta: TaskMeta
    error_message: str | None = None


class Refused(BaseModel):
    """An error: `detail` is a sentence, or what is wrong with each field. The rest is as everywhere here."""

    detail: str | list[dict[str, Any]]
    message: str
    code: str
    timestamp: int
    trace_id: str | None = None
    details: dict[str, Any] | None = None
