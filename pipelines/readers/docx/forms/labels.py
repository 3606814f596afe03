"""What a person would call the places to fill in: the words beside them, above them, and the headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.readers.docx.forms.gaps import Gap
from pipelines.readers.docx.forms.lines import Cell, Grid, Line, Text
from pipelines.readers.docx.forms.spots import Spot
from schemas.reading import FieldKind

# Where one label ends and another begins on a line.
_PARTS = re.compile(r"\t|\n|[ \u00a0]{3,}|(?<=[.;!])\s")
_ENDS = " \t\n\u00a0:：*.,;-–—"
_ASIDE = re.compile(r"\s*[(\[]([^)\]]+)[)\]]")
_QUESTION = re.compile(r"[:：?？]\s*")
# What is longer is running text, and no label.
_LONGEST = 120
# Word's own tables have no more columns.
_MOST_COLUMNS = 63
# The level of a line that is bold throughout: it heads what follows, below all headings.
_BOLD = 100


@dataclass(slots=True)
class Labels:
    """What a place is called by the words beside it, or only ``nearby``; and what stands above it."""

    names: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    nearby: list[str] = field(default_factory=list)


def labelled(lines: list[Line]) -> Iterator[tuple[Spot, Labels]]:
    """All places of a story in order, with what they are called."""
    headings: list[tuple[int, str]] = []
    tables = _Tables()
    for index, line in enumerate(lines):
        level = _level(line)
        if level is not None:
            headings = [(above, text) for above, text in headings if above < level] + [(level, line.text)]
        around = [text for _, text in headings]
        for spot, found in _of_line(lines, index, tables):
            section = tables.section(line.cell) if line.cell else ""
            context = [*found.context, *([section] if section else []), *reversed(around)]
            found.context = [text for text in dict.fromkeys(context) if text not in found.names]
            yield spot, found


def _level(line: Line) -> int | None:
    """The level of a line that heads what follows; None of others."""
    if line.spots or not line.text or len(line.text) > _LONGEST or line.cell is not None:
        return None
    return line.level if line.level is not None else _BOLD if line.is_bold else None


def _of_line(lines: list[Line], index: int, tables: _Tables) -> Iterator[tuple[Spot, Labels]]:
    line = lines[index]
    texts = _between(line)
    boxes = [spot.traits.kind is FieldKind.CHECKBOX for spot in line.spots]
    label_follows = _label_follows(texts, boxes)
    for at, spot in enumerate(line.spots):
        before, after = _last(texts[at]), _first(texts[at + 1])
        if boxes[at]:
            question = _question(texts, boxes, at, follows=label_follows)
            own = after if label_follows else _last(_after_question(texts[at]))
            found = Labels([own] if own else [], [question] if question else [])
        else:
            aside = _ASIDE.match(texts[at + 1])
            found = Labels([name for name in (before, aside[1] if aside else "") if name])
        yield spot, found if found.names else _from_around(lines, index, spot, found, tables)


def _between(line: Line) -> list[str]:
    """The texts before, between and after the places of a line."""
    texts = [""]
    for token in line.tokens:
        if isinstance(token, Text):
            texts[-1] += token.text
        else:
            texts.append("")
    return texts


def _label_follows(texts: list[str], boxes: list[bool]) -> bool:
    """Whether the labels of a line's boxes stand after them, as they do unless the last has nothing after."""
    last = max((at for at, is_box in enumerate(boxes) if is_box), default=None)
    return last is None or bool(_first(texts[last + 1]))


def _question(texts: list[str], boxes: list[bool], at: int, *, follows: bool) -> str:
    """What the boxes of a line answer: the words before the first of them."""
    first = boxes.index(True)
    if follows:
        return _last(texts[first]) if first <= at else ""
    asked = _QUESTION.split(texts[first])
    return _last(asked[-2]) if len(asked) > 1 else ""


def _after_question(text: str) -> str:
    """The words before a box without the question that they follow."""
    return next((part for part in reversed(_QUESTION.split(text)) if part.strip(_ENDS)), "")


def _first(text: str) -> str:
    return next((part for part in map(_trimmed, _PARTS.split(text)) if part), "")


def _last(text: str) -> str:
    found = next((part for part in map(_trimmed, reversed(_PARTS.split(text))) if part), "")
    return found[-_LONGEST:]


def _trimmed(text: str) -> str:
    return " ".join(text.strip(_ENDS).split())


def _from_around(lines: list[Line], index: int, spot: Spot, found: Labels, tables: _Tables) -> Labels:
    """Names from the lines above and below, or from the cells of the table."""
    line = lines[index]
    if line.cell is None:
        name = _neighbour(lines, index, spot)
        return Labels([], found.context, [name] if name else [])
    above = lines[index - 1] if index and lines[index - 1].cell is line.cell else None
    if above is not None and above.text and not above.spots:
        return Labels([_last(above.text)], found.context)
    in_table = tables.labels(line.cell, is_box=spot.traits.kind is FieldKind.CHECKBOX)
    return Labels(in_table.names, [*found.context, *in_table.context])


def _neighbour(lines: list[Line], index: int, spot: Spot) -> str:
    """The line above a place that stands alone; below a line to write on, the words under it."""
    above = _label_line(lines[index - 1]) if index else ""
    below = _label_line(lines[index + 1]) if index + 1 < len(lines) else ""
    is_rule = isinstance(spot, Gap)
    return (above or below) if is_rule else above


def _label_line(line: Line) -> str:
    fits = line.cell is None and not line.spots and line.level is None and len(line.text) <= _LONGEST
    return _trimmed(line.text.strip("()[]")) if fits else ""


def _in_table(cell: Cell, *, is_box: bool) -> Labels:
    """The words of the cells around: a form's label at the left, or a table's headings of row and column."""
    row = cell.grid.rows[cell.row]
    if len(row) > _MOST_COLUMNS:
        return Labels()
    place = row.index(cell)
    left = next((one.text for one in reversed(row[:place]) if _is_label(one)), "")
    right = next((one.text for one in row[place + 1 : place + 2] if _is_label(one)), "")
    above = _heading(cell)
    if is_box and right:
        return Labels([_trimmed(right)], _trimmed_all([above, left]))
    filled = [one for one in row if one.spots]
    is_beside = place > 0 and _is_label(row[place - 1])
    if is_beside and (len(filled) == 1 or sum(map(_is_label, row)) > 1 or not above):
        return Labels(_trimmed_all([left]), _trimmed_all([above]))
    if above and left:
        return Labels(_trimmed_all([above, f"{left} {above}"]), _trimmed_all([left]))
    return Labels(_trimmed_all([above or left]), [])


def _trimmed_all(texts: Iterable[str]) -> list[str]:
    return [trimmed for text in texts if (trimmed := _trimmed(text)) and len(trimmed) <= 2 * _LONGEST]


def _is_label(cell: Cell) -> bool:
    return bool(cell.text) and not cell.spots


def _heading(cell: Cell) -> str:
    """The words at the top of a cell's column; a table whose top row is to be filled in has none."""
    top = cell.grid.rows[0]
    if cell.row == 0 or len(top) < 2 or any(one.spots for one in top):
        return ""
    return next((one.text for one in reversed(top) if one.column <= cell.column), "")


class _Tables:
    """What tables say of their cells, looked up once for each."""

    def __init__(self) -> None:
        self._sections: dict[Grid, list[str]] = {}
        self._labels: dict[tuple[Cell, bool], Labels] = {}

    def section(self, cell: Cell) -> str:
        """The row above that is a single cell across the table: it heads the rows below it."""
        if cell.grid not in self._sections:
            self._sections[cell.grid] = list(_sections_of(cell.grid))
        return self._sections[cell.grid][cell.row]

    def labels(self, cell: Cell, *, is_box: bool) -> Labels:
        """What a place is called that stands alone in a cell."""
        if (cell, is_box) not in self._labels:
            self._labels[cell, is_box] = _in_table(cell, is_box=is_box)
        return self._labels[cell, is_box]


def _sections_of(grid: Grid) -> Iterator[str]:
    above = ""
    for row in grid.rows:
        yield above
        if len(row) == 1 and _is_label(row[0]):
            above = _trimmed(row[0].text)
