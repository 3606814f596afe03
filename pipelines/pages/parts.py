"""Pictures of a page, and of parts of it, upright."""

from __future__ import annotations

from models import images
from models.base import Image
from pipelines.readers.base import Reader
from pipelines.work import PageWork
from schemas.geometry import BBox


def upright_page(page: PageWork, reader: Reader, scale: float) -> tuple[Image, float]:
    """The whole upright page, and its pixels a page unit.

    That is the page's picture, or, where there is none, the page rendered at ``scale``, annotations too.
    """
    if page.image is not None:
        return page.image, page.scale
    shown = reader.render(page.number, scale)
    return page.pose.upright(shown), shown.shape[1] / page.pose.width


def upright_part(page: PageWork, reader: Reader, box: BBox, scale: float) -> tuple[Image, float]:
    """The part ``box`` of the upright page, and its pixels a page unit.

    It is cut from the page's picture, or, where there is none, rendered at ``scale``.
    """
    if page.image is not None:
        return images.cropped(page.image, box.scaled(page.scale)), page.scale
    displayed = page.pose.to_displayed(box)
    picture = page.pose.upright(reader.render(page.number, scale, displayed))
    if page.angle:  # the bounds of a box that leans hold more than the box
        shown = page.pose.to_upright(displayed)
        picture = images.cropped(picture, box.shifted(-shown.x1, -shown.y1).scaled(scale))
    return picture, scale
