"""Struck words of pages that come ready: what is between ``~~`` in their Markdown is taken out and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape, unescape
from typing import ClassVar

from pipelines.work import PageWork
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    PageFragment,
    TableContent,
    TextContent,
)

# Struck words, and before them all in which tildes mean nothing: escapes, code, formulas, tags.
_STRUCK = re.compile(
    r"\\.|(?P<ticks>`+)[^`]*(?P=ticks)|\$\$[^$]*\$\$|\$[^$\n]*\$|<[^<>]*>"
    r"|(?P<struck>~~(?=[^\s~])(?P<words>(?:[^~]|~(?!~))*)(?<=[^\s~])~~)",
    re.DOTALL,
)
_CODE_BLOCK = re.compile(r"[ \t]*(?:```|~~~)")
_HERE = "\0"
"""Stands where words were taken out, until the text about it is mended."""
# Emphasis and links about nothing, and spaces that are no longer between words.
_MENDED = (
    (re.compile(rf"(\*{{1,3}}|\b_{{1,3}}) *{_HERE} *\1"), _HERE),
    (re.compile(rf"\[ *{_HERE} *\]\([^()]*\)"), _HERE),
    (re.compile(rf" +{_HERE}(?= *(?:[\]*.,;:!?)]|$))", re.MULTILINE), _HERE),
    (re.compile(rf"((?:^|[\s(])[\[*]*){_HERE} *", re.MULTILINE), r"\1"),
    (re.compile(_HERE), ""),
)
_EMPHASIS = re.compile(r"(?<![\w*\\])\*{1,3}(?=\S)|(?<=[^\s\\])\*{1,3}(?![\w*])")
_LINK = re.compile(r"(?<!\\)\[([^\[\]]*)\]\([^()]*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"\s*<br/>\s*|\s+")
_PIPE = re.compile(r"(?<!\\)\|")
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])([^<>]*)>(.*?)</\1>", re.DOTALL)
_SPAN = re.compile(r'(row|col)span="(\d+)"')


class RemoveStruckMarkup:
    """Takes struck words out of each fragment; each passage of them is a fragment after it.

    Tracked deletions (``<del>``) are not struck; figures and code stay as they are.
    """

    name: ClassVar[str] = "strikethrough"
    reads: ClassVar[frozenset[str]] = frozenset({"fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments"})
    batch: ClassVar[int] = 1

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            page.part([list(_parted(fragment)) for fragment in page.fragments or []])


def _parted(fragment: PageFragment) -> Iterator[PageFragment]:
    content, passages = _without_struck(fragment.content)
    if not passages:
        yield fragment
        return
    if content.content.strip():
        yield fragment.model_copy(update={"content": content})
    for passage in passages:
        yield PageFragment(
            fragment_type=FragmentType.STRIKETHROUGH,
            content=TextContent(content=passage),
            bbox=fragment.bbox,
            source=fragment.source,
        )


def _without_struck(content: Content) -> tuple[Content, list[str]]:
    match content:
        case TableContent():
            return _table(content)
        case FigureContent():
            return content, []
    text, passages = without_struck(content.content)
    return content.model_copy(update={"content": text}), passages


def without_struck(markdown: str) -> tuple[str, list[str]]:
    """Markdown without what is struck in it, and the passages that were, as plain text.

    Passages with nothing but white space between them are one.
    """
    if "~~" not in markdown or _CODE_BLOCK.match(markdown):
        return markdown, []
    left, passages, end = "", list[str](), 0
    for found in _STRUCK.finditer(markdown.replace(_HERE, " ")):
        if found["struck"] is None:
            continue
        between, words = markdown[end : found.start()], _plain(found["words"])
        if passages and not between.strip():
            passages[-1] += " " * bool(between) + words
        else:
            passages.append(words)
            left += between + _HERE
        end = found.end()
    left += markdown[end:]
    for pattern, mended in _MENDED if passages else ():
        left = pattern.sub(mended, left)
    return left.strip() if passages else markdown, passages


def _plain(markdown: str) -> str:
    """The words of inline Markdown, on one line."""
    text = _EMPHASIS.sub("", _LINK.sub(r"\1", markdown))
    return unescape(_ESCAPE.sub(r"\1", _BREAK.sub(" ", text)))


def _table(table: TableContent) -> tuple[TableContent, list[str]]:
    """The table without its struck words: the Markdown of a cell tells which words of its HTML they are."""
    if "~~" not in (table.markdown or "") or table.html is None:
        return table, []
    rows, struck = [], dict[tuple[int, int], list[str]]()
    for r, line in enumerate((table.markdown or "").split("\n")):
        texts = _PIPE.split(line)[1:-1]
        for c, text in enumerate(texts):
            if "~~" in text:
                kept, struck[r - (r > 1), c] = without_struck(text.strip())
                texts[c] = f" {kept} "
        rows.append("|".join(["", *texts, ""]))
    found = [(cell, struck[place]) for place, cell in _cells(table.html) if struck.get(place)]
    html, boxes = table.html, list(table.cells)
    for cell, words in reversed(found):
        html = html[: cell.start(3)] + _without(cell[3], map(escape, words)) + html[cell.end(3) :]
        for i, box in enumerate(boxes):
            if escape(box.text) == cell[3]:
                boxes[i] = box.model_copy(update={"text": _without(box.text, words)})
    content = html if table.content == table.html else table.content
    update = {"content": content, "html": html, "markdown": "\n".join(rows), "cells": boxes}
    return table.model_copy(update=update), [passage for _, words in found for passage in words]


def _cells(html: str) -> Iterator[tuple[tuple[int, int], re.Match[str]]]:
    """The cells of a table's HTML (see ``TableModel.html``) with their places in its grid."""
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(_ROW.finditer(html)):
        c = 0
        for cell in _CELL.finditer(html, row.start(1), row.end(1)):
            spans = {name: int(count) for name, count in _SPAN.findall(cell[2])}
            while (r, c) in taken:
                c += 1
            yield (r, c), cell
            across = range(c, c + spans.get("col", 1))
            taken.update((r + down, right) for down in range(spans.get("row", 1)) for right in across)


def _without(text: str, passages: Iterable[str]) -> str:
    """A cell's text without some passages; a break in it may stand for a space in them."""
    for passage in passages:
        words = r"(?:\s|<br/>)+".join(map(re.escape, passage.split()))
        text = re.sub(rf" ?{words}", "", text, count=1)
    return text.strip()
