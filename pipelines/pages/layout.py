"""Pages to regions: what two detectors find, on the text and on the picture, put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models import images
from models.base import Engines
from models.layout.shapes import shapes
from pipelines.pages.formulas.regions import with_formulas
from pipelines.pages.fusion import fused
from pipelines.pages.partings import parted, with_fields, without_printed_matter
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.space import scaled_line
from pipelines.work import PageWork
from schemas.reading import Region

# The longer side (pixels) of the picture of a digital page: what the detector looks at.
_SIDE = 1024


class LayOut:
    """Finds the regions of each page, and the ruling lines of scans, in units of the upright page."""

    name: ClassVar[str] = "layout"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "scanned", "image", "scale", "turns", "lines", "regions", "rules", "finds"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"regions", "rules"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            if page.image is not None:
                picture, scale = page.image, page.scale
                lines = [scaled_line(line, scale) for line in page.lines or []]
                written = _smaller(self._engines.lay_out(picture, lines), scale)
                page.rules = [rule.scaled(1 / scale) for rule in images.ruling_lines(picture)]
            elif page.lines:
                wanted = _SIDE / max(page.source.width, page.source.height)
                picture, scale = upright_page(page, self._reader, wanted)
                written = page.regions or []
            else:
                continue
            known = [word.bbox for line in page.lines or [] for word in line.words]
            known += [box for find in page.finds for box in (find.bbox, *(word.bbox for word in find.words))]
            looks = shapes(picture, [box.scaled(scale) for box in known])
            found = fused(
                written,
                _smaller(self._engines.find_regions(picture), scale),
                page.lines or [],
                files=[page.pose.to_upright(picture) for picture in page.source.pictures],
                shapes=[shape.scaled(1 / scale) for shape in looks],
            )
            found = without_printed_matter(found, page.lines or [], scanned=page.scanned)
            boxes = images.enclosed_boxes(page.rules, *page.pose.upright_size)
            found, loose = with_fields(found, page.lines or [], boxes)
            page.regions = parted(with_formulas(found, page.lines or []), loose, page.rules)


def _smaller(regions: Sequence[Region], scale: float) -> list[Region]:
    return [region.scaled(1 / scale) for region in regions]
