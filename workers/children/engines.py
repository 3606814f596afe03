"""All engines as the worker has them: models in children, and what is asked on servers."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.base import Image, Models, Vectors
from models.vlm.prompts import PROMPTS
from schemas import errors
from schemas.charts import AnyChart
from schemas.cores import cores
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.ocr import OcrEngineName
from schemas.reading import Barcode, CheckBox, Region, Sighting, TableGrid, TextLine
from schemas.settings import Device, Settings
from schemas.vision import Transcript, VisionTask, VisionUse
from workers.children.child import Child
from workers.children.limits import Limits
from workers.children.models import ModelChild
from workers.children.turns import Turns
from workers.gpu import GpuRoom, OnGpu, is_for_card
from workers.llms import open_llms
from workers.sandbox.rules import as_set, for_models

if TYPE_CHECKING:
    from models.llm.base import LanguageModel
    from models.ocr.remote import RemoteOcr


class EngineChild:
    """``Engines`` in children for all threads, which share the cores; a call goes to the one that is idlest.

    On a graphics card there is one, with children beside it for what that cannot do: pages of several
    documents then go through a model at once. What asks servers is no child's: language models, the vision
    model and remote OCR (see ``workers.llms`` and ``workers.vision``).
    """

    def __init__(self, settings: Settings) -> None:
        from workers.vision import open_vision

        self._settings = settings
        self._llms = open_llms(settings)
        self._vision = open_vision(settings)
        self._remote_ocr = _open_remote_ocr(settings)
        on_card = is_for_card(settings, "onnxruntime-gpu")
        room = GpuRoom.of(settings, "onnxruntime-gpu")
        if on_card:
            together = Turns(settings.gpu_batch, settings.gpu_batch_seconds)
            self._models = [ModelChild(settings, room, self._fresh, together)]
            # What needs no card does not keep it waiting: it has children of its own, one a document in hand.
            self._others = [
                ModelChild(settings, GpuRoom.none(), self._beside_card) for _ in range(settings.concurrency)
            ]
        else:
            self._models = [ModelChild(settings, room, self._fresh) for _ in range(settings.model_children)]
            self._others = self._models

    def quarter_turns(self, image: Image) -> int:
        """See ``Engines.quarter_turns``."""
        return int(self._together("quarter_turns", "quarter_turns_of", image))

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """See ``Engines.read_text``."""
        if self._remote_ocr is not None:
            return self._remote_ocr.read(image)
        lines: list[TextLine] = self._together("read_text", "read_texts", image, ocr_model)
        return lines

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """See ``Engines.lay_out``."""
        regions: list[Region] = self._other("lay_out", image, lines)
        return regions

    def find_regions(self, image: Image) -> list[Region]:
        """See ``Engines.find_regions``."""
        regions: list[Region] = self._together("find_regions", "find_regions_of", image)
        return regions

    def table_structures(self, image: Image) -> list[TableGrid]:
        """See ``Engines.table_structures``."""
        grids: list[TableGrid] = self._together("table_structures", "table_structures_of", image)
        return grids

    def skew(self, image: Image) -> float:
        """See ``Engines.skew``."""
        return float(self._other("skew", image))

    def read_barcodes(self, image: Image) -> list[Barcode]:
        """See ``Engines.read_barcodes``."""
        codes: list[Barcode] = self._other("read_barcodes", image)
        return codes

    def find_signatures(self, image: Image) -> list[Sighting]:
        """See ``Engines.find_signatures``."""
        signatures: list[Sighting] = self._together("find_signatures", "find_signatures_of", image)
        return signatures

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        """See ``Engines.find_struck``."""
        struck: list[bool] = self._other("find_struck", image, words)
        return struck

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        """See ``Engines.find_checkboxes``."""
        boxes: list[CheckBox] = self._other("find_checkboxes", image)
        return boxes

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """See ``Engines.read_chart``."""
        chart: AnyChart | None = self._other("read_chart", image, lines)
        return chart

    def embed(self, texts: list[str]) -> Vectors:
        """See ``Engines.embed``."""
        vectors: Vectors = self._together("embed", "embed_all", texts)
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
        """Ends the child; a call in flight in another thread is ``Interrupted``."""
        if self._vision is not None:
            self._vision.close()
        if self._remote_ocr is not None:
            self._remote_ocr.close()
        for model in self._llms.values():
            model.close()
        for child in {*self._models, *self._others}:
            child.close()

    def _llm(self, name: LlmName) -> LanguageModel:
        if name not in self._llms:
            raise errors.LlmFailed("This worker has no such language model (OCTAVO_LLM_BASE_URL).")
        return self._llms[name]

    def _other(self, method: str, *arguments: Any) -> Any:
        """A call that needs no card."""
        return _idlest(self._others).call(method, *arguments)

    def _together(self, method: str, for_many: str, item: Any, *same: Any) -> Any:
        """A call that a card makes together with others; see ``ModelChild.together``."""
        return _idlest(self._models).together(method, for_many, item, *same)

    def _fresh(self) -> Child:
        return self._started(self._settings.device, threads=max(1, cores() // len(self._models)))

    def _beside_card(self) -> Child:
        """A child on one core: there are as many as documents."""
        return self._started(Device.CPU, threads=1)

    def _started(self, device: Device, threads: int = 0) -> Child:
        from models.local import LocalEngines

        settings = self._settings
        make = functools.partial(
            LocalEngines, device.value, threads, settings.ocr_setup, half=settings.gpu_half
        )
        # Between calls it is restarted when it holds too much; in a call it may need more for a while.
        limits = Limits(resident=2 * settings.model_memory_bytes, setting="OCTAVO_MODEL_MEMORY_BYTES")
        scratch = tempfile.TemporaryDirectory(prefix="octavo-models-", ignore_cleanup_errors=True)
        programs = settings.ocr_engine is OcrEngineName.TESSERACT
        rules = as_set(settings, for_models(settings, Path(scratch.name), programs=programs))
        return Child(functools.partial(OnGpu, make), Models, limits, rules, scratch)


def _idlest(children: Sequence[ModelChild]) -> ModelChild:
    """The child that has least to do; of several the first, so that models are not loaded without need."""
    return min(children, key=lambda child: child.load)


def _open_remote_ocr(settings: Settings) -> RemoteOcr | None:
    """The OCR server that the settings name, not yet asked; None when the models here read."""
    if settings.ocr_engine is not OcrEngineName.REMOTE or settings.ocr_url is None:
        return None
    from models.ocr.remote import RemoteOcr

    key = settings.ocr_api_key
    return RemoteOcr(settings.ocr_url, key.get_secret_value() if key else None, timeout=settings.ocr_timeout)
