"""Text that has no place on a page, set as on a typewriter: letters of one width, tables in columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import html as lxml_html

from pipelines.extraction.evidence import Block, PlacedWord
from schemas.fragments import TableContent
from schemas.geometry import BBox

_LETTER, _LINE, _LEADING = 0.5, 1.0, 1.4
_BETWEEN_COLUMNS = 4
_WIDEST_COLUMN = 400
_MARKS = re.compile(r"^\s*(?:#{1,6}|[*+>-])\s+|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}|<[^<>]{1,200}>|\\(?=\W)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")


def typewritten(page: int, blocks: Sequence[tuple[int, Block]]) -> Iterator[tuple[int, PlacedWord]]:
    """The words of fragments without geometry, each with the index of its fragment, one row a line."""
    down = 0.0
    for index, block in blocks:
        for row in _rows(block):
            across = 0
            for width, text in row:
                for at, word in _words(text):
                    box = BBox(
                        _LETTER * (across + at), down, _LETTER * (across + at + len(word)), down + _LINE
                    )
                    yield index, PlacedWord(word, page, box)
                across += width + _BETWEEN_COLUMNS
            down += _LEADING
        down += _LEADING


def _rows(block: Block) -> list[list[tuple[int, str]]]:
    """The lines of a fragment as cells with the widths of their columns."""
    if isinstance(block.fragment.content, TableContent) and (html := block.fragment.content.html):
        return _table(html)
    return [[(0, _bare(line))] for line in block.text.split("\n")]


def _table(html: str) -> list[list[tuple[int, str]]]:
    rows = [
        [" ".join(cell.text_content().split()) for cell in row.iterchildren("td", "th")]
        for row in lxml_html.fragment_fromstring(html, create_parent="div").iter("tr")
    ]
    widths = [0] * max(map(len, rows), default=0)
    for row in rows:
        for column, text in enumerate(row):
            widths[column] = max(widths[column], min(len(text), _WIDEST_COLUMN))
    return [[(max(width, len(text)), text) for width, text in zip(widths, row, strict=False)] for row in rows]


def _bare(line: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", line))


def _words(text: str) -> Iterator[tuple[int, str]]:
    return ((found.start(), found.group()) for found in re.finditer(r"\S+", text))
