"""Flat forms that tests draw, and the blanks that are found on them."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from models.checkboxes.detector import ContourCheckBoxes
from models.runtime import Runtime
from pipelines.pages.blanks import FindBlanks
from pipelines.readers.host import LocalReader
from pipelines.work import PageWork
from schemas.forms import Blank
from schemas.reading import TextLine
from tests.fakes.engines import FakeEngines


class SeeingEngines(FakeEngines):
    """Finds boxes to tick as a worker does."""

    find_checkboxes = ContourCheckBoxes(Runtime(cuda=False, threads=1)).find


class Sheet:
    """A page in points to draw a form on."""

    def __init__(self, width: float = 612, height: float = 792) -> None:
        self.document = pymupdf.open()
        self.page = self.document.new_page(width=width, height=height)

    def text(self, x: float, y: float, text: str, size: float = 10) -> None:
        """Writes from ``x``, on the baseline ``y``."""
        self.page.insert_text((x, y), text, fontsize=size, fontname="helv")

    def line(self, x1: float, x2: float, y: float) -> None:
        """Draws a line to write on."""
        self.page.draw_line((x1, y), (x2, y), width=0.6)

    def box(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draws a frame."""
        self.page.draw_rect((x1, y1, x2, y2), width=0.7)

    def shade(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Paints a box that has no frame."""
        self.page.draw_rect((x1, y1, x2, y2), color=None, fill=(0.9, 0.93, 0.98))

    def circle(self, x: float, y: float) -> None:
        """Draws a button ten points wide."""
        self.page.draw_circle((x, y), 5, width=0.7)

    def save(self, folder: Path) -> Path:
        """The form as a file."""
        path = folder / "form.pdf"
        self.document.save(path)
        return path


def blanks_of(path: Path, *, interactive: bool = True, drawn: bool = True) -> list[Blank]:
    """The blanks of a PDF's first page, read without models."""
    reader = LocalReader()
    reader.open(path, reader.detect(path, None, None))
    source = reader.page(1, False)
    page = PageWork(1, source, lines=list[TextLine](source.lines), rules=source.rules)
    FindBlanks(reader, SeeingEngines(), interactive=interactive, drawn=drawn)([page])
    return page.blanks


def names(blanks: list[Blank]) -> list[str]:
    """What each blank is called first."""
    return [blank.names[0] if blank.names else "" for blank in blanks]
