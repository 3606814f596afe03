"""What text of a Word document stands on, and whether its look shows on it (ECMA-376 part 1 §17.3.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.etree import _Element

from pipelines.readers.docx.names import WP, W
from schemas.reading import HiddenReason

PAPER, UNKNOWN = "FFFFFF", "?"
"""The colour of a page where nothing is said, and that of what cannot be told: a picture, a pattern."""

_HIGHLIGHTS = {"black": "000000", "white": PAPER, "yellow": "FFFF00", "red": "FF0000", "blue": "0000FF"}
_HEX = re.compile(r"[0-9A-F]{6}")
_ALIKE = 24
"""Channels (of 255) of two colours that differ no more are one to the eye."""
_TINY = 3
"""Half-points: smaller print is not seen. Programs let type of one point be set."""
_FARTHEST_BEFORE, _FARTHEST_AFTER = -7_200_000, 36_000_000
"""EMU (360 000 a centimetre): no page is so large that a box so far from any of its edges lies on it."""


def shade(properties: _Element | None, outer: str = "") -> str:
    """The ground that ``w:shd`` gives, ``outer`` where it gives none."""
    found = properties.find(W + "shd") if properties is not None else None
    if found is None:
        return outer
    kind = found.get(W + "val") or "clear"
    color = (found.get(W + ("color" if kind == "solid" else "fill")) or "auto").upper()
    if kind not in {"clear", "nil", "solid"}:
        return UNKNOWN
    if _HEX.fullmatch(color):
        return color
    return UNKNOWN if kind == "solid" else outer


def paper(body: _Element) -> str:
    """The colour of a document's pages; not known where a picture may lie behind the text."""
    document = body.getparent()
    background = document.find(W + "background") if document is not None else None
    behind = (one.get("behindDoc") or "0" for one in body.iter(f"{WP}anchor"))
    if background is None and not any(said in {"1", "true"} for said in behind):
        return PAPER
    color = (background.get(W + "color") or "").upper() if background is not None else ""
    return color if _HEX.fullmatch(color) and background is not None and not len(background) else UNKNOWN


def highlight(element: _Element) -> str:
    """The ground that a highlight gives."""
    name = element.get(W + "val") or "none"
    return "" if name == "none" else _HIGHLIGHTS.get(name, UNKNOWN)


def is_shaded(style: Iterable[_Element]) -> bool:
    """Whether a table's style, with those it is based on, gives any of its cells a ground."""
    return any(shade(found.getparent()) for one in style for found in one.iter(W + "shd"))


def faintness(color: str | None, half_points: int | None, ground: str) -> HiddenReason | None:
    """Why text of a colour and size does not show on a ground; None if it does, or cannot be told."""
    if half_points is not None and half_points < _TINY:
        return HiddenReason.TINY
    color = (color or "").upper()
    if not _HEX.fullmatch(color) or not _HEX.fullmatch(ground):
        return None
    apart = max(abs(int(color[i : i + 2], 16) - int(ground[i : i + 2], 16)) for i in (0, 2, 4))
    return HiddenReason.NO_CONTRAST if apart <= _ALIKE else None


def unseen_drawing(drawing: _Element) -> HiddenReason | None:
    """Why nothing of a drawing shows: it is switched off, or anchored far from any page."""
    if any((one.get("hidden") or "0") in {"1", "true"} for one in drawing.iterfind(f"*/{WP}docPr")):
        return HiddenReason.SWITCHED_OFF
    for offset in drawing.iterfind(f"{WP}anchor/*/{WP}posOffset"):
        text = (offset.text or "").strip()
        if re.fullmatch(r"-?\d{1,12}", text) and not _FARTHEST_BEFORE < int(text) < _FARTHEST_AFTER:
            return HiddenReason.OFF_PAGE
    return None
