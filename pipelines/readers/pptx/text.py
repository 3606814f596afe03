"""The text of shapes: paragraphs with their runs, links, equations, bullets and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.lists import Item, ItemList, indented
from pipelines.readers.inline import Inline, Mark, safe_link
from pipelines.readers.ooxml.omml import latex
from pipelines.readers.ooxml.package import Relationship
from pipelines.readers.ooxml.symbols import symbol, without_private_codes
from pipelines.readers.pptx.faint import faintness
from pipelines.readers.pptx.names import A14, MC, A, R, chosen, flag, number, share
from pipelines.readers.pptx.numbering import BULLETS, Counters
from pipelines.readers.text import without_controls
from schemas.fragments import Content, FragmentType, TextContent

_DEEPEST_LEVEL = 8
# A control character as Office writes it into text: ``_x000B_``.
_ESCAPED_CONTROL = re.compile(r"_x00([01][0-9A-Fa-f])_")
_DEFAULT_SIZE = 1800.0
_SYMBOL_FONTS = {"symbol", "wingdings", "wingdings 2", "wingdings 3"}
_TYPED_BULLET = re.compile(r"[•▪‣◦●■]\s+")


@dataclass(frozen=True, slots=True)
class TextSetting:
    """What text refers to: the sheet's relationships, and the slide's number as shown.

    ``link`` is the address that the whole shape leads to, where a run has none of its own; ``ground`` the
    colour that the shape is filled with, where it says so. ``hidden`` counts text that does not show.
    """

    relationships: dict[str, Relationship]
    slide_number: int | None = None
    link: str | None = None
    ground: str | None = None
    hidden: HiddenTally = field(default_factory=HiddenTally)

    def address(self, clickable: _Element | None) -> str | None:
        """Where a run, or a shape by its ``cNvPr``, leads to outside the presentation."""
        link = clickable.find(f"{A}hlinkClick") if clickable is not None else None
        related = self.relationships.get(link.get(f"{R}id", "")) if link is not None else None
        return safe_link(related.target) if related is not None and related.external else None


@dataclass(slots=True)
class Paragraph:
    """A paragraph with text.

    ``label`` is what is shown before it: a number, nothing for a bullet; None: it is no list item.
    ``formula`` is the LaTeX of a paragraph that is an equation and nothing else. ``size`` is that of its
    largest letters, in hundredths of a point; ``bold`` says that all of its runs are so themselves.
    """

    text: Inline
    level: int
    label: str | None
    formula: str | None = None
    size: float = _DEFAULT_SIZE
    bold: bool = False


class _Styles:
    """List styles, nearest first, asked by level (from 0)."""

    def __init__(self, styles: Sequence[_Element]) -> None:
        self._styles = styles
        self._bullets: dict[int, _Element | None] = {}
        self._sizes: dict[int, float] = {}

    def bullet(self, level: int) -> _Element | None:
        """What stands before a paragraph that does not say it itself."""
        if level not in self._bullets:
            found = (_bullet(properties) for properties in self._at(level))
            self._bullets[level] = next((bullet for bullet in found if bullet is not None), None)
        return self._bullets[level]

    def size(self, level: int) -> float:
        """The size of letters that do not say it themselves."""
        if level not in self._sizes:
            found = (number(properties.find(f"{A}defRPr"), "sz") for properties in self._at(level))
            self._sizes[level] = next((size for size in found if size > 0), _DEFAULT_SIZE)
        return self._sizes[level]

    def _at(self, level: int) -> Iterator[_Element]:
        found = (style.find(f"{A}lvl{level + 1}pPr") for style in self._styles)
        return (properties for properties in found if properties is not None)


def paragraphs_of(
    body: _Element | None, styles: Sequence[_Element], setting: TextSetting, *, emphasis: bool = True
) -> list[Paragraph]:
    """The paragraphs with text of a ``txBody``; ``styles`` are its list styles, nearest first.

    Without ``emphasis`` bold and italic are not told.
    """
    found: list[Paragraph] = []
    counters, inherited = Counters(), _Styles(styles)
    for element in body.iterfind(f"{A}p") if body is not None else ():
        text, formula = _content(element, setting, emphasis=emphasis)
        if not text:
            continue
        properties = element.find(f"{A}pPr")
        level = int(min(max(number(properties, "lvl"), 0), _DEEPEST_LEVEL))
        bullet = _bullet(properties)
        label = counters.label(inherited.bullet(level) if bullet is None else bullet, level)
        runs = [
            run.find(f"{A}rPr") for run in element.iterfind(f"{A}r") if (run.findtext(f"{A}t") or "").strip()
        ]
        size = max((number(run, "sz") or inherited.size(level) for run in runs), default=0.0)
        bold = bool(runs) and all(flag(run, "b") for run in runs)
        found.append(Paragraph(text, level, label, formula, size, bold))
    return found


def contents_of(paragraphs: Iterable[Paragraph]) -> Iterator[tuple[FragmentType, Content]]:
    """Paragraphs as fragments: list items where bullets or numbers show, formulas, text."""
    levels: list[int] = []
    for paragraph in paragraphs:
        label, text = paragraph.label, paragraph.text.markdown()
        if label is None and _TYPED_BULLET.match(text):
            label, text = "", _TYPED_BULLET.sub("", text, count=1)
        if label is None:
            levels.clear()
            if paragraph.formula:
                yield FragmentType.FORMULA, TextContent(content=f"$${paragraph.formula}$$")
            else:
                yield FragmentType.TEXT, TextContent(content=text)
            continue
        while levels and levels[-1] >= paragraph.level:
            levels.pop()
        item = Item(ItemList(), label, len(levels))
        levels.append(paragraph.level)
        yield FragmentType.LIST_ITEM, TextContent(content=indented(text, item))


def text_of(body: _Element | None, setting: TextSetting) -> str:
    """The text of a ``txBody`` as Markdown, a line a paragraph."""
    return "\n".join(paragraph.text.markdown() for paragraph in paragraphs_of(body, (), setting))


def _content(paragraph: _Element, setting: TextSetting, *, emphasis: bool) -> tuple[Inline, str | None]:
    """The running text of a paragraph, and its LaTeX if it is an equation alone."""
    text, formulas, words = Inline(), [], False
    for part in _parts(paragraph):
        if part.tag == f"{A}br":
            text.break_line(())
        elif part.tag == f"{A14}m":
            for formula in filter(None, (latex(math).strip() for math in part)):
                formulas.append(formula)
                text.add_verbatim(f"${formula}$", (), "math")
        elif part.tag in {f"{A}r", f"{A}fld"}:
            run = _run_text(part, setting)
            if reason := faintness(part.find(f"{A}rPr"), setting.ground):
                setting.hidden.add(reason, run)
                continue
            words |= bool(run.strip())
            text.add(run, _marks(part.find(f"{A}rPr"), setting, emphasis=emphasis))
    return text, " \\\\ ".join(formulas) if formulas and not words else None


def _parts(paragraph: _Element) -> Iterator[_Element]:
    for child in paragraph:
        if child.tag == f"{MC}AlternateContent":
            yield from chosen(child)
        else:
            yield child


def _run_text(run: _Element, setting: TextSetting) -> str:
    if run.get("type") == "slidenum" and setting.slide_number is not None:
        return str(setting.slide_number)
    text = _ESCAPED_CONTROL.sub(" ", run.findtext(f"{A}t") or "").replace("\v", " ")
    return _in_unicode(without_controls(text), run.find(f"{A}rPr"))


def _in_unicode(text: str, properties: _Element | None) -> str:
    """The text of a run, the signs of symbol fonts (Wingdings…) in it as Unicode."""
    if properties is None:
        return text
    latin, symbols = (properties.find(f"{A}{kind}") for kind in ("latin", "sym"))
    font = latin.get("typeface") if latin is not None else None
    if font and font.lower() in _SYMBOL_FONTS:
        return "".join(symbol(ord(character), font) or character for character in text)
    return without_private_codes(text, symbols.get("typeface") if symbols is not None else font)


def _marks(properties: _Element | None, setting: TextSetting, *, emphasis: bool) -> list[Mark]:
    """The marks of a run, outermost first; only what it says itself, not what its style brings."""
    target = setting.address(properties) or setting.link
    marks = [Mark("link", target)] if target else []
    if properties is None:
        return marks
    if emphasis and flag(properties, "b"):
        marks.append(Mark("bold"))
    if emphasis and flag(properties, "i"):
        marks.append(Mark("italic"))
    if properties.get("strike", "noStrike") != "noStrike":
        marks.append(Mark("del"))
    raised = share(properties, "baseline")
    if raised:
        marks.append(Mark("sup" if raised > 0 else "sub"))
    return marks


def _bullet(properties: _Element | None) -> _Element | None:
    """What paragraph properties say of a bullet, if anything."""
    if properties is None:
        return None
    return next((child for child in properties if child.tag in BULLETS), None)
