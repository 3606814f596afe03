"""Where shapes are: frames turned, mirrored and nested in groups (ECMA-376 part 1, §20.1.7)."""

from __future__ import annotations

import math
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.pptx.names import EMU_PER_POINT, A, P, flag, number
from schemas.geometry import BBox

_UNITS_PER_DEGREE = 60_000


class Placement(NamedTuple):
    """A map of the plane: ``x' = a·x + c·y + e``, ``y' = b·x + d·y + f``; by default nothing moves."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def after(self, inner: Placement) -> Placement:
        """First ``inner``, then this one."""
        x, y = self.point(inner.e, inner.f)
        return Placement(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            x,
            y,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, x: float, y: float, width: float, height: float) -> BBox:
        """The smallest upright box around a rectangle in EMU as it is displayed, in points."""
        corners = [self.point(x + w, y + h) for w in (0, width) for h in (0, height)]
        xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return BBox(min(xs), min(ys), max(xs), max(ys)).scaled(1 / EMU_PER_POINT)


class Frame(NamedTuple):
    """The rectangle of a shape in EMU before it is turned clockwise by ``degrees`` and mirrored."""

    x: float
    y: float
    width: float
    height: float
    degrees: float = 0.0
    flip_across: bool = False
    flip_down: bool = False

    def placement(self) -> Placement:
        """How what lies in the frame is turned and mirrored, about its middle."""
        middle_x, middle_y = self.x + self.width / 2, self.y + self.height / 2
        angle = math.radians(self.degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        across, down = (-1 if self.flip_across else 1), (-1 if self.flip_down else 1)
        turned = Placement(cos * across, sin * across, -sin * down, cos * down, middle_x, middle_y)
        return turned.after(Placement(e=-middle_x, f=-middle_y))


def transform_of(shape: _Element) -> _Element | None:
    """The ``xfrm`` of a shape, picture, group or graphic frame, if it has one of its own."""
    for path in (f"{P}spPr/{A}xfrm", f"{P}grpSpPr/{A}xfrm", f"{P}xfrm"):
        found = shape.find(path)
        if found is not None and found.find(f"{A}ext") is not None:
            return found
    return None


def frame_of(transform: _Element | None) -> Frame | None:
    """The frame that an ``xfrm`` describes."""
    if transform is None:
        return None
    offset, extent = transform.find(f"{A}off"), transform.find(f"{A}ext")
    return Frame(
        number(offset, "x"),
        number(offset, "y"),
        max(0.0, number(extent, "cx")),
        max(0.0, number(extent, "cy")),
        number(transform, "rot") / _UNITS_PER_DEGREE,
        flag(transform, "flipH"),
        flag(transform, "flipV"),
    )


def group_placement(transform: _Element | None) -> Placement:
    """Where the members of a group go: their own space is fitted into the group's frame."""
    frame = frame_of(transform)
    if transform is None or frame is None:
        return Placement()
    offset, extent = transform.find(f"{A}chOff"), transform.find(f"{A}chExt")
    if offset is None or extent is None:
        return frame.placement()
    inner_width, inner_height = number(extent, "cx"), number(extent, "cy")
    across = frame.width / inner_width if inner_width > 0 else 1.0
    down = frame.height / inner_height if inner_height > 0 else 1.0
    fitted = Placement(
        a=across,
        d=down,
        e=frame.x - across * number(offset, "x"),
        f=frame.y - down * number(offset, "y"),
    )
    return frame.placement().after(fitted)
