"""XML that holds prose (DocBook, JATS, TEI, DITA, FictionBook): its elements become those of HTML."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.xml.data import local_name
from pipelines.readers.xml.vocabulary import (
    ADMONITIONS,
    CITED,
    DISPLAYED,
    FIGURES,
    HIDDEN,
    INFORMATION,
    LINES,
    NAMES,
    PARAGRAPHS,
    PERSONS,
    ROOTS,
    SECTIONS,
    TITLES,
)

_TEX = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_XLINK = "{http://www.w3.org/1999/xlink}href"
# A heading or a caption is one line, whatever it is made of.
_ONE_LINE = {"h1", "h2", "h3", "h4", "h5", "h6", "figcaption"}
_BLOCKS = _ONE_LINE | {"p", "div", "li", "blockquote", "figure"}
_TEXTS = _ONE_LINE | {"p", "pre", "dt", "a", "span"}
_STRONG = {"bold", "strong", "b"}
_PICTURES = ("{*}imagedata", "{*}graphic")
_NUMBERED = re.compile("order|alpha|roman|number", re.IGNORECASE)


class _Open(NamedTuple):
    """An open element: what it was called, what it is now, and whether it has text beside its children."""

    name: str
    tag: str
    has_text: bool


def is_prose(root: _Element) -> bool:
    """Whether a document's root, and a paragraph in it, are of a vocabulary of prose."""
    if local_name(root.tag) not in ROOTS:
        return False
    return any(local_name(element.tag) in PARAGRAPHS for element in root.iter(etree.Element))


def as_html(root: _Element) -> _Element:
    """The tree with its elements renamed, in place; footnotes are moved to its end."""
    if local_name(root.tag) == "html":
        _strip_namespaces(root)
        return root
    return _Renamer(root).run()


class _Renamer:
    def __init__(self, root: _Element) -> None:
        self._root = root
        name = local_name(root.tag)
        self._is_tei = name.startswith(("TEI", "tei"))
        # The title stands in a head of the file, beside the sections.
        self._depth = 1 if self._is_tei or name == "FictionBook" else 0
        self._open: list[_Open] = []
        # How many open elements are one line, hold running text, are citations.
        self._lines = self._texts = self._citations = 0
        self._columns: dict[str, int] = {}
        self._notes: list[_Element] = []

    def run(self) -> _Element:
        """Renames all elements in one pass; the root becomes the ``body``."""
        walk = etree.iterwalk(self._root, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._end()
                continue
            self._start(element)
            if element.tag in {"template", "math"}:
                walk.skip_subtree()
        for number, note in enumerate(self._notes, 1):
            _move_to_end(note, number, self._root)
        self._root.tag = "body"
        return self._root

    def _start(self, element: _Element) -> None:
        name = local_name(element.tag)
        parent = self._open[-1] if self._open else _Open("", "", False)
        _prepare(element, name)
        self._depth += name in SECTIONS
        tag = self._tag(element, name, parent)
        if self._lines and tag in _BLOCKS:
            tag = "span"
        if tag == "span" and not parent.has_text and element.getnext() is not None:
            element.tail = (element.tail or "").rstrip() or " "
        element.tag = tag
        self._push(_Open(name, tag, _has_text(element)), 1)

    def _end(self) -> None:
        entry = self._open[-1]
        self._push(entry, -1)
        self._depth -= entry.name in SECTIONS

    def _push(self, entry: _Open, by: int) -> None:
        if by > 0:
            self._open.append(entry)
        else:
            self._open.pop()
        self._lines += by * (entry.tag in _ONE_LINE or entry.name in LINES)
        self._texts += by * (entry.tag in _TEXTS or entry.name in LINES | CITED | PERSONS)
        self._citations += by * (entry.name in CITED)

    def _tag(self, element: _Element, name: str, parent: _Open) -> str:
        """The HTML element that stands for one of this name here."""
        if name in HIDDEN:
            return "template"
        if name in {"math", "tex-math", "formula"}:
            _as_math(element, name, is_block=parent.name in DISPLAYED)
            return "math"
        if name in TITLES:
            return self._title(name, parent)
        if name in {"footnote", "fn"} or (name == "note" and self._is_tei):
            return self._note(element)
        if name in {"entry", "cell"}:
            self._span(element)
        elif name == "tgroup":
            specs = [child for child in element if local_name(child.tag) == "colspec"]
            self._columns = {spec.get("colname", ""): n for n, spec in enumerate(specs)}
        elif name in {"table", "informaltable"}:
            return "table" if _child(element, "tgroup") is None else "figure"
        return self._ambiguous(element, name, parent) or NAMES.get(name) or self._unknown(parent)

    def _ambiguous(self, element: _Element, name: str, parent: _Open) -> str:
        """The tag for a name that means several things; nothing for the others."""
        if name == "list":
            kind = " ".join(element.get(key, "") for key in ("list-type", "type", "rend"))
            return "ol" if _NUMBERED.search(kind) else "ul"
        if name == "listitem" and parent.name == "varlistentry":
            return "dd"
        if name in {"emphasis", "hi"} and _STRONG & {element.get("role"), element.get("rend")}:
            return "b"
        if name == "ref" and self._is_tei:
            return "a"
        if name in ADMONITIONS:
            _name_admonition(element, name)
            return "blockquote"
        return "span" if name == "label" or (name in CITED and parent.name == "ref") else ""

    def _unknown(self, parent: _Open) -> str:
        return "span" if self._texts or parent.has_text else "div"

    def _title(self, name: str, parent: _Open) -> str:
        if self._citations or self._lines:
            return "span"
        if parent.name in FIGURES | {"table"}:
            return "figcaption"
        if parent.name in SECTIONS | INFORMATION or name != "title":
            return f"h{max(1, min(6, self._depth))}"
        return "p"

    def _note(self, element: _Element) -> str:
        """A footnote within a text goes to the end; one that stands at the end already stays."""
        if self._texts and not self._lines:
            self._notes.append(element)
        return "div"

    def _span(self, cell: _Element) -> None:
        """The spans of a cell, which CALS names by columns and TEI by numbers."""
        first, last = (self._columns.get(cell.get(key, "")) for key in ("namest", "nameend"))
        across = last - first + 1 if first is not None and last is not None else 0
        more = cell.get("morerows", "")[:5]
        down = int(more) + 1 if more.isascii() and more.isdigit() else 0
        cell.set("colspan", cell.get("cols") or str(max(1, across)))
        cell.set("rowspan", cell.get("rows") or str(max(1, down)))


def _prepare(element: _Element, name: str) -> None:
    """What HTML orders otherwise is put in its order, and attributes get its names."""
    if name in SECTIONS | FIGURES:
        _join_label(element)
    if name in LINES:
        for child in element[:-1]:
            child.tail = ", "
    elif name == "alternatives":
        _without_blanks(element)
        best = _child(element, "tex-math", "math", "textual-form")
        for child in element if best is not None else ():
            child.tag = child.tag if child is best else "alt-text"
    elif name == "inline-formula" and not _has_text(element):
        _without_blanks(element)
    elif name in {"name", "mediaobject", "fig", "graphic"}:
        _put_names_and_pictures_right(element)
    target = element.get(_XLINK) or element.get("url") or element.get("target")
    if target:
        element.set("href", target)
    if element.get("language"):
        element.set("class", f"language-{element.get('language')}")


def _without_blanks(element: _Element) -> None:
    """Takes out the white space between children, which is only there to lay out the file."""
    element.text = None
    for child in element:
        child.tail = None


def _put_names_and_pictures_right(element: _Element) -> None:
    """A given name comes first; a picture carries the text that stands for it."""
    given = _child(element, "given-names")
    if given is not None:
        given.tail = " "
        element.insert(0, given)
    said, picture = _child(element, "textobject", "alt-text", "alt"), next(element.iter(*_PICTURES), None)
    if said is not None and picture is not None:
        picture.set("alt", "".join(said.itertext()))


def _join_label(element: _Element) -> None:
    """The number of a section or a figure goes to the beginning of its title or caption."""
    label, title = _child(element, "label"), _child(element, "title", "caption")
    if label is None or title is None:
        return
    number = etree.Element("span")
    number.text = "".join(label.itertext()).strip()
    number.tail = f" {title.text or ''}"
    title.text = None
    title.insert(0, number)
    element.remove(label)


def _name_admonition(element: _Element, name: str) -> None:
    """Says in bold what an admonition is, if it has no title."""
    if _child(element, "title") is None:
        first = etree.Element("p")
        etree.SubElement(first, "b").text = name.capitalize()
        first.tail, element.text = element.text, None
        element.insert(0, first)


def _as_math(element: _Element, name: str, *, is_block: bool) -> None:
    """A formula: MathML loses its namespace, TeX becomes MathML's annotation."""
    if name != "math":
        tex = "".join(element.itertext())
        document = _TEX.search(tex)
        for child in list(element):
            element.remove(child)
        element.text = None
        source = etree.SubElement(element, "annotation", encoding="application/x-tex")
        source.text = (document.group(1) if document else tex).strip().strip("$").strip()
    _strip_namespaces(element)
    if is_block:
        element.set("display", "block")


def _move_to_end(note: _Element, number: int, root: _Element) -> None:
    """Leaves a footnote's number in its place and puts the note, with its number, at the end."""
    mark, parent = etree.Element("sup"), note.getparent()
    mark.text, mark.tail, note.tail = str(number), note.tail, None
    if parent is None:
        return
    parent.replace(note, mark)
    first = note[0] if len(note) and not (note.text or "").strip() else note
    again = etree.Element("sup")
    again.text, again.tail, first.text = str(number), f" {first.text or ''}", None
    first.insert(0, again)
    root.append(note)


def _strip_namespaces(root: _Element) -> None:
    for element in root.iter(etree.Element):
        element.tag = local_name(element.tag)


def _has_text(element: _Element) -> bool:
    texts = (element.text, *(child.tail for child in element))
    return any(text and text.strip() for text in texts)


def _child(element: _Element, *names: str) -> _Element | None:
    return next((child for child in element if local_name(child.tag) in names), None)
