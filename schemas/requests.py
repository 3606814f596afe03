"""Bodies of the POSTs that submit work, and the fully resolved request that a job keeps."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field

from schemas.acceptance import is_known_mime_type
from schemas.conversions import Conversion
from schemas.formats import OCTET_STREAM, bare_mime_type, is_text_mime_type
from schemas.options import (
    Configuration,
    EnrichmentOptions,
    FormFilling,
    Options,
    PageClassification,
    PageRangeText,
    ParsingField,
    ParsingOptions,
    ReadingOptions,
    Several,
    StructuredExtractionOptions,
)


class JobType(StrEnum):
    """Which call made the job."""

    PARSE = "parse"
    READ = "read"
    EXTRACT = "extract"
    CLASSIFY = "classify"
    EDIT = "edit"
    DATASET = "dataset"


def _known_mime_type(value: str) -> str | None:
    if value.split(";")[0].strip().lower() in ("", OCTET_STREAM):
        return None
    bare = bare_mime_type(value)
    if bare is None or not (is_known_mime_type(bare) or is_text_mime_type(bare)):
        raise ValueError("not a MIME type that is known here")
    return bare


MimeType = Annotated[str, AfterValidator(_known_mime_type)]


def _without_nul(text: str) -> str:
    return text.replace("\0", "")


Description = Annotated[str, Field(max_length=10_000), AfterValidator(_without_nul)]
"""A text that every database can keep as it is, and that a list of many can show."""


class SourceFields(Options):
    """Where the document comes from: exactly one of the first three."""

    file_id: str | None = None
    """An uploaded file of this project."""
    file_url: str | None = None
    """An http(s) address, fetched while the job runs."""
    raw_text: str | None = None
    """The document itself; needs a `mime_type` of a text kind."""
    mime_type: MimeType | None = None
    """What the document is; content that shows what it is comes first."""
    page_range: PageRangeText = ""
    """1-based pages such as `1,3-5`, or a list of numbers; none: all."""
    labels: dict[str, Any] = Field(default_factory=dict)
    """Any JSON object, given back with the result."""
    file_name: str | None = None
    """Shown in `options.file_name`; its extension counts where there is no `mime_type`."""


class ParseRequest(SourceFields, Configuration):
    """``POST parse`` and ``POST extract``."""


class ReadRequest(SourceFields, ReadingOptions):
    """``POST read``."""


class ClassifyRequest(SourceFields):
    """``POST classify``."""

    parsing_options: ParsingField = Field(default_factory=ParsingOptions)
    """How pages are read."""
    page_classifications: Several[PageClassification] = Field(default_factory=list)
    """The classes that pages are sorted into; at least one."""


class EditRequest(SourceFields):
    """``POST edit``."""

    form_filling: FormFilling = Field(
        default_factory=FormFilling, validation_alias=AliasChoices("form_filling", "form_filling_options")
    )
    """How the form is filled in."""


class DatasetRequest(Configuration):
    """``POST datasets``."""

    name: str = ""
    """Letters, digits, `-` and `_`; no other dataset of the project has it."""
    description: Description | None = None
    """What it is for."""


class DatasetChange(BaseModel):
    """``PUT datasets/{id}``: here, unlike elsewhere, null is not absent but clears."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    name: str | None = None
    description: Description | None = None
    parsing_options: ParsingOptions | None = Field(
        None, validation_alias=AliasChoices("parsing_options", "parse_options")
    )
    enrichment_options: EnrichmentOptions | None = None
    page_classifications: Several[PageClassification] | None = None
    structured_extraction_options: Several[StructuredExtractionOptions] | None = None

    def options(self) -> dict[str, Any]:
        """The option objects that are given, as JSON, those that are null with their defaults."""
        given = self.model_fields_set & Configuration.model_fields.keys()
        kept = {name: value for name in given if (value := getattr(self, name)) is not None}
        return Configuration(**kept).model_dump(mode="json", include=given)


class JobRequest(Options):
    """A submit as it was accepted: enough to run the job again from its row alone."""

    job_type: JobType
    source: SourceFields
    configuration: Configuration
    form_filling: FormFilling | None = None
    conversion: Conversion | None = None
    trace_id: str | None = None


class ReplayMode(StrEnum):
    """What a replay does with finished steps that would be done otherwise now: do them again, or refuse."""

    ADAPTIVE = "adaptive"
    STRICT = "strict"


class ReplayRequest(Options):
    """``POST parse/{id}/replay``; no body is as good as an empty one."""

    mode: ReplayMode = ReplayMode.ADAPTIVE
