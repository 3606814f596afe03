"""Which queue a piece of work waits on: decided here, from what was asked and what is set up."""

from __future__ import annotations

from schemas.options import Configuration, OcrModel, TableParsingFormat
from schemas.queues import Queue
from schemas.requests import JobRequest
from schemas.settings import Device, Settings
from schemas.vision import VisionUse


def pages_queue(request: JobRequest, settings: Settings) -> Queue:
    """Where the pages of a job are read: by a graphics card if models run on one, of all jobs or of this."""
    if settings.device is Device.CUDA:
        return Queue.GPU
    uses = settings.vision_uses if settings.vision_local_model else frozenset()
    return Queue.GPU if uses & _looks(request.configuration) else Queue.CPU


def assembly_queue(request: JobRequest, settings: Settings, pages: str) -> str:
    """Where a job is put together whose pages were read on the queue ``pages``.

    One that asks a language model mostly waits for it, and keeps nobody from reading.
    """
    return Queue.LLM if settings.has_llm and _asks(request) else pages


def _looks(configuration: Configuration) -> frozenset[VisionUse]:
    """What a job would have a vision model do, were it set up for it."""
    options = configuration.parsing_options
    looks = {
        VisionUse.GEMINI3: options.ocr_model is OcrModel.GEMINI3,
        VisionUse.MODEL03: options.ocr_model is OcrModel.MODEL03,
        VisionUse.TABLES: options.table_parsing_format is TableParsingFormat.VLM,
        VisionUse.FORMULAS: True,
        VisionUse.CHARTS: configuration.enrichment_options.chart_extraction,
    }
    return frozenset(use for use, wanted in looks.items() if wanted)


def _asks(request: JobRequest) -> bool:
    configuration = request.configuration
    return bool(
        configuration.structured_extraction_options
        or configuration.page_classifications
        or (request.form_filling and request.form_filling.fill_prompt)
    )
