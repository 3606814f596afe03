"""The text of shapes: paragraphs with their runs, links, equations, bullets and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from pipelines.readers.html_lists import Item, ItemList, indented
from pipelines.readers.inline import Inline, Mark, safe_link
from pipelines.readers.ooxml.omml import latex
from pipelines.readers.ooxml.package import Relationship
from pipelines.readers.pptx.names import A14, MC, A, R, chosen, flag, number, share
from pipelines.readers.pptx.numbering import BULLETS, Counters
from pipelines.readers.text import without_controls
from schemas.fragments import Content, FragmentType, TextContent

_DEEPEST_LEVEL = 8
# A control character as Office writes it into text: ``_x000B_``.
_ESCAPED_CONTROL = re.compile(r"_x00([01][0-9A-Fa-f])_")
_TYPED_BULLET = re.compile(r"[•▪‣◦●■]\s+")


@dataclass(frozen=True, slots=True)
class TextSetting:
    """What the text of a sheet refers to: the sheet's relationships, and the slide's number as shown."""

    relationships: dict[str, Relationship]
    slide_number: int | None = None


@dataclass(slots=True)
class Paragraph:
    """A paragraph with text.

    ``label`` is what is shown before it: a number, nothing for a bullet; None: it is no list item.
    ``formula`` is the LaTeX of a paragraph that is an equation and nothing else.
    """

    text: Inline
    level: int
    label: str | None
    formula: str | None = None
    right_to_left: bool = False


def paragraphs_of(
    body: _Element | None, styles: Sequence[_Element], setting: TextSetting, *, emphasis: bool = True
) -> list[Paragraph]:
    """The paragraphs with text of a ``txBody``; ``styles`` are its list styles, nearest first.

    Without ``emphasis`` bold and italic are not told.
    """
    found: list[Paragraph] = []
    counters = Counters()
    bullets: dict[int, _Element | None] = {}
    for element in body.iterfind(f"{A}p") if body is not None else ():
        text, formula = _content(element, setting, emphasis=emphasis)
        if not text:
            continue
        properties = element.find(f"{A}pPr")
        level = int(min(max(number(properties, "lvl"), 0), _DEEPEST_LEVEL))
        bullet = _bullet(properties)
        if bullet is None:
            if level not in bullets:
                bullets[level] = _inherited_bullet(styles, level)
            bullet = bullets[level]
        label = counters.label(bullet, level)
        found.append(Paragraph(text, level, label, formula, flag(properties, "rtl")))
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
    return without_controls(_ESCAPED_CONTROL.sub(" ", run.findtext(f"{A}t") or "").replace("\v", " "))


def _marks(properties: _Element | None, setting: TextSetting, *, emphasis: bool) -> list[Mark]:
    """The marks of a run, outermost first; only what it says itself, not what its style brings."""
    if properties is None:
        return []
    marks = []
    link = properties.find(f"{A}hlinkClick")
    related = setting.relationships.get(link.get(f"{R}id", "")) if link is not None else None
    target = safe_link(related.target) if related is not None and related.external else None
    if target:
        marks.append(Mark("link", target))
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


def _inherited_bullet(styles: Sequence[_Element], level: int) -> _Element | None:
    found = (_bullet(style.find(f"{A}lvl{level + 1}pPr")) for style in styles)
    return next((bullet for bullet in found if bullet is not None), None)
