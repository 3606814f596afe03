"""Pages whose fragments come ready: taken from the reader, and the pictures among them read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import ClassVar

from models import images
from models.base import Engines, Image
from pipelines.pages.blocks import make_blocks
from pipelines.pages.order import reading_order
from pipelines.pages.paragraphs import text_of
from pipelines.pages.pictures import LEAST_CONFIDENCE, is_blank
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import DocumentError
from schemas.fragments import PageFragment, Source
from schemas.reading import FlowView, TextLine

_NO_WORDS = (
    "parsing_options.include_words was asked for, but only PDFs and pictures have words with boxes: "
    "the fragments of other formats come without."
)
# A picture with a side of fewer pixels holds no line of text that could be read.
_LEAST_SIDE = 24
# OCR wants at most this many pixels of a picture (A4 at 170 dpi).
_MOST_PIXELS = 2_800_000


class ReadFlow:
    """Takes a page's fragments, size and warnings from the reader."""

    name: ClassVar[str] = "flow"
    reads: ClassVar[frozenset[str]] = frozenset({"number"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "size", "pictures", "warnings"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, view: FlowView, *, include_words: bool = False) -> None:
        self._reader = reader
        self._view = view
        self._include_words = include_words

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            found = self._reader.flow_page(page.number, self._view)
            page.fragments, page.size, page.pictures = list(found.fragments), found.size, found.pictures
            page.warnings = list(found.warnings)
            if self._include_words:
                page.warn(WarningKind.NOT_AVAILABLE, _NO_WORDS)


class ReadFigures:
    """Gives the figures of a ready page the text that is in their pictures, and the pictures if asked for.

    A figure's ``content`` is then what the document says of it (its alternative text), and below the lines
    that were read in it. A picture that comes again (a logo on every slide) is read once.
    """

    name: ClassVar[str] = "pictures"
    reads: ClassVar[frozenset[str]] = frozenset({"fragments", "pictures"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments"})
    batch: ClassVar[int] = 1

    def __init__(
        self,
        reader: Reader,
        engines: Engines,
        model: str,
        *,
        include_images: bool,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._reader = reader
        self._engines = engines
        self._model = model
        self._include_images = include_images
        self._check = check
        self._known: dict[bytes, str] = {}

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            for index in page.pictures:
                self._check()  # one page may hold hundreds
                try:
                    picture = self._reader.picture(page.number, index)
                except DocumentError:
                    page.warn(WarningKind.FALLBACK, "A picture could not be decoded: its text is not read.")
                    continue
                if picture is not None and page.fragments:
                    page.fragments[index] = self._seen(page.fragments[index], picture)

    def _seen(self, fragment: PageFragment, picture: Image) -> PageFragment:
        """The figure with what its picture shows."""
        text = self._text(picture)
        update: dict[str, object] = {}
        if text:
            update["content"] = "\n".join(part for part in (fragment.content.content, text) if part)
        if self._include_images:
            update["image_base64"] = images.png_base64(picture)
        source = Source.OCR if text else fragment.source
        content = fragment.content.model_copy(update=update)
        return fragment.model_copy(update={"content": content, "source": source})

    def _text(self, picture: Image) -> str:
        """The text in a picture; empty if there is none that was read surely."""
        height, width = picture.shape[:2]
        if min(height, width) < _LEAST_SIDE or is_blank(picture):
            return ""
        mark = hashlib.sha256(picture.tobytes()).digest()
        if mark not in self._known:
            scaled = images.scaled(picture, min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5))
            lines = self._engines.read_text(scaled, self._model)
            sure = [line for line in lines if (line.confidence or 0) >= LEAST_CONFIDENCE]
            self._known[mark] = _text_of(sure, scaled)
        return self._known[mark]


def _text_of(lines: Sequence[TextLine], picture: Image) -> str:
    """What was read in a picture, in reading order; an engine's lines are pieces of lines, often words."""
    height, width = picture.shape[:2]
    blocks = make_blocks(lines, [], [], width, height)
    order = reading_order([block.bbox for block in blocks])
    return "\n".join(text_of(blocks[i].lines, keep_breaks=True) for i in order)
