"""What embedded text is made of: characters cleaned, words cut, hidden text told apart."""

from pathlib import Path

import pymupdf
import pytest

from pipelines.readers.pdf import text as pdf_text
from pipelines.readers.pdf.glyphs import accented, cleaned, is_math_font, of_code
from pipelines.readers.pdf.reader import PdfReader
from pipelines.readers.pdf.text import in_logical_order
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import HiddenReason, SourcePage, Word
from tests.pipelines import pdfs


def read(document: pymupdf.Document, path: Path) -> SourcePage:
    return PdfReader(pdfs.save(document, path / "a.pdf")).page(1, layout=False)


def words(page: SourcePage) -> list[Word]:
    return [word for line in page.lines for word in line.words]


def texts(page: SourcePage) -> list[str]:
    return [line.text for line in page.lines]


@pytest.mark.parametrize(
    ("char", "font", "text"),
    [
        ("\uf0b7", "Anything", "•"),
        ("\uf001", "Old-Apple", "fi"),
        ("\uf735", "Minion-Expert", "5"),
        ("\uf761", "Minion-Expert", "a"),
        ("\uf061", "Symbol", "α"),
        ("\uf041", "SomeTextFont", "A"),
        ("\uf041", "Wingdings-Regular", "\uf041"),
        ("ﬁ", "Times", "fi"),
        ("⼈", "Song", "人"),
        ("ﻼ", "Arabic", "لا"),
        ("\u200b", "Times", ""),
        ("\x07", "Times", ""),
        ("²", "Times", "²"),
    ],
)
def test_characters_are_mapped_to_what_they_mean(char: str, font: str, text: str) -> None:
    assert cleaned(char, font) == text


def test_glyphs_without_a_character_are_named_by_their_fonts_encoding() -> None:
    assert of_code(chr(0x58), "CMEX10") == "∑"
    assert of_code(chr(0x12), "CMEX10") == "("
    assert of_code(chr(0x58), "Helvetica") == "\ufffd"
    assert of_code(" ", "Helvetica") == " "


def test_ticks_of_symbol_fonts_are_told_by_their_fonts() -> None:
    assert cleaned("\uf052", "Wingdings2") == "☑"
    assert cleaned("\uf0a3", "ABCDEF+Wingdings 2") == "□"
    assert cleaned("\uf0fe", "Wingdings-Regular") == "☑"
    assert cleaned("\uf052", "Helvetica") == "R"


def test_text_printed_again_with_holes_is_taken_once() -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.insert_text((100, 100), "12.95", fontsize=12)
        gap = pymupdf.get_text_length("12.", fontsize=12)
        page.insert_text((100, 100), "12", fontsize=12)
        page.insert_text((100 + gap, 100), "95", fontsize=12)
        page.insert_text((200, 100), "95", fontsize=12)
        assert [line.text for line in pdf_text.embedded(page, [], []).lines] == ["12.95", "95"]


def test_math_fonts_are_known_by_their_names() -> None:
    known = [
        "CMMI10",
        "CMSY7",
        "MSBM10",
        "LMMathItalic10-Regular",
        "CambriaMath",
        "KaTeX_Math-Italic",
        "rtxmi",
    ]
    assert all(map(is_math_font, known))
    assert not any(map(is_math_font, ["Times-Roman", "CMR10", "Helvetica", "SymbolMT", "URWPalladioL-Ital"]))


def test_an_accent_and_its_letter_are_one_character() -> None:
    assert accented("e", "\u0301") == "é"
    assert accented("ı", "\u0301") == "í"
    assert accented("L", "\u0335") == "Ł"
    assert accented("5", "\u0301") is None


def test_an_accent_printed_over_a_letter_joins_it(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "caf", fontsize=12)
    end = 72 + pymupdf.get_text_length("caf", fontsize=12)
    page.insert_text((end + 1, 72), "´", fontsize=12)
    page.insert_text((end, 72), "e noir", fontsize=12)
    assert " ".join(texts(read(document, tmp_path))) == "café noir"


def test_scripts_are_words_of_their_own_without_a_space(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "The area is x", fontsize=12)
    end = 72 + pymupdf.get_text_length("The area is x", fontsize=12)
    page.insert_text((end, 67.5), "2", fontsize=8)
    page.insert_text((end + 5, 72), " of H", fontsize=12)
    end += 5 + pymupdf.get_text_length(" of H", fontsize=12)
    page.insert_text((end, 74.5), "2", fontsize=8)
    page.insert_text((end + 5, 72), "O in all", fontsize=12)
    source = read(document, tmp_path)
    assert " ".join(texts(source)) == "The area is x2 of H2O in all"
    assert [w.text for w in words(source) if w.superscript] == ["2"]
    assert [w.text for w in words(source) if w.subscript] == ["2"]


def test_smaller_text_on_the_baseline_or_far_from_it_is_no_script(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "A", fontsize=12)
    page.insert_text((80, 72), "CKNOWLEDGED", fontsize=9)
    page.insert_text((300, 69), "lonely", fontsize=8)
    cases = (("raised", -3, "helv"), ("▶", -3, "china-s"), (" low", 2, "helv"))
    for y, (small, off, font) in enumerate(cases):
        page.insert_text((72, 100 + 30 * y), "Main text", fontsize=12)
        end = 72 + pymupdf.get_text_length("Main text", fontsize=12)
        page.insert_text((end + 1, 100 + 30 * y + off), small, fontsize=8, fontname=font)
    source = read(document, tmp_path)
    assert next(w.text for w in words(source)) == "ACKNOWLEDGED"
    assert not any(w.superscript or w.subscript for w in words(source))


def test_words_know_font_and_baseline(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 100), "based", fontsize=12)
    (word,) = words(read(document, tmp_path))
    assert word.font == "Helvetica"
    assert word.bbox.y2 - word.descent == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("gap", [" ", ""])
def test_a_heading_set_wide_is_words_again(tmp_path: Path, gap: str) -> None:
    document = pymupdf.open()
    page = document.new_page()
    x = 72.0
    for letter in "ANNUAL REPORT 7":
        page.insert_text((x, 72), letter + gap, fontsize=14)
        x += pymupdf.get_text_length(letter, fontsize=14) + (5 if letter != " " else 6)
    assert [w.text for w in words(read(document, tmp_path))] == ["ANNUAL", "REPORT", "7"]


def test_single_letters_far_apart_stay_apart(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for i, letter in enumerate("ABCDE"):
        page.insert_text((72 + 60 * i, 72), letter, fontsize=12)
    assert [w.text for w in words(read(document, tmp_path))] == list("ABCDE")


def test_short_words_printed_twice_with_a_shift_are_taken_once(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    for shift in (0, 0.8):
        page.insert_text((72 + shift, 72), "I saw it", fontsize=10)
    assert texts(read(document, tmp_path)) == ["I saw it"]


def test_hidden_text_is_left_out_and_told_by_reason(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "plain to see", fontsize=12)
    page.insert_text((72, 100), "invisible mode", fontsize=12, render_mode=3)
    page.insert_text((72, 130), "white paper", fontsize=12, color=(1, 1, 1))
    page.draw_rect((60, 150, 300, 175), fill=(0, 0, 0.6), color=None)
    page.insert_text((72, 165), "white on blue", fontsize=12, color=(1, 1, 1))
    page.insert_text((200, 165), "bluewords", fontsize=12, color=(0, 0, 0.6))
    page.insert_text((72, 200), "under a box", fontsize=12)
    page.draw_rect((60, 188, 300, 206), fill=(0.5, 0.5, 0.5), color=None)
    page.insert_text((72, 230), "minute text", fontsize=0.5)
    page.insert_text((72, 2000), "off the page", fontsize=12)
    source = read(document, tmp_path)
    assert texts(source) == ["plain to see", "white on blue"]
    assert {h.reason: h.characters for h in source.hidden} == {
        HiddenReason.INVISIBLE: 13,
        HiddenReason.NO_CONTRAST: 10 + 9,
        HiddenReason.COVERED: 9,
        HiddenReason.TINY: 10,
        HiddenReason.OFF_PAGE: 10,
    }
    invisible = next(h for h in source.hidden if h.reason is HiddenReason.INVISIBLE)
    assert (round(invisible.bbox.x1), round(invisible.bbox.y2)) == (72, 104)


def test_text_over_a_shade_or_clear_film_is_not_hidden(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.draw_rect((60, 50, 300, 80), fill=(1, 1, 0), color=None)
    page.insert_text((72, 72), "on yellow", fontsize=12)
    page.insert_text((72, 120), "below a film", fontsize=12)
    page.draw_rect((60, 100, 300, 130), fill=(1, 1, 0), color=None, fill_opacity=0.3)
    source = read(document, tmp_path)
    assert texts(source) == ["on yellow", "below a film"]
    assert source.hidden == []


def test_text_below_a_picture_is_hidden_and_the_ocr_of_a_scan_is_not(tmp_path: Path) -> None:
    picture = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 8, 8), False)
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 120), "below a picture", fontsize=12)
    page.insert_image((60, 100, 300, 130), pixmap=picture, keep_proportion=False)
    source = read(document, tmp_path)
    assert source.lines == []
    assert [h.reason for h in source.hidden] == [HiddenReason.COVERED]
    document = pymupdf.open()
    page = document.new_page()
    page.insert_image(page.rect, pixmap=picture, keep_proportion=False)
    page.insert_text((72, 120), "what the scanner read", fontsize=12, render_mode=3)
    source = PdfReader(pdfs.save(document, tmp_path / "scan.pdf")).page(1, layout=False)
    assert texts(source) == ["what the scanner read"]
    assert {word.source for word in words(source)} == {Source.OCR}
    assert source.hidden == []


def test_clipped_text_and_layers_that_are_off_are_told(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    layer = document.add_ocg("notes", on=False)
    page.insert_text((72, 72), "plain to see", fontsize=12)
    page.insert_text((72, 100), "switched off", fontsize=12, oc=layer)
    content = page.get_contents()[0]
    clipped = b"\nq 72 600 30 20 re W n BT /helv 12 Tf 300 605 Td (cut away whole) Tj ET Q"
    document.update_stream(content, document.xref_stream(content) + clipped)
    source = read(document, tmp_path)
    assert texts(source) == ["plain to see"]
    assert {h.reason: h.characters for h in source.hidden} == {
        HiddenReason.CLIPPED: 12,
        HiddenReason.LAYER_OFF: 11,
    }


def test_short_level_bars_are_kept_for_fractions(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.draw_line((72, 100), (78, 100), width=0.5)
    page.draw_line((72, 120), (72, 126), width=0.5)
    source = read(document, tmp_path)
    assert len(source.bars) == 1
    assert source.rules == []


def test_a_watermark_across_the_page_is_turned_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    at = pymupdf.Point(100, 400)
    page.insert_text(at, "DRAFT", fontsize=40, morph=(at, pymupdf.Matrix(40)))
    page.insert_text((72, 72), "upright", fontsize=12)
    assert {line.text: line.quarter_turns for line in read(document, tmp_path).lines} == {
        "DRAFT": 3,
        "upright": 0,
    }


def test_words_that_a_line_or_an_annotation_strikes_out(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "kept gone kept", fontsize=12)
    start = 72 + pymupdf.get_text_length("kept ", fontsize=12)
    end = start + pymupdf.get_text_length("gone", fontsize=12)
    page.draw_line((start, 68.5), (end, 68.5), width=0.7)
    page.insert_text((72, 100), "underlined", fontsize=12)
    page.draw_line((72, 102), (130, 102), width=0.7)
    page.insert_text((72, 130), "noted", fontsize=12)
    page.add_strikeout_annot(pymupdf.Rect(70, 118, 110, 134))
    page.insert_text((72, 160), "ruled", fontsize=12)
    page.draw_line((20, 156.5), (500, 156.5), width=0.7)
    found = {word.text: word.struck for word in words(read(document, tmp_path))}
    assert found == {"kept": False, "gone": True, "underlined": False, "noted": True, "ruled": False}


def test_text_that_is_a_clip_for_paint_and_the_ocr_of_a_small_picture_are_seen(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    drawn = pymupdf.open()
    drawn.new_page(width=120, height=20).insert_text((0, 15), "scanned line", fontsize=14)
    picture = drawn[0].get_pixmap(dpi=150)
    page.insert_image((72, 185, 192, 205), pixmap=picture)
    page.insert_text((72, 200), "scanned line", fontsize=14, render_mode=3)
    page.insert_text((72, 300), "unseen line", fontsize=14, render_mode=3)
    content = page.get_contents()[0]
    clip = b"\nq BT /helv 20 Tf 7 Tr 72 700 Td (gradient) Tj ET 0 0 1 rg 0 600 612 192 re f Q"
    document.update_stream(content, document.xref_stream(content) + clip)
    source = read(document, tmp_path)
    assert {word.text: word.source for word in words(source)} == {
        "scanned": Source.OCR,
        "line": Source.OCR,
        "gradient": Source.DIGITAL,
    }
    assert [(h.reason, h.characters) for h in source.hidden] == [(HiddenReason.INVISIBLE, 10)]


def right_to_left(text: str, x: float, width: float = 20) -> Word:
    return Word(text, BBox(x, 0, x + width, 10), size=10)


def test_words_from_right_to_left_come_as_they_are_read() -> None:
    line = [right_to_left(text, 25 * i) for i, text in enumerate(("12", "US", "עולם", "שלום"))]
    assert [word.text for word in in_logical_order(line)] == ["שלום", "עולם", "12", "US"]
    assert all(word.space_before for word in in_logical_order(line))
    latin = [right_to_left("hello", 0), right_to_left("שלום", 50), right_to_left("world", 75)]
    assert in_logical_order(latin) == latin


def test_hebrew_that_a_file_stores_as_it_looks_is_read_in_order(tmp_path: Path) -> None:
    made = pymupdf.open()
    made.new_page().insert_htmlbox((10, 10, 400, 100), "<p>שלום עולם</p>")
    made = pymupdf.open(stream=made.tobytes())
    fonts = [made.extract_font(font[0]) for font in made[0].get_fonts()]
    data = next(buffer for name, _, _, buffer in fonts if "Hebrew" in name)
    document = pymupdf.open()
    page = document.new_page()
    page.insert_font("hebrew", fontbuffer=data)
    page.insert_text((72, 72), "שלום עולם"[::-1], fontname="hebrew", fontsize=14)
    assert texts(read(document, tmp_path)) == ["שלום עולם"]


def test_columns_of_vertical_writing_are_lines(tmp_path: Path) -> None:
    assert _vertical(tmp_path) == ["右の列は", "左の列だ"]


def _vertical(path: Path) -> list[str]:
    """Two columns set in a font whose encoding writes from top to bottom."""
    document = pymupdf.open()
    page = document.new_page()
    xref = document.get_new_xref()
    document.update_object(
        xref,
        "<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /UniJIS-UTF16-V /DescendantFonts ["
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> "
        "/FontDescriptor << /Type /FontDescriptor /FontName /Mincho /Flags 4 /FontBBox [0 -200 1000 900] "
        "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >> >> ] >>",
    )
    document.xref_set_key(page.xref, "Resources", f"<< /Font << /V {xref} 0 R >> >>")
    columns = {300: "右の列は", 280: "左の列だ"}
    show = [f"1 0 0 1 {x} 700 Tm <{text.encode('utf-16-be').hex()}> Tj" for x, text in columns.items()]
    stream = document.get_new_xref()
    document.update_object(stream, "<<>>")
    document.update_stream(stream, f"BT /V 14 Tf {' '.join(show)} ET".encode())
    document.xref_set_key(page.xref, "Contents", f"{stream} 0 R")
    return texts(read(document, path))


def test_the_letters_of_an_arabic_ligature_come_in_order() -> None:
    run = pdf_text._Run("Naskh", 10, 0, bold=False, italic=False, invisible=False)
    boxes = [("و", (60, 0, 66, 9)), ("ا", (60, 0, 60, 9)), ("ل", (52, 0, 60, 9)), ("ي", (49, 0, 52, 9))]
    chars = [pdf_text._Char(text, box, run) for text, box in boxes]
    assert "".join(char.text for char in pdf_text._ligatures_ordered(chars)) == "ولاي"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_hidden_text_is_found_on_turned_and_cropped_pages(tmp_path: Path, rotation: int) -> None:
    document = pymupdf.open()
    page = document.new_page(width=500, height=700)
    page.insert_text((100, 150), "inside", fontsize=12)
    page.insert_text((100, 20), "outside", fontsize=12)
    page.insert_text((100, 300), "white", fontsize=12, color=(1, 1, 1))
    page.insert_text((100, 400), "covered", fontsize=12)
    page.draw_rect((95, 385, 300, 405), fill=(1, 1, 1), color=None)
    page.set_cropbox(pymupdf.Rect(40, 30, 480, 650))
    page.set_rotation(rotation)
    source = read(document, tmp_path)
    assert texts(source) == ["inside"]
    assert {h.reason: h.characters for h in source.hidden} == {
        HiddenReason.OFF_PAGE: 7,
        HiddenReason.NO_CONTRAST: 5,
        HiddenReason.COVERED: 7,
    }


def test_a_soft_hyphen_that_is_painted_is_a_hyphen(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "well\u00adknown", fontsize=12)
    assert texts(read(document, tmp_path)) == ["well-known"]
