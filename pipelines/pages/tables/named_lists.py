"""Lists with names of columns above them: tables of a label and a text, which detectors take for lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipelines.pages.paragraphs import rows
from pipelines.pages.tables.build import tiles
from pipelines.pages.tables.columns import Pieces, phrase_rows
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word

# A name of a column and a label have so many words.
_WORDS = 3
# What stands in a column begins where its name does, to within this (line heights).
_FLUSH = 0.5
# Lines follow each other within this (line heights).
_APART = 1.6
# A table has so many labels; one will do where it is a code, and its text has so many lines.
_ROWS, _LINES = 2, 2


class _Names(NamedTuple):
    """The names of the two columns, side by side."""

    first: TextLine
    second: TextLine


def named_lists(lines: Sequence[TextLine]) -> list[Region]:
    """Table regions, with grids, among lines that are in no table or picture.

    Two names in bold, the first of letters alone, stand above short labels with a text beside each.
    """
    level = [line for line in lines if not line.quarter_turns]
    below = sorted(level, key=lambda line: line.bbox.y1)
    found: list[Region] = []
    for names in _names(phrase_rows(level)):
        if not any(region.bbox.holds(*names.first.bbox.center) for region in found):
            found += _region(names, list(_items(names, below)))
    return found


def _names(table: Sequence[Pieces]) -> Iterator[_Names]:
    for row in table:
        for first, second in pairwise(row):
            if _is_name(first) and _is_name(second) and first.text.rstrip(".:").isalpha():
                yield _Names(first, second)


def _is_name(piece: TextLine) -> bool:
    return len(piece.words) <= _WORDS and all(word.bold for word in piece.words)


class _Line(NamedTuple):
    """A line of the table: the words of its label, often none, and of its text."""

    label: list[Word]
    text: list[Word]

    @property
    def bbox(self) -> BBox:
        return union_of([word.bbox for word in (*self.label, *self.text)])


def _items(names: _Names, below: Sequence[TextLine]) -> Iterator[_Line]:
    """The lines of text under the names, as far as they stand in the two columns."""
    end = max(piece.bbox.y2 for piece in names)
    for row in rows(_column(names, below)):
        words = sorted((word for line in row for word in line.words), key=lambda word: word.bbox.x1)
        line = _parted(names, words)
        if line is None or line.bbox.y1 - end > _APART * names.first.bbox.height:
            return
        yield line
        end = max(end, line.bbox.y2)


def _column(names: _Names, below: Sequence[TextLine]) -> list[TextLine]:
    """The lines below the names that begin in their columns, down to the first room between lines."""
    height = names.first.bbox.height
    left, right = names.first.bbox.x1 - 2 * height, names.second.bbox.x1 + _FLUSH * height
    end = top = max(piece.bbox.y2 for piece in names)
    found = []
    for line in below:
        if line.bbox.center[1] <= top or not left < line.bbox.x1 < right:
            continue
        if line.bbox.y1 - end > _APART * height:
            break
        end = max(end, line.bbox.y2)
        found.append(line)
    return found


def _parted(names: _Names, words: Sequence[Word]) -> _Line | None:
    """A line's label and text; None if they do not stand in the columns."""
    start, near = names.second.bbox.x1, _FLUSH * names.first.bbox.height
    label = [word for word in words if word.bbox.x1 < start - near]
    text = [word for word in words if word.bbox.x1 >= start - near]
    if not text or abs(text[0].bbox.x1 - start) > near or all(word.bold for word in words):
        return None
    if label and (
        len(label) > _WORDS
        or abs(label[0].bbox.x1 - names.first.bbox.x1) > near
        or label[-1].bbox.x2 > start - near
    ):
        return None
    return _Line(label, text)


def _region(names: _Names, lines: Sequence[_Line]) -> Iterator[Region]:
    starts = [i for i, line in enumerate(lines) if line.label]
    if not starts or starts[0] > 0 or (len(starts) < _ROWS and not _is_row(lines)):
        return
    top = max(piece.bbox.y2 for piece in names)
    box = union_of([*(piece.bbox for piece in names), *(line.bbox for line in lines)])
    ends = [top, *(lines[i - 1].bbox.y2 for i in starts[1:])]
    inner = [(end + lines[i].bbox.y1) / 2 for end, i in zip(ends, starts, strict=True)]
    labels = [names.first.bbox.x2, *(line.label[-1].bbox.x2 for line in lines if line.label)]
    middle = (max(labels) + names.second.bbox.x1) / 2
    ys = [box.y1, *inner, box.y2]
    if all(low < high for low, high in pairwise(ys)):
        grid = tiles([box.x1, middle, box.x2], ys)
        grid.ruled = True  # its columns and rows are known
        yield Region(RegionKind.TABLE, box, grid=grid)


def _is_row(lines: Sequence[_Line]) -> bool:
    """Whether lines of one label are a row of a table that the end of a page broke."""
    label = lines[0].label
    return len(lines) >= _LINES and len(label) == 1 and any(map(str.isdigit, label[0].text))
