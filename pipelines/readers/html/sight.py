"""What of an HTML text shows in a browser that runs no scripts, by attributes, styles and sheets (CSS 2.1).

Only what hides text is looked at, and sheets only where the document holds them itself: nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import cssselect2
import tinycss2
from lxml.etree import _Element
from PIL import ImageColor

from schemas.reading import HiddenReason

Style = dict[str, str]
Color = tuple[int, int, int]

_LOOKED_AT = {
    "background", "background-color", "background-image", "clip", "clip-path", "color", "display", "font",
    "font-size", "height", "left", "max-height", "max-width", "mso-hide", "opacity", "overflow", "position",
    "right", "text-indent", "top", "visibility", "width",
}  # fmt: skip
_MOST_RULES, _LONGEST_SELECTOR, _LONGEST_STYLE, _LONGEST_VALUE = 1000, 200, 10_000, 200
# One part that must lie in another: more would take time with the depth of a document.
_SIMPLE = re.compile(r"[^\s>+~:]+(?:[\s>]+[^\s>+~:]+)?")
_LENGTH = re.compile(r"(-?(?:\d+(?:\.\d+)?|\.\d+))\s*(px|pt|em|rem|ex|in|cm|mm|vw|vh|%)?")
_PIXELS = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "ex": 8.0, "in": 96.0, "cm": 37.8, "mm": 3.78,
    "vw": 12.0, "vh": 8.0,
}  # fmt: skip
# A part that is so little opaque, text smaller than this (pixels), or as far outside, is not seen.
_CLEAR, _TINY, _FAR = 0.05, 2.0, -200.0
# Channels of two colours that differ no more are one to the eye.
_ALIKE = 24
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


class Sight(NamedTuple):
    """How text looks, as elements inherit it. ``color`` None: transparent; ``ground`` None: not known."""

    visible: bool = True
    size: float = 16.0
    indent: float = 0.0
    color: Color | None = _BLACK
    ground: Color | None = _WHITE

    @property
    def reason(self) -> HiddenReason | None:
        """Why text of this look does not show; None if it does."""
        if not self.visible:
            return HiddenReason.SWITCHED_OFF
        if self.color is None:
            return HiddenReason.INVISIBLE
        if self.size < _TINY:
            return HiddenReason.TINY
        if self.indent < _FAR:
            return HiddenReason.OFF_PAGE
        if self.ground and max(abs(a - b) for a, b in zip(self.color, self.ground, strict=True)) <= _ALIKE:
            return HiddenReason.NO_CONTRAST
        return None


class Sheets:
    """The style sheets in a document, and the styles of its elements."""

    def __init__(self, root: _Element) -> None:
        self._matcher = cssselect2.Matcher()
        self._rules = 0
        for element in root.iter("style"):
            self._add(tinycss2.parse_stylesheet(element.text or "", skip_comments=True, skip_whitespace=True))
        self._wrappers: dict[_Element, cssselect2.ElementWrapper] = {}
        if self._rules:
            wrapper = cssselect2.ElementWrapper.from_html_root(root)
            self._wrappers = {one.etree_element: one for one in wrapper.iter_subtree()}
        linked = any("stylesheet" in (link.get("rel") or "").lower() for link in root.iter("link"))
        self.first = Sight(ground=None if linked else _WHITE)

    def style(self, element: _Element) -> Style:
        """What hides or shows an element, of sheets first and its own last."""
        found: Style = {}
        if element in self._wrappers:
            for *_, style in self._matcher.match(self._wrappers[element]):
                found |= style
        if own := element.get("style"):
            declared = tinycss2.parse_blocks_contents(own[:_LONGEST_STYLE])
            found |= _declared(declared)
        for name, attribute in (("background-color", "bgcolor"), ("color", "color")):
            if (value := element.get(attribute)) and name not in found:
                found[name] = value
        return found

    def _add(self, rules: list[tinycss2.ast.Node]) -> None:
        for rule in rules:
            if rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
                if tinycss2.serialize(rule.prelude).strip().lower() in {"screen", "all", "only screen"}:
                    self._add_styles(tinycss2.parse_rule_list(rule.content, skip_whitespace=True))
            else:
                self._add_styles([rule])

    def _add_styles(self, rules: list[tinycss2.ast.Node]) -> None:
        for rule in rules:
            if rule.type != "qualified-rule" or self._rules >= _MOST_RULES:
                continue
            style = _declared(tinycss2.parse_blocks_contents(rule.content))
            for selector in tinycss2.serialize(rule.prelude).split(",") if style else ():
                self._add_rule(selector.strip(), style)

    def _add_rule(self, selector: str, style: Style) -> None:
        if len(selector) > _LONGEST_SELECTOR or not _SIMPLE.fullmatch(selector):
            return
        try:
            compiled = cssselect2.compile_selector_list(selector)
        except cssselect2.SelectorError:
            return
        self._rules += 1
        for one in compiled:
            self._matcher.add_selector(one, style)


def seen(element: _Element, style: Mapping[str, str], outer: Sight) -> Sight | HiddenReason:
    """How text in an element looks, or why nothing of the element shows, whatever is in it."""
    if element.tag in {"template", "dialog"} and element.get("open") is None:
        return HiddenReason.SWITCHED_OFF
    if element.get("hidden", "until-found") != "until-found" and style.get("display", "none") == "none":
        return HiddenReason.SWITCHED_OFF
    return _whole(style) or _inherited(style, outer)


def _whole(style: Mapping[str, str]) -> HiddenReason | None:
    """Why an element does not show with all that is in it."""
    if style.get("display") == "none" or style.get("mso-hide") == "all":
        return HiddenReason.SWITCHED_OFF
    if (opacity := _number(style.get("opacity"))) is not None and opacity < _CLEAR:
        return HiddenReason.INVISIBLE
    places = (_pixels(style.get(side)) for side in ("left", "top", "right"))
    if style.get("position") in {"absolute", "fixed"} and any(at is not None and at < _FAR for at in places):
        return HiddenReason.OFF_PAGE
    sizes = (_pixels(style.get(side)) for side in ("height", "max-height", "width", "max-width"))
    if style.get("overflow") in {"hidden", "clip"} and any(size is not None and size <= 1 for size in sizes):
        return HiddenReason.CLIPPED
    clip = re.sub(r"[\s,]+", " ", f"{style.get('clip', '')}|{style.get('clip-path', '')}")
    if re.search(r"rect\((?:[01](?:px)? ?){4}\)\|", clip) or re.search(r"inset\((?:50|100)%|circle\(0", clip):
        return HiddenReason.CLIPPED
    return None


def _inherited(style: Mapping[str, str], outer: Sight) -> Sight:
    sight = outer
    if (visibility := style.get("visibility")) in {"visible", "hidden", "collapse"}:
        sight = sight._replace(visible=visibility == "visible")
    if (size := _size(style, outer.size)) is not None:
        sight = sight._replace(size=size)
    if (indent := _pixels(style.get("text-indent"))) is not None:
        sight = sight._replace(indent=indent)
    if (color := style.get("color")) and color not in {"inherit", "currentcolor", "initial", "unset"}:
        sight = sight._replace(color=None if _is_clear(color) else _color(color) or _BLACK)
    ground = style.get("background-color") or style.get("background")
    if ground and not _is_clear(ground):
        sight = sight._replace(ground=_color(ground))
    if "url(" in (style.get("background-image") or "") or "gradient" in (style.get("background-image") or ""):
        sight = sight._replace(ground=None)
    return sight


def _declared(nodes: list[tinycss2.ast.Node]) -> Style:
    return {
        node.lower_name: tinycss2.serialize(node.value)[:_LONGEST_VALUE].strip().lower()
        for node in nodes
        if node.type == "declaration" and node.lower_name in _LOOKED_AT
    }


def _size(style: Mapping[str, str], outer: float) -> float | None:
    """The size of letters in pixels; None where nothing is said that can be told."""
    said = style.get("font-size") or style.get("font") or ""
    for number, unit in _LENGTH.findall(said):
        if unit in {"em", "%"}:
            return outer * float(number) / (100 if unit == "%" else 1)
        if unit or not float(number):
            return float(number) * _PIXELS[unit]
    return None


def _pixels(said: str | None) -> float | None:
    """A length in pixels, about; None for shares and what is none."""
    found = _LENGTH.fullmatch(said or "")
    if found is None or found[2] == "%":
        return None
    return float(found[1]) * _PIXELS[found[2] or ""]


def _number(said: str | None) -> float | None:
    found = _LENGTH.fullmatch(said or "")
    return float(found[1]) / (100 if found[2] == "%" else 1) if found else None


def _is_clear(color: str) -> bool:
    """Whether a colour lets everything through."""
    clear = re.fullmatch(r"(?:rgba|hsla|rgb|hsl)\(.*[,/]\s*0*(?:\.0+|0)?%?\s*\)", color)
    is_alpha = color.startswith(("rgba", "hsla")) or "/" in color
    return color in {"transparent", "none"} or bool(clear and is_alpha)


def _color(said: str) -> Color | None:
    """An opaque colour; None for what is no single one."""
    try:
        red, green, blue = ImageColor.getrgb(said)[:3]
    except ValueError:
        return None
    return red, green, blue
