"""What an API process asks of the process that draws pages for it, and what comes back."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from schemas.requests import SourceFields


class PictureRequest(BaseModel):
    """A page (1-based) of a job's document, ``width`` pixels wide; ``source_key`` is the document's blob."""

    model_config = ConfigDict(frozen=True)

    number: int
    job_id: str
    source_key: str
    source: SourceFields
    page_number: int
    width: int


class PictureAnswer(BaseModel):
    """The answer to request ``number``: ``size`` bytes of WebP follow, or ``error`` says why not."""

    model_config = ConfigDict(frozen=True)

    number: int
    size: int = 0
    error: str | None = None
