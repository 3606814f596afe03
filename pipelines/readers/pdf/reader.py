# mypy: disable-error-code="no-untyped-call"
"""PDF pages through PyMuPDF: embedded words, pictures, ruling lines, layout, pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf

from models.base import Image
from models.layout.pymupdf import PYMUPDF, page_regions, picture_regions
from pipelines.readers.base import DEFAULT_SETUP, PagedReader, ReaderSetup
from pipelines.readers.pdf import text as pdf_text
from pipelines.readers.pdf.bookmarks import bookmarks
from pipelines.readers.pdf.bounds import check_bounds, first_drawings
from pipelines.readers.pdf.drawings import drawings_of
from pipelines.readers.pdf.fields import PdfForm
from pipelines.readers.pdf.filled import with_values
from pipelines.readers.pdf.filling.acroform_blanks import blank_of
from pipelines.readers.pdf.filling.acroform_fields import Form
from pipelines.readers.pdf.filling.fill import fill_pdf, open_pdf
from pipelines.readers.pdf.inks import ink_boxes
from pipelines.readers.pdf.layers import Layers
from pipelines.readers.pdf.leaning import level
from pipelines.readers.pdf.objects import PdfObject
from pipelines.readers.pdf.strikes import mark_struck
from pipelines.readers.pdf.switched_off import switched_off
from pipelines.readers.pdf.widgets import without_rotation
from pipelines.space import Pose, scaled_line
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentUnreadable, PageUnreadable
from schemas.forms import Blank, FilledForm, Filling
from schemas.geometry import BBox
from schemas.reading import Bookmark, Drawing, FieldKind, FormField, Region, SourcePage

# A drawing this thin (points) and at least this long is a ruling line.
_RULE_THICKNESS, _RULE_LENGTH = 3.0, 10.0
# A shorter level one may be the bar of a fraction.
_BAR_LENGTH, _BAR_ASPECT = 2.0, 3.0
_MOST_DRAWINGS = 20_000
# The entry of a trailer that names how the file is encrypted.
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_TRAILER_BYTES = 1 << 20
# MuPDF's own summary when it gave up on a page's content before its end.
_BROKEN_CONTENT = "page may not be correct"
# 150 dpi, less where the page is large (pixels).
_OCR_SCALE, _OCR_LONG_SIDE = 150 / 72, 3000
# When joining pieces leaves fewer lines than this share, the file writes its words one by one.
_SCATTERED, _LAYOUT_SCALE = 0.6, 1.5

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


class PdfReader(PagedReader):
    """A PDF file. Units are points of the page as displayed, its crop box's corner at the origin."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        """Opens the file.

        Raises:
            DocumentEncrypted: it wants a password.
            DocumentEmpty: it has no pages.
            DocumentUnreadable: it is not a PDF, or is too damaged to open.
        """
        self._path = path
        self._max_page_pixels = setup.max_page_pixels
        self._bounded: set[int] = set()
        with PYMUPDF:
            try:
                self._document = pymupdf.open(path, filetype="pdf")
                encrypted = self._document.needs_pass and not self._document.authenticate("")
                self._pages = 0 if encrypted else self._document.page_count
                if not self._document.is_pdf:
                    raise ValueError("not a PDF")
            except Exception as error:  # MuPDF raises many kinds, some of them bare
                if _ENCRYPTED.search(_end_of(path)):
                    raise DocumentEncrypted(
                        "The PDF is encrypted in a way that is not known here: save it without encryption."
                    ) from error
                raise DocumentUnreadable("The file is not a PDF, or too damaged to be opened.") from error
        if encrypted:
            raise DocumentEncrypted(
                "The PDF is encrypted and wants a password: remove it and submit the file again."
            )
        if not self._pages:
            raise DocumentEmpty("The PDF has no pages.")

    def page_count(self) -> int:
        """See ``PagedReader``."""
        return self._pages

    def page(self, number: int, *, layout: bool) -> SourcePage:
        """See ``PagedReader``; the layout is made only of a page whose embedded text can be used."""
        entries = self._bookmarks.get(number, [])
        with self._open(number) as page:
            source = self._read(page, number, layout=layout)
            return replace(source, bookmarks=entries, hidden=source.hidden + self._layers.hidden(page))

    def level_page(self, number: int, *, layout: bool, angle: float) -> SourcePage:
        """See ``PagedReader``."""
        entries = self._bookmarks.get(number, [])
        with self._open(number) as page, level(page, angle) as turned:
            source = self._read(turned, number, layout=layout, area=abs(page.rect))
            return replace(source, bookmarks=entries)

    def _read(
        self, page: pymupdf.Page, number: int, *, layout: bool, area: float | None = None
    ) -> SourcePage:
        source = SourcePage(number, page.rect.width, page.rect.height)
        source.ocr_scale = min(_OCR_SCALE, _OCR_LONG_SIDE / max(page.rect.width, page.rect.height, 1))
        drawings = first_drawings(page, _MOST_DRAWINGS)
        pictures = page.get_image_info()
        text = pdf_text.embedded(page, drawings, pictures, area)
        source.garbled, source.lean = text.garbled, text.lean
        source.damage = self._damage()
        source.lines = pdf_text.whole_lines(text.lines)
        scattered = len(source.lines) < _SCATTERED * len(text.lines)
        form = self._form if page.parent is self._document else PdfForm(page.parent)
        fields = form.on_page(page)
        source.hidden = text.hidden + switched_off(page, [*fields, *(form.nowhere() if number == 1 else [])])
        source.lines = with_values(source.lines, fields, text.places)
        source.pictures = _shown(page, pictures)
        source.rules, source.bars = _rules(page, drawings)
        mark_struck(page, source.lines, drawings)
        if layout and not source.needs_ocr:
            source.regions = (
                self._drawn_regions(page, source) if scattered else _regions(page, source, fields)
            )
        return source

    def _drawn_regions(self, page: pymupdf.Page, source: SourcePage) -> list[Region]:
        """The regions by the page's looks and its mended lines: the file's own lines would mislead."""
        image = self._pixels(page, page.rect, _LAYOUT_SCALE)
        scale = image.shape[1] / source.width
        found = picture_regions(image, [scaled_line(line, scale) for line in source.lines])
        return [region.scaled(1 / scale) for region in found]

    def render(self, number: int, scale: float, clip: BBox | None = None) -> Image:
        """See ``PagedReader``; a picture that would pass the pixel limit is made smaller."""
        with self._open(number) as page:
            area = pymupdf.Rect(clip) & page.rect if clip else page.rect
            if area.is_empty:
                raise PageUnreadable(f"Page {number} has no area to show.")
            return self._pixels(page, area, scale)

    def _pixels(self, page: pymupdf.Page, area: pymupdf.Rect, scale: float) -> Image:
        most = (self._max_page_pixels / (area.width * area.height)) ** 0.5
        zoom = min(scale, most)
        pymupdf.TOOLS.set_aa_level(8)  # the layout engine turns it off
        pixmap = page.get_pixmap(
            matrix=pymupdf.Matrix(zoom, zoom), clip=area, alpha=False, colorspace=pymupdf.csRGB
        )
        pixels = np.frombuffer(pixmap.samples, dtype=np.uint8)
        return pixels.reshape(pixmap.height, pixmap.stride)[:, : pixmap.width * 3].reshape(
            pixmap.height, pixmap.width, 3
        )

    def fields(self, number: int) -> list[FormField]:
        """See ``PagedReader``; those that stand on no page come with the first."""
        with self._open(number) as page:
            return self._form.on_page(page) + (self._form.nowhere() if number == 1 else [])

    @cached_property
    def _bookmarks(self) -> dict[int, list[Bookmark]]:
        with PYMUPDF:
            return bookmarks(self._document)

    @cached_property
    def _layers(self) -> Layers:
        return Layers(self._path, self._document)

    @cached_property
    def _form(self) -> PdfForm:
        return PdfForm(self._document)

    def blanks(self, number: int) -> list[Blank]:
        """See ``PagedReader``."""
        with PYMUPDF:
            return [blank_of(self._fillable, field) for field in self._fillable.by_page.get(number, [])]

    @cached_property
    def _fillable(self) -> Form:
        """The form as the file has it: pages that are read may be turned in memory."""
        return Form(open_pdf(self._path))

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """See ``PagedReader``."""
        with PYMUPDF:
            return fill_pdf(self._path, blanks, fillings, interactive=interactive)

    def drawings(self, number: int) -> list[Drawing]:
        """See ``PagedReader``."""
        with self._open(number) as page:
            return drawings_of(first_drawings(page, _MOST_DRAWINGS))

    def inks(self, number: int) -> list[BBox]:
        """See ``PagedReader``."""
        with self._open(number) as page:
            return ink_boxes(page)

    def close(self) -> None:
        """See ``PagedReader``."""
        with PYMUPDF:
            self._layers.close()
            self._document.close()
            if "_fillable" in self.__dict__:
                self._fillable.document.close()

    def _damage(self) -> str:
        """What MuPDF found wrong with the page just read, and with the file as a whole."""
        if _BROKEN_CONTENT in pymupdf.TOOLS.mupdf_warnings():
            return "The page's content is damaged: what comes after the damage may be missing."
        if self._document.is_repaired:
            return "The file is damaged and was repaired as well as it could be: text may be missing."
        return ""

    @contextmanager
    def _open(self, number: int) -> Iterator[pymupdf.Page]:
        """The page, its rotation worked into its content, so that all coordinates are as displayed."""
        if not 1 <= number <= self._pages:
            raise PageUnreadable(f"There is no page {number}: the document has {self._pages}.")
        with PYMUPDF:
            try:
                pymupdf.TOOLS.reset_mupdf_warnings()
                page = self._loaded(number)
                _check_content(page)
                if number not in self._bounded:
                    check_bounds(page)
                    self._bounded.add(number)
                if page.rotation:
                    page = _unrotated(page)
                yield page
            except PageUnreadable:
                raise
            except Exception as error:  # MuPDF raises many kinds, some of them bare
                raise PageUnreadable(f"Page {number} is damaged and cannot be read.") from error

    def _loaded(self, number: int) -> pymupdf.Page:
        """The page; without the document's form where this, run in circles or damaged, stops MuPDF."""
        try:
            return self._document[number - 1]
        except Exception:  # MuPDF raises many kinds, some of them bare
            self._document.xref_set_key(self._document.pdf_catalog(), "AcroForm", "null")
            return self._document[number - 1]


def _end_of(path: Path) -> bytes:
    """The last bytes of a file, where its trailer is."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TRAILER_BYTES))
        return file.read()


def _check_content(page: pymupdf.Page) -> None:
    """Refuses a page that is there only because MuPDF makes up for what is not.

    Raises:
        PageUnreadable: the page tree leads to nothing here, or the page's content is not in the file.
    """
    number, document = page.number + 1, page.parent
    if document.xref_object(page.xref) == "null":
        raise PageUnreadable(f"Page {number} is damaged: the file has a place for it, but no page there.")
    contents = page.get_contents()
    if any(document.xref_is_stream(xref) for xref in contents):
        return
    # What the table of a sound file lists as free was deleted: the page is empty.
    if contents and (document.is_repaired or max(contents) >= document.xref_length()):
        raise PageUnreadable(f"Page {number} is damaged: its content is not in the file.")


def _regions(page: pymupdf.Page, source: SourcePage, fields: Sequence[FormField]) -> list[Region]:
    """The regions where they are displayed; text on its side is laid out on a copy that stands upright."""
    turns = -source.quarter_turns % 4
    checkboxes = [field.bbox for field in fields if field.kind is FieldKind.CHECKBOX and field.bbox]
    if not turns:
        return page_regions(page, checkboxes)
    with pymupdf.open() as copy:
        copy.insert_pdf(page.parent, from_page=page.number, to_page=page.number)
        copy[0].set_rotation(90 * turns)
        upright = Pose.of(source, turns)
        found = page_regions(_unrotated(copy[0]), [upright.to_upright(box) for box in checkboxes])
    return [region.moved(upright.to_displayed) for region in found]


def _unrotated(page: pymupdf.Page) -> pymupdf.Page:
    """Removes ``/Rotate`` but not what is seen; the crop box is off meanwhile, which PyMuPDF mishandles.

    Boxes are set as the file has them: PyMuPDF's own turn over by a media box that does not begin at 0.
    """
    media, crop = page.mediabox, page.cropbox  # crop: y down from the top of the media box
    margins = [  # left, top, right, bottom
        crop.x0 - media.x0, crop.y0, media.x1 - crop.x1, media.y1 - crop.y1 - media.y0
    ]  # fmt: skip
    turns = page.rotation // 90
    # Clockwise turns move each margin to the next side.
    left, top, right, bottom = margins[-turns:] + margins[:-turns]
    PdfObject.of_page(page).put_box("CropBox", BBox(*media))
    page = without_rotation(page.parent.reload_page(page))
    if any(margins):
        x1, y1, x2, y2 = page.mediabox
        PdfObject.of_page(page).put_box("CropBox", BBox(x1 + left, y1 + bottom, x2 - right, y2 - top))
        page = page.parent.reload_page(page)
    return page


def _shown(page: pymupdf.Page, pictures: Sequence[dict[str, Any]]) -> list[BBox]:
    """Boxes of the pictures (``Page.get_image_info``), as far as they show on the page."""
    boxes = (page.rect & pymupdf.Rect(info["bbox"]) for info in pictures)
    return [BBox(*box) for box in boxes if not box.is_empty]


def _rules(page: pymupdf.Page, drawings: Sequence[dict[str, Any]]) -> tuple[list[BBox], list[BBox]]:
    """Boxes of straight lines: drawn ones, rectangles so thin that they look like lines, sides of others.

    The second list has level ones that are too short to be ruling lines, but not for a fraction.
    """
    rules, bars = [], []
    for drawing in drawings:
        for item in drawing["items"]:
            for box in _straight(item, stroked="s" in drawing["type"]):
                thin, long = sorted((box.width, box.height))
                if thin > _RULE_THICKNESS:
                    continue
                if long >= _RULE_LENGTH:
                    rules.append(box.clipped(page.rect.width, page.rect.height))
                elif box.width > _BAR_ASPECT * box.height and box.width >= _BAR_LENGTH:
                    bars.append(box)
    return rules, bars


def _straight(item: tuple[Any, ...], *, stroked: bool) -> list[BBox]:
    """The straight lines that a drawing command makes; an area only filled (a shade) has none."""
    match item[0]:
        case "l":
            (x1, y1), (x2, y2) = item[1], item[2]
        case "re":
            x1, y1, x2, y2 = item[1]
        case _:
            return []
    box = BBox(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    if item[0] == "l" or min(box.width, box.height) <= _RULE_THICKNESS:
        return [box]
    if not stroked:
        return []
    x1, y1, x2, y2 = box
    return [BBox(x1, y1, x2, y1), BBox(x1, y2, x2, y2), BBox(x1, y1, x1, y2), BBox(x2, y1, x2, y2)]
