"""Pandoc's native format: a document's tree as Haskell writes it, read into Markdown and revisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from benchmarks.scores.markdown import collapse
from benchmarks.scores.revisions import Revision

_STRING, _SIGN, _WORD = r'"(?:[^"\\]|\\.)*"', r"[\[\](),{}=]", r'[^\s\[\](),{}="]+'
_TOKEN = re.compile(f"(?P<string>{_STRING})|{_SIGN}|{_WORD}")
_ESCAPE = re.compile(r"\\(?:(\d+)|(&)|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_BLANKS = frozenset({"Space", "SoftBreak", "LineBreak"})
_LITERAL = frozenset({"Str", "Code", "Math"})
_SILENT = frozenset({"RawInline", "Image", "Note"})
_REVISIONS = {"insertion": "insertion", "deletion": "deletion", "comment-start": "comment"}


Value = Any
"""A ``Term``, a string, a list or a tuple of values."""


@dataclass(slots=True)
class Term:
    """A constructor with its arguments: ``Header 1 ("",[],[]) [Str "A"]``."""

    name: str
    arguments: list[Value] = field(default_factory=list)


_End = "]", ")", ",", "}", ""


def parse(native: str) -> Value:
    """The value that the text spells."""
    return _Parser(native).value()


class _Parser:
    def __init__(self, native: str) -> None:
        self._tokens = [(match.lastgroup, match.group()) for match in _TOKEN.finditer(native)]
        self._at = 0

    def value(self) -> Value:
        value = self._atom()
        if isinstance(value, Term):
            while self._peek() not in _End:
                value.arguments.append(self._atom())
        return value

    def _atom(self) -> Value:
        kind, token = self._tokens[self._at]
        self._at += 1
        if kind == "string":
            return _ESCAPE.sub(_unescaped, token[1:-1])
        if token == "[":
            return self._values("]")
        if token == "(":
            values = self._values(")")
            return values[0] if len(values) == 1 else tuple(values)
        if token == "{":
            return self._record()
        return Term(token)

    def _values(self, end: str) -> list[Value]:
        values: list[Value] = []
        while self._peek() != end:
            values.append(self.value())
            if self._peek() == ",":
                self._at += 1
        self._at += 1
        return values

    def _record(self) -> Value:
        """``{name = value, …}``: the values."""
        values: list[Value] = []
        while self._peek() != "}":
            self._at += 2
            values.append(self.value())
            if self._peek() == ",":
                self._at += 1
        self._at += 1
        return values

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""


def _unescaped(match: re.Match[str]) -> str:
    number, nothing, sign = match.groups()
    if number:
        return chr(int(number))
    return "" if nothing else _ESCAPES.get(sign, sign)


def blocks(tree: Value) -> Value:
    """The document's blocks, with or without metadata before them."""
    return tree.arguments[-1] if isinstance(tree, Term) and tree.name == "Pandoc" else tree


def markdown(tree: Value) -> str:
    """Paragraphs, headings, tables as HTML, then the notes; without pictures and raw parts."""
    parts = [*_paragraphs(blocks(tree))]
    notes = [paragraph for note in _terms(tree, "Note") for paragraph in _paragraphs(note.arguments)]
    return "\n\n".join(part for part in [*parts, *notes] if part.strip())


def _paragraphs(value: Value) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _paragraphs(part)
    elif isinstance(value, Term):
        yield from _block(value)


def _block(term: Term) -> Iterator[str]:
    arguments = term.arguments
    if term.name == "Header":
        level, title = arguments[0], text(arguments[-1])
        if title.strip():
            yield f"{'#' * int(level.name if isinstance(level, Term) else 1)} {title}"
    elif term.name in {"Para", "Plain"}:
        yield text(arguments)
    elif term.name == "CodeBlock":
        yield f"```\n{arguments[-1]}\n```"
    elif term.name == "Table":
        yield from _paragraphs(arguments[1])
        yield _table(term)
    elif term.name == "OrderedList":
        yield from _numbered(arguments)
    elif term.name == "DefinitionList":
        for item in arguments[0]:
            yield text(item[0])
            yield from _paragraphs(item[1])
    elif term.name != "RawBlock":
        yield from _paragraphs(arguments)


def _numbered(arguments: list[Value]) -> Iterator[str]:
    """The items of an ordered list, behind their numbers or letters."""
    (start, style, _), items = arguments
    for number, item in enumerate(items, start=int(start.name)):
        first, *rest = _paragraphs(item) if item else ("",)
        label = chr(ord("a") + (number - 1) % 26) if style.name.endswith("Alpha") else str(number)
        yield f"{label.upper() if style.name.startswith('Upper') else label}. {first}"
        yield from rest


def _table(table: Term) -> str:
    rows = ("".join(map(_cell, _terms(row.arguments, "Cell"))) for row in _terms(table.arguments, "Row"))
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"


def _cell(cell: Term) -> str:
    spans = {
        span.name.lower(): span.arguments[0].name
        for span in cell.arguments
        if isinstance(span, Term) and span.arguments and isinstance(span.arguments[0], Term)
    }
    marks = "".join(f' {name}="{count}"' for name, count in spans.items() if count != "1")
    return f"<td{marks}>{escape(collapse(' '.join(_paragraphs(cell.arguments[-1]))))}</td>"


def _terms(value: Value, name: str) -> Iterator[Term]:
    """The outermost terms of a name, in order."""
    if isinstance(value, Term):
        if value.name == name:
            yield value
            return
        value = value.arguments
    if isinstance(value, list | tuple):
        for part in value:
            yield from _terms(part, name)


def text(value: Value) -> str:
    """The running text of inline elements; of a formula its LaTeX."""
    if isinstance(value, Term):
        if value.name in _BLANKS:
            return " "
        if value.name in _LITERAL:
            return str(value.arguments[-1])
        if value.name in _SILENT:
            return ""
        return text([part for part in value.arguments if isinstance(part, list)])
    return "".join(map(text, value)) if isinstance(value, list) else ""


def revisions(tree: Value) -> list[Revision]:
    """The tracked changes and comments, in order."""
    found: list[Revision] = []
    for span in _spans(tree):
        attributes, inside = span.arguments
        _, classes, pairs = attributes
        known: dict[str, str] = dict(pairs)
        found += [
            Revision(_REVISIONS[name], known.get("author", ""), content)
            for name in classes
            if name in _REVISIONS and (content := collapse(text(inside)))
        ]
    return found


def _spans(value: Value) -> Iterator[Term]:
    """Every ``Span``, those inside others too."""
    for span in _terms(value, "Span"):
        yield span
        yield from _spans(span.arguments)
