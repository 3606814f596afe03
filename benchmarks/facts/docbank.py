"""Pages of papers with a class for every word, taken from their TeX: DocBank (Li et al. 2020).

The files list the words from top to bottom, across columns; their reading order here is that of ``columns``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.facts.columns import reading_order
from benchmarks.scores.tokens import Token
from schemas.geometry import BBox

_SCALE = 1 / 1000
_COLUMNS, _FONT = 10, 8
_FIGURE, _LINE = "##LTFigure##", "##LTLine##"

_CLASSES = {
    "title": "heading",
    "section": "heading",
    "paragraph": "text",
    "abstract": "text",
    "author": "text",
    "date": "text",
    "reference": "text list_item",
    "list": "list_item",
    "caption": "caption",
    "equation": "formula",
    "table": "table",
    "figure": "picture",
    "footer": "page_footer page_header footnote",
}
"""The regions in which a word of each DocBank class may stand. References are lists to some, text to
others; DocBank's footer holds footnotes and running lines alike."""


def documents(folder: Path) -> Iterator[Document]:
    """Every page with its words beside it."""
    for label in sorted(folder.glob("*.txt")):
        page = label.with_suffix(".pdf")
        if page.exists():
            yield Document(folder.name, "paper", page, partial(_truth, label))


def _truth(label: Path) -> Truth:
    lines = label.read_text(encoding="utf-8").split("\n")
    return Truth(tokens=tuple(reading_order([token for line in lines if (token := _token(line))])))


def _token(line: str) -> Token | None:
    """A row: word, four coordinates in thousandths of the page, three colours, font, class."""
    columns = line.rstrip("\r").split("\t")
    if len(columns) != _COLUMNS or columns[0] == _LINE or columns[-1] not in _CLASSES:
        return None
    left, top, right, bottom = (int(column) * _SCALE for column in columns[1:5])
    labels = frozenset(_CLASSES[columns[-1]].split())
    return Token(columns[0], BBox(left, top, right, bottom), labels, columns[_FONT], columns[0] == _FIGURE)
