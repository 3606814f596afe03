"""Mixed pages: what is read of the pictures on a digital page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from models.base import Image
from models.local import LocalEngines
from pipelines.pages.pictures import ReadPictures
from pipelines.parse import assemble, read_pages
from pipelines.readers.host import LocalReader
from pipelines.work import PageWork, RunContext
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.options import Configuration
from schemas.reading import SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line
from tests.pipelines import pdfs

PAGE = 600.0


@dataclass
class Seeing(FakeEngines):
    """Keeps the pictures it was asked to read."""

    pictures: list[Image] = field(default_factory=list)

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        self.pictures.append(image)
        return super().read_text(image, ocr_model)


def sure(one: TextLine, confidence: float) -> TextLine:
    return replace(one, confidence=confidence)


def run(pictures: list[BBox], engines: FakeEngines, lines: list[TextLine], **page: object) -> PageWork:
    source = SourcePage(1, PAGE, PAGE, lines=lines, pictures=pictures, ocr_scale=2.0)
    work = PageWork(1, source=source, lines=list(lines))
    for name, value in page.items():
        setattr(work, name, value)
    ReadPictures(FakeReader(lambda number: source), engines, "model03")([work])
    return work


def test_the_text_of_a_picture_stands_where_the_picture_stands() -> None:
    engines = FakeEngines(lines=[sure(line("seen", 20, 40, size=20), 0.95)])
    work = run([BBox(100, 200, 400, 400)], engines, [line("digital text", 50, 50)])
    assert work.lines is not None
    assert [one.text for one in work.lines] == ["digital text", "seen"]
    box = work.lines[1].bbox
    assert (box.x1, box.y1, box.height) == (110, 220, 10)
    assert work.lines[1].words[0].size == 10
    assert engines.calls == ["read_text model03 600x400"]


def test_what_is_read_without_certainty_is_left_out() -> None:
    engines = FakeEngines(lines=[sure(line("texture", 20, 40), 0.7)])
    work = run([BBox(100, 200, 400, 400)], engines, [line("digital", 50, 50)])
    assert work.lines is not None
    assert [one.text for one in work.lines] == ["digital"]


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(BBox(100, 200, 400, 215), id="lower than two lines"),
        pytest.param(BBox(100, 200, 130, 400), id="narrower than a word"),
        pytest.param(BBox(700, 200, 800, 400), id="off the page"),
        pytest.param(BBox(45, 45, 120, 70), id="the background of text"),
    ],
)
def test_pictures_that_cannot_hold_text_are_not_read(picture: BBox) -> None:
    engines = FakeEngines()
    run([picture], engines, [line("digital text", 50, 50)])
    assert engines.calls == []


def test_strips_of_one_picture_are_read_as_one() -> None:
    engines = FakeEngines()
    strips = [BBox(100, 200 + 10 * i, 400, 210 + 10 * i) for i in range(20)]
    run([*strips, BBox(450, 450, 550, 550)], engines, [])
    assert engines.calls == ["read_text model03 600x400", "read_text model03 200x200"]


def test_a_picture_that_is_on_many_pages_is_read_once() -> None:
    engines = FakeEngines(lines=[sure(line("logo", 20, 40, size=20), 0.95)])
    logo, other = BBox(100, 200, 400, 300), BBox(100, 200, 400, 310)
    sources = [
        SourcePage(number, PAGE, PAGE, pictures=[box], ocr_scale=2.0)
        for number, box in enumerate((logo, logo.shifted(50, 100), other), 1)
    ]
    works = [PageWork(source.number, source=source, lines=[]) for source in sources]
    ReadPictures(FakeReader(lambda number: sources[number - 1]), engines, "model03")(works)
    assert [[one.text for one in work.lines or []] for work in works] == [["logo"]] * 3
    places = [work.lines[0].bbox for work in works if work.lines]
    assert places[1] == places[0].shifted(50, 100)
    assert engines.calls == ["read_text model03 600x200", "read_text model03 600x220"]


class Paper(FakeReader):
    """Renders dark marks at two places of a grey page (page units)."""

    marks = (BBox(110, 105, 130, 115), BBox(200, 200, 220, 210))

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        assert clip is not None
        image = np.full((round(clip.height * scale), round(clip.width * scale), 3), 150, np.uint8)
        for mark in self.marks:
            box = mark.shifted(-clip.x1, -clip.y1).scaled(scale)
            image[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)] = 10
        return image


def test_digital_text_on_a_picture_is_painted_over() -> None:
    engines = Seeing()
    stamp = line("stamped", 105, 100, size=20)
    source = SourcePage(1, PAGE, PAGE, lines=[stamp], pictures=[BBox(50, 50, 350, 350)], ocr_scale=2.0)
    ReadPictures(Paper(lambda number: source), engines, "model03")(
        [PageWork(1, source=source, lines=[stamp])]
    )
    (picture,) = engines.pictures
    assert picture[100:140, 100:180].min() == 150
    assert picture[300:320, 300:340].max() == 10


def test_scans_are_read_as_a_whole_elsewhere() -> None:
    engines = FakeEngines()
    run([BBox(100, 200, 400, 400)], engines, [], scanned=True)
    assert engines.calls == []


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_pictures_are_read_upright(turns: int) -> None:
    engines = FakeEngines(lines=[sure(line("seen", 0, 0, size=20), 0.95)])
    work = run([BBox(100, 200, 400, 300)], engines, [], turns=turns)
    assert work.lines is not None
    across = "200x600" if turns % 2 else "600x200"
    assert engines.calls == [f"read_text model03 {across}"]
    corner = {1: (300, 100), 2: (200, 300), 3: (200, 200)}[turns]
    assert (work.lines[0].bbox.x1, work.lines[0].bbox.y1) == corner


def mixed_page(path: Path) -> Path:
    """Digital text around a pasted picture of text, and a digital stamp on that picture."""
    notice = pymupdf.open()
    notice.new_page(width=300, height=120).insert_text((20, 60), "The ferry leaves at noon", fontsize=18)
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    page.insert_textbox((72, 72, 540, 200), pdfs.prose(60), fontsize=11)
    page.insert_image((150, 250, 450, 370), pixmap=notice[0].get_pixmap(dpi=150))
    page.insert_text((180, 350), "COPY", fontsize=14)
    page.insert_textbox((72, 420, 540, 560), pdfs.prose(60, 500), fontsize=11)
    return pdfs.save(document, path)


@pytest.mark.engines
@pytest.mark.parametrize("layout", [True, False])
def test_a_pasted_notice_is_read_with_the_page_around_it(tmp_path: Path, layout: bool) -> None:
    asked = Configuration.model_validate(
        {"parsing_options": {"disable_layout_detection": not layout, "include_words": True}}
    )
    reader = LocalReader()
    info = reader.open(mixed_page(tmp_path / "mixed.pdf"), "PDF")
    records = read_pages(reader, LocalEngines("cpu"), info, [1], asked, RunContext())
    reader.close()
    document = assemble(records, 1, asked, FakeEngines(), RunContext())
    words = [word for fragment in document.pages[0].page_fragments for word in fragment.words or []]
    read = [word.text for word in words if word.source is Source.OCR]
    assert read == ["The", "ferry", "leaves", "at", "noon"]
    ferry = next(word for word in words if word.text == "ferry")
    assert 150 < ferry.bbox.x1 < 300
    assert 290 < ferry.bbox.y1 < 310
    digital = [word.text for word in words if word.source is Source.DIGITAL]
    assert sorted(digital) == sorted([*pdfs.prose(60).split(), "COPY", *pdfs.prose(60, 500).split()])
