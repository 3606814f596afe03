"""Box Notes: a tree of nodes in JSON (ProseMirror's), as HTML."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage
from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.html.writing import code_block, figure
from pipelines.readers.text import fragments_of_text, read_text
from schemas.errors import DocumentUnreadable
from schemas.fragments import PageFragment

_TAGS = {
    "paragraph": "p", "bullet_list": "ul", "check_list": "ul", "list_item": "li", "check_list_item": "li",
    "ordered_list": "ol", "blockquote": "blockquote", "call_out_box": "blockquote", "table": "table",
    "table_row": "tr", "table_header": "th", "table_cell": "td", "horizontal_rule": "hr", "hard_break": "br",
}  # fmt: skip
_MARKS = {
    "strong": "b", "em": "i", "strikethrough": "del", "code": "code", "subscript": "sub",
    "superscript": "sup",
}  # fmt: skip
_Node = dict[str, Any]


class BoxNoteReader(OnePage):
    """A note of Box: headings, lists with their ticks, tables, code, pictures by their text.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        try:
            note = json.loads(read_text(path))
        except (ValueError, RecursionError):
            note = None
        self._note: _Node = note if isinstance(note, dict) else {}
        if not {"doc", "atext"} & self._note.keys():
            raise DocumentUnreadable(
                "The file is no Box note, or a damaged one: no text is in it. Download it again from Box."
            )

    def fragments(self) -> list[PageFragment]:
        """The note's blocks in order; one from before 2022 gives its paragraphs alone."""
        if "doc" in self._note:
            return fragments_of_html(_html(self._note["doc"]))
        text = _dict(self._note["atext"]).get("text")
        return fragments_of_text(text if isinstance(text, str) else "")


def _html(doc: object) -> str:
    out: list[str] = []
    waiting: list[object] = [doc]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, dict):
            start, end, inside = _element(node)
            out.append(start)
            waiting += [end, *reversed(inside)]
    return "".join(out)


def _element(node: _Node) -> tuple[str, str, list[object]]:
    """What stands before and after a node's content, and the content that is still to be written."""
    attributes, content = _dict(node.get("attrs")), node.get("content")
    inside = content if isinstance(content, list) else []
    kind = str(node.get("type"))
    match kind:
        case "text":
            return _text(node), "", []
        case "image":
            return figure(str(attributes.get("alt") or "")), "", []
        case "code_block":
            text = "".join(str(part.get("text", "")) for part in inside if isinstance(part, dict))
            return code_block(text, str(attributes.get("language") or "")), "", []
        case "heading":
            level = attributes.get("level")
            tag = f"h{level if level in range(1, 7) else 1}"
        case _:
            tag = _TAGS.get(kind, "div")
    said = "".join(
        f' {ours}="{escape(str(attributes[theirs]))}"'
        for ours, theirs in (("colspan", "colspan"), ("rowspan", "rowspan"), ("start", "order"))
        if attributes.get(theirs)
    )
    if kind == "check_list_item":
        tick = "[x] " if attributes.get("checked") else "[ ] "
        return f"<{tag}>{tick}", f"</{tag}>", _unwrapped(inside)
    return f"<{tag}{said}>", f"</{tag}>", inside


def _unwrapped(inside: list[object]) -> list[object]:
    """The content of an item, its first paragraph without its frame: the tick stands on its line."""
    first = _dict(inside[0] if inside else None)
    content = first.get("content")
    if first.get("type") == "paragraph" and isinstance(content, list):
        return [*content, *inside[1:]]
    return inside


def _text(node: _Node) -> str:
    html = escape(str(node.get("text", "")))
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        kind, attributes = str(_dict(mark).get("type")), _dict(_dict(mark).get("attrs"))
        if kind in _MARKS:
            html = f"<{_MARKS[kind]}>{html}</{_MARKS[kind]}>"
        elif kind == "link":
            html = f'<a href="{escape(str(attributes.get("href", "")))}">{html}</a>'
    return html


def _dict(value: object) -> _Node:
    return value if isinstance(value, dict) else {}
