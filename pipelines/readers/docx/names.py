"""The names of WordprocessingML as lxml spells them, and how its on/off properties read."""

from __future__ import annotations

from lxml.etree import _Element

_OFFICE = "http://schemas.openxmlformats.org"

W = f"{{{_OFFICE}/wordprocessingml/2006/main}}"
R = f"{{{_OFFICE}/officeDocument/2006/relationships}}"
M = f"{{{_OFFICE}/officeDocument/2006/math}}"
A = f"{{{_OFFICE}/drawingml/2006/main}}"
C = f"{{{_OFFICE}/drawingml/2006/chart}}"
DGM = f"{{{_OFFICE}/drawingml/2006/diagram}}"
PIC = f"{{{_OFFICE}/drawingml/2006/picture}}"
WP = f"{{{_OFFICE}/drawingml/2006/wordprocessingDrawing}}"
MC = f"{{{_OFFICE}/markup-compatibility/2006}}"
V = "{urn:schemas-microsoft-com:vml}"

# Alternatives that need one of these are read; for others the document's own fallback is.
UNDERSTOOD = {
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
    "http://schemas.microsoft.com/office/word/2010/wordml",
    "http://schemas.microsoft.com/office/word/2012/wordml",
    "http://schemas.microsoft.com/office/drawing/2010/main",
    "http://schemas.microsoft.com/office/drawing/2007/8/2/chart",
}

_OFF = {"0", "false", "off", "none"}


def value(parent: _Element | None, name: str) -> str | None:
    """``w:val`` of the child ``w:name``; None where there is none of either."""
    child = parent.find(W + name) if parent is not None else None
    return child.get(W + "val") if child is not None else None


def number(text: str | None, default: int | None = None) -> int | None:
    """A whole number as attributes spell it; ``default`` for anything else."""
    try:
        return int((text or "")[:9])
    except ValueError:
        return default


def is_on(element: _Element | None) -> bool:
    """Whether an on/off property is there and not switched off (§17.17.4)."""
    return element is not None and (element.get(W + "val") or "true").lower() not in _OFF
