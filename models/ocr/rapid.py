"""PP-OCRv6 (small) through ``rapidocr``: OpenVINO where it is installed, else ONNX Runtime."""

from __future__ import annotations

import importlib.util
import sys
import threading
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models import images
from models.base import Image
from models.runtime import Runtime
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

_LEAST_SCORE = 0.5
_LONGEST_SIDE = 3200
_MARGIN = 100
_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
# A crop this much taller than wide is turned before it is recognised (as rapidocr cuts it).
_UPRIGHT_ASPECT = 1.5

Glyph = tuple[str, float, float]
"""A character, its centre along the line (0 to 1) and its confidence."""


class RapidOcr:
    """Detection and recognition of text lines. One call at a time, whoever calls."""

    def __init__(self, runtime: Runtime) -> None:
        self._lock = threading.Lock()
        self._ocr = _engine(runtime)

    def read(self, image: Image) -> list[TextLine]:
        """The lines of ``image``; those the recogniser is not sure of (below 0.5) are left out."""
        with self._lock:
            found = self._detect(image)
            if found is None:
                return []
            quads, crops = found
            recognised = self._recognise(crops)
            self._try_the_other_way(quads, crops, recognised)
        lines = (_line(quad, glyphs, turns) for quad, (glyphs, turns) in zip(quads, recognised, strict=True))
        return [line for line in lines if line is not None]

    def _detect(self, image: Image) -> tuple[NDArray[np.float32], list[NDArray[np.uint8]]] | None:
        """Quads ``(n, 4, 2)`` in pixels of ``image``, clockwise from the top left, and the lines cut out."""
        from rapidocr.main import RapidOCRError
        from rapidocr.utils.process_img import map_boxes_to_original

        # The detector overlooks a lone line on an otherwise empty page, and empty paper costs time.
        inked = images.ink_box(image, _MARGIN)
        part = images.cropped(image, inked)
        picture, record = self._ocr.preprocess_img(np.ascontiguousarray(part[:, :, ::-1]))
        try:
            crops, detected = self._ocr.detect_and_crop(picture, record)
        except RapidOCRError:  # how rapidocr says that there is no text
            return None
        height, width = part.shape[:2]
        quads = map_boxes_to_original(np.array(detected.boxes, dtype=np.float32), record, height, width)
        return quads + np.array([int(inked.x1), int(inked.y1)], dtype=np.float32), crops

    def _recognise(self, crops: list[NDArray[np.uint8]]) -> list[tuple[list[Glyph], int]]:
        """The glyphs of each crop, and the quarter turns its text stands at."""
        from rapidocr.ch_ppocr_rec.typings import TextRecInput

        self._ocr.return_word_box = True
        if self._ocr.text_rec is None:
            self._ocr.recognize_txt(crops[:1])  # loads the recogniser
        out = self._ocr.text_rec(TextRecInput(img=crops, return_word_box=True))
        return [(_glyphs(text, info), 0) for text, info in zip(out.txts, out.word_results, strict=True)]

    def _try_the_other_way(
        self,
        quads: NDArray[np.float32],
        crops: list[NDArray[np.uint8]],
        recognised: list[tuple[list[Glyph], int]],
    ) -> None:
        """A tall line may run downwards or upwards: both are read, the surer one stays."""
        tall = [i for i, quad in enumerate(quads) if _is_tall(quad)]
        if not tall:
            return
        others = self._recognise([np.ascontiguousarray(np.rot90(crops[i], 2)) for i in tall])
        for i, (glyphs, _) in zip(tall, others, strict=True):
            down = recognised[i][0]
            recognised[i] = (glyphs, 3) if _score(glyphs) > _score(down) else (down, 1)


def _engine(runtime: Runtime) -> Any:
    """A rapidocr engine that runs on the models inside its own package and never asks the network."""
    # OpenVINO reports its own import to its maker, unless this package is missing.
    sys.modules.setdefault("openvino_telemetry", cast("ModuleType", None))
    import rapidocr
    from rapidocr import EngineType, RapidOCR

    folder = Path(rapidocr.__file__).parent / "models"
    params: dict[str, Any] = {f"{task}.model_path": str(folder / file) for task, file in _MODELS.items()}
    params |= {"Global.use_cls": False, "Global.log_level": "error", "Global.max_side_len": _LONGEST_SIDE}
    params["Rec.rec_batch_num"] = 1  # a batch is padded to its widest line
    if runtime.cuda:
        params |= {"EngineConfig.onnxruntime.use_cuda": True, "Rec.rec_batch_num": 16}
    elif importlib.util.find_spec("openvino"):
        params |= {f"{task}.engine_type": EngineType.OPENVINO for task in _MODELS}
        params |= {
            "EngineConfig.openvino.inference_num_threads": runtime.threads,
            "EngineConfig.openvino.enable_hyper_threading": True,
        }
    else:
        params["EngineConfig.onnxruntime.intra_op_num_threads"] = runtime.threads
    return RapidOCR(params=params)


def _glyphs(text: str, info: Any) -> list[Glyph]:
    """Characters with their places from the recogniser's columns; a space has the place before it."""
    columns = iter([column for word in info.word_cols for column in word])
    glyphs: list[Glyph] = []
    for char, confidence in zip(text, info.confs, strict=False):
        place = 0.0 if char.isspace() else (next(columns, 0) + 0.5) / info.line_txt_len
        glyphs.append((char, min(place, 1.0), float(confidence)))
    return glyphs


def _score(glyphs: list[Glyph]) -> float:
    return sum(confidence for *_, confidence in glyphs) / len(glyphs) if glyphs else 0.0


def _is_tall(quad: NDArray[np.float32]) -> bool:
    width = max(np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[3] - quad[2]))
    height = max(np.linalg.norm(quad[0] - quad[3]), np.linalg.norm(quad[1] - quad[2]))
    return bool(height >= _UPRIGHT_ASPECT * width)


def _line(quad: NDArray[np.float32], glyphs: list[Glyph], turns: int) -> TextLine | None:
    """A line of words, or None where nothing was read with any certainty."""
    score = _score(glyphs)
    groups = _split(glyphs)
    if not groups or score < _LEAST_SCORE:
        return None
    # From here on the quad starts where the text starts: tall lines run down (1) or up (3).
    top_left, top_right, _, bottom_left = np.roll(quad, {0: 0, 1: -1, 3: 1}[turns], axis=0)
    height = float(np.linalg.norm(bottom_left - top_left))
    words: list[Word] = []
    for (start, end), group in zip(_extents(groups), groups, strict=True):
        along, across = top_right - top_left, bottom_left - top_left
        corners = [top_left + along * f + across * g for f in (start, end) for g in (0, 1)]
        words.append(
            Word(
                text="".join(char for char, *_ in group),
                bbox=_bbox(np.array(corners)),
                confidence=round(_score(group), 4),
                size=height,
                space_before=bool(words),
                source=Source.OCR,
            )
        )
    return TextLine(words, union_of([w.bbox for w in words]), round(score, 4), quarter_turns=turns)


def _bbox(points: NDArray[np.float32]) -> BBox:
    (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
    return BBox(float(x1), float(y1), float(x2), float(y2))


def _split(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Glyphs of each word: cut at spaces."""
    groups: list[list[Glyph]] = [[]]
    for glyph in glyphs:
        if glyph[0].isspace():
            groups.append([])
        else:
            groups[-1].append(glyph)
    return [group for group in groups if group]


def _extents(groups: list[list[Glyph]]) -> list[tuple[float, float]]:
    """Start and end of each word along its line (0 to 1): half a glyph around its outer glyphs' centres."""
    pitches = [b[1] - a[1] for group in groups for a, b in pairwise(group)]
    half = (sorted(pitches)[len(pitches) // 2] if pitches else 1 / sum(len(g) for g in groups)) / 2
    extents: list[tuple[float, float]] = []
    for group, following in zip(groups, [*groups[1:], None], strict=True):
        start = extents[-1][1] if extents else 0.0
        first, last = group[0][1], group[-1][1]
        limit = (last + following[0][1]) / 2 if following else 1.0
        extents.append((min(max(start, first - half), first), max(last, min(last + half, limit))))
    return extents
