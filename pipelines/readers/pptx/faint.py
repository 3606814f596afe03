"""Text of slides whose look does not show: clear, tiny, of its shape's colour (ECMA-376 part 1 §20, §21)."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.readers.pptx.names import A, P, number
from schemas.reading import HiddenReason

_TINY, _CLEAR = 150.0, 5_000.0
"""Hundredths of a point, and thousandths of a percent of opacity: less is not seen."""


def faintness(properties: _Element | None, ground: str | None) -> HiddenReason | None:
    """Why a run with these ``rPr`` does not show on a ground; None if it does, or nothing is said."""
    if properties is None:
        return None
    if 0 < number(properties, "sz") < _TINY:
        return HiddenReason.TINY
    if properties.find(f"{A}noFill") is not None and properties.find(f"{A}ln") is None:
        return HiddenReason.INVISIBLE
    fill = properties.find(f"{A}solidFill")
    alpha = next(fill.iter(f"{A}alpha"), None) if fill is not None else None
    if alpha is not None and number(alpha, "val", 100_000) < _CLEAR:
        return HiddenReason.INVISIBLE
    return HiddenReason.NO_CONTRAST if ground is not None and _color(fill) == ground else None


def ground_of(shape: _Element) -> str | None:
    """The colour that a shape itself is filled with; None where it is not said, or no plain one."""
    return _color(shape.find(f"{P}spPr/{A}solidFill"))


def _color(fill: _Element | None) -> str | None:
    """A fill's colour, as the file calls it, with all that changes it."""
    color = fill[0] if fill is not None and len(fill) else None
    if color is None:
        return None
    changes = [f"{str(one.tag).rpartition('}')[2]} {one.get('val')}" for one in color]
    return " ".join([str(color.tag).rpartition("}")[2], (color.get("val") or "").upper(), *changes])
