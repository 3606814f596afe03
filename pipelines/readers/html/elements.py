"""HTML's elements one by one: shown or not, block or mark, and what stands in for one without text."""

from __future__ import annotations

import re

from lxml.etree import _Element

from pipelines.readers.html.mathml import latex
from pipelines.readers.text import without_controls

_NOT_SHOWN = {
    "applet", "audio", "canvas", "datalist", "embed", "frame", "head", "iframe", "map", "noembed", "noscript",
    "object", "script", "style", "svg", "title", "video",
}  # fmt: skip
BLOCKS = {
    "address", "article", "aside", "body", "center", "details", "dialog", "dir", "div", "fieldset", "footer",
    "form", "header", "hgroup", "hr", "html", "legend", "main", "nav", "optgroup", "p", "search", "section",
    "tbody", "td", "tfoot", "th", "thead", "tr",
}  # fmt: skip
MARKS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "cite": "italic", "dfn": "italic",
    "var": "italic", "code": "code", "kbd": "code", "samp": "code", "tt": "code", "del": "del", "s": "del",
    "strike": "del", "ins": "ins", "sub": "sub", "sup": "sup",
}  # fmt: skip
HEADINGS = {f"h{n}": n for n in range(1, 7)}
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight-source)-([A-Za-z0-9+#._-]{1,30})")


def is_no_text(element: _Element) -> bool:
    """Whether an element is no text of the document's, or one for the eye alone; styles apart."""
    if element.tag in _NOT_SHOWN:
        return True
    if element.tag == "a" and _is_signpost(element):
        return True
    # Inline copies for the eye alone (icons, typeset formulas); a page behind a dialog carries it, too.
    return element.get("aria-hidden") == "true" and element.tag not in BLOCKS


def _is_signpost(link: _Element) -> bool:
    """Whether a link leads to a place of its own page by a sign, such as a pilcrow or an arrow."""
    if not (link.get("href") or "").startswith("#") or next(link.iter("img"), None) is not None:
        return False
    return not any(character.isalnum() for text in link.itertext() for character in text)


def language(verbatim: _Element) -> str:
    """The programming language that the class of a ``pre`` or of its ``code`` names, or nothing."""
    code = verbatim.find(".//code")
    classes = f"{verbatim.get('class', '')} {code.get('class', '') if code is not None else ''}"
    found = _LANGUAGE.search(classes)
    return found.group(1) if found else ""


def alternative(image: _Element) -> str:
    """The text that stands for an image, empty for a decoration."""
    return " ".join(without_controls(image.get("alt") or "").split())


def shown_input(field: _Element) -> str:
    """What a form field shows: its value, or whether it is ticked."""
    kind = (field.get("type") or "text").lower()
    if kind in {"checkbox", "radio"}:
        return "[x] " if field.get("checked") is not None else "[ ] "
    return "" if kind in {"hidden", "password", "image", "file"} else field.get("value") or ""


def tex(math: _Element) -> str | None:
    """A formula as TeX: what it carries as its source, or else its MathML; nothing in it passes for a tag."""
    source = math.find(".//annotation[@encoding='application/x-tex']")
    text = (source.text or "").strip() if source is not None else latex(math)
    return _TAG_START.sub("< ", text) or None
