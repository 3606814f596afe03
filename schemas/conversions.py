"""What somebody who asks as docling-serve is asked wants of a job's result: kept with the job."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class OutputFormat(StrEnum):
    """A form that a document is written in."""

    MARKDOWN = "md"
    JSON = "json"
    HTML = "html"
    HTML_SPLIT_PAGE = "html_split_page"
    TEXT = "text"
    DOCTAGS = "doctags"


class ImageMode(StrEnum):
    """What stands where a picture is: a mark, its bytes, or the name of a file beside."""

    PLACEHOLDER = "placeholder"
    EMBEDDED = "embedded"
    REFERENCED = "referenced"


class Target(StrEnum):
    """How a result is sent: as JSON, or as files in a ZIP archive."""

    INBODY = "inbody"
    ZIP = "zip"


class Conversion(BaseModel):
    """How a result is written out.

    ``chunked``: the answer is chunks, and documents only with ``with_documents``. ``tasks``: the jobs of all
    documents of the request, in its order, where there are several. ``warnings``: what was asked for and is
    not done here, in words.
    """

    model_config = ConfigDict(frozen=True)

    to_formats: list[OutputFormat] = [OutputFormat.MARKDOWN, OutputFormat.JSON]
    images: ImageMode = ImageMode.PLACEHOLDER
    page_break: str = ""
    target: Target = Target.INBODY
    chunked: bool = False
    with_documents: bool = False
    with_raw_text: bool = False
    tasks: list[str] = []
    warnings: list[str] = []
