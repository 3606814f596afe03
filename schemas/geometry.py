"""Boxes and page sizes.

One coordinate space everywhere: origin at the top left, x to the right, y down, of the page *as
displayed* (after its own rotation). The unit is that of the page's size: PDF points for PDFs,
pixels for images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class BBox(NamedTuple):
    """An axis-aligned box: ``x1 <= x2``, ``y1 <= y2``, in page units."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        """Horizontal extent, never negative."""
        return max(0.0, self.x2 - self.x1)

    @property
    def height(self) -> float:
        """Vertical extent, never negative."""
        return max(0.0, self.y2 - self.y1)

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """The middle point (x, y)."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    def intersection(self, other: BBox) -> float:
        """Area shared with another box."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return width * height if width > 0 and height > 0 else 0.0

    def iou(self, other: BBox) -> float:
        """Intersection over union, 0 to 1."""
        shared = self.intersection(other)
        return shared / (self.area + other.area - shared) if shared else 0.0

    def inside(self, other: BBox) -> float:
        """The share of this box that lies in another, 0 to 1 (a box without area: is its centre in it?)."""
        if self.area > 0:
            return self.intersection(other) / self.area
        return 1.0 if other.holds(*self.center) else 0.0

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies in the box (edges included)."""
        return self.x1 <= x <= self.x2 and self.y1 <= y <= self.y2

    def union(self, other: BBox) -> BBox:
        """The smallest box around both."""
        return BBox(
            min(self.x1, other.x1), min(self.y1, other.y1), max(self.x2, other.x2), max(self.y2, other.y2)
        )

    def scaled(self, factor: float) -> BBox:
        """Every coordinate times ``factor``."""
        return BBox(self.x1 * factor, self.y1 * factor, self.x2 * factor, self.y2 * factor)

    def shifted(self, across: float, down: float) -> BBox:
        """The box moved to the right and down."""
        return BBox(self.x1 + across, self.y1 + down, self.x2 + across, self.y2 + down)

    def clipped(self, width: float, height: float) -> BBox:
        """Cut to the page ``[0, width] x [0, height]``."""
        x1, y1 = min(max(self.x1, 0.0), width), min(max(self.y1, 0.0), height)
        return BBox(x1, y1, min(max(self.x2, x1), width), min(max(self.y2, y1), height))


def union_of(boxes: list[BBox]) -> BBox:
    """The smallest box around all of ``boxes`` (at least one)."""
    return BBox(
        min(b.x1 for b in boxes), min(b.y1 for b in boxes), max(b.x2 for b in boxes), max(b.y2 for b in boxes)
    )


def joined(boxes: Sequence[BBox], are_close: Callable[[BBox, BBox], bool]) -> list[BBox]:
    """The boxes, taken in their order, those that are close as one around them all."""
    found: list[BBox] = []
    for box in boxes:
        while near := [other for other in found if are_close(box, other)]:
            found = [other for other in found if other not in near]
            box = union_of([box, *near])
        found.append(box)
    return found


class Box(BaseModel):
    """A box on the wire: ``{"x1":…, "y1":…, "x2":…, "y2":…}``, one decimal at most."""

    model_config = ConfigDict(frozen=True)

    x1: float
    y1: float
    x2: float
    y2: float

    @classmethod
    def of(cls, box: BBox) -> Box:
        """The wire form of ``box``, rounded to a tenth of a unit."""
        return cls(x1=round(box.x1, 1), y1=round(box.y1, 1), x2=round(box.x2, 1), y2=round(box.y2, 1))

    def bbox(self) -> BBox:
        """Back to the working form."""
        return BBox(self.x1, self.y1, self.x2, self.y2)


class PageSize(BaseModel):
    """A page's size in whole units (clients refuse fractions)."""

    model_config = ConfigDict(frozen=True)

    width: int
    height: int
