"""PDF files that the tests draw themselves."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from models.images import leaned_size

WORDS = ["amber", "basin", "candle", "drift", "ember", "fathom", "garnet", "harbor", "island", "jasper"]
WORDS += ["lantern", "meadow", "nectar", "orchard", "pebble", "quarry", "ribbon", "saddle", "timber", "umber"]


def prose(count: int, start: int = 0) -> str:
    """``count`` words, all different: a number makes each one its own."""
    return " ".join(f"{WORDS[i % len(WORDS)]}{start + i}" for i in range(count))


def save(document: pymupdf.Document, path: Path) -> Path:
    document.save(path)
    document.close()
    return path


def two_columns(path: Path) -> Path:
    """A heading over both columns, then two columns of text, then a page number."""
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    page.insert_text((72, 80), "A heading over both columns of this page", fontsize=20, fontname="hebo")
    page.insert_textbox((72, 110, 296, 700), "LEFT " + prose(150), fontsize=10)
    page.insert_textbox((316, 110, 540, 700), "RIGHT " + prose(150, 1000), fontsize=10)
    page.insert_text((300, 760), "7", fontsize=10)
    return save(document, path)


def ruled_table(path: Path) -> Path:
    """A table with drawn lines: two header rows, one cell over two columns and one over two rows."""
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    assert page.insert_textbox((72, 60, 540, 180), prose(50), fontsize=11) > 0
    x, y = [100, 220, 340, 460], [200, 224, 248, 272, 296, 320]
    for at in y:
        page.draw_line((100 if at != 224 else 220, at), (460, at))
    for i, at in enumerate(x):
        page.draw_line((at, 200 if i != 2 else 224), (at, 320))
    texts = {(105, 228): "Harbor", (285, 216): "Ships in port", (225, 240): "Spring", (345, 240): "Autumn"}
    for row, cells in enumerate((("Amber", "12", "340"), ("Basin", "7", "81"), ("Cove", "150", "9"))):
        texts |= {(x[col] + 5, 264 + 24 * row): text for col, text in enumerate(cells)}
    for at, text in texts.items():
        page.insert_text(at, text, fontsize=10)
    assert page.insert_textbox((72, 360, 540, 480), prose(50, 500), fontsize=11) > 0
    return save(document, path)


def turned(path: Path, rotation: int, *, cropped: bool = False, origin: tuple[int, int] = (0, 0)) -> Path:
    """A page of text with ``/Rotate``, and with a crop box inside its media box if asked for.

    ``origin``: where the media box begins.
    """
    document = pymupdf.open()
    page = document.new_page(width=500, height=700)
    left, bottom = origin
    page.set_mediabox(pymupdf.Rect(left, bottom, left + 500, bottom + 700))
    page.insert_text((100, 150), "anchor", fontsize=12)
    page.insert_text((300, 500), "buoy", fontsize=12)
    if cropped:
        box = f"[{left + 40} {bottom + 50} {left + 480} {bottom + 670}]"
        document.xref_set_key(page.xref, "CropBox", box)
    page.set_rotation(rotation)
    return save(document, path)


def scan(path: Path, text: str, *, turns: int = 0) -> Path:
    """A page that is one picture of a page of text, turned by clockwise quarter turns."""
    drawn = pymupdf.open()
    page = drawn.new_page(width=612, height=792)
    page.insert_textbox((72, 72, 540, 720), text, fontsize=13)
    page.set_rotation(90 * turns)
    pixmap = page.get_pixmap(dpi=150)
    document = pymupdf.open()
    sheet = document.new_page(width=pixmap.width * 0.48, height=pixmap.height * 0.48)
    sheet.insert_image(sheet.rect, pixmap=pixmap)
    return save(document, path)


def broken_page_among_good_ones(path: Path) -> Path:
    """Three pages; the second page's object is not a page at all."""
    document = pymupdf.open()
    for number in range(3):
        document.new_page().insert_text((72, 72), f"page number {number + 1} has this text", fontsize=12)
    document.update_object(document[1].xref, "<< /Type /Nothing >>")
    return save(document, path)


def garbled(path: Path) -> Path:
    """Text whose font maps its letters to the private use area."""
    document = pymupdf.open()
    page = document.new_page()
    font = pymupdf.Font("cjk")
    page.insert_font(fontname="F9", fontbuffer=font.buffer)
    page.insert_text((72, 72), "readable no longer", fontname="F9", fontsize=14)
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "ToUnicode")[0] == "xref":
            target = int(document.xref_get_key(xref, "ToUnicode")[1].split()[0])
            document.update_stream(target, _PRIVATE_USE)
    return save(document, path)


_PRIVATE_USE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
    b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    b"1 beginbfrange <0000> <0FFF> <E000> endbfrange\n"
    b"endcmap CMapName currentdict /CMap defineresource pop end end"
)


def sideways(path: Path, rotate: int) -> Path:
    """A page whose text was written on its side: a heading, a paragraph and a ruled table, no ``/Rotate``."""
    upright = ruled_table(path.with_suffix(".upright.pdf"))
    document = pymupdf.open()
    page = document.new_page(width=792 if rotate % 180 else 612, height=612 if rotate % 180 else 792)
    page.show_pdf_page(page.rect, pymupdf.open(upright), 0, rotate=rotate)
    return save(document, path)


def leaning(path: Path, degrees: float) -> Path:
    """The page of ``ruled_table`` drawn at an angle: its text rises to the right by ``degrees``."""
    level = ruled_table(path.with_suffix(".level.pdf"))
    document = pymupdf.open()
    page = document.new_page(width=950, height=1000)
    width, height = leaned_size(612, 792, degrees)
    page.show_pdf_page(pymupdf.Rect(10, 20, 10 + width, 20 + height), pymupdf.open(level), 0, rotate=degrees)
    return save(document, path)
