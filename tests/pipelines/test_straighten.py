from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from models import images
from models.local import LocalEngines
from pipelines.pages.straighten import Straighten
from pipelines.pages.text import ReadText
from pipelines.pages.upright import Upright
from pipelines.parse import assemble, read_pages
from pipelines.readers.host import LocalReader
from pipelines.readers.pdf.leaning import most_lean
from pipelines.readers.pdf.reader import PdfReader
from pipelines.space import Pose
from pipelines.work import PageWork, RunContext
from schemas.documents import ParsedDocument
from schemas.geometry import BBox, PageSize, union_of
from schemas.options import Configuration
from schemas.reading import SourcePage
from tests.fakes.engines import FakeEngines, FakeReader, line
from tests.pipelines import pdfs


def scanned(number: int) -> SourcePage:
    return SourcePage(number, 300, 400)


@pytest.mark.parametrize(
    ("leaning", "angle"), [(0.0, 0.0), (0.25, 0.0), (-0.29, 0.0), (0.3, 0.3), (-7.5, -7.5)]
)
def test_a_scan_is_levelled_unless_it_leans_too_little(leaning: float, angle: float) -> None:
    reader, engines = FakeReader(scanned), FakeEngines(leaning=leaning)
    page = PageWork(1)
    for stage in (ReadText(reader, layout=True), Straighten(reader, engines, layout=True)):
        stage([page])
    Upright(reader, engines, "model03")([page])
    assert page.angle == angle
    assert page.image is not None
    width, height = page.pose.upright_size
    assert page.image.shape[:2] == pytest.approx((height * page.scale, width * page.scale), abs=1)
    assert (page.image.shape[1] / page.scale > 300) == bool(angle)


def test_a_digital_page_is_measured_by_its_text_and_read_again_level() -> None:
    source = replace(scanned(1), lines=[line("a leaning line of text " * 10, 20, 200)], lean=5.0)
    reader, engines = FakeReader(lambda number: source), FakeEngines(leaning=9.0)
    page = PageWork(1)
    ReadText(reader, layout=True)([page])
    Straighten(reader, engines, layout=True)([page])
    assert (page.angle, engines.calls) == (5.0, [])
    assert page.lines is not None
    assert page.lines[0].text == source.lines[0].text


class LosingReader(FakeReader):
    """Finds no text any more on the page that was turned."""

    def level_page(self, number: int, layout: bool, angle: float) -> SourcePage:
        return replace(self.make(number), lines=[])


def test_a_page_whose_text_would_be_lost_is_left_as_it_is() -> None:
    source = replace(scanned(1), lines=[line("a leaning line of text " * 10, 20, 200)], lean=5.0)
    page = PageWork(1)
    reader = LosingReader(lambda number: source)
    ReadText(reader, layout=True)([page])
    Straighten(reader, FakeEngines(), layout=True)([page])
    assert page.angle == 0.0
    assert page.lines == source.lines


def embedded(path: Path) -> tuple[PdfReader, SourcePage]:
    reader = PdfReader(path)
    return reader, reader.page(1, layout=False)


@pytest.mark.parametrize("degrees", [12.0, -3.0, 30.0])
def test_embedded_text_at_an_angle_has_that_lean(tmp_path: Path, degrees: float) -> None:
    assert embedded(pdfs.leaning(tmp_path / "a.pdf", degrees))[1].lean == pytest.approx(degrees, abs=0.01)


def test_text_that_is_level_or_on_its_side_does_not_lean(tmp_path: Path) -> None:
    assert embedded(pdfs.ruled_table(tmp_path / "a.pdf"))[1].lean == 0.0
    assert embedded(pdfs.sideways(tmp_path / "b.pdf", 90))[1].lean == 0.0


def test_text_that_leans_in_many_ways_has_no_lean() -> None:
    assert most_lean([(12.0, 40), (0.0, 30), (-8.0, 50)]) == 0.0
    assert most_lean([(12.0, 40), (12.4, 30), (45.0, 50)]) == 12.4
    assert most_lean([]) == 0.0


def test_a_page_read_level_has_its_words_and_rules_in_place(tmp_path: Path) -> None:
    reader, source = embedded(pdfs.leaning(tmp_path / "a.pdf", 12.0))
    _, upright = embedded(tmp_path / "a.level.pdf")
    level = reader.level_page(1, layout=False, angle=source.lean)
    assert [line.text for line in level.lines] == [line.text for line in upright.lines]
    assert [len(level.rules), source.rules] == [len(upright.rules), []]
    displayed = Pose.of(source, 0, source.lean).to_displayed
    places = {line.text: line.bbox for line in source.lines}
    for line_ in level.lines:
        assert tuple(displayed(line_.bbox)) == pytest.approx(tuple(places[line_.text]), abs=1.0)


def test_the_text_of_a_scan_stays_when_the_page_grows(tmp_path: Path) -> None:
    with pymupdf.open() as flat, pymupdf.open() as leaning:
        sheet = flat.new_page(width=600, height=700)
        assert sheet.insert_textbox((60, 60, 540, 640), pdfs.prose(150), fontsize=12) > 0
        sheet.insert_image(
            sheet.rect, pixmap=sheet.get_pixmap(dpi=100)
        )  # painted over its text, as scans with OCR are
        page = leaning.new_page(width=700, height=800)
        page.show_pdf_page(page.rect, flat, 0, rotate=20)
        leaning.save(tmp_path / "a.pdf")
    reader, source = embedded(tmp_path / "a.pdf")
    level = reader.level_page(1, layout=False, angle=source.lean)
    assert [line.text for line in level.lines] == [line.text for line in source.lines]
    assert (level.hidden, bool(level.lines)) == ([], True)


@pytest.fixture(scope="module")
def engines() -> LocalEngines:
    return LocalEngines("cpu")


def straight(path: Path, engines: LocalEngines) -> ParsedDocument:
    asked = Configuration.model_validate({"parsing_options": {"skew_detection": True}})
    reader = LocalReader()
    info = reader.open(path, "PDF")
    records = read_pages(reader, engines, info, [1], asked, RunContext())
    reader.close()
    return assemble(records, info.page_count, asked, FakeEngines(), RunContext())


@pytest.mark.engines
def test_a_leaning_digital_page_reads_as_the_level_one(tmp_path: Path, engines: LocalEngines) -> None:
    leaning = straight(pdfs.leaning(tmp_path / "a.pdf", 12.0), engines)
    level = straight(tmp_path / "a.level.pdf", engines)
    assert leaning.document_markdown == level.document_markdown
    assert leaning.pages[0].page_dimensions == PageSize(width=950, height=1000)


@pytest.mark.engines
@pytest.mark.parametrize(("turns", "degrees"), [(0, 4.0), (1, -8.0), (2, 6.0)])
def test_a_leaning_scan_is_read_and_its_boxes_lie_on_the_text(
    tmp_path: Path, engines: LocalEngines, turns: int, degrees: float
) -> None:
    text = "".join(f"{pdfs.prose(8, 8 * row)}\n\n" for row in range(12))
    with pymupdf.open() as drawn, pymupdf.open(pdfs.scan(tmp_path / "a.pdf", text, turns=turns)) as scan:
        width, height = images.leaned_size(scan[0].rect.width, scan[0].rect.height, degrees)
        sheet = drawn.new_page(width=width, height=height)
        sheet.show_pdf_page(sheet.rect, scan, 0, rotate=degrees)
        drawn.save(tmp_path / "b.pdf")
    document = straight(tmp_path / "b.pdf", engines)
    said = document.document_markdown.split()
    assert len(set(text.split()) & set(said)) >= 0.95 * len(text.split())
    boxes = [fragment.bbox.bbox() for fragment in document.pages[0].page_fragments if fragment.bbox]
    middle = union_of(boxes).center
    pose = Pose(width, height, -turns % 4, degrees)
    assert pose.to_upright(BBox(*middle, *middle)).center[0] == pytest.approx(
        pose.upright_size[0] / 2, abs=90
    )
