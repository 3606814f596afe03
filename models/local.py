"""All engines in this process."""

from __future__ import annotations

import numpy as np

from models.base import Image, Vectors
from models.catalog import CATALOG, Catalog
from models.ocr.base import PageBatches
from models.runtime import Runtime
from schemas.charts import AnyChart
from schemas.errors import LlmFailed, VisionFailed
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.ocr import OcrSetup
from schemas.reading import Barcode, CheckBox, Region, Sighting, TableGrid, TextLine
from schemas.vision import Transcript, VisionTask, VisionUse


class LocalEngines:
    """``models.base.Models`` without a border between caller and models. Safe to call from any thread."""

    def __init__(
        self, device: str = "auto", threads: int = 0, ocr: OcrSetup | None = None, *, half: bool = False
    ) -> None:
        """Engines load on first use. ``threads`` per call; 0: one a core. ``ocr`` names an engine of here.

        ``half``: see ``Runtime.of``.

        Raises:
            models.cuda.DeviceError: ``device`` is ``cuda`` and there is none.
        """
        self._ocr = ocr or OcrSetup()
        self._catalog = Catalog(Runtime.of(device, threads, half=half), self._ocr)

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

    def skew(self, image: Image) -> float:
        """See ``Engines.skew``."""
        angle: float = self._catalog.get("skew", "projection").skew(image)
        return angle

    def read_barcodes(self, image: Image) -> list[Barcode]:
        """See ``Engines.read_barcodes``."""
        codes: list[Barcode] = self._catalog.get("barcodes", "zxing").read(image)
        return codes

    def find_signatures(self, image: Image) -> list[Sighting]:
        """See ``Engines.find_signatures``."""
        signatures: list[Sighting] = self._catalog.get("signatures", "octavo").find(image)
        return signatures

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        """See ``Engines.find_struck``."""
        struck: list[bool] = self._catalog.get("struck", "strokes").struck(image, words)
        return struck

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        """See ``Engines.find_checkboxes``."""
        boxes: list[CheckBox] = self._catalog.get("checkboxes", "contours").find(image)
        return boxes

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """See ``Engines.read_chart``."""
        chart: AnyChart | None = self._catalog.get("charts", "pixels").read(image, lines)
        return chart

    def embed(self, texts: list[str]) -> Vectors:
        """See ``Engines.embed``."""
        vectors: Vectors = self._catalog.get("embeddings", "minilm").embed(texts)
        return vectors

    # ------------------------------------------------------------------ for several callers at once

    def quarter_turns_of(self, images: list[Image]) -> list[int]:
        """See ``Models.quarter_turns_of``."""
        turns: list[int] = self._catalog.get("orientation", "rapid").quarter_turns_of(images)
        return turns

    def read_texts(self, images: list[Image], ocr_model: str) -> list[list[TextLine]]:
        """See ``Models.read_texts``."""
        engine = self._catalog.get("ocr", self._ocr.engine)
        if isinstance(engine, PageBatches):
            return engine.read_all(images)
        return [engine.read(image) for image in images]

    def find_regions_of(self, images: list[Image]) -> list[list[Region]]:
        """See ``Models.find_regions_of``."""
        regions: list[list[Region]] = self._catalog.get("regions", "yolo").find_regions_of(images)
        return regions

    def table_structures_of(self, images: list[Image]) -> list[list[TableGrid]]:
        """See ``Models.table_structures_of``."""
        found = [self._catalog.get("tables", name).structures(images) for name in CATALOG["tables"]]
        return [[grid for grid in grids if grid is not None] for grids in zip(*found, strict=True)]

    def find_signatures_of(self, images: list[Image]) -> list[list[Sighting]]:
        """See ``Models.find_signatures_of``."""
        signatures: list[list[Sighting]] = self._catalog.get("signatures", "octavo").find_on(images)
        return signatures

    def embed_all(self, texts: list[list[str]]) -> list[Vectors]:
        """See ``Models.embed_all``."""
        vectors = self.embed([text for some in texts for text in some])
        return np.split(vectors, np.cumsum([len(some) for some in texts])[:-1])

    # ------------------------------------------------------------------ models elsewhere

    @property
    def llms(self) -> frozenset[LlmName]:
        """None: language models live elsewhere, see ``workers.llms``."""
        return frozenset()

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        """See ``Engines.llm_traits``."""
        raise LlmFailed("No language model is set up here.")

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """See ``Engines.answer``."""
        raise LlmFailed("No language model is set up here.")

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """None: vision models live elsewhere, see ``workers.vision``."""
        return frozenset()

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """See ``Engines.transcribe``."""
        raise VisionFailed("No vision model is set up here.")
