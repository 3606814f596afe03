"""The tesseract program: a scripted one, and the real one where it is installed."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from models.base import Image
from models.ocr.tesseract import Tesseract
from models.runtime import Runtime
from schemas.errors import PageUnreadable
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.ocr import OcrSetup
from schemas.reading import TextLine

RUNTIME = Runtime(cuda=False, threads=1)
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
TSV = "\n".join(
    [
        HEAD,
        "4\t1\t1\t1\t1\t0\t20\t20\t200\t40\t-1\t",
        "5\t1\t1\t1\t1\t1\t20\t20\t80\t40\t96.5\tTotal",
        '5\t1\t1\t1\t1\t2\t120\t24\t100\t30\t83.5\t"due"',
        "5\t1\t1\t1\t1\t3\t240\t24\t10\t30\t95\t ",
        "5\t1\t1\t1\t2\t1\t20\t90\t80\t40\t12\tsmudge",
        "5\t1\t2\t1\t1\t1\t20\t190\t80\t40\t91\t12.50",
    ]
)


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A ``tesseract`` first on the path, written in Python."""
    file = folder / "tesseract"
    file.write_text(f"#!{sys.executable}\nimport sys, pathlib\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder))


def read(image: Image, setup: OcrSetup) -> list[TextLine]:
    return Tesseract(RUNTIME, setup).read(image)


def test_tsv_becomes_lines_in_pixels_of_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"sys.stdin.buffer.read(); sys.stdout.write({TSV!r})"
    program(tmp_path, monkeypatch, script)
    page = np.full((400, 500, 3), 255, np.uint8)  # enlarged to twice its size
    first, second = read(page, OcrSetup())
    assert first.text == 'Total "due"'
    assert first.bbox == BBox(10, 10, 110, 30)
    assert first.confidence == 0.9
    assert [(w.bbox, w.confidence, w.source) for w in first.words] == [
        (BBox(10, 10, 50, 30), 0.965, Source.OCR),
        (BBox(60, 12, 110, 27), 0.835, Source.OCR),
    ]
    assert first.words[0].size == 20
    assert second.text == "12.50"


def test_it_is_given_a_png_and_the_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    script = f"""
data = sys.stdin.buffer.read()
pathlib.Path({str(log)!r}).write_text(" ".join(sys.argv[1:]) + " " + str(data[1:4]))
print({HEAD!r})"""
    program(tmp_path, monkeypatch, script)
    assert read(np.full((50, 50, 3), 255, np.uint8), OcrSetup(languages=("deu", "chi_sim"))) == []
    assert log.read_text() == "stdin stdout -l deu+chi_sim --psm 3 tsv b'PNG'"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("sys.exit(1)", "OCTAVO_OCR_LANGUAGES"),
        ("import time; time.sleep(60)", "OCTAVO_OCR_TIMEOUT"),
    ],
)
def test_its_failures_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    program(tmp_path, monkeypatch, script)
    with pytest.raises(PageUnreadable, match=told):
        read(np.full((50, 50, 3), 255, np.uint8), OcrSetup(timeout=0.3))


def test_without_the_program_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PageUnreadable, match="install tesseract-ocr"):
        Tesseract(RUNTIME, OcrSetup())


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_the_real_one_reads_a_page() -> None:
    document = pymupdf.open()
    document.new_page(width=400, height=200).insert_text((40, 80), "Seven lanterns at dusk", fontsize=16)
    pixels = document[0].get_pixmap(dpi=150)
    image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    (line,) = read(image, OcrSetup())
    assert line.text == "Seven lanterns at dusk"
    assert line.bbox.scaled(72 / 150).x1 == pytest.approx(40, abs=3)
