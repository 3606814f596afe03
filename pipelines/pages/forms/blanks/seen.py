"""What is seen on the picture of a page besides its words and rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models import images
from models.base import Image
from models.hollows import hollow_boxes
from models.shades import shaded_boxes
from schemas.geometry import BBox
from schemas.reading import CheckBox


@dataclass(frozen=True, slots=True)
class Seen:
    """Boxes to tick, shaded boxes, small hollow ones, in page units; and where there is ink.

    ``ink`` tells the share of a box that is inked.
    """

    boxes: list[CheckBox]
    shades: list[BBox]
    hollows: list[BBox]
    ink: Callable[[BBox], float]

    @classmethod
    def on(cls, image: Image, scale: float, boxes: Sequence[CheckBox]) -> Seen:
        """What is on an upright page picture of ``scale`` pixels a page unit; ``boxes`` are in pixels."""
        return cls(
            [replace(box, bbox=box.bbox.scaled(1 / scale)) for box in boxes],
            [box.scaled(1 / scale) for box in shaded_boxes(image)],
            [box.scaled(1 / scale) for box in hollow_boxes(image)],
            lambda box: images.ink_share(image, box.scaled(scale)),
        )
