"""PP-OCRv6 (small) through ``rapidocr``: OpenVINO where it is installed, else ONNX Runtime.

The networks and the detector's reading are rapidocr's; how pictures go in and what the recogniser's answer
means is ours: few different shapes (each new one costs a compilation), and every space it saw.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import threading
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from models import images
from models.base import Image
from models.ocr import ctc, lines
from models.ocr.ctc import Glyph
from models.runtime import Runtime
from schemas.reading import TextLine

# Lines are looked for in pictures of this many pixels at most: more costs time and finds no more. Small ones
# are not enlarged: their small print is found as it is.
_MOST_PIXELS = 5_000_000
# Background around the ink (the detector overlooks what touches an edge), and the steps of a page's sides.
_MARGIN, _STEP = 64, 128
# The recogniser's input: line height, the steps of its width and the limits. Short words are read better
# with room behind them.
_HEIGHT, _WIDTH_STEP, _LEAST_WIDTH, _MOST_WIDTH = 48, 64, 192, 4096
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


class RapidOcr:
    """Detection and recognition of text lines. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._batch = 16 if runtime.cuda else 1  # on a CPU a batch is no faster
        engine = _engine(runtime)
        blank = np.full((_STEP, _STEP, 3), 255, dtype=np.uint8)
        engine(blank, use_rec=False)  # loads the detector
        engine(blank, use_det=False, use_rec=True)
        self._detector = engine.text_det
        self._session = engine.text_rec.session
        self._alphabet: list[str] = engine.text_rec.postprocess_op.character

    def read(self, image: Image) -> list[TextLine]:
        """The lines of ``image``; those the recogniser is not sure of (below 0.5) are left out."""
        with self._lock:
            quads = self._detect(image)
            pictures = [lines.cut(image, quad) for quad in quads]
            read = self._recognise(pictures)
            turns = [1 if lines.is_tall(quad) else 0 for quad in quads]
            self._try_upwards(pictures, read, turns)
        found = map(lines.text_line, quads, pictures, read, turns)
        return [line for line in found if line is not None]

    def _detect(self, image: Image) -> list[lines.Quad]:
        """Where lines stand, in pixels of ``image``."""
        inked = images.ink_box(image, _MARGIN)
        part = images.cropped(image, inked)
        factor = min(1.0, math.sqrt(_MOST_PIXELS / (part.shape[0] * part.shape[1])))
        page = images.padded(images.scaled(part, factor), _STEP)
        found = self._detector(np.ascontiguousarray(page[:, :, ::-1])).boxes
        if found is None:
            return []
        corner = np.array([int(inked.x1), int(inked.y1)])
        limits = np.array([image.shape[1], image.shape[0]])
        return [np.clip(quad / factor + corner, 0, limits).astype(np.float32) for quad in found]

    def _recognise(self, pictures: list[Image]) -> list[list[Glyph]]:
        """The glyphs of each line's picture. Pictures of one width go through one after the other."""
        inputs = [_input(picture) for picture in pictures]
        widths = defaultdict(list)
        for index, (pixels, _) in enumerate(inputs):
            widths[pixels.shape[2]].append(index)
        read: list[list[Glyph]] = [[] for _ in pictures]
        for same in widths.values():
            for batch in (same[i : i + self._batch] for i in range(0, len(same), self._batch)):
                answers = self._session(np.stack([inputs[index][0] for index in batch]))
                for index, columns in zip(batch, answers, strict=True):
                    read[index] = ctc.glyphs(columns, self._alphabet, inputs[index][1])
        return read

    def _try_upwards(self, pictures: list[Image], read: list[list[Glyph]], turns: list[int]) -> None:
        """A tall line may run downwards or upwards: both are read, the surer one stays."""
        tall = [index for index, turn in enumerate(turns) if turn]
        flipped = [images.turned(pictures[index], 2) for index in tall]
        for index, picture, glyphs in zip(tall, flipped, self._recognise(flipped), strict=True):
            if ctc.score(glyphs) > ctc.score(read[index]):
                pictures[index], read[index], turns[index] = picture, glyphs, 3


def _input(picture: Image) -> tuple[NDArray[np.float32], float]:
    """The recogniser's input ``(3, 48, width)``, BGR in -1 to 1, and the share of it that is not padding."""
    height, width = picture.shape[:2]
    wide = min(max(1, math.ceil(_HEIGHT * width / height)), _MOST_WIDTH)
    pixels = cv2.resize(picture[:, :, ::-1], (wide, _HEIGHT)).astype(np.float32).transpose(2, 0, 1)
    room = max(-(-wide // _WIDTH_STEP) * _WIDTH_STEP, _LEAST_WIDTH)
    whole = np.zeros((3, _HEIGHT, room), dtype=np.float32)
    whole[:, :, :wide] = pixels / 127.5 - 1.0
    return whole, wide / whole.shape[2]


def _engine(runtime: Runtime) -> Any:
    """A rapidocr engine that runs on the models inside its own package and never asks the network."""
    # OpenVINO reports its own import to its maker, unless this package is missing.
    sys.modules.setdefault("openvino_telemetry", cast("ModuleType", None))
    import rapidocr
    from rapidocr import EngineType, RapidOCR

    folder = Path(rapidocr.__file__).parent / "models"
    params: dict[str, Any] = {f"{task}.model_path": str(folder / file) for task, file in _MODELS.items()}
    params |= {"Global.use_cls": False, "Global.log_level": "error"}
    params |= {"Det.limit_type": "min", "Det.limit_side_len": _STEP}  # pages keep their size
    if runtime.cuda:
        params["EngineConfig.onnxruntime.use_cuda"] = True
    elif importlib.util.find_spec("openvino"):
        params |= {f"{task}.engine_type": EngineType.OPENVINO for task in _MODELS}
        params |= {
            "EngineConfig.openvino.inference_num_threads": runtime.threads,
            "EngineConfig.openvino.enable_hyper_threading": True,
        }
    else:
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = runtime.threads
    return RapidOCR(params=params)
