"""Models behind a child: they get pictures and texts only, and stay for all documents."""

from __future__ import annotations

import functools
import logging
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.base import Engines, Image, Vectors
from models.vlm.prompts import PROMPTS
from schemas import errors
from schemas.charts import AnyChart
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.ocr import OcrEngineName
from schemas.reading import Barcode, CheckBox, Region, Sighting, TableGrid, TextLine
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask, VisionUse
from workers import patience
from workers.children.child import Child, again_if_lost
from workers.children.limits import Limits
from workers.gpu import GpuRoom, OnGpu
from workers.llms import open_llms
from workers.sandbox.rules import as_set, for_models

if TYPE_CHECKING:
    from models.llm.base import LanguageModel
    from models.ocr.remote import RemoteOcr

log = logging.getLogger(__name__)


class EngineChild:
    """``Engines`` behind one long-lived child, for all threads; restarted when lost or grown too large.

    What asks servers is none of that child's: language models, the vision model and remote OCR (see
    ``workers.llms`` and ``workers.vision``).
    """

    def __init__(self, settings: Settings) -> None:
        from workers.vision import open_vision

        self._settings = settings
        self._llms = open_llms(settings)
        self._vision = open_vision(settings)
        self._remote_ocr = _open_remote_ocr(settings)
        self._room = GpuRoom.of(settings, "onnxruntime-gpu")
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closed = False

    def quarter_turns(self, image: Image) -> int:
        """See ``Engines.quarter_turns``."""
        return int(self._call("quarter_turns", image))

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """See ``Engines.read_text``."""
        if self._remote_ocr is not None:
            return self._remote_ocr.read(image)
        lines: list[TextLine] = self._call("read_text", image, ocr_model)
        return lines

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """See ``Engines.lay_out``."""
        regions: list[Region] = self._call("lay_out", image, lines)
        return regions

    def find_regions(self, image: Image) -> list[Region]:
        """See ``Engines.find_regions``."""
        regions: list[Region] = self._call("find_regions", image)
        return regions

    def table_structures(self, image: Image) -> list[TableGrid]:
        """See ``Engines.table_structures``."""
        grids: list[TableGrid] = self._call("table_structures", image)
        return grids

    def skew(self, image: Image) -> float:
        """See ``Engines.skew``."""
        return float(self._call("skew", image))

    def read_barcodes(self, image: Image) -> list[Barcode]:
        """See ``Engines.read_barcodes``."""
        codes: list[Barcode] = self._call("read_barcodes", image)
        return codes

    def find_signatures(self, image: Image) -> list[Sighting]:
        """See ``Engines.find_signatures``."""
        signatures: list[Sighting] = self._call("find_signatures", image)
        return signatures

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        """See ``Engines.find_struck``."""
        struck: list[bool] = self._call("find_struck", image, words)
        return struck

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        """See ``Engines.find_checkboxes``."""
        boxes: list[CheckBox] = self._call("find_checkboxes", image)
        return boxes

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """See ``Engines.read_chart``."""
        chart: AnyChart | None = self._call("read_chart", image, lines)
        return chart

    def embed(self, texts: list[str]) -> Vectors:
        """See ``Engines.embed``."""
        vectors: Vectors = self._call("embed", texts)
        return vectors

    @property
    def llms(self) -> frozenset[LlmName]:
        """See ``Engines.llms``."""
        return frozenset(self._llms)

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        """See ``Engines.llm_traits``."""
        return self._llm(llm).traits

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """See ``Engines.answer``."""
        return self._llm(llm).answer(question)

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """See ``Engines.vision_uses``."""
        return self._settings.vision_uses

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """See ``Engines.transcribe``."""
        if self._vision is None:
            raise errors.VisionFailed("This worker has no vision model (OCTAVO_VISION_BASE_URL).")
        return self._vision.transcribe(image, self._settings.vision_prompt(task) or PROMPTS[task])

    def close(self) -> None:
        """Ends the child; a call in flight in another thread ends with ``ReaderLost``."""
        self._closed = True
        if self._vision is not None:
            self._vision.close()
        if self._remote_ocr is not None:
            self._remote_ocr.close()
        for model in self._llms.values():
            model.close()
        if self._child is not None:
            self._child.kill()

    def _llm(self, name: LlmName) -> LanguageModel:
        if name not in self._llms:
            raise errors.LlmFailed("This worker has no such language model (OCTAVO_LLM_BASE_URL).")
        return self._llms[name]

    def _call(self, method: str, *arguments: Any) -> Any:
        timeout = self._settings.page_timeout

        def ask() -> Any:
            if self._closed:
                raise errors.ReaderLost("the models are shut down")
            if self._child is not None and self._child.alive:
                return self._child.call(method, *arguments, timeout=timeout)
            with self._room.turn():  # the models load with their first call
                self._child = self._fresh()
                return self._child.call(method, *arguments, timeout=timeout)

        with patience.held(self._lock):
            answer = self._room.steadily(lambda: again_if_lost(ask), self._drop)
            self._watch_memory()
            return answer

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill("memory")
            self._child = None

    def _fresh(self) -> Child:
        from models.local import LocalEngines

        settings = self._settings
        make = functools.partial(LocalEngines, settings.device.value, ocr=settings.ocr_setup)
        # Between calls it is restarted when it holds too much; in a call it may need more for a while.
        limits = Limits(resident=2 * settings.model_memory_bytes, setting="OCTAVO_MODEL_MEMORY_BYTES")
        scratch = tempfile.TemporaryDirectory(prefix="octavo-models-", ignore_cleanup_errors=True)
        programs = settings.ocr_engine is OcrEngineName.TESSERACT
        rules = as_set(settings, for_models(settings, Path(scratch.name), programs=programs))
        return Child(functools.partial(OnGpu, make), Engines, limits, rules, scratch)

    def _watch_memory(self) -> None:
        if self._child is not None and self._child.memory() > self._settings.model_memory_bytes:
            log.info("the model child has grown past %d bytes", self._settings.model_memory_bytes)
            self._drop()


def _open_remote_ocr(settings: Settings) -> RemoteOcr | None:
    """The OCR server that the settings name, not yet asked; None when the models here read."""
    if settings.ocr_engine is not OcrEngineName.REMOTE or settings.ocr_url is None:
        return None
    from models.ocr.remote import RemoteOcr

    key = settings.ocr_api_key
    return RemoteOcr(settings.ocr_url, key.get_secret_value() if key else None, timeout=settings.ocr_timeout)
