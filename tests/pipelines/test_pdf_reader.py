from collections.abc import Callable
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from pipelines.readers.base import ReaderSetup
from pipelines.readers.pdf.reader import PdfReader
from pipelines.readers.pdf.text import garbled_share
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentUnreadable, PageUnreadable
from schemas.geometry import BBox
from schemas.reading import SourcePage, Word
from tests.pipelines import pdfs


def words(page: SourcePage) -> list[Word]:
    return [word for line in page.lines for word in line.words]


@pytest.mark.parametrize("origin", [(0, 0), (10, -20)])
@pytest.mark.parametrize("cropped", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_lie_where_the_words_are_displayed(
    tmp_path: Path, rotation: int, cropped: bool, origin: tuple[int, int]
) -> None:
    reader = PdfReader(pdfs.turned(tmp_path / "a.pdf", rotation, cropped=cropped, origin=origin))
    page = reader.page(1, layout=False)
    side = (440, 620) if cropped else (500, 700)
    assert (page.width, page.height) == (side if rotation % 180 == 0 else side[::-1])
    shown = pymupdf.open(tmp_path / "a.pdf")[0].get_pixmap()
    pixels = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.width, shown.n)
    rendered = reader.render(1, 1.0)
    assert rendered.shape[:2] == pixels.shape[:2]
    for word in words(page):
        x1, y1, x2, y2 = (round(v) for v in word.bbox)
        for picture in (pixels, rendered):
            assert picture[y1:y2, x1:x2].min() < 128
    outside = rendered.copy()
    for word in words(page):
        x1, y1, x2, y2 = (round(v) for v in word.bbox)
        outside[y1 - 1 : y2 + 1, x1 - 1 : x2 + 1] = 255
    assert outside.min() > 200


def test_words_know_their_font_and_spaces(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "plain ", fontsize=12)
    page.insert_text((110, 72), "heavy", fontsize=12, fontname="hebo")
    page.insert_text((72, 120), "slanted", fontsize=9, fontname="heit")
    reader = PdfReader(pdfs.save(document, tmp_path / "a.pdf"))
    plain, heavy, slanted = words(reader.page(1, layout=False))
    assert (plain.bold, heavy.bold, heavy.italic, slanted.italic) == (False, True, False, True)
    assert (heavy.size, slanted.size) == (12, 9)
    assert heavy.space_before


def test_text_off_the_page_and_text_printed_twice_are_left_out(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=300, height=300)
    page.insert_text((50, 100), "shadow", fontsize=20)
    page.insert_text((50.5, 100.5), "shadow", fontsize=20)
    page.insert_text((50, 200), "shadow", fontsize=20)
    page.insert_text((50, 400), "below", fontsize=20)
    reader = PdfReader(pdfs.save(document, tmp_path / "a.pdf"))
    assert [word.text for word in words(reader.page(1, layout=False))] == ["shadow", "shadow"]


def test_ruling_lines_and_pictures_have_boxes(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=300, height=300)
    page.draw_line((20, 50), (280, 50))
    page.draw_rect((20, 100, 280, 101), fill=(0, 0, 0))
    page.draw_rect((20, 150, 120, 200))
    page.draw_rect((150, 150, 250, 200), color=None, fill=(1, 1, 0))
    page.insert_image((50, 220, 110, 280), pixmap=pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 8, 8), False))
    source = PdfReader(pdfs.save(document, tmp_path / "a.pdf")).page(1, layout=False)
    lines = {tuple(round(v) for v in rule) for rule in source.rules}
    assert (20, 50, 280, 50) in lines
    assert {(20, 150, 120, 150), (20, 200, 120, 200), (20, 150, 20, 200), (120, 150, 120, 200)} <= lines
    assert not any(x1 == 150 and x2 == 250 for x1, _, x2, _ in lines)
    assert any(round(rule.y1) == 100 for rule in source.rules)
    assert [tuple(round(v) for v in box) for box in source.pictures] == [(50, 220, 110, 280)]


def test_garbled_text_is_recognised(tmp_path: Path) -> None:
    page = PdfReader(pdfs.garbled(tmp_path / "a.pdf")).page(1, layout=True)
    assert page.garbled > 0.9
    assert page.needs_ocr
    assert page.regions is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        ("plain words", 0.0),
        ("ab\ufffd\ufffd", 0.5),
        ("\ue123" * 10, 1.0),
        ("• a bullet", 0.0),
        ("§¶¤¦¨¬" * 60, 1.0),
        ("......" * 60, 0.0),
        ("漢字とかな" * 60, 0.0),
    ],
)
def test_garbled_share(text: str, share: float) -> None:
    assert garbled_share(text) == share


def test_a_scan_with_a_stamp_needs_ocr_and_a_page_of_text_with_a_background_does_not(tmp_path: Path) -> None:
    for count, needs in ((5, True), (100, False)):
        document = pymupdf.open()
        page = document.new_page()
        page.insert_image(page.rect, pixmap=pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 8, 8), False))
        page.insert_textbox((72, 72, 500, 700), pdfs.prose(count), fontsize=11)
        reader = PdfReader(pdfs.save(document, tmp_path / f"{count}.pdf"))
        assert reader.page(1, layout=False).needs_ocr is needs


def test_render_clips_and_keeps_under_the_pixel_limit(tmp_path: Path) -> None:
    path = pdfs.turned(tmp_path / "a.pdf", 0)
    assert PdfReader(path).render(1, 2.0, BBox(10, 20, 60, 40)).shape == (40, 100, 3)
    limited = PdfReader(path, ReaderSetup(max_page_pixels=3500)).render(1, 10.0)
    assert limited.shape[0] * limited.shape[1] <= 3700
    assert limited.shape[0] / limited.shape[1] == pytest.approx(1.4, abs=0.1)


def test_an_encrypted_file_says_so_unless_its_password_is_empty(tmp_path: Path) -> None:
    for name, password in (("shut", "tide"), ("open", "")):
        document = pymupdf.open()
        document.new_page().insert_text((72, 72), "hello")
        document.save(
            tmp_path / name, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw="owner"
        )
    with pytest.raises(DocumentEncrypted, match="password"):
        PdfReader(tmp_path / "shut")
    assert words(PdfReader(tmp_path / "open").page(1, layout=False))[0].text == "hello"


@pytest.mark.parametrize("content", [b"", b"no PDF at all", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises((DocumentUnreadable, DocumentEmpty)):
        PdfReader(tmp_path / "a.pdf")


def test_a_broken_page_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    reader = PdfReader(pdfs.broken_page_among_good_ones(tmp_path / "a.pdf"))
    read = []
    for number in range(1, reader.page_count() + 1):
        try:
            read.append([word.text for word in words(reader.page(number, layout=False))][2:3])
        except PageUnreadable:
            read.append(["fault"])
    assert ["1"] in read
    assert ["3"] in read
    with pytest.raises(PageUnreadable, match="no page 99"):
        reader.page(99, layout=False)


def test_words_written_one_by_one_are_lines_again(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for row in range(3):
        x = 72.0
        for text in pdfs.prose(8, 10 * row).split():
            page.insert_text((x, 100 + 14 * row), text, fontsize=10)
            page.insert_text((x + 500, 100 + 14 * row), " ", fontsize=0.1)  # MuPDF ends its line here
            x += pymupdf.get_text_length(text, fontsize=10) + 2.5
    source = PdfReader(pdfs.save(document, tmp_path / "a.pdf")).page(1, layout=True)
    assert [one.text for one in source.lines] == [pdfs.prose(8, 10 * row) for row in range(3)]
    assert source.regions


def damaged(change: Callable[[pymupdf.Document], None]) -> bytes:
    """Three pages of text, changed behind the back of the file's own structure."""
    document = pymupdf.open()
    for number in range(1, 4):
        document.new_page().insert_text((72, 72), f"This is page {number}.")
    document = pymupdf.open(stream=document.tobytes())
    change(document)
    return bytes(document.tobytes())


def no_page(document: pymupdf.Document) -> None:
    document.update_object(document.page_xref(1), "null")


def no_content(document: pymupdf.Document) -> None:
    document.xref_set_key(document.page_xref(1), "Contents", "999 0 R")


@pytest.mark.parametrize(("change", "words"), [(no_page, "no page there"), (no_content, "not in the file")])
def test_a_page_that_is_not_there_is_a_fault_and_not_an_empty_page(
    tmp_path: Path, change: Callable[[pymupdf.Document], None], words: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(damaged(change))
    reader = PdfReader(tmp_path / "a.pdf")
    with pytest.raises(PageUnreadable, match=words):
        reader.page(2, layout=False)
    for number in (1, 3):
        page = reader.page(number, layout=False)
        assert [line.text for line in page.lines] == [f"This is page {number}."]
        assert page.damage == ""


def test_broken_content_and_a_repaired_file_are_told(tmp_path: Path) -> None:
    def cut(document: pymupdf.Document) -> None:
        document.update_stream(document[1].get_contents()[0], b"BT /helv 12 Tf (begun and never")

    (tmp_path / "cut.pdf").write_bytes(damaged(cut))
    reader = PdfReader(tmp_path / "cut.pdf")
    assert reader.page(1, layout=False).damage == ""
    assert "content is damaged" in reader.page(2, layout=False).damage
    (tmp_path / "tail.pdf").write_bytes(damaged(lambda document: None).replace(b"startxref", b"startyref"))
    repaired = PdfReader(tmp_path / "tail.pdf").page(1, layout=False)
    assert [line.text for line in repaired.lines] == ["This is page 1."]
    assert "repaired" in repaired.damage


def test_a_page_whose_content_was_deleted_is_empty(tmp_path: Path) -> None:
    def delete(document: pymupdf.Document) -> None:
        document.update_object(document[1].get_contents()[0], "null")

    (tmp_path / "a.pdf").write_bytes(damaged(delete))
    reader = PdfReader(tmp_path / "a.pdf")
    assert [len(reader.page(number, layout=False).lines) for number in (1, 2, 3)] == [1, 0, 1]


def test_an_empty_page_is_no_fault(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page()
    document.save(tmp_path / "empty.pdf")
    page = PdfReader(tmp_path / "empty.pdf").page(1, layout=True)
    assert (page.lines, page.damage) == ([], "")
