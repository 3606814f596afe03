from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pymupdf
import pytest
import zxingcpp

from models.barcodes.zxing import ZxingBarcodes
from models.base import Image
from models.runtime import Runtime
from pipelines.pages.barcodes import ReadBarcodes, without_code
from pipelines.pages.text import ReadText
from pipelines.plan import flow_stages, page_stages
from pipelines.readers.pdf.reader import PdfReader
from pipelines.work import PageWork
from schemas.fragments import FigureContent, FragmentType, PageFragment, Source, TextContent
from schemas.geometry import BBox, Box, PageSize
from schemas.options import Configuration
from schemas.reading import Barcode, FlowPage, FlowView, SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line

CODE = Barcode("CODE128", "INV-2024-0815", BBox(100, 100, 200, 130))


def left_of(lines: list[TextLine], code: Barcode = CODE) -> list[str]:
    left, _ = without_code(lines, code)
    return [one.text for one in left]


def by_ocr(one: TextLine) -> TextLine:
    return replace(one, words=[replace(word, source=Source.OCR) for word in one.words])


def test_words_of_the_bars_go_and_those_beside_them_stay() -> None:
    lines = [line("l1llI", 110, 110), line("Order 17", 20, 110), line("Thank you", 100, 300)]
    assert left_of(lines) == ["Order 17", "Thank you"]


def test_what_is_printed_beneath_is_not_told_twice() -> None:
    assert left_of([line("INV-2024-0815", 110, 135)]) == []
    assert left_of([line("INV 2024 0815", 110, 135)]) == []
    assert left_of([line("INV-2024-0816", 110, 135)]) == ["INV-2024-0816"]
    assert left_of([line("INV-2024-0815", 110, 300)]) == ["INV-2024-0815"]


def test_text_that_says_more_than_the_code_stays() -> None:
    code = Barcode("EAN13", "9780201379624", BBox(100, 100, 250, 150))
    assert left_of([line("ISBN 978-0-201-37962-4", 100, 88)], code) == ["ISBN 978-0-201-37962-4"]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (Barcode("EAN13", "9780201379624", BBox(100, 100, 200, 150)), "9 780201 379624"),
        (Barcode("EAN13", "0012345678905", BBox(100, 100, 200, 150)), "0 12345 67890 5"),
        (Barcode("UPCE", "0012345000065", BBox(100, 100, 200, 150), "01234565"), "0 123456 5"),
        (Barcode("CODE39", "ABC123", BBox(100, 100, 200, 150)), "*ABC123*"),
        (Barcode("CODABAR", "A29458B", BBox(100, 100, 200, 150)), "29458"),
        (Barcode("DATABAROMNI", "(01)04412345678909", BBox(100, 100, 200, 150)), "(01)04412345678909"),
    ],
)
def test_values_are_printed_in_their_own_ways(code: Barcode, printed: str) -> None:
    assert left_of([line(printed, 100, 154)], code) == []


def test_digits_in_pieces_on_one_row_are_put_together() -> None:
    code = Barcode("EAN13", "9780201379624", BBox(100, 100, 250, 150))
    pieces = [line("379624", 180, 153), line("9", 92, 154), line("780201", 110, 153)]
    assert left_of(pieces, code) == []


def test_what_ocr_misread_beneath_is_no_text() -> None:
    misread = line("INV-2O24-08l5", 110, 135)
    assert left_of([by_ocr(misread)]) == []
    assert left_of([misread]) == ["INV-2O24-08l5"]


def test_printed_beside_a_code_on_its_side_goes_as_a_line() -> None:
    code = Barcode("CODE39", "RIGHT-90", BBox(100, 100, 130, 200))
    turned = TextLine(line("RIGHT-90", 0, 0).words, BBox(134, 120, 144, 180), quarter_turns=1)
    turned = turned.moved(lambda box: BBox(134, 120, 144, 180))
    assert left_of([turned], code) == []


def read(page: PageWork, engines: FakeEngines, reader: FakeReader) -> PageWork:
    ReadBarcodes(reader, engines)([page])
    return page


def digital(*lines: TextLine, turns: int = 0) -> tuple[PageWork, FakeReader]:
    source = SourcePage(1, 300, 400, lines=list(lines))
    page = PageWork(1, source=source, lines=list(lines), turns=turns)
    return page, FakeReader(lambda number: source, blank=True)


def test_a_code_is_a_find_in_page_units_with_the_words_it_took() -> None:
    page, reader = digital(line("xx", 102, 102), line("text", 20, 300))
    scale = 150 / 72
    code = replace(CODE, bbox=CODE.bbox.scaled(scale))
    (find,) = read(page, FakeEngines(barcodes=[code]), reader).finds
    assert find.content.content == "CODE128: INV-2024-0815"
    assert find.bbox == pytest.approx(CODE.bbox)
    assert [word.text for word in find.words] == ["xx"]
    assert [one.text for one in page.lines or []] == ["text"]


def test_boxes_of_a_turned_page_are_of_the_upright_one() -> None:
    page, reader = digital(turns=1)
    code = replace(CODE, bbox=CODE.bbox.scaled(150 / 72))
    (find,) = read(page, FakeEngines(barcodes=[code]), reader).finds
    assert find.bbox == pytest.approx(page.pose.to_upright(CODE.bbox))
    assert page.pose.to_displayed(find.bbox) == pytest.approx(CODE.bbox)


def test_an_empty_digital_page_is_looked_at_once() -> None:
    engines = FakeEngines()
    page, reader = digital(line("text", 20, 300))
    read(page, engines, reader)
    assert engines.calls == ["read_barcodes"]


def scan(image: Image, turns: int = 0) -> tuple[PageWork, FakeReader]:
    height, width = image.shape[:2]
    sides = (height, width) if turns % 2 else (width, height)
    source = SourcePage(1, *sides, ocr_scale=1.0)
    page = PageWork(1, source=source, scanned=True, image=image, lines=[], turns=turns)
    return page, FakeReader(lambda number: source, blank=True)


@pytest.mark.parametrize(
    ("size", "turns", "looks"),
    [((400, 300), 0, 1), ((2000, 1500), 0, 2), ((400, 300), 1, 2)],
)
def test_a_scan_without_a_code_is_looked_at_nearer_or_as_it_is_displayed(
    size: tuple[int, int], turns: int, looks: int
) -> None:
    engines = FakeEngines()
    page, reader = scan(np.full((*size, 3), 255, np.uint8), turns)
    read(page, engines, reader)
    assert engines.calls == ["read_barcodes"] * looks


def test_a_blank_scan_is_not_looked_at() -> None:
    engines = FakeEngines()
    page, reader = scan(np.full((40, 30, 3), 255, np.uint8))
    page.image = None
    read(page, engines, reader)
    assert engines.calls == []


def test_the_stage_is_there_only_when_asked_for() -> None:
    reader = FakeReader(lambda number: SourcePage(number, 300, 400))
    asked = Configuration.model_validate({"parsing_options": {"barcode_detection": True}})
    names = [
        [stage.name for stage in page_stages(options, reader, FakeEngines())]
        for options in (Configuration(), asked)
    ]
    assert ["barcodes" in found for found in names] == [False, True]


@dataclass
class RealBarcodes(FakeEngines):
    """Reads barcodes; everything else is a fake."""

    def read_barcodes(self, image: Image) -> list[Barcode]:
        self.calls.append("read_barcodes")
        return ZxingBarcodes(Runtime(cuda=False, threads=1)).read(image)


Draw = Callable[[pymupdf.Page], None]


def draw(page: pymupdf.Page, content: str, kind: zxingcpp.BarcodeFormat, box: BBox) -> None:
    """A symbol as so many filled rectangles."""
    dark = np.asarray(zxingcpp.create_barcode(content, kind).to_image(scale=1)) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    dark = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    across, down = box.width / dark.shape[1], box.height / dark.shape[0]
    shape = page.new_shape()
    for y, x in np.argwhere(dark).tolist():
        left, top = box.x1 + x * across, box.y1 + y * down
        shape.draw_rect(pymupdf.Rect(left, top, left + across, top + down))
    shape.finish(color=None, fill=(0, 0, 0))
    shape.commit()


def found_in(tmp_path: Path, make: Draw, rotation: int = 0) -> tuple[PageWork, list[str]]:
    path = tmp_path / "codes.pdf"
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=300)
        page.insert_text((40, 40), "Words of the page that are no code at all")
        make(page)
        page.set_rotation(rotation)
        document.save(path)
    reader, engines = PdfReader(path), RealBarcodes()
    door = FakeReader(lambda number: reader.page(number, layout=False))
    door.render = reader.render  # type: ignore[method-assign]
    work = PageWork(1)
    for stage in (ReadText(door, layout=False), ReadBarcodes(door, engines)):
        stage([work])
    reader.close()
    return work, engines.calls


@pytest.mark.parametrize("rotation", [0, 90, 270])
def test_codes_drawn_in_a_pdf_are_found_where_they_are(tmp_path: Path, rotation: int) -> None:
    places = {"INV-7": BBox(40, 80, 160, 110), "https://example.org/a": BBox(250, 80, 320, 150)}
    kinds = {"INV-7": zxingcpp.BarcodeFormat.Code128, "https://example.org/a": zxingcpp.BarcodeFormat.QRCode}

    def make(page: pymupdf.Page) -> None:
        for content, box in places.items():
            draw(page, content, kinds[content], box)

    work, _ = found_in(tmp_path, make, rotation)
    found = {find.content.content.partition(": ")[2]: find.bbox for find in work.finds}
    assert set(found) == set(places)
    for content, box in places.items():
        assert found[content].iou(box) > 0.85  # the page is read upright, whatever its rotation


def test_a_code_too_small_for_the_first_look_is_read_by_a_nearer_one(tmp_path: Path) -> None:
    box = BBox(300, 200, 313, 213)

    def make(page: pymupdf.Page) -> None:
        draw(page, "https://example.org/a/small/one?x=1", zxingcpp.BarcodeFormat.QRCode, box)

    work, calls = found_in(tmp_path, make)
    (find,) = work.finds
    assert find.content.content == "QRCODE: https://example.org/a/small/one?x=1"
    assert find.bbox.iou(box) > 0.8
    assert len(calls) == 2


def test_a_code_that_was_not_read_beside_one_that_was_gets_a_nearer_look(tmp_path: Path) -> None:
    near, small = BBox(280, 180, 350, 250), BBox(354, 200, 367, 213)

    def make(page: pymupdf.Page) -> None:
        draw(page, "https://example.org/a", zxingcpp.BarcodeFormat.QRCode, near)
        draw(page, "https://example.org/a/small/one?x=1", zxingcpp.BarcodeFormat.QRCode, small)

    work, calls = found_in(tmp_path, make)
    assert sorted(len(find.content.content) for find in work.finds) == [29, 43]
    assert len(calls) == 2


class Slide(FakeReader):
    """A ready page: a text, a picture that comes three times, a text; ``said`` is its alternative text."""

    said = ""

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        def text(content: str) -> PageFragment:
            return PageFragment(fragment_type=FragmentType.TEXT, content=TextContent(content=content))

        content = FigureContent(content=self.said)
        figure = PageFragment(fragment_type=FragmentType.FIGURE, content=content)
        placed = figure.model_copy(update={"bbox": Box(x1=100, y1=50, x2=250, y2=150)})
        fragments = [text("before"), figure, placed, figure, text("after")]
        return FlowPage(fragments, PageSize(width=720, height=540), [], [1, 2, 3])

    def picture(self, number: int, index: int) -> Image | None:
        picture = np.full((200, 300, 3), 255, np.uint8)
        picture[50:150, 50:250] = 0
        return picture


def on_a_slide(engines: FakeEngines, *, said: str = "", asked: bool = True) -> list[tuple[str, str]]:
    reader = Slide(lambda number: SourcePage(number, 300, 200))
    reader.said = said
    options = Configuration.model_validate({"parsing_options": {"barcode_detection": asked}})
    page = PageWork(1)
    for stage in flow_stages(options, reader, engines):
        stage([page])
    return [(fragment.fragment_type.value, fragment.content.content) for fragment in page.fragments or []]


WIDE = Barcode("QRCODE", "https://example.org/a", BBox(60, 60, 240, 150))
ON_SLIDE = ("barcode", "QRCODE: https://example.org/a")


def test_a_picture_that_is_a_code_is_one_on_ready_pages_and_looked_at_once() -> None:
    engines = FakeEngines(barcodes=[WIDE])
    assert on_a_slide(engines) == [("text", "before"), *3 * [ON_SLIDE], ("text", "after")]
    assert engines.calls.count("read_barcodes") == 1


def test_a_picture_that_shows_more_stays_with_its_codes_after_it() -> None:
    sure = replace(line("Scan me", 60, 10), confidence=0.99)
    under = replace(line("l1llI", 100, 100), confidence=0.99)
    found = on_a_slide(FakeEngines(barcodes=[WIDE], lines=[sure, under]))
    assert found[1:3] == [("figure", "Scan me"), ON_SLIDE]
    small = replace(WIDE, bbox=BBox(60, 60, 100, 100))
    assert on_a_slide(FakeEngines(barcodes=[small]))[1:3] == [("figure", ""), ON_SLIDE]
    assert on_a_slide(FakeEngines(barcodes=[WIDE]), said="our shop")[1:3] == [
        ("figure", "our shop"),
        ON_SLIDE,
    ]


def test_a_code_on_a_slide_has_its_place_where_the_picture_has() -> None:
    reader = Slide(lambda number: SourcePage(number, 300, 200))
    options = Configuration.model_validate({"parsing_options": {"barcode_detection": True}})
    page = PageWork(1)
    for stage in flow_stages(options, reader, FakeEngines(barcodes=[WIDE])):
        stage([page])
    boxes = [fragment.bbox for fragment in (page.fragments or [])[1:4]]
    assert boxes == [None, Box(x1=130, y1=80, x2=220, y2=125), None]


def test_pictures_of_ready_pages_are_not_searched_unasked() -> None:
    engines = FakeEngines(barcodes=[WIDE])
    assert on_a_slide(engines, asked=False)[1] == ("figure", "")
    assert "read_barcodes" not in engines.calls
