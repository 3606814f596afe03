"""Pages with layout boxes and reading-order paths, as drawn in CVAT for docling-eval (docling-project)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.corpus import Document, Truth
from benchmarks.scores.regions import LABELS, PageRegion
from schemas.geometry import BBox

_SAFE = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
_SAME = {"title": "heading", "section_header": "heading"}
"""Labels by another name. What is in neither (rows of tables, checkboxes) is a part of a region, not one."""

Path2D = list[tuple[float, float]]


def documents(folder: Path) -> Iterator[Document]:
    """Every page, PDF or picture, with its annotation beside it."""
    for label in sorted(folder.glob("*.xml")):
        pages = [p for suffix in (".pdf", ".png") if (p := label.with_suffix(suffix)).exists()]
        if pages:
            yield Document(folder.name, pages[0].suffix[1:], pages[0], partial(_truth, label))


def _truth(label: Path) -> Truth:
    image = etree.parse(label, _SAFE).getroot().find(".//image")
    if image is None:
        return Truth()
    width, height = float(image.get("width") or 1), float(image.get("height") or 1)
    regions = [region for box in image.iter("box") if (region := _region(box, width, height))]
    # The longest path runs over the page; short ones order what lies inside one of its regions.
    order = _visited(regions, max(_paths(image, width, height), key=len, default=[]))
    left_out = [i for i in range(len(regions)) if i not in order]
    return Truth(regions=tuple(regions[i] for i in [*order, *left_out]), ordered=len(order))


def _region(box: etree._Element, width: float, height: float) -> PageRegion | None:
    label = box.get("label") or ""
    label = _SAME.get(label, label)
    if label not in LABELS:
        return None
    left, top, right, bottom = (float(box.get(k) or 0) for k in ("xtl", "ytl", "xbr", "ybr"))
    return PageRegion(label, BBox(left / width, top / height, right / width, bottom / height))


def _paths(image: etree._Element, width: float, height: float) -> Iterator[Path2D]:
    for line in image.iter("polyline"):
        if line.get("label") == "reading_order":
            points = (point.split(",") for point in (line.get("points") or "").split(";") if point)
            yield [(float(x) / width, float(y) / height) for x, y in points]


def _visited(regions: Sequence[PageRegion], path: Path2D) -> list[int]:
    """The regions in the order in which a path visits them; a point means the smallest region around it."""
    order: list[int] = []
    for x, y in path:
        around = [i for i, region in enumerate(regions) if region.box.holds(x, y)]
        if around and (i := min(around, key=lambda i: regions[i].box.area)) not in order:
            order.append(i)
    return order
