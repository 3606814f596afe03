"""Judging options before anything runs with them, for a service and for who reads without one."""

from __future__ import annotations

from schemas.errors import InvalidConfiguration
from schemas.options import Configuration, OcrModel
from schemas.settings import Settings
from schemas.vision import VisionUse
from workers.jobs.bounds import judge_amounts
from workers.jobs.extraction import judge_classes, judge_schemas


def judge_configuration(settings: Settings, configuration: Configuration) -> None:
    """Judges the options that a job would run with.

    Raises:
        InvalidConfiguration: an option asks for what is not set up here, or for too much.
        InvalidPageClassification, InvalidJsonSchema: see ``workers.jobs.extraction``.
    """
    judge_amounts(configuration)
    _judge_ocr_model(settings, configuration.parsing_options.ocr_model)
    judge_classes(configuration)
    judge_schemas(configuration)


def _judge_ocr_model(settings: Settings, ocr_model: OcrModel) -> None:
    """Whether an OCR model is there; else the message names the settings."""
    if ocr_model is OcrModel.GEMINI3 and VisionUse.GEMINI3 not in settings.vision_uses:
        raise InvalidConfiguration(
            "ocr_model gemini3 stands for a vision model, and none is configured for it: set"
            " OCTAVO_VISION_BASE_URL or OCTAVO_VISION_LOCAL_MODEL (and leave gemini3 in"
            " OCTAVO_VISION_SERVES), or use model03."
        )
