"""The marks inside a text of Markdown: taken off, or told of the whole."""

from __future__ import annotations

import re

# Each begins and ends with a sign that may not stand inside, so that no text takes long.
_MARKS = (
    (re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)"), r"\1"),
    (re.compile(r"(?<!\\)\*\*(?=\S)([^*]+)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<![\w\\*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\\)~~(?=\S)([^~]+)(?<=\S)~~"), r"\1"),
    (re.compile(r"</?(?:sup|sub|u|ins|del|mark)>"), ""),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|~<>-])"), r"\1"),
)
_WHOLE = (
    ("bold", re.compile(r"\*\*([^*]+)\*\*")),
    ("italic", re.compile(r"\*([^*\n]+)\*")),
    ("strikethrough", re.compile(r"~~([^~]+)~~")),
)


def plain(markdown: str) -> str:
    """The text without its marks; what is no mark of Octavo's stays."""
    if not any(sign in markdown for sign in "*~<[\\"):
        return markdown
    for mark, instead in _MARKS:
        markdown = mark.sub(instead, markdown)
    return markdown


def marks_of(markdown: str) -> dict[str, bool]:
    """The marks that hold of all of the text, as docling names them."""
    return {name: True for name, mark in _WHOLE if mark.fullmatch(markdown)}
