"""The XML names of presentations (ECMA-376 part 1, §19 to §21), and values as they are written there."""

from __future__ import annotations

from lxml.etree import _Element

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
A14 = "{http://schemas.microsoft.com/office/drawing/2010/main}"
THREADED = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"

EMU_PER_POINT = 12700
# Coordinates are 64-bit integers in the schema, and far below this in any document.
_LARGEST = 1e12


def number(element: _Element | None, name: str, default: float = 0.0) -> float:
    """An attribute that holds a number; ``default`` where it does not, or one beyond all measure."""
    try:
        found = float(element.get(name, "")) if element is not None else default
    except ValueError:
        return default
    return found if abs(found) <= _LARGEST else default


def share(element: _Element | None, name: str) -> float:
    """An attribute that holds a percentage, in thousandths or with its sign, as a share of 1."""
    text = element.get(name, "0") if element is not None else "0"
    try:
        found = float(text[:-1]) / 100 if text.endswith("%") else float(text) / 100_000
    except ValueError:
        return 0.0
    return found if abs(found) <= _LARGEST else 0.0


def flag(element: _Element | None, name: str, *, default: bool = False) -> bool:
    """An attribute that is true or false."""
    value = element.get(name) if element is not None else None
    return default if value is None else value in {"1", "true", "on"}


def chosen(element: _Element) -> list[_Element]:
    """The children of an ``mc:AlternateContent`` that are shown here (ECMA-376 part 3, §7.6).

    Equations and the newer charts are understood; of anything else the fallback is taken, if there is one.
    """
    choices = element.findall(f"{MC}Choice")
    understood = {A14.strip("{}"), CX.strip("{}")}
    for choice in choices:
        wanted = {choice.nsmap.get(prefix) for prefix in choice.get("Requires", "").split()}
        if wanted and (wanted <= understood or choice.find(f".//{CX}chart") is not None):
            return list(choice)
    fallback = element.find(f"{MC}Fallback")
    if fallback is not None and len(fallback):
        return list(fallback)
    return list(choices[0]) if choices else []
