"""Tracked changes and comments in Markdown: which there are, and the text without them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NamedTuple

from rapidfuzz.distance import Indel

from benchmarks.scores.markdown import collapse
from benchmarks.scores.tally import Tally
from benchmarks.scores.words import plain_text

_KINDS = {"ins": "insertion", "del": "deletion"}
_COMMENT = re.compile(r"\s*Comment:\s*(.*?)\s*", re.DOTALL)


class Revision(NamedTuple):
    """A tracked change or a comment: "insertion", "deletion" or "comment", by whom, and its text."""

    kind: str
    author: str
    text: str


class _Revisions(HTMLParser):
    """Gathers what ``<ins>``, ``<del>``, ``<span class="comment">`` and ``<!-- Comment: … -->`` mark."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Revision] = []
        self._open: list[tuple[str, str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in _KINDS:
            self._open.append((tag, said.get("data-author", ""), []))
        elif tag == "span" and "comment" in said.get("class", "").split():
            self._add("comment", said.get("data-author", ""), said.get("data-note", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _KINDS and any(opened == tag for opened, _, _ in self._open):
            while True:
                opened, author, texts = self._open.pop()
                self._add(_KINDS[opened], author, "".join(texts))
                if opened == tag:
                    return

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def handle_comment(self, data: str) -> None:
        if comment := _COMMENT.fullmatch(data):
            self._add("comment", "", comment.group(1))

    def _add(self, kind: str, author: str, text: str) -> None:
        if text := collapse(plain_text(text)):
            self.found.append(Revision(kind, author, text))


def revisions(markdown: str) -> list[Revision]:
    """The tracked changes and comments, in order, their texts without marks; those without text are none."""
    reader = _Revisions()
    reader.feed(markdown)
    reader.close()
    return reader.found


def score_revisions(true: Iterable[Revision], found: Iterable[Revision]) -> Tally:
    """How many revisions the two sides share; a comment whose author is not told is matched by its text."""
    a, b = Counter(true), Counter(found)
    matched = (a & b).total()
    left, right = a - b, b - a
    nameless = Counter(r for r in right.elements() if r.kind == "comment" and not r.author)
    anonymous = Counter(r._replace(author="") for r in left.elements() if r.kind == "comment")
    return Tally(matched + (nameless & anonymous).total(), a.total(), b.total())


def score_changed(before: str, after: str, found: Iterable[Revision]) -> Tally:
    """How many of the characters that the changes add and take away are marked so, wherever they stand.

    What is both added and taken away counts on neither side, so that a change may be cut as one likes.
    """
    marked: dict[str, Counter[str]] = {"insertion": Counter(), "deletion": Counter(), "comment": Counter()}
    for revision in found:
        marked[revision.kind].update("".join(revision.text.split()))
    old, new = (Counter("".join(text.split())) for text in (before, after))
    true = new - old, old - new
    told = marked["insertion"] - marked["deletion"], marked["deletion"] - marked["insertion"]
    matched = sum((a & b).total() for a, b in zip(true, told, strict=True))
    return Tally(matched, sum(side.total() for side in true), sum(side.total() for side in told))


def twin_similarity(markdown: str, twin: str) -> float:
    """How alike two Markdown texts are, without marks and white space: 1 only where they are the same."""
    return float(Indel.normalized_similarity(_signs(markdown), _signs(twin)))


def _signs(markdown: str) -> str:
    return "".join(plain_text(markdown).split())
