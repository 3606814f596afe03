"""Marks: what a piece of work depends on, as one hash. The same mark, the same outcome."""

from __future__ import annotations

import hashlib
from typing import Any

from pipelines.readers.libreoffice import find_soffice
from schemas.llm import LlmName
from schemas.ocr import OcrEngineName
from schemas.settings import Settings
from schemas.vision import VisionTask
from workers import codec
from workers.llms import endpoints

READING_VERSION = "11"
"""Part of every mark: raise it when the same page would be read differently."""


def mark(*parts: Any) -> str:
    """The SHA-256 of ``parts``, whatever the codec takes; hexadecimal."""
    return hashlib.sha256(codec.encode(parts)).hexdigest()


def reading_mark(settings: Settings) -> str:
    """How a worker with ``settings`` reads: this version, its programs and its models, in which windows.

    Where a model runs is no part of it, nor how long one waits for it.
    """
    office = settings.office_layout and find_soffice(settings.soffice) is not None
    windows = (settings.page_window, settings.shard_pages)
    models = (_ocr(settings), vision_mark(settings), sorted(llm_marks(settings).items()))
    return mark(READING_VERSION, windows, office, *models)


def llm_marks(settings: Settings) -> dict[LlmName, str]:
    """Which language model each name stands for."""
    lengths = (settings.llm_context_tokens, settings.llm_max_tokens)
    return {
        name: mark(endpoint.model, endpoint.sees_pictures, *lengths)
        for name, endpoint in endpoints(settings).items()
    }


def vision_mark(settings: Settings) -> str:
    """Which vision model there is, and what it is used for."""
    if not settings.vision_uses:
        return ""
    model = settings.vision_model if settings.vision_base_url else settings.vision_local_model
    prompts = [settings.vision_prompt(task) for task in VisionTask]
    lengths = (settings.vision_max_tokens, settings.vision_longest_side)
    return mark(model, sorted(settings.vision_uses), prompts, *lengths)


def _ocr(settings: Settings) -> tuple[Any, ...]:
    engine = settings.ocr_engine
    if engine is OcrEngineName.TESSERACT:
        return engine, settings.ocr_languages
    folder = settings.ocr_setup.models if engine is OcrEngineName.PPOCR else None
    return engine, sorted(path.name for path in folder.glob("*.onnx")) if folder else []
