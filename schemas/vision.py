"""What a vision model is asked for and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VisionUse(StrEnum):
    """What the operator lets the model read: the pages of two ``ocr_model`` names, or parts of pages."""

    GEMINI3 = "gemini3"
    MODEL03 = "model03"
    TABLES = "tables"
    FORMULAS = "formulas"
    CHARTS = "charts"


class VisionTask(StrEnum):
    """What a picture shows, and so what is asked of it."""

    PAGE = "page"
    TABLE = "table"
    FORMULA = "formula"
    CHART = "chart"


@dataclass(slots=True)
class Transcript:
    """A model's answer as it came. ``finished`` is False when the answer was cut at its longest."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    finished: bool = True
