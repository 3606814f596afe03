"""Which OCR engine a worker uses, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class OcrEngineName(StrEnum):
    """Engines for text recognition."""

    PPOCR = "ppocr"
    TESSERACT = "tesseract"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class OcrSetup:
    """What the OCR engines of a process are told; holds no secrets.

    ``models`` is a folder of further PP-OCR recognition models, ``languages`` are tesseract's names of
    languages, ``timeout`` is in seconds for one page.
    """

    engine: OcrEngineName = OcrEngineName.PPOCR
    models: Path | None = None
    languages: tuple[str, ...] = ("eng",)
    timeout: float = 60.0
