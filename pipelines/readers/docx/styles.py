"""Styles (ECMA-376 part 1 §17.7): what a paragraph is by its style, and how its text looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.names import W, is_on, number, value
from pipelines.readers.docx.shading import UNKNOWN, highlight, is_shaded, shade

BODY_LEVEL = 9
_LONGEST_CHAIN = 50
_MONOSPACED = re.compile(
    r"courier|consolas|monaco|menlo|lucida console|mono\b|monospace|fixedsys|source code|fira code",
    re.IGNORECASE,
)
_HEADING_NUMBER = re.compile(r"([1-9])$")


class Role(Enum):
    """What a paragraph is, where its style says so."""

    TITLE = "title"
    HEADING = "heading"
    QUOTE = "quote"
    CODE = "code"
    CAPTION = "caption"
    INDEX = "index"
    LIST = "list"
    TERM = "term"
    DEFINITION = "definition"


# Word saves the names of its own styles in English whatever its language; the others are LibreOffice's and
# pandoc's, and those of headings that other programs leave in the user's language.
_ROLES = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        (Role.TITLE, r"title"),
        (
            Role.HEADING,
            r"heading|(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis"
            r"|заголовок|başlık|标题|標題|見出し|제목) ?[1-9]",
        ),
        (Role.QUOTE, r"(?:intense |block )?quot(?:e|ations?)|block ?text"),
        (Role.CODE, r"(?:source ?)?code(?: block)?|html preformatted|preformatted text|macro(?: text)?"),
        (Role.CAPTION, r"(?:image |table |figure )?caption"),
        (Role.INDEX, r"toc ?[1-9]|table of figures|contents [1-9]"),
        (Role.LIST, r"list (?:bullet|number)(?: ?[2-5])?"),
        (Role.TERM, r"definition ?term|list heading"),
        (Role.DEFINITION, r"definition|list contents"),
    )
)


class Look(NamedTuple):
    """How text looks; None where nothing is said of it.

    ``color`` is ``RRGGBB`` or ``auto``, ``size`` in half-points, ``ground`` the colour behind it alone.
    """

    bold: bool | None = None
    italic: bool | None = None
    struck: bool | None = None
    capitals: bool | None = None
    hidden: bool | None = None
    script: str | None = None
    font: str | None = None
    color: str | None = None
    size: int | None = None
    ground: str | None = None

    @property
    def monospaced(self) -> bool:
        """Whether its font is one that code is set in."""
        return bool(self.font and _MONOSPACED.search(self.font))

    def over(self, below: Look) -> Look:
        """This look where it says something, else what lies below."""
        said = {name: mine for name, mine in self._asdict().items() if mine is not None}
        return below._replace(**said) if said else below


PLAIN = Look()
_FLAGS = {
    W + "b": "bold",
    W + "i": "italic",
    W + "strike": "struck",
    W + "dstrike": "struck",
    W + "caps": "capitals",
    W + "smallCaps": "capitals",
    W + "vanish": "hidden",
}


def look_of(properties: _Element | None) -> Look:
    """What ``w:rPr`` itself says."""
    flags: dict[str, bool] = {}
    script = font = color = size = ground = None
    for child in properties if properties is not None else ():
        flag = _FLAGS.get(str(child.tag))
        if flag:
            flags[flag] = flags.get(flag, False) or is_on(child)
        elif child.tag == W + "vertAlign":
            script = child.get(W + "val")
        elif child.tag == W + "rFonts":
            font = child.get(W + "ascii") or child.get(W + "hAnsi")
        elif child.tag == W + "color":
            color = child.get(W + "val")
        elif child.tag == W + "sz":
            size = number(child.get(W + "val"))
        elif child.tag == W + "shd":
            ground = shade(properties) or None
        elif child.tag == W + "highlight":
            ground = highlight(child) or ground
    return Look(**flags, script=script, font=font, color=color, size=size, ground=ground)


@dataclass(slots=True)
class Style:
    """A style with what it inherits; ``level`` is the outline level 0 to 8, 9 for body text.

    ``numbering`` is the list it belongs to, ``numbering_level`` None where the list's levels name the
    style instead. ``ground`` is the colour that its text stands on, empty where it says none.
    ``ids`` are the style's id and those it is based on.
    """

    ids: tuple[str, ...] = ()
    name: str = ""
    role: Role | None = None
    level: int | None = None
    numbering: int | None = None
    numbering_level: int | None = None
    look: Look = PLAIN
    ground: str = ""
    has_header_row: bool = False

    @property
    def depth(self) -> int:
        """How deep a list item stands by its style's name (``List Bullet 2``), from 0."""
        found = _HEADING_NUMBER.search(self.name) if self.role is Role.LIST else None
        return int(found.group(1)) - 1 if found else 0


class Styles:
    """The styles of a document by id."""

    def __init__(self, root: _Element | None) -> None:
        self._elements: dict[str, _Element] = {}
        self._default_ids: dict[str, str] = {}
        self._resolved: dict[tuple[str, str], Style] = {}
        self.defaults = PLAIN
        if root is not None:
            self.defaults = look_of(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for element in root.iterchildren(W + "style") if root is not None else ():
            kind, style_id = element.get(W + "type") or "paragraph", element.get(W + "styleId") or ""
            self._elements.setdefault(style_id, element)
            if (element.get(W + "default") or "0").lower() in {"1", "true", "on"}:
                self._default_ids.setdefault(kind, style_id)
        self.body = self.of(None)

    def of(self, style_id: str | None, kind: str = "paragraph") -> Style:
        """The style of this id, or the default one of its kind (``paragraph``, ``character``, ``table``)."""
        if style_id is None or style_id not in self._elements:
            style_id = self._default_ids.get(kind, "")
        key = (kind, style_id)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(style_id, kind)
        return self._resolved[key]

    def _resolve(self, style_id: str, kind: str) -> Style:
        style = Style()
        ids = []
        for own_id, element in self._chain(style_id):
            ids.append(own_id)
            name = value(element, "name") or own_id
            style.name = style.name or name
            if kind == "paragraph":
                _inherit(style, element, name)
                style.ground = style.ground or shade(element.find(W + "pPr"))
            if element.find(f"{W}tblStylePr[@{W}type='firstRow']") is not None:
                style.has_header_row = True
            style.look = style.look.over(look_of(element.find(W + "rPr")))
        if kind == "table" and is_shaded(element for _, element in self._chain(style_id)):
            style.ground = UNKNOWN
        style.ids = tuple(ids)
        if kind == "paragraph":
            style.look = style.look.over(self.defaults)
        return style

    def _chain(self, style_id: str) -> Iterator[tuple[str, _Element]]:
        """The style and those it is based on, in turn; loops end."""
        for _ in range(_LONGEST_CHAIN):
            element = self._elements.get(style_id)
            if element is None:
                return
            yield style_id, element
            style_id = value(element, "basedOn") or ""


def _inherit(style: Style, element: _Element, name: str) -> None:
    """Adds what a style further up says, where nothing was said yet."""
    properties = element.find(W + "pPr")
    if style.level is None:
        # What Word calls the heading of a table of contents stays out of that table, but is one.
        is_heading = name.lower() == "toc heading"
        style.level = 0 if is_heading else number(value(properties, "outlineLvl"))
    numbering = properties.find(W + "numPr") if properties is not None else None
    if style.numbering is None and numbering is not None:
        style.numbering = number(value(numbering, "numId"))
        style.numbering_level = number(value(numbering, "ilvl"))
    if style.role is None:
        role = next((role for role, names in _ROLES if names.fullmatch(name)), None)
        # Templates base the lines around a title on its style.
        style.role = None if role is Role.TITLE and name != style.name else role
    if style.role is Role.HEADING and style.level is None:
        digit = _HEADING_NUMBER.search(name)
        style.level = int(digit.group(1)) - 1 if digit else 0


def heading_level(properties: _Element | None, style: Style) -> int | None:
    """The level of a heading: 0 for a title, 1 and up for others; None for what is no heading."""
    if style.role is Role.TITLE:
        return 0
    outline_level = number(value(properties, "outlineLvl"), style.level)
    return outline_level + 1 if outline_level is not None and 0 <= outline_level < BODY_LEVEL else None
