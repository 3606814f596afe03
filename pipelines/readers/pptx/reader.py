"""Presentations: a page a slide, with sizes and boxes in points, the speaker's notes after the slide."""

from __future__ import annotations

import re
from pathlib import Path

from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.ooxml.package import Package, PartMissing
from pipelines.readers.pptx.contents import Piece, SlideSetting
from pipelines.readers.pptx.names import EMU_PER_POINT, P, R
from pipelines.readers.pptx.names import number as number_of
from pipelines.readers.pptx.order import in_order
from pipelines.readers.pptx.pictures import Picture
from pipelines.readers.pptx.remarks import comments_of, notes_of
from pipelines.readers.pptx.sheets import Sheet
from pipelines.readers.pptx.slide import blocks_of
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import DocumentEmpty, DocumentUnreadable, PageUnreadable
from schemas.fragments import PageFragment, Source
from schemas.geometry import Box, PageSize
from schemas.reading import FlowPage, FlowView

_SLIDE_PART = re.compile(r"ppt/slides/slide(\d+)\.xml")
_HIDDEN = re.compile(rb"""<(?:\w+:)?sld\s[^>]*\bshow=["'](?:0|false)["']""")
# In points: 10 by 7.5 inches, where the presentation does not say.
_DEFAULT_SIZE = (720.0, 540.0)


class PptxReader(FlowReader):
    """A PowerPoint file in the Office Open XML format, also a show or a template, with or without macros.

    Text is taken with the structure it has (titles, lists, tables with their cells' boxes, the data of
    charts and diagrams); prompts of empty placeholders are not shown and left out. Boxes are those of the
    shapes, as displayed: paragraphs of one shape have its box.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        """Opens the presentation; its slides are read one by one.

        Raises:
            DocumentUnreadable: it is no presentation, or too damaged to open.
            DocumentEmpty: it has no slides.
        """
        self._setup = setup
        self._package = Package(path, setup.max_unpacked_bytes)
        try:
            name = self._presentation_part()
            self._presentation = self._package.xml(name)
        except PartMissing as missing:
            self._package.close()
            raise DocumentUnreadable(
                "There is no presentation in the file, or it is too damaged to open: open it in PowerPoint "
                "or LibreOffice and save it again."
            ) from missing
        self._slides = self._slide_parts(name)
        if not self._slides:
            self._package.close()
            raise DocumentEmpty("The presentation has no slides.")
        self._width, self._height = _size(self._presentation.find(f"{P}sldSz"))
        self._hidden = self._hidden_slides()
        self._pictures: dict[int, dict[int, Picture]] = {}

    def page_count(self) -> int:
        """How many slides there are, hidden ones too."""
        return len(self._slides)

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """A slide: title, the rest as it is read, running lines; then notes and comments, without boxes.

        Raises:
            PageUnreadable: the slide is missing or damaged.
        """
        slide = self._slide(number)
        setting = self._slide_setting(number, view)
        blocks = blocks_of(slide, setting)
        pieces = in_order(blocks)
        pieces += [Piece(*found) for found in notes_of(self._package, slide)]
        if view.comments:
            pieces += [Piece(*found) for found in comments_of(self._package, slide)]
        self._pictures[number] = {i: piece.picture for i, piece in enumerate(pieces) if piece.picture}
        return FlowPage(
            [_fragment(piece) for piece in pieces],
            PageSize(width=round(self._width), height=round(self._height)),
            self._warnings(number),
            list(self._pictures[number]),
            setting.hidden.found(),
        )

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``: a picture as displayed, cropped and turned."""
        if number not in self._pictures:
            self.flow_page(number, FlowView())
        picture = self._pictures[number].get(index)
        return picture.pixels(self._package, self._setup) if picture else None

    def close(self) -> None:
        """See ``FlowReader``."""
        self._package.close()

    def _presentation_part(self) -> str:
        related = self._package.relationships("").values()
        return next((r.target for r in related if r.kind == "officeDocument"), "ppt/presentation.xml")

    def _slide_parts(self, presentation: str) -> list[str]:
        """The parts of the slides in order; by their names if the presentation does not tell."""
        related = self._package.relationships(presentation)
        ids = [slide.get(f"{R}id", "") for slide in self._presentation.iterfind(f"{P}sldIdLst/{P}sldId")]
        listed = [related[i].target if i in related else "" for i in ids]
        if any(self._package.size(name) for name in listed):
            return listed
        named = [m for name in self._package.names() if (m := _SLIDE_PART.fullmatch(name))]
        return [m.group() for m in sorted(named, key=lambda m: int(m.group(1)))]

    def _slide(self, number: int) -> Sheet:
        try:
            slide = Sheet.of(self._package, self._slides[number - 1])
        except PartMissing as missing:
            raise PageUnreadable(
                f"Slide {number} is missing or damaged: open the presentation in PowerPoint, let it be "
                "repaired, and save it again."
            ) from missing
        if slide.root.find(f"{P}cSld") is None:
            raise PageUnreadable(f"What the presentation names as slide {number} is no slide.")
        return slide

    def _slide_setting(self, number: int, view: FlowView) -> SlideSetting:
        first = int(number_of(self._presentation, "firstSlideNum", 1))
        return SlideSetting(
            self._package,
            number + first - 1,
            number == 1,
            self._width,
            self._height,
            self._presentation.find(f"{P}defaultTextStyle"),
            view.charts,
        )

    def _hidden_slides(self) -> list[int]:
        heads = (self._package.head(name) for name in self._slides)
        return [n for n, head in enumerate(heads, 1) if _HIDDEN.search(head)]

    def _warnings(self, number: int) -> list[DocumentWarning]:
        warnings = []
        if number in self._hidden:
            which = ", ".join(str(hidden) for hidden in self._hidden)
            message = f"Slides that are hidden in the show were read like the others: {which}."
            warnings.append(DocumentWarning(kind=WarningKind.HIDDEN_TEXT, message=message))
        return warnings


def _size(element: _Element | None) -> tuple[float, float]:
    """The size of all slides in points."""
    width, height = (number_of(element, name) / EMU_PER_POINT for name in ("cx", "cy"))
    return (width, height) if min(width, height) >= 1 else _DEFAULT_SIZE


def _fragment(piece: Piece) -> PageFragment:
    return PageFragment(
        fragment_type=piece.kind,
        content=piece.content,
        bbox=Box.of(piece.box) if piece.box is not None else None,
        source=Source.DIGITAL,
    )
