"""Pictures on slides: which part holds their pixels, and what of it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import ReaderSetup
from pipelines.readers.media import pixels_of
from pipelines.readers.ooxml.package import Package, PartMissing, Relationship
from pipelines.readers.pptx.names import A, R, share
from pipelines.readers.pptx.shapes import Shape
from schemas.errors import TooLarge

_LARGEST = 256 << 20
_VML_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_VML_RELATION = "{urn:schemas-microsoft-com:office:office}relid"


class Picture(NamedTuple):
    """The part with the pixels, the shares cut off its left, top, right and bottom, and how it is turned.

    ``quarter_turns`` count clockwise, after it was mirrored.
    """

    part: str
    cut: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    mirrored: bool = False
    flipped: bool = False
    quarter_turns: int = 0

    def pixels(self, package: Package, setup: ReaderSetup) -> Image | None:
        """The picture as it is displayed; None if its kind cannot be decoded here.

        Raises:
            DocumentError: it is damaged or too large.
        """
        if package.size(self.part) > _LARGEST:
            raise TooLarge(f"A picture in the presentation has more than {_LARGEST} bytes.")
        try:
            data = package.read(self.part)
        except PartMissing:
            return None
        image = pixels_of(data, setup)
        if image is None:
            return None
        height, width = image.shape[:2]
        left, top, right, bottom = self.cut
        shown = image[
            round(top * height) : height - round(bottom * height),
            round(left * width) : width - round(right * width),
        ]
        if not shown.size:
            return None
        shown = shown[:, ::-1] if self.mirrored else shown
        shown = shown[::-1] if self.flipped else shown
        return np.ascontiguousarray(np.rot90(shown, -self.quarter_turns))


def picture_of(fill: _Element | None, shape: Shape, related: Mapping[str, Relationship]) -> Picture | None:
    """What a ``blipFill`` shows in a shape; None if it is not in the package."""
    if fill is None:
        return None
    blip = fill.find(f"{A}blip")
    relation = related.get(blip.get(f"{R}embed", "")) if blip is not None else None
    if relation is None or relation.external:
        return None
    crop, frame = fill.find(f"{A}srcRect"), shape.frame
    # A negative share is white around the picture.
    cut = (share(crop, "l"), share(crop, "t"), share(crop, "r"), share(crop, "b"))
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in cut)
    return Picture(
        relation.target,
        (left, top, right, bottom),
        frame.flip_across if frame else False,
        frame.flip_down if frame else False,
        round(frame.degrees / 90) % 4 if frame else 0,
    )


def vml_picture(package: Package, related: Mapping[str, Relationship], shape_id: str) -> Picture | None:
    """The preview of an embedded object as PowerPoint 2007 keeps it: in a VML drawing beside the slide."""
    for drawing in related.values():
        if drawing.kind != "vmlDrawing" or drawing.external:
            continue
        try:
            root = package.xml(drawing.target)
        except PartMissing:
            continue
        for image in root.iter(_VML_IMAGE):
            owner = image.getparent()
            if owner is not None and owner.get("id") == shape_id:
                relation = package.relationships(drawing.target).get(image.get(_VML_RELATION, ""))
                return Picture(relation.target) if relation is not None and not relation.external else None
    return None
