"""The models of this machine: each looks at a page, in the process that they have in the service."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from models.base import Image
from models.cuda import DeviceError
from models.runtime import Runtime
from schemas.errors import OctavoError
from schemas.ocr import OcrEngineName
from schemas.options import OcrModel
from schemas.settings import Settings
from workers.children import EngineChild
from workers.doctor.finding import Finding
from workers.gpu import free_bytes

_REINSTALL = "reinstall Octavo"
_OCR_FIXES = {
    OcrEngineName.PPOCR: "reinstall Octavo; check OCTAVO_OCR_MODELS if it is set",
    OcrEngineName.TESSERACT: "install tesseract and the languages of OCTAVO_OCR_LANGUAGES",
    OcrEngineName.REMOTE: "start the server of OCTAVO_OCR_URL, and check OCTAVO_OCR_API_KEY",
}

_TRIALS: tuple[tuple[str, Callable[[EngineChild, Image], Any]], ...] = (
    ("orientation", lambda engines, page: engines.quarter_turns(page)),
    ("leaning pages", lambda engines, page: engines.skew(page)),
    ("layout", lambda engines, page: engines.lay_out(page, [])),
    ("regions", lambda engines, page: engines.find_regions(page)),
    ("tables", lambda engines, page: engines.table_structures(page)),
    ("barcodes", lambda engines, page: engines.read_barcodes(page)),
    ("signatures", lambda engines, page: engines.find_signatures(page)),
    ("struck words", lambda engines, page: engines.find_struck(page, [])),
    ("check boxes", lambda engines, page: engines.find_checkboxes(page)),
    ("charts", lambda engines, page: engines.read_chart(page, [])),
    ("meanings", lambda engines, page: engines.embed(["What is to be paid?"])),
)


def device(settings: Settings) -> Finding:
    """Where models run."""
    try:
        runtime = Runtime.of(settings.device.value)
    except DeviceError as error:
        fix = "pip install onnxruntime-gpu in place of onnxruntime, or set OCTAVO_DEVICE=cpu"
        return Finding(name="device", ok=False, detail=str(error), fix=fix)
    if runtime.cuda:
        free = free_bytes()
        room = "how much memory it has free is not known (pip install nvidia-ml-py)"
        return Finding(
            name="device",
            ok=True,
            detail=f"CUDA, {free / 1e9:.0f} GB free" if free is not None else f"CUDA; {room}",
        )
    detail = f"CPU, {runtime.threads} threads"
    if settings.device.value == "auto" and shutil.which("nvidia-smi"):
        detail += "; there is a graphics card, which onnxruntime-gpu in place of onnxruntime would use"
    return Finding(name="device", ok=True, detail=detail)


def engines(settings: Settings) -> Iterator[Finding]:
    """Each model looks at a page; the first one waits until its process is there."""
    page = _page()
    with closing(EngineChild(settings)) as child:
        name = f"OCR ({settings.ocr_engine})"
        fix = _OCR_FIXES[settings.ocr_engine]
        yield _tried(name, fix, lambda: child.read_text(page, OcrModel.MODEL03))
        for name, look in _TRIALS:
            yield _tried(name, _REINSTALL, lambda look=look: look(child, page))  # type: ignore[misc]


def _tried(name: str, fix: str, look: Callable[[], Any]) -> Finding:
    started = time.perf_counter()
    try:
        look()
    except OctavoError as error:
        return Finding(name=name, ok=False, detail=error.message, fix=fix)
    return Finding(name=name, ok=True, detail=f"{time.perf_counter() - started:.1f} s")


def _page() -> Image:
    """A page with two lines and a table, so that every part of every model has something to do."""
    page = Pictures.new("RGB", (620, 620), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(28)
    pen.text((60, 60), "A page of two lines, and", "black", font)
    pen.text((60, 110), "a table of four cells", "black", font)
    for start, end in (((60, 200), (560, 200)), ((60, 280), (560, 280)), ((60, 360), (560, 360))):
        pen.line((start, end), "black", 3)
        pen.line(
            ((start[1] - 200) * 500 // 160 + 60, 200, (start[1] - 200) * 500 // 160 + 60, 360), "black", 3
        )
    for column, row in ((80, 220), (330, 220), (80, 300), (330, 300)):
        pen.text((column, row), f"{column}.00", "black", font)
    return np.asarray(page)
