"""reStructuredText: parsed by docutils, its tree of nodes as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils.core import publish_doctree
from docutils.nodes import Text
from docutils.parsers.rst import roles

from pipelines.readers.allowance import PARSER_SECONDS, OutOfTimeError, allowed
from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.html.writing import code_block, figure, formula
from pipelines.readers.text import OneText, fragments_of_text
from schemas.fragments import PageFragment

# Nothing is read but the text itself: no files, no settings of this machine; no error ends the reading.
_SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "halt_level": 5,
    "report_level": 3,
    "warning_stream": False,
    "traceback": True,
    "syntax_highlight": "none",
    "line_length_limit": 1 << 31,
}
_TAGS = {
    "paragraph": "p", "bullet_list": "ul", "list_item": "li", "definition_list": "dl", "term": "dt",
    "definition": "dd", "emphasis": "i", "strong": "b", "literal": "code", "subscript": "sub",
    "superscript": "sup", "title_reference": "i", "block_quote": "blockquote", "row": "tr", "thead": "thead",
    "tgroup": "table", "figure": "figure", "caption": "figcaption", "field_list": "dl", "docinfo": "dl",
    "field_name": "dt", "field_body": "dd", "option_list": "dl", "description": "dd",
    "line": "p", "transition": "hr", "footnote_reference": "sup", "rubric": "p", "subtitle": "p",
}  # fmt: skip
_ADMONITIONS = set("attention caution danger error hint important note tip warning".split())
_DROPPED = {"comment", "substitution_definition", "raw", "colspec", "meta", "pending", "decoration"}
# Facts about a document that stand at its beginning.
_FACTS = set("author authors organization contact version revision status date copyright address".split())
_ROLES_OF_SPHINX = "ref doc term numref any class func meth mod attr data exc obj option envvar file".split()


class RstReader(OneText):
    """reStructuredText; what only Sphinx knows is shown as it is written. Nothing is included.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def fragments(self) -> list[PageFragment]:
        """The fragments of the text; one that cannot be parsed, or not in time, is read as plain text."""
        try:
            with allowed(PARSER_SECONDS):
                html = html_of_rst(self._text)
        except (RecursionError, OutOfTimeError):
            return fragments_of_text(self._text)
        return fragments_of_html(html, self.hidden)


def html_of_rst(text: str) -> str:
    """A reStructuredText as HTML; raises ``RecursionError`` for one that is nested too deeply."""
    for name in _ROLES_OF_SPHINX:
        for role in (name, f"py:{name}"):
            roles.register_local_role(role, _reference)
    out: list[str] = []
    waiting: list[tuple[Any, int]] = [(publish_doctree(text, settings_overrides=_SETTINGS), 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, str) and not hasattr(node, "tagname"):
            out.append(node)
            continue
        start, end, children = _html(node, depth)
        out.append(start)
        waiting.append((end, depth))
        inner = depth + (node.tagname == "section")
        waiting += [(child, inner) for child in reversed(children)]
    return "".join(out)


def _reference(_name: str, _raw: str, text: str, *_others: Any, **_more: Any) -> tuple[list[Any], list[Any]]:
    """A role of Sphinx: ``text <target>`` or a name is shown without what it leads to."""
    return [Text(text.partition(" <")[0].lstrip("~!"))], []


def _html(node: Any, depth: int) -> tuple[str, str, list[Any]]:
    """What stands before and after a node's children, and these."""
    name = str(node.tagname)
    children = list(node.children)
    if name == "#text":
        return escape(node.astext()), "", []
    if name in _DROPPED or (name == "topic" and "contents" in node.get("classes", ())):
        return "", "", []
    special = _special(node, name)
    if special is not None:
        return special, "", []
    if name == "title":
        level = max(1, min(6, depth + (0 if node.parent.tagname == "document" else 1)))
        in_section = node.parent.tagname in {"section", "document"}
        tag = f"h{level}" if in_section else "figcaption" if node.parent.tagname == "table" else "p"
        return f"<{tag}>", f"</{tag}>", children
    if name in {"footnote", "citation"}:
        return f"<div>[{escape(children[0].astext())}] ", "</div>", _without_frame(children[1:])
    return *_around(node, name), children


def _without_frame(children: list[Any]) -> list[Any]:
    """The nodes of a footnote, its first paragraph without its frame: the label stands on its line."""
    is_paragraph = bool(children) and children[0].tagname == "paragraph"
    return [*children[0].children, *children[1:]] if is_paragraph else children


def _special(node: Any, name: str) -> str | None:
    """Nodes that are written at once; None for the others."""
    if name in {"literal_block", "doctest_block"}:
        classes = [given for given in node.get("classes", ()) if given != "code"]
        return code_block(node.astext(), classes[0] if classes else "")
    if name in {"math", "math_block"}:
        return formula(node.astext(), block=name == "math_block")
    if name == "image":
        return figure(node.get("alt", ""))
    if name == "system_message":
        source = [child.astext() for child in node.children if child.tagname == "literal_block"]
        return "".join(code_block(text) for text in source)
    if name == "option_group":
        return f"<dt>{escape(', '.join(option.astext() for option in node.children))}</dt>"
    if name in _FACTS:
        return f"<p><b>{name.capitalize()}:</b> {escape(node.astext())}</p>"
    return None


def _around(node: Any, name: str) -> tuple[str, str]:
    if name == "enumerated_list":
        numeral = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
        kind = numeral.get(node.get("enumtype", ""), "1")
        return f'<ol type="{kind}" start="{node.get("start", 1)}">', "</ol>"
    if name == "entry":
        across, down = node.get("morecols", 0) + 1, node.get("morerows", 0) + 1
        return f'<td colspan="{across}" rowspan="{down}">', "</td>"
    if name == "reference" and node.get("refuri"):
        return f'<a href="{escape(node["refuri"])}">', "</a>"
    if name in _ADMONITIONS:
        return f"<blockquote><p><b>{name.capitalize()}</b></p>", "</blockquote>"
    if name == "table":
        return "<figure>", "</figure>"
    tag = _TAGS.get(name)
    if tag:
        return f"<{tag}>", f"</{tag}>"
    is_text = name in {"inline", "reference", "target", "problematic", "generated", "abbreviation", "acronym"}
    return ("", "") if is_text else ("<div>", "</div>")
