"""Engines and readers without models or files."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from models.base import Image, Vectors
from models.images import leaned_size
from schemas.charts import AnyChart
from schemas.errors import NotFillable
from schemas.forms import Blank, FilledForm, Filling
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.reading import (
    Barcode,
    CheckBox,
    DocumentInfo,
    DocumentPart,
    Drawing,
    FlowPage,
    FlowView,
    FormField,
    Region,
    RegionKind,
    Sighting,
    SourcePage,
    TableGrid,
    TextLine,
    Word,
)
from schemas.vision import Transcript, VisionTask, VisionUse


def word(text: str, x: float, y: float, *, size: float = 10.0, space: bool = True) -> Word:
    """A word at its top left corner, half as wide a letter as high."""
    return Word(text, BBox(x, y, x + 0.5 * size * len(text), y + size), size=size, space_before=space)


def line(text: str, x: float, y: float, *, size: float = 10.0, block: int = -1) -> TextLine:
    """A line of words with spaces of half a size between them."""
    words = []
    for part in text.split():
        words.append(word(part, x, y, size=size))
        x = words[-1].bbox.x2 + 0.5 * size
    box = BBox(words[0].bbox.x1, y, words[-1].bbox.x2, y + size)
    return TextLine(words, box, block=block)


@dataclass
class FakeEngines:
    """Gives the same answers for every page; what it was asked is in ``calls``."""

    lines: list[TextLine] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    seen: list[Region] = field(default_factory=list)
    grids: list[TableGrid] = field(default_factory=list)
    turns: int = 0
    leaning: float = 0.0
    barcodes: list[Barcode] = field(default_factory=list)
    signatures: list[Sighting] = field(default_factory=list)
    struck: list[bool] = field(default_factory=list)
    checkboxes: list[CheckBox] = field(default_factory=list)
    chart: AnyChart | None = None
    transcripts: list[Transcript | Exception] = field(default_factory=list)
    vision_uses: frozenset[VisionUse] = frozenset()
    replies: list[Reply | Exception] = field(default_factory=list)
    llms: frozenset[LlmName] = frozenset()
    traits: LlmTraits = field(default_factory=LlmTraits)
    questions: list[Question] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def quarter_turns(self, image: Image) -> int:
        self.calls.append("quarter_turns")
        return self.turns

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        self.calls.append(f"read_text {ocr_model} {image.shape[1]}x{image.shape[0]}")
        return [
            replace(line, words=[replace(word, source=Source.OCR) for word in line.words])
            for line in self.lines
        ]

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        self.calls.append("lay_out")
        return self.regions

    def find_regions(self, image: Image) -> list[Region]:
        self.calls.append("find_regions")
        return self.seen

    def table_structures(self, image: Image) -> list[TableGrid]:
        self.calls.append("table_structures")
        return self.grids

    def skew(self, image: Image) -> float:
        self.calls.append("skew")
        return self.leaning

    def read_barcodes(self, image: Image) -> list[Barcode]:
        self.calls.append("read_barcodes")
        return self.barcodes

    def find_signatures(self, image: Image) -> list[Sighting]:
        self.calls.append("find_signatures")
        return self.signatures

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        self.calls.append(f"find_struck {len(words)}")
        return self.struck or [False] * len(words)

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        self.calls.append("find_checkboxes")
        return self.checkboxes

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        self.calls.append("read_chart")
        return self.chart

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """Answers, or raises, what comes next in ``transcripts``."""
        self.calls.append(f"transcribe {task} {image.shape[1]}x{image.shape[0]}")
        answer = self.transcripts.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def embed(self, texts: list[str]) -> Vectors:
        """Texts that share words are alike."""
        self.calls.append(f"embed {len(texts)}")
        vectors = np.full((len(texts), 256), 1e-3, np.float32)
        for row, text in enumerate(texts):
            for part in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(part.encode()) % 256] += 1
        lengths: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / lengths

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        return self.traits

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """Answers, or raises, what comes next in ``replies``."""
        self.calls.append(f"answer {llm}")
        self.questions.append(question)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class BrokenEngines(FakeEngines):
    """Every model call fails, with a message that must not reach the user."""

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        raise ValueError("secret text of the document")


class NonsenseEngines(FakeEngines):
    """Regions that lie outside the page, have no area, are upside down or cover all of it."""

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        height, width = image.shape[:2]
        return [
            Region(RegionKind.TEXT, BBox(-500, -500, -400, -400)),
            Region(RegionKind.TABLE, BBox(10, 10, 10, 10)),
            Region(RegionKind.TITLE, BBox(90, 90, 20, 20)),
            Region(RegionKind.PICTURE, BBox(0, 0, 10 * width, 10 * height)),
            Region(RegionKind.TEXT, BBox(float("nan"), 0, 10, 10)),
        ]


@dataclass
class FakeReader:
    """Pages from a function of their number; ``blank`` pages render white, others with a mark on them."""

    make: Callable[[int], SourcePage]
    pages: int = 1
    blank: bool = False
    forms: list[FormField] = field(default_factory=list)
    written: list[BBox] = field(default_factory=list)
    drawn: list[Drawing] = field(default_factory=list)

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        return "PDF"

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        return DocumentInfo([DocumentPart(self.pages, paged=True)])

    def page(self, number: int, layout: bool) -> SourcePage:
        return self.make(number)

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        """As if nothing leaned, on a page that is enlarged as it should be."""
        page = self.make(number)
        width, height = leaned_size(page.width, page.height, angle)
        return replace(page, width=width, height=height, lean=0.0)

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        page = self.make(number)
        box = clip or BBox(0, 0, page.width, page.height)
        image = np.full(
            (max(1, round(box.height * scale)), max(1, round(box.width * scale)), 3), 255, np.uint8
        )
        if not self.blank:
            image[: image.shape[0] // 2, : image.shape[1] // 2] = 0
        return image

    def fields(self, number: int) -> list[FormField]:
        return self.forms

    def blanks(self, number: int) -> list[Blank]:
        return []

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        raise NotFillable("nothing here can be filled in")

    def inks(self, number: int) -> list[BBox]:
        return self.written

    def drawings(self, number: int) -> list[Drawing]:
        return self.drawn

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        return FlowPage([])

    def picture(self, number: int, index: int) -> Image | None:
        return None
