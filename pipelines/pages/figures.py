"""Pictures of figures and charts, cut from the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.fragments import FigureContent, PageFragment
from schemas.geometry import BBox

# A box thinner than this (page units) shows nothing.
_LEAST_SIDE = 2


class CutFigures:
    """Adds a PNG of its part of the page, as displayed, to each figure."""

    name: ClassVar[str] = "figures"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            page.fragments = [self._with_picture(page, fragment) for fragment in page.fragments or []]

    def _with_picture(self, page: PageWork, fragment: PageFragment) -> PageFragment:
        if not isinstance(fragment.content, FigureContent) or fragment.bbox is None or page.source is None:
            return fragment
        box: BBox = fragment.bbox.bbox()
        if min(box.width, box.height) < _LEAST_SIDE:
            return fragment
        picture = images.png_base64(self._reader.render(page.number, page.source.ocr_scale, box))
        content = fragment.content.model_copy(update={"image_base64": picture})
        return fragment.model_copy(update={"content": content})
