"""Pages whose fragments come ready: taken from the reader, and the pictures among them read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from models import images
from models.base import Engines, Image
from pipelines.pages.barcodes import code_fragment, without_code
from pipelines.pages.blocks import make_blocks
from pipelines.pages.order import reading_order
from pipelines.pages.paragraphs import text_of
from pipelines.pages.pictures import LEAST_CONFIDENCE, is_blank
from pipelines.pages.unseen import hidden_warnings
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import DocumentError
from schemas.fragments import PageFragment, Source
from schemas.geometry import BBox, Box
from schemas.reading import Barcode, FlowView, TextLine

# A picture with a side of fewer pixels holds no line of text that could be read.
_LEAST_SIDE = 24
# A picture without text is its barcodes when they fill so much of it: around them are quiet zones.
_FILLED = 0.25
# OCR wants at most this many pixels of a picture (A4 at 170 dpi).
_MOST_PIXELS = 2_800_000


class ReadFlow:
    """Takes a page's fragments, size and warnings from the reader.

    ``lacking``: the options that were asked for and that only pages can serve that are looked at.
    """

    name: ClassVar[str] = "flow"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "size", "pictures", "warnings"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, view: FlowView, lacking: Sequence[str] = ()) -> None:
        self._reader = reader
        self._view = view
        self._lacking = lacking

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            found = self._reader.flow_page(page.number, self._view)
            page.fragments, page.size = list(found.fragments), found.size
            page.pictures = {index: index for index in found.pictures}
            size = (found.size.width, found.size.height) if found.size else None
            page.warnings = [*found.warnings, *hidden_warnings(found.hidden, page.number, size)]
            for option in self._lacking:
                page.warn(
                    WarningKind.NOT_AVAILABLE,
                    f"{option} was asked for, but only pages of PDFs and pictures can serve it.",
                )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a picture shows: text, barcodes (pixels), and whether it shows nothing but these."""

    text: str = ""
    codes: list[Barcode] = field(default_factory=list)
    is_code: bool = False


class ReadFigures:
    """Gives the figures of a ready page the text that is in their pictures, and the pictures if asked for.

    A figure's ``content`` is then what the document says of it (its alternative text), and below the lines
    that were read in it. A picture that comes again (a logo on every slide) is read once. With ``barcodes``,
    those on it are fragments after it, or in its place where it shows nothing else and nothing is said of it.
    """

    name: ClassVar[str] = "pictures"
    reads: ClassVar[frozenset[str]] = frozenset({"fragments", "pictures"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "pictures"})
    batch: ClassVar[int] = 1

    def __init__(
        self,
        reader: Reader,
        engines: Engines,
        model: str,
        *,
        include_images: bool,
        barcodes: bool = False,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._reader = reader
        self._engines = engines
        self._model = model
        self._include_images = include_images
        self._barcodes = barcodes
        self._check = check
        self._known: dict[bytes, _Seen] = {}

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            fragments = [[fragment] for fragment in page.fragments or []]
            for index, given in page.pictures.items():
                self._check()  # one page may hold hundreds
                try:
                    picture = self._reader.picture(page.number, given)
                except DocumentError:
                    page.warn(WarningKind.FALLBACK, "A picture could not be decoded: its text is not read.")
                    continue
                if picture is not None and fragments:
                    fragments[index] = self._read(fragments[index][0], picture)
            page.part(fragments)

    def _read(self, fragment: PageFragment, picture: Image) -> list[PageFragment]:
        """The figure with what its picture shows, and the barcodes on it."""
        seen = self._seen(picture)
        codes = [code_fragment(code, _place(code.bbox, picture, fragment.bbox)) for code in seen.codes]
        if seen.is_code and not fragment.content.content:
            return codes
        return [self._with_text(fragment, picture, seen.text), *codes]

    def _with_text(self, fragment: PageFragment, picture: Image, text: str) -> PageFragment:
        update: dict[str, object] = {}
        if text:
            update["content"] = "\n".join(part for part in (fragment.content.content, text) if part)
        if self._include_images:
            update["image_base64"] = images.png_base64(picture)
        source = Source.OCR if text else fragment.source
        content = fragment.content.model_copy(update=update)
        return fragment.model_copy(update={"content": content, "source": source})

    def _seen(self, picture: Image) -> _Seen:
        """What a picture shows; a known one is not looked at again."""
        mark = hashlib.sha256(picture.tobytes()).digest()
        if mark not in self._known:
            self._known[mark] = self._look(picture)
        return self._known[mark]

    def _look(self, picture: Image) -> _Seen:
        height, width = picture.shape[:2]
        if is_blank(picture):
            return _Seen()
        codes = self._engines.read_barcodes(picture) if self._barcodes else []
        if min(height, width) < _LEAST_SIDE:
            return _Seen(codes=codes)
        scale = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
        scaled = images.scaled(picture, scale)
        lines = self._engines.read_text(scaled, self._model)
        sure = [line for line in lines if (line.confidence or 0) >= LEAST_CONFIDENCE]
        for code in codes:
            sure, _ = without_code(sure, replace(code, bbox=code.bbox.scaled(scale)))
        filled = sum(code.bbox.area for code in codes) > _FILLED * width * height
        return _Seen(_text_of(sure, scaled), codes, is_code=filled and not sure)


def _place(box: BBox, picture: Image, figure: Box | None) -> Box | None:
    """A box of a picture (pixels) on the page, where it is known how the picture lies on it."""
    if figure is None:
        return None
    height, width = picture.shape[:2]
    across, down = (figure.x2 - figure.x1) / width, (figure.y2 - figure.y1) / height
    on_page = BBox(box.x1 * across, box.y1 * down, box.x2 * across, box.y2 * down)
    return Box.of(on_page.shifted(figure.x1, figure.y1))


def _text_of(lines: Sequence[TextLine], picture: Image) -> str:
    """What was read in a picture, in reading order; an engine's lines are pieces of lines, often words."""
    height, width = picture.shape[:2]
    blocks = make_blocks(lines, [], [], width, height)
    order = reading_order([block.bbox for block in blocks])
    return "\n".join(text_of(blocks[i].lines, keep_breaks=True) for i in order)
