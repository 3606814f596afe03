"""A page of a PDF that is too large is refused, by a reason of its own, and the others are read."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from pipelines.readers.pdf import annotations as walk
from pipelines.readers.pdf import bounds
from pipelines.readers.pdf.annotations import annotations_of
from pipelines.readers.pdf.bounds import first_drawings
from pipelines.readers.pdf.reader import PdfReader
from schemas.errors import DocumentEncrypted, PageTooLarge


def saved(path: Path, content: bytes) -> Path:
    """A page with this content, compressed, and one with a word."""
    with pymupdf.open() as document:
        document.new_page().insert_text((50, 50), "x")
        document.update_stream(document[0].get_contents()[0], content)
        document.new_page().insert_text((50, 50), "word")
        document.save(path, deflate=True)
    return path


def words(reader: PdfReader, number: int) -> list[str]:
    return [word.text for line in reader.page(number, layout=False).lines for word in line.words]


def test_content_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pdf", b" " * (33 << 20))
    assert path.stat().st_size < 100_000
    reader = PdfReader(path)
    for read in (lambda: reader.page(1, layout=False), lambda: reader.render(1, 1.0), lambda: reader.inks(1)):
        with pytest.raises(PageTooLarge, match=r"Page 1 is too large.*32 MB"):
            read()
    assert words(reader, 2) == ["word"]


def test_more_characters_than_may_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = b"BT /helv 9 Tf 20 700 Td " + b"(abc def) Tj 0 -9 Td " * 40 + b"ET"
    path = saved(tmp_path / "a.pdf", shown)
    assert len(words(PdfReader(path), 1)) == 80
    monkeypatch.setattr(bounds, "_MOST_CHARACTERS", 300)
    with pytest.raises(PageTooLarge, match="more than 300 characters"):
        PdfReader(path).page(1, layout=False)


def test_many_bytes_of_few_characters_are_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_MOST_CHARACTERS", 300)
    drawn = b"".join(b"%d 10 m 90 90 l S " % x for x in range(100))
    assert PdfReader(saved(tmp_path / "a.pdf", drawn)).page(1, layout=False).lines == []


def test_the_first_drawings_are_those_of_pymupdf() -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.draw_rect((10, 10, 50, 50), color=(1, 0, 0), fill=(0, 1, 0))  # filled and drawn: one path
        page.draw_line((0, 0), (9, 9))
        page.draw_circle((80, 80), 9, fill=(0, 0, 1), color=None)
        page.draw_line((0, 5), (9, 9))
        all_of_them = page.get_cdrawings()
        assert [path["type"] for path in all_of_them] == ["fs", "s", "f", "s"]
        assert first_drawings(page, 9) == all_of_them
        assert first_drawings(page, 2) == all_of_them[:2]


def test_annotations_are_walked_once_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        page.add_strikeout_annot(pymupdf.Rect(0, 0, 9, 9))
        page.add_ink_annot([[(1, 1), (5, 5)]])
        page.add_strikeout_annot(pymupdf.Rect(10, 10, 19, 19))
        page.insert_link(
            {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 9, 9), "uri": "https://x.test"}
        )
        struck, ink = pymupdf.PDF_ANNOT_STRIKE_OUT, pymupdf.PDF_ANNOT_INK
        assert [one.type[0] for one in annotations_of(page)] == [struck, ink, struck]
        assert [one.rect.y1 < 15 for one in annotations_of(page, struck)] == [True, False]
        monkeypatch.setattr(walk, "_MOST", 2)
        assert [one.type[0] for one in annotations_of(page)] == [struck, ink]


def test_annotations_that_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        for x in range(5):
            page.add_ink_annot([[(x, 1), (x, 5)]])
        document.save(tmp_path / "a.pdf")
    assert len(PdfReader(tmp_path / "a.pdf").inks(1)) == 5
    monkeypatch.setattr(bounds, "_MOST_ANNOTATIONS", 4)
    with pytest.raises(PageTooLarge, match="more than 4 annotations"):
        PdfReader(tmp_path / "a.pdf").page(1, layout=False)


def test_a_pdf_that_is_locked_in_an_unknown_way_is_said_to_be_locked(tmp_path: Path) -> None:
    handler = b"<</Filter/Unheard.Of/V 99/R 99/O(x)/U(x)/P -1/Length 999>>"
    (tmp_path / "a.pdf").write_bytes(
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj" + handler + b"endobj\ntrailer<</Root 1 0 R/Size 4/ID[(a)(a)]/Encrypt 3 0 R>>\n%%EOF"
    )
    with pytest.raises(DocumentEncrypted, match="encrypted in a way"):
        PdfReader(tmp_path / "a.pdf")
