"""What the children of the tests serve: a reader that obeys, and one that fails in every way there is."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from models.base import Image
from schemas.errors import DocumentEncrypted, PageUnreadable
from schemas.geometry import BBox
from schemas.reading import DocumentInfo, DocumentPart, FlowPage, FlowView, Region, SourcePage, TextLine
from tests.waiting import soon


class Faulty:
    """Page 1 is fine, 2 crashes, 3 hangs, 4 raises, 5 is unreadable, 6 eats memory, 7 counts secrets.

    With a ``memory``, what crashes does so the first time only.
    """

    def __init__(self, memory: Path | None = None) -> None:
        self._memory = memory

    def _crash(self) -> None:
        if self._memory is None or not self._memory.exists():
            if self._memory is not None:
                self._memory.touch()
            os.kill(os.getpid(), signal.SIGSEGV)

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        return "PDF"

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        if path.name == "locked":
            raise DocumentEncrypted("It wants a password.")
        if path.name == "deadly":
            self._crash()
        return DocumentInfo([DocumentPart(9, paged=True)])

    def page(self, number: int, layout: bool) -> SourcePage:
        match number:
            case 2:
                self._crash()
            case 3:
                time.sleep(60)
            case 4:
                os.write(2, b"noise of a library in C")
                raise ZeroDivisionError("text of the document")
            case 5:
                raise PageUnreadable("its content stream is broken")
            case 6:
                np.ones(1 << 40, np.uint8)
            case 7:
                secret = [name for name in os.environ if name.startswith(("OCTAVO_", "OTEL_"))]
                return SourcePage(len(secret), 1, 1)
        return SourcePage(number, 612, 792)

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        return np.full((3, 4, 3), number, np.uint8)

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        return FlowPage([])

    def picture(self, number: int, index: int) -> Image | None:
        return None


class Mortal:
    """Models and a picture's first pixel: 1 kills them the first time only, 2 always; 3 hangs, 4 grows.

    5 waits: they touch ``asleep`` beside ``memory`` and go on when ``awake`` is there.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._kept: list[Image] = []

    def quarter_turns(self, image: Image) -> int:
        first = int(image[0, 0, 0])
        if first == 2 or (first == 1 and not self._memory.exists()):
            self._memory.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if first == 3:
            time.sleep(60)
        if first == 4:
            self._kept.append(np.ones((300, 1000, 1000), np.uint8))
        if first == 5:
            self._memory.with_name("asleep").touch()
            soon(self._memory.with_name("awake").exists)
        return os.getpid()

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        return []

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        return []

    def find_regions(self, image: Image) -> list[Region]:
        return []
