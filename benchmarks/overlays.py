"""Pictures for human eyes: each page with its fragments' boxes, reading order and table cells.

The places of extracted values are marked, with the names of their fields. Where a truth has boxes too, they
are drawn dashed and grey. Office documents are drawn by LibreOffice.
"""

from __future__ import annotations

import colorsys
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
from PIL import Image, ImageDraw, ImageFont, ImageSequence, UnidentifiedImageError

from benchmarks.corpus import Truth
from benchmarks.scores.regions import PageRegion
from schemas.documents import Page, ParsedDocument
from schemas.fragments import FragmentType, PageFragment, TableContent
from schemas.geometry import BBox

_DOTS_PER_INCH = 110
_WIDE = 1400
"""Page pictures that are wider are shown smaller."""

_MUPDF = frozenset({".pdf", ".xps", ".oxps"})
_SLIDES = frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".ppt", ".pps", ".pot", ".odp", ".key"})
_HIDDEN_TOO = 'pdf:impress_pdf_Export:{"ExportHiddenSlides":{"type":"boolean","value":"true"}}'
_CONVERT_SECONDS = 300

_DASH = 6
_GREY = (120, 120, 120)
_CITED = (200, 0, 130)
_CITATION = "_citation"

_Color = tuple[int, int, int]


def _colors() -> dict[FragmentType, _Color]:
    """One hue a type, evenly spread."""
    colors: dict[FragmentType, _Color] = {}
    for i, kind in enumerate(FragmentType):
        # The golden angle keeps neighbours apart.
        red, green, blue = colorsys.hsv_to_rgb(i * 0.381966 % 1.0, 0.9, 0.75)
        colors[kind] = (round(red * 255), round(green * 255), round(blue * 255))
    return colors


COLORS = _colors()


def draw(path: Path, document: ParsedDocument, folder: Path, truth: Sequence[PageRegion] = ()) -> list[Path]:
    """Writes one PNG a page that has geometry, and returns their paths; none for a flow document.

    ``truth`` are the regions that should be there, if they are known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {page.page_number: page for page in document.pages if page.page_dimensions}
    written: list[Path] = []
    if not wanted:
        return written
    for number, picture in page_pictures(path, set(wanted)):
        target = folder / f"{path.stem}-{number:04}.png"
        places = [(name, box) for name, page, box in cited(document) if page == number]
        there = [region for region in truth if region.page == number]
        overlay(picture, wanted[number], there, places).save(target)
        written.append(target)
    return written


def cited(document: ParsedDocument) -> Iterator[tuple[str, int, BBox]]:
    """The path of each cited value, its page and its box in the page's units."""
    for filled in document.structured_data or []:
        yield from _cited(filled.data, "")


def _cited(value: Any, path: str) -> Iterator[tuple[str, int, BBox]]:
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from _cited(item, f"{path}[{i}]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith(_CITATION) and isinstance(inner, list):
                for one in inner:
                    box = BBox(*(one[side] for side in BBox._fields))
                    yield f"{path}.{name.removesuffix(_CITATION)}".lstrip("."), one["page_number"], box
            else:
                yield from _cited(inner, f"{path}.{name}")


def _mark(picture: Image.Image, places: Sequence[tuple[str, BBox]], scale: float) -> None:
    """Tints the places as a marker would, with their fields' names above them."""
    pen = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(11)
    for name, box in places:
        shown = box.scaled(scale)
        pen.rectangle(shown, fill=(255, 0, 160, 60), outline=_CITED)
        pen.text((shown.x1, shown.y1), name, fill=_CITED, font=font, anchor="lb")


def true_regions(truth: Truth) -> list[PageRegion]:
    """The regions of a truth, or what its tokens are: each run of words of one class as one box a line."""
    if truth.regions is not None:
        return list(truth.regions)
    found: list[PageRegion] = []
    for token in truth.tokens or ():
        label = "/".join(sorted(token.labels))
        last = found[-1] if found else None
        if last and last.label == label and last.box.y1 < token.box.center[1] < last.box.y2:
            found[-1] = replace(last, box=last.box.union(token.box))
        else:
            found.append(PageRegion(label, token.box))
    return found


def page_pictures(path: Path, numbers: set[int]) -> Iterator[tuple[int, Image.Image]]:
    """The pages of these 1-based numbers, as displayed; an office document's as LibreOffice lays it out.

    None for an office document that LibreOffice cannot read, or where it is not installed.
    """
    if path.suffix.lower() in _MUPDF:
        yield from _pdf_pictures(path, numbers)
        return
    try:
        opened = Image.open(path)
    except UnidentifiedImageError:
        with tempfile.TemporaryDirectory() as folder:
            if pdf := _laid_out(path, Path(folder)):
                yield from _pdf_pictures(pdf, numbers)
        return
    with opened:
        for number, frame in enumerate(ImageSequence.Iterator(opened), start=1):
            if number in numbers:
                yield number, frame.convert("RGB")


def _pdf_pictures(path: Path, numbers: set[int]) -> Iterator[tuple[int, Image.Image]]:
    with pymupdf.open(path) as opened:  # type: ignore[no-untyped-call]
        for number in sorted(number for number in numbers if number <= opened.page_count):
            pixels = opened[number - 1].get_pixmap(dpi=_DOTS_PER_INCH, alpha=False)
            yield number, Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


def _laid_out(path: Path, folder: Path) -> Path | None:
    """The document as a PDF in ``folder``, hidden slides too; None where that cannot be made."""
    soffice = shutil.which("soffice")
    if soffice is None:
        return None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    to = _HIDDEN_TOO if path.suffix.lower() in _SLIDES else "pdf"
    command = [soffice, profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(path)]
    subprocess.run(command, capture_output=True, timeout=_CONVERT_SECONDS, check=False)
    return next(folder.glob("*.pdf"), None)


def overlay(
    picture: Image.Image,
    page: Page,
    truth: Sequence[PageRegion] = (),
    places: Sequence[tuple[str, BBox]] = (),
) -> Image.Image:
    """The picture with every fragment of the page drawn on it, and a legend of the types below.

    ``places``: values by their fields' names, in the page's units.
    """
    assert page.page_dimensions is not None
    if picture.width > _WIDE:
        picture = picture.resize((_WIDE, round(picture.height * _WIDE / picture.width)))
    scale = picture.width / page.page_dimensions.width
    font = ImageFont.load_default(13)
    kinds = sorted({fragment.fragment_type for fragment in page.page_fragments})
    canvas = Image.new("RGB", (picture.width, picture.height + 18 * len(kinds) + 4), "white")
    canvas.paste(picture)
    pen = ImageDraw.Draw(canvas)
    for region in truth:
        _draw_truth(pen, region, picture.size, font)
    for fragment in page.page_fragments:
        _draw_fragment(pen, fragment, scale, font)
    for i, kind in enumerate(kinds):
        pen.text((4, picture.height + 2 + 18 * i), kind.value, fill=COLORS[kind], font=font)
    _mark(canvas, places, scale)
    return canvas


def _draw_truth(
    pen: ImageDraw.ImageDraw,
    region: PageRegion,
    size: tuple[int, int],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
) -> None:
    """A dashed box just outside the region, its class at the lower right."""
    left, right = (x * size[0] for x in (region.box.x1, region.box.x2))
    top, bottom = (y * size[1] for y in (region.box.y1, region.box.y2))
    left, top, right, bottom = left - 2, top - 2, right + 2, bottom + 2
    for x in np.arange(left, right, 2 * _DASH):
        for y in (top, bottom):
            pen.line((x, y, min(x + _DASH, right), y), fill=_GREY, width=2)
    for y in np.arange(top, bottom, 2 * _DASH):
        for x in (left, right):
            pen.line((x, y, x, min(y + _DASH, bottom)), fill=_GREY, width=2)
    pen.text((right, bottom), region.label, fill=_GREY, font=font, anchor="rb")


def _draw_fragment(
    pen: ImageDraw.ImageDraw,
    fragment: PageFragment,
    scale: float,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
) -> None:
    if fragment.bbox is None:
        return
    color = COLORS[fragment.fragment_type]
    if isinstance(fragment.content, TableContent):
        for cell in fragment.content.cells:
            pen.rectangle(cell.bounding_box.bbox().scaled(scale), outline=color, width=1)
    box = fragment.bbox.bbox().scaled(scale)
    pen.rectangle(box, outline=color, width=2)
    label = str(fragment.reading_order)
    left, top = max(2.0, box.x1 - pen.textlength(label, font=font) - 4), box.y1  # beside the text, not on it
    pen.rectangle(pen.textbbox((left, top), label, font=font), fill=color, outline=color, width=3)
    pen.text((left, top), label, fill="white", font=font)
