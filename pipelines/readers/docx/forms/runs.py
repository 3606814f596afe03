"""Text of a Word document written anew: runs, and the paragraphs that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.changes import DELETIONS
from pipelines.readers.docx.names import W

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# What XML 1.0 cannot hold, but for the line and tab characters that are written as elements.
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIECES = re.compile(r"[\t\n]|[^\t\n]+")
_BREAKS = {"\t": "tab", "\n": "br"}
# What only marks a position in a text stays where it is.
_MARKERS = {
    *(W + kind + end for kind in ("bookmark", "commentRange", "perm") for end in ("Start", "End")),
    W + "proofErr",
}
# Fonts whose characters have codes of their own, and where Word keeps these.
_SYMBOL_FONTS = ("wingdings", "webdings", "symbol")
_PRIVATE = 0xF000
SHOWN = {W + "t": "", W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def clean(text: str) -> str:
    """Text as a Word document can hold it: one kind of line end, nothing that XML cannot hold."""
    return _NOT_XML.sub("", "\n".join(text.splitlines()))


def run_of(text: str, properties: _Element | None) -> _Element:
    """A ``w:r`` with a text, its tabs and line ends as elements, and a copy of some ``w:rPr``."""
    run = _run(properties)
    for piece in _PIECES.findall(text):
        if piece in _BREAKS:
            etree.SubElement(run, W + _BREAKS[piece])
        else:
            said = etree.SubElement(run, W + "t")
            said.text = piece
            said.set(_SPACE, "preserve")
    return run


def sign_run(code: int, font: str, properties: _Element | None) -> _Element:
    """A ``w:r`` with one character of a font, which may have codes of its own."""
    run = _run(properties)
    if font.lower().startswith(_SYMBOL_FONTS):
        private = code if code >= _PRIVATE else code + _PRIVATE
        etree.SubElement(run, W + "sym", {W + "font": font, W + "char": f"{private:04X}"})
        return run
    look = run.find(W + "rPr")
    if look is None:
        look = etree.SubElement(run, W + "rPr")
    for former in look.findall(W + "rFonts"):
        look.remove(former)
    fonts = etree.Element(W + "rFonts")
    fonts.set(W + "hint", "eastAsia")
    for script in ("ascii", "eastAsia", "hAnsi", "cs"):
        fonts.set(W + script, font)
    look.insert(1 if look.find(W + "rStyle") is not None else 0, fonts)
    etree.SubElement(run, W + "t").text = chr(code)
    return run


def _run(properties: _Element | None) -> _Element:
    run = etree.Element(W + "r")
    if properties is not None:
        run.append(deepcopy(properties))
    return run


def plain_text(element: _Element) -> str:
    """The text that shows in an element; paragraphs a line each."""
    lines: list[str] = []
    own: list[str] = []
    gone = {text for deletion in element.iter(*DELETIONS) for text in deletion.iter(W + "t")}
    for found in element.iter(W + "p", *SHOWN):
        if found.tag == W + "p":
            if own or lines:
                lines.append("".join(own))
            own = []
        elif found not in gone:
            own.append(found.text or "" if found.tag == W + "t" else SHOWN[str(found.tag)])
    lines.append("".join(own))
    return "\n".join(lines).strip("\n")


def look_in(element: _Element) -> _Element | None:
    """The ``w:rPr`` of the first run with text in an element."""
    for run in element.iter(W + "r"):
        if run.find(W + "t") is not None or run.find(W + "sym") is not None:
            return run.find(W + "rPr")
    return None


def put_runs(holder: _Element, runs: Iterable[_Element]) -> None:
    """Puts runs in the place of all that an inline element or a paragraph holds, but its properties."""
    at = None
    for child in list(holder):
        if child.tag == W + "pPr" or child.tag in _MARKERS:
            continue
        at = holder.index(child) if at is None else at
        holder.remove(child)
    if at is None:
        at = len(holder)
    for place, run in enumerate(runs):
        holder.insert(at + place, run)


def put_lines(holder: _Element, lines: list[list[_Element]]) -> None:
    """Puts paragraphs of runs in the place of all blocks of a cell or a block-level content."""
    blocks = [child for child in holder if child.tag != W + "tcPr" and child.tag not in _MARKERS]
    first = next((block for block in blocks if block.tag == W + "p"), None)
    if first is None:
        first = etree.SubElement(holder, W + "p")
    for block in blocks:
        if block is not first:
            holder.remove(block)
    put_runs(first, lines[0])
    last = first
    for runs in lines[1:]:
        following = _like(first)
        following.extend(runs)
        last.addnext(following)
        last = following


def _like(paragraph: _Element) -> _Element:
    """An empty paragraph that looks like another."""
    made = etree.Element(W + "p")
    properties = paragraph.find(W + "pPr")
    if properties is not None:
        made.append(own := deepcopy(properties))
        for section in own.findall(W + "sectPr"):
            own.remove(section)
    return made


def split_off(element: _Element, start: int, end: int) -> _Element:
    """Gives some characters of a ``w:t`` (or a whole other element) a run of their own, and returns that."""
    run = element.getparent()
    if run is None:
        raise ValueError("the element stands in no run")
    look, text = run.find(W + "rPr"), element.text or ""
    own, after = _run(look), _run(look)
    if element.tag == W + "t":
        after.extend(run_of(text[end:], None))
    after.extend(list(element.itersiblings()))
    if element.tag == W + "t":
        own.extend(run_of(text[start:end], None))
        element.text = text[:start]
        element.set(_SPACE, "preserve")
    else:
        own.append(element)
    run.addnext(own)
    if any(child.tag != W + "rPr" for child in after):
        own.addnext(after)
    return own
