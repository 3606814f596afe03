"""The cell formats of an Excel workbook (ECMA-376 part 1 §18.8)."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.readers.sheets.styles import Style, code_of
from schemas.reading import HiddenReason

_WHITE = "FFFFFF"
_WHITES = {"1", "9", "65"}
"""Of the 64 colours that Excel has by number, and the window's."""
_TINY = 1.5
"""Points: smaller print is not seen."""


def cell_styles(root: _Element) -> list[Style]:
    """What the numbers in the ``s`` of cells stand for, from the root of the styles part."""
    own = {
        _number(element.get("numFmtId")): element.get("formatCode") or "General"
        for element in root.iterfind("{*}numFmts/{*}numFmt")
    }
    bold = [_is_on(font.find("{*}b")) for font in root.iterfind("{*}fonts/{*}font")]
    fonts = [*root.iterfind("{*}fonts/{*}font")]
    fills = [_fill(fill) for fill in root.iterfind("{*}fills/{*}fill")]
    styles = []
    for element in root.iterfind("{*}cellXfs/{*}xf"):
        font, fill = _number(element.get("fontId")), _number(element.get("fillId"))
        code = code_of(_number(element.get("numFmtId")), own)
        ground = fills[fill] if fill < len(fills) else _WHITE
        hidden = _hidden(fonts[font], ground) if font < len(fonts) else None
        styles.append(Style(code, bold[font] if font < len(bold) else False, hidden))
    return styles


def _hidden(font: _Element, ground: str | None) -> HiddenReason | None:
    """Why what is set in a font does not show on a ground."""
    size = font.find("{*}sz")
    try:
        if size is not None and float(size.get("val", "11")) < _TINY:
            return HiddenReason.TINY
    except ValueError:
        pass
    color = _color(font.find("{*}color"))
    return HiddenReason.NO_CONTRAST if color is not None and color == ground else None


def _fill(fill: _Element) -> str | None:
    """The colour of a cell's ground: white where there is none, None where it is no plain one."""
    pattern = fill.find("{*}patternFill")
    if pattern is None or pattern.get("patternType", "none") not in {"none", "solid"}:
        return _WHITE if pattern is not None and pattern.get("patternType") == "gray125" else None
    return _color(pattern.find("{*}fgColor")) if pattern.get("patternType") == "solid" else _WHITE


def _color(element: _Element | None) -> str | None:
    """A colour as ``RRGGBB``, or as what the theme calls it; None where nothing is said."""
    if element is None:
        return None
    if rgb := element.get("rgb"):
        return rgb[-6:].upper()
    if indexed := element.get("indexed"):
        return _WHITE if indexed in _WHITES else f"indexed {indexed}"
    if theme := element.get("theme"):
        tint = element.get("tint", "0")
        return _WHITE if theme == "0" and tint in {"0", "0.0"} else f"theme {theme} {tint}"
    return None


def _is_on(element: _Element | None) -> bool:
    return element is not None and element.get("val", "1") not in {"0", "false"}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
