"""Which parts of a page are looked at as pictures of charts."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.work import PageWork
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind

# A chart is no smaller than this share of its page; so many pictures are looked at, the largest first.
_LEAST, _MOST = 0.02, 8
# A picture whose words are known needs so many with digits: without numbers there is nothing to read.
_NUMBERS = 2
# A scan whose largest picture covers this share, or that has none, with so few words outside of it, may be a
# chart as a whole: its title, its source and its notes belong to it.
_PAGE, _FEW_WORDS = 0.2, 80
# What layout takes a chart for, whose words cover less than this share of it.
_TAKEN_FOR, _LOOSE = frozenset({RegionKind.TEXT, RegionKind.TABLE}), 0.15
# Boxes this alike are one; a box that lies in others by that share is of these.
_SAME, _DONE = 0.8, 0.5


def candidates(page: PageWork) -> list[BBox]:
    """Boxes on the upright page that may show a chart, the largest first: some may lie in others."""
    width, height = page.pose.upright_size
    regions = page.regions or []
    pictures = [region.bbox for region in regions if region.kind is RegionKind.PICTURE]
    if page.scanned:
        pictures += [region.bbox for region in regions if _is_loose(page, region)]
    if page.source is not None:
        pictures += [page.pose.to_upright(picture) for picture in page.source.pictures]
    boxes: list[BBox] = []
    for box in sorted((picture.clipped(width, height) for picture in pictures), key=lambda one: -one.area):
        if box.area >= _LEAST * width * height and all(box.iou(other) < _SAME for other in boxes):
            boxes.append(box)
    if page.scanned and (not boxes or boxes[0].area >= _PAGE * width * height):
        words = [word.bbox.center for line in page.lines or [] for word in line.words]
        if sum(not any(box.holds(*word) for box in boxes[:1]) for word in words) <= _FEW_WORDS:
            boxes.insert(0, BBox(0.0, 0.0, width, height))
    return [box for box in boxes[:_MOST] if _may_have_numbers(page, box)]


def _is_loose(page: PageWork, region: Region) -> bool:
    """Whether a large text or table has so few words that it may be a chart that was taken for it."""
    width, height = page.pose.upright_size
    large = region.kind in _TAKEN_FOR and region.bbox.area >= _PAGE * width * height
    words = [word.bbox for line in page.lines or [] for word in line.words]
    return large and sum(word.intersection(region.bbox) for word in words) < _LOOSE * region.bbox.area


def is_done(box: BBox, charts: Sequence[BBox]) -> bool:
    """Whether charts, or other things, that were read cover a box."""
    return sum(box.intersection(chart) for chart in charts) > _DONE * box.area


def _may_have_numbers(page: PageWork, box: BBox) -> bool:
    words = [w.text for line in page.lines or [] for w in line.words if box.holds(*w.bbox.center)]
    return not words or sum(any(map(str.isdigit, text)) for text in words) >= _NUMBERS
