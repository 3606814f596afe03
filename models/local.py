"""All engines in this process."""

from __future__ import annotations

from models.base import Image
from models.catalog import CATALOG, OCR_MODELS, Catalog
from models.runtime import Runtime
from schemas.errors import VisionFailed
from schemas.reading import Region, TableGrid, TextLine
from schemas.vision import Transcript, VisionTask, VisionUse


class LocalEngines:
    """``models.base.Engines`` without a border between caller and models. Safe to call from any thread."""

    def __init__(self, device: str = "auto", threads: int = 0) -> None:
        """Engines load on first use. ``threads`` per call; 0: one a core.

        Raises:
            models.runtime.DeviceError: ``device`` is ``cuda`` and there is none.
        """
        self._catalog = Catalog(Runtime.of(device, threads))

    def quarter_turns(self, image: Image) -> int:
        """See ``Engines.quarter_turns``."""
        turns: int = self._catalog.get("orientation", "rapid").quarter_turns(image)
        return turns

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """See ``Engines.read_text``; an unknown ``ocr_model`` raises ``KeyError``."""
        lines: list[TextLine] = self._catalog.get("ocr", OCR_MODELS[ocr_model]).read(image)
        return lines

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """See ``Engines.lay_out``."""
        regions: list[Region] = self._catalog.get("layout", "pymupdf").lay_out(image, lines)
        return regions

    def find_regions(self, image: Image) -> list[Region]:
        """See ``Engines.find_regions``."""
        regions: list[Region] = self._catalog.get("regions", "yolo").find_regions(image)
        return regions

    def table_structures(self, image: Image) -> list[TableGrid]:
        """See ``Engines.table_structures``."""
        found = [self._catalog.get("tables", name).structure(image) for name in CATALOG["tables"]]
        return [grid for grid in found if grid is not None]

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """None: vision models live elsewhere, see ``workers.vision``."""
        return frozenset()

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """See ``Engines.transcribe``."""
        raise VisionFailed("No vision model is set up here.")
