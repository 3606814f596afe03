"""PP-OCRv6 (small) through ``rapidocr``: OpenVINO where it is installed, else ONNX Runtime.

The networks and the detector's reading are rapidocr's; how pictures go in and what the recogniser's answer
means is ours: few different shapes (each new one costs a compilation), and every space it saw.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, cast

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models import graphs, images
from models.base import Image
from models.batches import by_shape
from models.ocr import ctc, lines
from models.ocr.ctc import Columns
from models.ocr.recogniser import Network, Recogniser, surest
from models.runtime import Runtime
from schemas.errors import PageUnreadable
from schemas.ocr import OcrSetup
from schemas.reading import TextLine

# Lines are looked for in pictures of this many pixels at most: more costs time and finds no more. Small ones
# are not enlarged: their small print is found as it is.
_MOST_PIXELS = 5_000_000
# Background around the ink (the detector overlooks what touches an edge), and the steps of a page's sides.
_MARGIN, _STEP = 64, 128
# Boxes that are thinner (pixels) once they are cut at the picture's edges hold nothing.
_LEAST_SIDE = 2
# Lines and pages that go through a card at once.
_BATCH, _PAGES = 32, 4
_DETECTOR, _RECOGNISER, _TURNS = (
    "PP-OCRv6_det_small.onnx",
    "PP-OCRv6_rec_small.onnx",
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
)


class RapidOcr:
    """Detection and recognition of text lines. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime, setup: OcrSetup) -> None:
        """Loads the networks, those in the folder ``setup.models`` as well.

        Raises:
            PageUnreadable: that folder or a model in it cannot be used.
        """
        self._lock = threading.Lock()
        engine = _engine(runtime)
        blank = np.full((_STEP, _STEP, 3), 255, dtype=np.uint8)
        engine(blank, use_rec=False)  # loads the detector
        self._detector = engine.text_det
        self._find = _finder(runtime, self._detector.session, _own(_DETECTOR))
        self._batch = _PAGES if runtime.cuda else 1
        self._recognisers = [_recogniser(runtime, engine, _own(_RECOGNISER))]
        for file in _further(setup.models) if setup.models else []:
            self._recognisers.append(_recogniser(runtime, _engine(runtime, file), file))

    def read(self, image: Image) -> list[TextLine]:
        """The lines of ``image``; those that no recogniser is sure of (0.5) are left out."""
        return self.read_all([image])[0]

    def read_all(self, pictures: Sequence[Image]) -> list[list[TextLine]]:
        """The same of several pictures, whose lines are read together."""
        with self._lock:
            ways = [
                _Way(page, quad, turns, lines.cut(pictures[page], quad, turns))
                for page, quads in enumerate(self._detect(pictures))
                for quad in quads
                for turns in lines.likely_turns(quad)
            ]
            readings = surest(self._recognisers, [way.picture for way in ways])
        # Of the ways to read a quad, the one that is read most surely.
        read: list[list[TextLine]] = [[] for _ in pictures]
        for _, group in groupby(zip(ways, readings, strict=True), key=lambda pair: id(pair[0].quad)):
            way, glyphs = max(group, key=lambda pair: ctc.score(pair[1]))
            line = lines.text_line(way.quad, way.picture, glyphs, way.turns)
            if line is not None:
                read[way.page].append(line)
        return read

    def _detect(self, pictures: Sequence[Image]) -> list[list[lines.Quad]]:
        """Where lines stand, in pixels of each picture."""
        pages = [_Page.of(picture) for picture in pictures]
        found = by_shape(self._quads, [page.pixels for page in pages], self._batch)
        return [page.placed(quads) for page, quads in zip(pages, found, strict=True)]

    def _quads(self, pixels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """The detector's quads on each of several pages, in their pixels; its answer is used again."""
        answers = self._find(pixels)
        found = [
            self._detector.postprocess_op(answers[i : i + 1], pixels.shape[2:])[0] for i in range(len(pixels))
        ]
        return [self._detector.sorted_boxes(quads) if len(quads) else quads for quads in found]


class _Way(NamedTuple):
    """A line's picture, read as if its text stood at so many clockwise quarter ``turns``."""

    page: int
    quad: lines.Quad
    turns: int
    picture: Image


class _Page(NamedTuple):
    """What the detector sees of a page: ``(3, height, width)`` pixels from -1 to 1, and where they lie."""

    pixels: NDArray[np.float32]
    factor: float
    corner: tuple[int, int]
    limits: tuple[int, int]

    @classmethod
    def of(cls, image: Image) -> _Page:
        """The inked part of ``image``."""
        inked = images.ink_box(image, _MARGIN)
        part = images.cropped(image, inked)
        factor = min(1.0, math.sqrt(_MOST_PIXELS / (part.shape[0] * part.shape[1])))
        page = images.padded(images.scaled(part, factor), _STEP)
        pixels = page[:, :, ::-1].transpose(2, 0, 1) / np.float32(127.5) - np.float32(1.0)
        corner, limits = (int(inked.x1), int(inked.y1)), (image.shape[1], image.shape[0])
        return cls(np.asarray(pixels, np.float32), factor, corner, limits)

    def placed(self, found: Iterable[NDArray[np.float32]]) -> list[lines.Quad]:
        """Quads of the detector in pixels of the picture, without those that have no height or width."""
        corner, limits = np.array(self.corner), np.array(self.limits)
        quads = [np.clip(quad / self.factor + corner, 0, limits).astype(np.float32) for quad in found]
        return [quad for quad in quads if np.ptp(quad, axis=0).min() >= _LEAST_SIDE]


def _further(folder: Path) -> list[Path]:
    """The recognition models in a folder, in the order of their names."""
    files = sorted(folder.glob("*.onnx"))
    if not files:
        raise PageUnreadable(f"there is no *.onnx file in OCTAVO_OCR_MODELS ({folder})")
    return files


def _engine(runtime: Runtime, recogniser: Path | None = None) -> Any:
    """A rapidocr engine that runs on the models inside its own package and never asks the network.

    ``recogniser`` is a model in place of its own.
    """
    # OpenVINO reports its own import to its maker, unless this package is missing.
    sys.modules.setdefault("openvino_telemetry", cast("ModuleType", None))
    from rapidocr import EngineType, RapidOCR

    models = {"Det": _own(_DETECTOR), "Rec": recogniser or _own(_RECOGNISER), "Cls": _own(_TURNS)}
    params: dict[str, Any] = {f"{task}.model_path": str(file) for task, file in models.items()}
    if recogniser:
        params["Rec.rec_keys_path"] = _alphabet_file(recogniser)
    params |= {"Global.use_cls": False, "Global.log_level": "error"}
    if importlib.util.find_spec("openvino") and not runtime.cuda:
        params |= {f"{task}.engine_type": EngineType.OPENVINO for task in models}
        params |= {
            "EngineConfig.openvino.inference_num_threads": runtime.threads,
            "EngineConfig.openvino.enable_hyper_threading": True,
            "EngineConfig.openvino.enable_cpu_pinning": False,
        }
    else:
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = runtime.threads
    return RapidOCR(params=params)


def _alphabet_file(model: Path) -> str | None:
    """The file beside a model that has its alphabet; None where the model has it inside.

    Without either, rapidocr would fetch one from the network.
    """
    beside = model.with_suffix(".txt")
    if beside.exists():
        return str(beside)
    try:
        session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        inside = "character" in session.get_modelmeta().custom_metadata_map
    except Exception as error:  # ONNX Runtime raises its own kinds, and RuntimeError
        raise PageUnreadable(f"{model.name} in OCTAVO_OCR_MODELS is no ONNX model") from error
    if not inside:
        raise PageUnreadable(
            f"{model.name} in OCTAVO_OCR_MODELS has no alphabet inside: put it beside it, one character a "
            f"line, as {beside.name}"
        )
    return None


def _own(name: str) -> Path:
    """A model inside rapidocr's package."""
    import rapidocr

    return Path(rapidocr.__file__).parent / "models" / name


def _finder(runtime: Runtime, session: Any, file: Path) -> Callable[[NDArray[np.float32]], Any]:
    """The detector: as rapidocr made it of ``file``, or ours on a card (see ``models.cuda``)."""
    if not runtime.cuda:
        return cast("Callable[[NDArray[np.float32]], Any]", session)
    network = runtime.network(file.read_bytes())
    return lambda pixels: network(pixels)[0]


def _reader(runtime: Runtime, session: Any, file: Path) -> Network:
    """The same for a recogniser. Its answer, thousands of classes a column, does not leave the card."""
    if not runtime.cuda:
        return lambda pixels: [Columns.of(line) for line in session(pixels)]
    model = file.read_bytes()
    best = graphs.with_best(model)
    network = runtime.network(best or model)
    if best is None:
        return lambda pixels: [Columns.of(line) for line in network(pixels)[0]]
    return lambda pixels: [Columns(*line) for line in zip(*network(pixels), strict=True)]


def _recogniser(runtime: Runtime, engine: Any, file: Path) -> Recogniser:
    engine(np.full((_STEP, _STEP, 3), 255, dtype=np.uint8), use_det=False, use_rec=True)  # loads it
    recogniser = engine.text_rec
    batch = _BATCH if runtime.cuda else 1  # on a CPU a batch is no faster
    return Recogniser(_reader(runtime, recogniser.session, file), recogniser.postprocess_op.character, batch)
