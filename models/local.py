"""All engines in this process."""

from __future__ import annotations

from models.base import Image
from models.catalog import CATALOG, Catalog
from models.runtime import Runtime
from schemas.errors import VisionFailed
from schemas.ocr import OcrSetup
from schemas.reading import Region, TableGrid, TextLine
from schemas.vision import Transcript, VisionTask, VisionUse


class LocalEngines:
    """``models.base.Engines`` without a border between caller and models. Safe to call from any thread."""

    def __init__(self, device: str = "auto", threads: int = 0, ocr: OcrSetup | None = None) -> None:
        """Engines load on first use. ``threads`` per call; 0: one a core. ``ocr`` names an engine of here.

        Raises:
            models.runtime.DeviceError: ``device`` is ``cuda`` and there is none.
        """
        self._ocr = ocr or OcrSetup()
        self._catalog = Catalog(Runtime.of(device, threads), self._ocr)

    def quarter_turns(self, image: Image) -> int:
        """See ``Engines.quarter_turns``."""
        turns: int = self._catalog.get("orientation", "rapid").quarter_turns(image)
        return turns

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """See ``Engines.read_text``; all names are served by the one engine that was set up."""
        lines: list[TextLine] = self._catalog.get("ocr", self._ocr.engine).read(image)
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
