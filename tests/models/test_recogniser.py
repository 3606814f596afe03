"""Lines through a recognition network, which the tests play themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from numpy.typing import NDArray

from models.base import Image
from models.local import LocalEngines
from models.ocr.ctc import Columns, Glyph
from models.ocr.recogniser import Recogniser, surest
from schemas.errors import PageUnreadable
from schemas.ocr import OcrSetup

ALPHABET = ["blank", "d", "l", " "]


class Grey:
    """Says ``d`` of dark pictures and ``l`` of light ones, in a column every 8 pixels; keeps the shapes."""

    def __init__(self, sure: float = 0.9) -> None:
        self.sure = sure
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, pixels: NDArray[np.float32]) -> list[Columns]:
        self.shapes.append(pixels.shape)
        answer = np.zeros((len(pixels), pixels.shape[3] // 8, len(ALPHABET)), np.float32)
        for row, picture in zip(answer, pixels, strict=True):
            row[:, 0] = 1.0
            row[0] = 0.0
            row[0, 1 if picture[0, 0, 0] < 0 else 2] = self.sure
        return [Columns.of(line) for line in answer]


def picture(grey: int, width: int, height: int = 24) -> Image:
    return np.full((height, width, 3), grey, np.uint8)


def texts(lines: list[list[Glyph]]) -> list[str]:
    return ["".join(glyph.char for glyph in line) for line in lines]


def test_each_line_gets_its_own_answer_whatever_its_width() -> None:
    network = Grey()
    pictures = [picture(0, 300), picture(255, 20), picture(0, 25), picture(255, 310)]
    assert texts(Recogniser(network, ALPHABET).read(pictures)) == ["d", "l", "d", "l"]
    assert network.shapes == [(1, 3, 48, 640)] * 2 + [(1, 3, 48, 192)] * 2


def test_lines_of_one_width_share_a_batch() -> None:
    network = Grey()
    read = Recogniser(network, ALPHABET, batch=2).read([picture(0, 30), picture(255, 40), picture(0, 50)])
    assert texts(read) == ["d", "l", "d"]
    assert network.shapes == [(2, 3, 48, 192), (1, 3, 48, 192)]


def test_endless_lines_are_squeezed() -> None:
    network = Grey()
    Recogniser(network, ALPHABET).read([picture(0, 30_000, 10)])
    assert network.shapes == [(1, 3, 48, 4096)]


def test_the_surest_of_several_recognisers_is_believed() -> None:
    other = ["blank", "x", "y", " "]
    unsure, sure = Recogniser(Grey(0.6), ALPHABET), Recogniser(Grey(0.8), other)
    assert texts(surest([unsure, sure], [picture(0, 30)])) == ["x"]
    assert texts(surest([sure, unsure], [picture(0, 30)])) == ["x"]
    assert surest([unsure], []) == []


@pytest.mark.engines
def test_further_models_are_taken_from_the_folder(tmp_path: Path) -> None:
    import rapidocr

    own = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_rec_small.onnx"
    shutil.copy(own, tmp_path / "again.onnx")
    document = pymupdf.open()
    document.new_page(width=300, height=100).insert_text((20, 50), "Read twice over", fontsize=14)
    pixels = document[0].get_pixmap(dpi=150)
    image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    lines = LocalEngines("cpu", ocr=OcrSetup(models=tmp_path)).read_text(image, "model03")
    assert [line.text for line in lines] == ["Read twice over"]


@pytest.mark.engines
@pytest.mark.parametrize(
    ("name", "complaint"), [(None, r"no \*.onnx file"), ("broken.onnx", "broken.onnx .* no ONNX model")]
)
def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, name: str | None, complaint: str) -> None:
    if name:
        (tmp_path / name).write_bytes(b"not a model")
    engines = LocalEngines("cpu", ocr=OcrSetup(models=tmp_path))
    with pytest.raises(PageUnreadable, match=complaint):
        engines.read_text(picture(255, 300), "model03")
