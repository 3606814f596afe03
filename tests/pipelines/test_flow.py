"""Pages that come ready: their fragments, their pictures, their faults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from models.base import Image
from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.documents import WarningKind
from schemas.errors import PageUnreadable, ReaderLost, TooManyBadPages
from schemas.fragments import FigureContent, FragmentType, PageFragment, Source, TextContent
from schemas.geometry import BBox, PageSize
from schemas.options import Configuration
from schemas.reading import DocumentInfo, DocumentPart, FlowPage, FlowView, SourcePage
from tests.fakes.engines import FakeEngines, line


@dataclass
class Slides:
    """Pages with a line and a picture each; ``views`` tells what was asked for."""

    broken: tuple[int, ...] = ()
    blind: tuple[int, ...] = ()
    views: list[FlowView] = field(default_factory=list)

    def detect(self, path: Path, mime_type: str | None, name: str | None) -> str:
        return "PDF"

    def open(self, path: Path, format_name: str) -> DocumentInfo:
        return DocumentInfo([DocumentPart(3, paged=False)])

    def page(self, number: int, layout: bool) -> SourcePage:
        raise AssertionError("nobody looks at these pages")

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        raise AssertionError("nobody looks at these pages")

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        self.views.append(view)
        if number in self.broken:
            raise PageUnreadable(f"Slide {number} is damaged.")
        text = PageFragment(fragment_type=FragmentType.TEXT, content=TextContent(content=f"line {number}"))
        figure = PageFragment(fragment_type=FragmentType.FIGURE, content=FigureContent(content="a photo"))
        return FlowPage([text, figure], PageSize(width=720, height=540), [], [1])

    def picture(self, number: int, index: int) -> Image | None:
        assert index == 1
        if number in self.blind:
            raise ReaderLost("the process that worked on it was ended by SIGSEGV")
        picture = np.full((200, 300, 3), 255, np.uint8)
        picture[50:100, 50:250] = 0
        return picture


def read(slides: Slides, engines: FakeEngines, numbers: list[int], **options: object) -> list[PageRecord]:
    asked = Configuration.model_validate({"parsing_options": options})
    info = slides.open(Path("a"), "a")
    return read_pages(slides, engines, info, numbers, asked, RunContext())


def test_ready_pages_keep_their_size_and_their_pictures_are_read_once() -> None:
    # Engines give pieces of lines: words of one row, the right one first.
    pieces = [line("TEXT", 75, 50), line("SEEN", 50, 50), line("and more below", 50, 62)]
    shadow = line("shadow", 50, 90)
    engines = FakeEngines(lines=[*(replace(piece, confidence=0.99) for piece in pieces), shadow])
    records = read(Slides(), engines, [1, 3], include_images=True)
    assert [(r.number, r.size, r.ready) for r in records] == [
        (1, PageSize(width=720, height=540), True),
        (3, PageSize(width=720, height=540), True),
    ]
    document = assemble(records, 3, Configuration(), FakeEngines(), RunContext())
    figure = document.pages[1].page_fragments[1]
    assert (figure.ref_id, figure.source) == ("3.1", Source.OCR)
    assert isinstance(figure.content, FigureContent)
    assert figure.content.content == "a photo\nSEEN TEXT\nand more below"
    assert figure.content.image_base64
    assert engines.calls == ["read_text model03 300x200"]


def test_a_page_that_fails_costs_only_itself() -> None:
    records = read(Slides(broken=(2,)), FakeEngines(), [1, 2, 3])
    document = assemble(records, 3, Configuration(), FakeEngines(), RunContext())
    assert [fault.message for fault in document.page_errors] == ["Slide 2 is damaged."]
    with pytest.raises(TooManyBadPages, match=r"^Slide 2 is damaged\.$"):
        assemble(records[1:2], 3, Configuration(), FakeEngines(), RunContext())


def test_a_picture_that_fails_costs_only_itself() -> None:
    (record,) = read(Slides(blind=(1,)), FakeEngines(), [1])
    assert record.fault is None
    assert [f.content.content for f in record.fragments] == ["line 1", "a photo"]
    assert "picture" in record.warnings[0].message


def test_what_ready_pages_have_not_is_told_and_what_they_have_is_not() -> None:
    asked = Configuration.model_validate(
        {
            "parsing_options": {"include_words": True, "barcode_detection": True},
            "enrichment_options": {"chart_extraction": True, "key_value_extraction": True},
        }
    )
    slides = Slides()
    info = slides.open(Path("a"), "a")
    records = read_pages(slides, FakeEngines(), info, [1, 2], asked, RunContext())
    warnings = assemble(records, 3, asked, FakeEngines(), RunContext()).warnings
    assert {warning.kind for warning in warnings} == {WarningKind.NOT_AVAILABLE}
    assert [warning.message.split()[0] for warning in warnings] == [
        "parsing_options.include_words",
        "enrichment_options.key_value_extraction",
    ]


def test_what_is_ignored_is_told_to_the_reader() -> None:
    slides = Slides()
    read(slides, FakeEngines(), [1])
    read(slides, FakeEngines(), [1], ignore_sections=["tracked_changes", "comments"])
    assert slides.views == [FlowView(), FlowView(tracked_changes=False, comments=False)]
