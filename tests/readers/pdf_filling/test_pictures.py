"""Pictures of forms are filled in as PDFs of their size."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from pipelines.readers.image import ImageReader
from schemas.forms import Blank, Filling, Origin
from schemas.geometry import BBox
from schemas.reading import FieldKind


def saved(folder: Path, count: int = 1, **how: object) -> Path:
    frames = [Image.new("RGB", (850, 1100), "white") for _ in range(count)]
    path = folder / "form.tiff"
    frames[0].save(path, save_all=True, append_images=frames[1:], **how)  # type: ignore[arg-type]
    return path


def blank(page: int, box: BBox) -> Blank:
    return Blank(f"p{page}.b1", FieldKind.TEXT, Origin.DRAWN, page, box, size=20)


def test_a_picture_becomes_a_page_of_its_size(tmp_path: Path) -> None:
    reader = ImageReader(saved(tmp_path, dpi=(100, 100)))
    filled = reader.fill([blank(1, BBox(100, 500, 500, 540))], [Filling("p1.b1", "Ada")], interactive=True)
    reader.close()
    (page,) = pymupdf.open("pdf", filled.pdf)
    assert (page.rect.width, page.rect.height) == pytest.approx((612, 792))
    (word,) = page.get_text("words")
    assert word[4] == "Ada"
    assert pymupdf.Rect(word[:4]).intersects(pymupdf.Rect(72, 360, 360, 389))
    assert [placed.text for placed in filled.placed] == ["Ada"]


def test_every_page_of_a_tiff_is_there_and_its_own_is_written_on(tmp_path: Path) -> None:
    reader = ImageReader(saved(tmp_path, count=3))
    filled = reader.fill([blank(2, BBox(100, 500, 500, 540))], [Filling("p2.b1", "Ada")], interactive=True)
    reader.close()
    assert [page.get_text().strip() for page in pymupdf.open("pdf", filled.pdf)] == ["", "Ada", ""]


def test_without_fillings_it_is_a_pdf_of_the_picture(tmp_path: Path) -> None:
    reader = ImageReader(saved(tmp_path))
    filled = reader.fill([], [], interactive=True)
    reader.close()
    assert len(pymupdf.open("pdf", filled.pdf)[0].get_images()) == 1
