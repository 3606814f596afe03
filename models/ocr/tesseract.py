"""The ``tesseract`` program, for those who have tuned it to their documents: one process a picture.

Its answer is its TSV output: https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html#tsv-output
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from itertools import groupby

from models import images
from models.base import Image
from models.ocr.lines import LEAST_SCORE
from models.runtime import Runtime
from schemas.errors import PageUnreadable
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.ocr import OcrSetup
from schemas.reading import TextLine, Word

# It was trained on print of 300 dpi: pictures with a smaller long side (pixels) are enlarged towards it.
_LONG_SIDE, _MOST_ENLARGED = 3000, 2.0
# Its threads cost more than they bring.
_ONE_THREAD = ("/usr/bin/env", "OMP_THREAD_LIMIT=1")
_WORD, _PLACES = "5", ("block_num", "par_num", "line_num")


class Tesseract:
    """Reads with tesseract's own page segmentation. Safe to call from any thread."""

    def __init__(self, runtime: Runtime, setup: OcrSetup) -> None:
        """Looks the program up.

        Raises:
            PageUnreadable: it is not installed.
        """
        program = shutil.which("tesseract")
        if program is None:
            raise PageUnreadable(
                "OCTAVO_OCR_ENGINE is tesseract, but there is no such program: install tesseract-ocr "
                "(Debian, Ubuntu) or tesseract (Homebrew), or set OCTAVO_OCR_ENGINE=ppocr."
            )
        self._command = [*_ONE_THREAD, program, "stdin", "stdout", "-l", "+".join(setup.languages)]
        self._command += ["--psm", "3", "tsv"]
        self._timeout = setup.timeout

    def read(self, image: Image) -> list[TextLine]:
        """See ``OcrEngine``.

        Raises:
            PageUnreadable: tesseract failed, or took too long and was stopped.
        """
        factor = max(1.0, min(_MOST_ENLARGED, _LONG_SIDE / max(image.shape[:2])))
        answer = self._run(images.png(images.scaled(image, factor)))
        return _lines(answer, 1 / factor)

    def _run(self, picture: bytes) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the arguments are the operator's
                self._command,
                input=picture,
                capture_output=True,
                timeout=self._timeout,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise PageUnreadable(
                f"tesseract took longer than {self._timeout:.0f} seconds (OCTAVO_OCR_TIMEOUT) and was stopped"
            ) from error
        except (subprocess.CalledProcessError, OSError) as error:
            raise PageUnreadable(
                "tesseract failed: see whether it has the languages of OCTAVO_OCR_LANGUAGES "
                "(tesseract --list-langs)"
            ) from error
        return done.stdout.decode("utf-8", errors="replace")


def _lines(answer: str, scale: float) -> list[TextLine]:
    """The lines of a TSV answer that were read with some certainty; its boxes times ``scale``."""
    rows = csv.DictReader(answer.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row.get("level") == _WORD and (row.get("text") or "").strip()]
    lines = (
        _line(list(rows), scale)
        for _, rows in groupby(words, key=lambda row: [row[place] for place in _PLACES])
    )
    return [line for line in lines if (line.confidence or 0.0) >= LEAST_SCORE]


def _line(rows: list[dict[str, str]], scale: float) -> TextLine:
    boxes = [_box(row).scaled(scale) for row in rows]
    whole = union_of(boxes)
    sure = [max(0.0, min(1.0, float(row["conf"]) / 100)) for row in rows]
    words = [
        Word(
            text=row["text"].strip(),
            bbox=box,
            confidence=round(confidence, 4),
            size=whole.height,
            space_before=index > 0,
            source=Source.OCR,
        )
        for index, (row, box, confidence) in enumerate(zip(rows, boxes, sure, strict=True))
    ]
    return TextLine(words, whole, round(sum(sure) / len(sure), 4))


def _box(row: dict[str, str]) -> BBox:
    x, y = float(row["left"]), float(row["top"])
    return BBox(x, y, x + float(row["width"]), y + float(row["height"]))
