"""The documents that are changed: small ones of many formats, each with much of what its format has."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures

_SAMPLES = Path(__file__).parent / "samples"
_WORDS = "Harbour dues are paid at the lantern, says the ledger of timber and copper."


@cache
def seeds() -> dict[str, bytes]:
    """Every document, by a file name with the extension of its format."""
    return {
        **_pdfs(),
        **_pictures(),
        "word.docx": _made(_word),
        "slides.pptx": _made(_slides),
        "sheet.xlsx": _made(_sheet),
        "letter.eml": _letter(),
        **dict(_sample(path) for path in sorted(_SAMPLES.iterdir())),
    }


def _sample(path: Path) -> tuple[str, bytes]:
    """A file, or a folder packed as an archive, its type first (as EPUB and OpenDocument want it)."""
    if path.is_file():
        return path.name, path.read_bytes()
    parts = sorted(path.rglob("*"), key=lambda part: (part.name != "mimetype", part))
    return path.name, zipped(
        {str(part.relative_to(path)): part.read_bytes() for part in parts if part.is_file()}
    )


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP file with these entries, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _made(write: Callable[[io.BytesIO], None]) -> bytes:
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def _picture(mode: str = "RGB", size: tuple[int, int] = (40, 24)) -> Pictures.Image:
    wave = np.add.outer(np.arange(size[1]) * 5, np.arange(size[0]) * 3).astype(np.uint8)
    return Pictures.fromarray(wave).convert(mode)


def _saved(kind: str, picture: Pictures.Image, **options: object) -> bytes:
    return _made(lambda out: picture.save(out, kind, **options))


def _pictures() -> dict[str, bytes]:
    exif = Pictures.Exif()
    exif[0x0112] = 6  # turned
    one, other = _picture("L", (30, 20)), _picture("L", (20, 30))
    return {
        "colours.png": _saved("PNG", _picture(), dpi=(150, 150)),
        "palette.png": _saved("PNG", _picture("P"), transparency=3),
        "grey.png": _saved("PNG", _picture("I;16")),
        "turned.jpg": _saved("JPEG", _picture(), exif=exif.tobytes(), progressive=True),
        "press.jpg": _saved("JPEG", _picture("CMYK")),
        "pages.tiff": _saved("TIFF", one, save_all=True, append_images=[other], compression="tiff_lzw"),
        "fax.tiff": _saved("TIFF", _picture("1"), compression="group4"),
        "plain.tiff": _saved("TIFF", _picture()),
        "moving.gif": _saved("GIF", one, save_all=True, append_images=[other]),
        "small.webp": _saved("WEBP", _picture(), lossless=True),
        "small.bmp": _saved("BMP", _picture("P")),
        "small.jp2": _saved("JPEG2000", _picture()),
        "small.avif": _saved("AVIF", _picture()),
    }


def _pdfs() -> dict[str, bytes]:
    """One with all kinds of objects, plain and packed; one locked without a password; one of many pages."""
    pymupdf: Any = import_module("pymupdf")

    document = pymupdf.open()
    _fill(document)
    plain = document.tobytes(no_new_id=True)
    packed = document.tobytes(no_new_id=True, deflate=True, use_objstms=1)
    locked = document.tobytes(
        encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", user_pw="", no_new_id=True
    )
    many = pymupdf.open()
    for number in range(12):
        many.new_page(width=200, height=200).insert_text((20, 40), f"Page {number}. {_WORDS[:30]}")
    many.set_toc([[1 + number % 3 if number else 1, f"Chapter {number}", number + 1] for number in range(12)])
    return {
        "all.pdf": plain,
        "packed.pdf": packed,
        "locked.pdf": locked,
        "many.pdf": many.tobytes(no_new_id=True),
    }


def _fill(document: Any) -> None:
    """A page with text, lines, a picture, annotations, a form and a link; an attachment."""
    pymupdf: Any = import_module("pymupdf")

    page = document.new_page(width=300, height=300)
    page.insert_text((20, 40), _WORDS, fontsize=9)
    page.insert_text((20, 60), "Straße, naïve, 漢字", fontname="china-s", fontsize=9)
    for y in (80, 100, 120):
        page.draw_line((20, y), (220, y))
    page.draw_bezier((20, 130), (60, 170), (100, 90), (140, 130))
    page.insert_image(pymupdf.Rect(160, 130, 200, 154), stream=_saved("PNG", _picture("RGB")))
    page.add_strikeout_annot(pymupdf.Rect(20, 30, 90, 42))
    page.add_ink_annot([[(200, 200), (210, 220), (230, 205)]])
    page.add_freetext_annot(pymupdf.Rect(20, 180, 120, 200), "A remark")
    page.insert_link(
        {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(20, 30, 90, 42), "uri": "https://x.test"}
    )
    for kind, name in ((pymupdf.PDF_WIDGET_TYPE_TEXT, "name"), (pymupdf.PDF_WIDGET_TYPE_CHECKBOX, "yes")):
        widget = pymupdf.Widget()
        widget.field_type, widget.field_name = kind, name
        widget.rect = pymupdf.Rect(20, 220, 100, 236) if name == "name" else pymupdf.Rect(120, 220, 136, 236)
        widget.field_value = "Copper" if name == "name" else True
        page.add_widget(widget)
    document.embfile_add("note.txt", b"a note")
    document.set_toc([[1, "Only", 1]])


def _word(out: io.BytesIO) -> None:
    import docx

    document = docx.Document()
    document.add_heading("Of harbours", 1)
    document.add_paragraph(_WORDS, style="List Number")
    document.add_paragraph(_WORDS).add_run(" in bold").bold = True
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "merged"
    table.cell(2, 2).text = "12.5"
    document.add_picture(io.BytesIO(_saved("PNG", _picture())))
    document.add_comment(document.paragraphs[1].runs, "a remark", "A. Author")
    document.save(out)


def _slides(out: io.BytesIO) -> None:
    import pptx
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Of harbours"
    slide.placeholders[1].text = _WORDS
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    data: Any = import_module("pptx.chart.data").CategoryChartData()
    data.categories = ["a", "b"]
    data.add_series("s", (1.5, 2.5))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, Inches(1), Inches(4), Inches(3), Inches(2), data)
    slide.shapes.add_picture(io.BytesIO(_saved("PNG", _picture())), Inches(5), Inches(1))
    slide.notes_slide.notes_text_frame.text = "a note"
    deck.save(out)


def _sheet(out: io.BytesIO) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(out) as book:
        sheet, money = (
            book.add_worksheet("Dues"),
            book.add_format({"num_format": "#,##0.00 [$€-407]", "bold": True}),
        )
        sheet.write_row(0, 0, ["Port", "Dues", "Day"])
        for row in range(1, 5):
            sheet.write_row(row, 0, [f"Port {row}", row * 12.5, 45000 + row], money)
        sheet.write_formula(5, 1, "=SUM(B2:B5)", money, 125)
        sheet.merge_range(6, 0, 6, 2, "the end")
        sheet.write_comment(0, 0, "a remark")
        sheet.insert_image(8, 0, "p.png", {"image_data": io.BytesIO(_saved("PNG", _picture()))})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Dues!$B$2:$B$5", "categories": "=Dues!$A$2:$A$5"})
        sheet.insert_chart("E2", chart)
        book.add_worksheet("Hidden").hide()


def _letter() -> bytes:
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Fwd", "inner@x.test"
    inner.set_content("inside")
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "Dues für März", "a@x.test", "b@x.test"
    letter["Date"] = "Tue, 03 Mar 2026 10:00:00 +0100"
    letter.set_content(_WORDS)
    letter.add_alternative(f"<p>{_WORDS}</p><img src='cid:p'>", subtype="html")
    letter.get_payload()[1].add_related(_saved("PNG", _picture()), "image", "png", cid="<p>")  # type: ignore[index, union-attr]
    letter.add_attachment(b"a,b\n1,2\n", "text", "csv", filename="dues.csv")
    letter.add_attachment(inner)
    return letter.as_bytes()
