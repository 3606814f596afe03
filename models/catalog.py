"""Which class serves which task under which name: explicit rows, each loaded once, on first use."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from models.runtime import Runtime

# task → name → "module:Class"; every class is built with the Runtime.
CATALOG: dict[str, dict[str, str]] = {
    "orientation": {"rapid": "models.orientation:RapidOrientation"},
    "ocr": {"ppocr-v6-small": "models.ocr.rapid:RapidOcr"},
    "tables": {
        "pymupdf": "models.tables.pymupdf:PyMuPdfGrid",
        "slanet-plus": "models.tables.slanet:SlanetPlus",
    },
    "layout": {"pymupdf": "models.layout.pymupdf:PyMuPdfLayout"},
    "regions": {"yolo": "models.layout.yolo:YoloRegions"},
}

# The wire's OCR model names; all local readings are served by one engine for now.
OCR_MODELS: dict[str, str] = {
    "model01": "ppocr-v6-small",
    "model02": "ppocr-v6-small",
    "model03": "ppocr-v6-small",
    "gemini3": "ppocr-v6-small",
}


class Catalog:
    """The engines of this process. Safe to use from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
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
                self._engines[task, name] = built(self._runtime)
            return self._engines[task, name]
