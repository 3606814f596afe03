"""Pages with layout boxes and reading-order paths, as drawn in CVAT for docling-eval (docling-project).

What was annotated is one picture a document: the pages of a PDF stand in it side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from benchmarks.corpus import Document, Truth
from benchmarks.found import page_sizes
from benchmarks.scores.regions import LABELS, PageRegion
from schemas.geometry import BBox

_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
_SAME = {"title": "heading", "section_header": "heading"}
"""Labels by another name. What is in neither (rows of tables, checkboxes) is a part of a region, not one."""

Point = tuple[float, float]


class _Place(NamedTuple):
    """A box as it was drawn, in pixels of the picture."""

    label: str
    box: BBox


def documents(folder: Path) -> Iterator[Document]:
    """Every document, PDF or picture, with its annotation beside it."""
    for label in sorted(folder.glob("*.xml")):
        pages = [p for suffix in (".pdf", ".png") if (p := label.with_suffix(suffix)).exists()]
        if pages:
            yield Document(folder.name, pages[0].suffix[1:], pages[0], partial(_truth, label, pages[0]))


def _truth(label: Path, path: Path) -> Truth:
    image = next(etree.parse(label, _SAFE).getroot().iter("image"), None)
    if image is None:
        return Truth()
    places = [place for box in image.iter("box") if (place := _place(box)).label in LABELS]
    # The longest path runs over the pages; short ones order what lies inside one region.
    order = _visited(places, max(_paths(image), key=len, default=[]))
    left_out = [i for i in range(len(places)) if i not in order]
    pages = _pages(float(image.get("width") or 1), float(image.get("height") or 1), page_sizes(path))
    regions = [_region(places[i], pages) for i in [*order, *left_out]]
    return Truth(regions=tuple(regions), ordered=len(order))


def _place(box: etree._Element) -> _Place:
    label = box.get("label") or ""
    left, top, right, bottom = (float(box.get(k) or 0) for k in ("xtl", "ytl", "xbr", "ybr"))
    return _Place(_SAME.get(label, label), BBox(left, top, right, bottom))


def _paths(image: etree._Element) -> Iterator[list[Point]]:
    for line in image.iter("polyline"):
        if line.get("label") == "reading_order":
            points = (point.split(",") for point in (line.get("points") or "").split(";") if point)
            yield [(float(x), float(y)) for x, y in points]


def _visited(places: Sequence[_Place], path: Sequence[Point]) -> list[int]:
    """The places in the order in which a path visits them; a point means the smallest place around it."""
    order: list[int] = []
    for x, y in path:
        around = [i for i, place in enumerate(places) if place.box.holds(x, y)]
        if around and (i := min(around, key=lambda i: places[i].box.area)) not in order:
            order.append(i)
    return order


def _pages(width: float, height: float, sizes: Sequence[tuple[float, float]]) -> list[BBox]:
    """Where each page stands in the picture, side by side at the picture's full height."""
    scale = width / sum(w for w, _ in sizes)
    edges = list(accumulate((w * scale for w, _ in sizes), initial=0.0))
    return [BBox(left, 0.0, right, height) for left, right in pairwise(edges)]


def _region(place: _Place, pages: Sequence[BBox]) -> PageRegion:
    x, _ = place.box.center
    number = next((i for i, page in enumerate(pages) if x < page.x2), len(pages) - 1)
    page, box = pages[number], place.box
    shares = BBox(
        (box.x1 - page.x1) / page.width,
        box.y1 / page.height,
        (box.x2 - page.x1) / page.width,
        box.y2 / page.height,
    )
    return PageRegion(place.label, shares, number + 1)
