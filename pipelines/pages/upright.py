"""Scans: pixels, turned until their text is upright."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from models.base import Engines, Image
from pipelines.pages.certainty import mean_confidence
from pipelines.readers.base import Reader
from pipelines.space import Pose
from pipelines.work import PageWork
from schemas.geometry import BBox

# A picture whose grey levels all lie within this many steps is blank.
_BLANK_SPREAD = 8
# Where the middle of the inked part (this share of its height) is read as it stands with this confidence,
# the page is upright: upside down or on its side, text is read with less than 0.8.
_SAMPLE, _SURE = 1 / 3, 0.9


class Upright:
    """Renders each scanned page, levels it and turns it by quarter turns. A blank one stays without an image.

    The orientation model is taken at its word when it says that a page is upright, and checked against the
    text when it says otherwise: forms and tables sometimes deceive it.
    """

    name: ClassVar[str] = "upright"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned"})
    writes: ClassVar[frozenset[str]] = frozenset({"image", "scale", "turns"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines, model: str) -> None:
        self._reader = reader
        self._engines = engines
        self._model = model

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None or not page.scanned:
                continue
            image = self._reader.render(page.number, page.source.ocr_scale)
            if int(image.max()) - int(image.min()) <= _BLANK_SPREAD:
                continue
            page.scale = image.shape[1] / page.source.width
            image = Pose.of(page.source, 0, page.angle).upright(image)
            turns = self._engines.quarter_turns(image)
            page.turns = 0 if turns and self._reads_well(image) else turns
            page.image = images.turned(image, page.turns)

    def _reads_well(self, image: Image) -> bool:
        """Whether a part of the picture is read with certainty as it stands, along its lines."""
        inked = images.ink_box(image, margin=0)
        middle, half = inked.center[1], _SAMPLE * inked.height / 2
        sample = images.cropped(image, BBox(inked.x1, middle - half, inked.x2, middle + half))
        lines = self._engines.read_text(sample, self._model)
        along = [line for line in lines if not line.quarter_turns]
        confidence = mean_confidence([word for line in along for word in line.words])
        return confidence is not None and confidence >= _SURE and 2 * len(along) > len(lines)
