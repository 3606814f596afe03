"""The cell formats of an Excel workbook (ECMA-376 part 1 §18.8)."""

from __future__ import annotations

from lxml.etree import _Element

from pipelines.readers.sheets.styles import Style, code_of


def cell_styles(root: _Element) -> list[Style]:
    """What the numbers in the ``s`` of cells stand for, from the root of the styles part."""
    own = {
        _number(element.get("numFmtId")): element.get("formatCode") or "General"
        for element in root.iterfind("{*}numFmts/{*}numFmt")
    }
    bold = [_is_on(font.find("{*}b")) for font in root.iterfind("{*}fonts/{*}font")]
    styles = []
    for element in root.iterfind("{*}cellXfs/{*}xf"):
        font = _number(element.get("fontId"))
        code = code_of(_number(element.get("numFmtId")), own)
        styles.append(Style(code, bold[font] if font < len(bold) else False))
    return styles


def _is_on(element: _Element | None) -> bool:
    return element is not None and element.get("val", "1") not in {"0", "false"}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
