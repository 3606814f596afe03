"""Rows of a label and a text that were read as items of a list: without its names a table looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.documents.merge_tables.extents import Extent
from pipelines.documents.merge_tables.pieces import Cell, Piece
from pipelines.documents.merge_tables.words import plain
from pipelines.pages.paragraphs import rows, text_of
from pipelines.work import PageRecord
from schemas.documents import MergedPlace
from schemas.fragments import FragmentType, PageFragment
from schemas.geometry import Box, union_of
from schemas.reading import TextLine, Word

_KINDS = {FragmentType.TEXT, FragmentType.LIST_ITEM}
_FLUSH = 3.0
"""A text begins where its column does, to within so many units."""
_LABEL = re.compile(r"^(\D{0,12})(\d{1,9})(\D{0,3})$")

Named = tuple[PageFragment, str | None]
"""A fragment and its ``ref_id``; None if the finished page leaves it out."""


def listed(piece: Piece, fragments: Sequence[Named], first: int, record: PageRecord) -> Piece | None:
    """The piece that fragments of a page are, from the ``first`` one on; None if that is no row of ``piece``.

    Their labels count on from the last one of ``piece``, and their lines begin as far apart as its two
    columns.
    """
    columns = piece.extents
    label = _last_label(piece)
    if not label or len(columns) != 2 or columns[0] is None or columns[1] is None:
        return None
    step = columns[1][0] - columns[0][0]
    names: list[str] = []
    found: list[tuple[TextLine, list[TextLine]]] = []
    for place in range(first, len(fragments)):
        fragment, name = fragments[place]
        label = _next(label)
        row = _row(label, step, fragment, record) if name and fragment.fragment_type in _KINDS else None
        if row is None or not name:
            break
        names.append(name)
        found.append(row)
    if not found:
        return None
    across = found[0][0].bbox.x1 - columns[0][0]
    given: list[Extent | None] = [(one[0] + across, one[1] + across) for one in (columns[0], columns[1])]
    cells = [
        _cell(r, c, lines, record)
        for r, (one, text) in enumerate(found)
        for c, lines in enumerate(([one], text))
    ]
    around = union_of([line.bbox for one, text in found for line in (one, *text)])
    return Piece(record.number, names[0], around, cells, given=given, more=tuple(names[1:]))


def _last_label(piece: Piece) -> str:
    """What the last row is called, if it is numbered; else nothing."""
    label = piece.texts(piece.rows - 1)[0]
    return label if _LABEL.match(label) else ""


def _next(label: str) -> str:
    """The label counted on: "SYS-09" after "SYS-08"."""
    return _LABEL.sub(lambda m: f"{m[1]}{int(m[2]) + 1:0{len(m[2])}}{m[3]}", label)


def _row(
    label: str, step: float, fragment: PageFragment, record: PageRecord
) -> tuple[TextLine, list[TextLine]] | None:
    """The label and the lines of the text beside it, which begin ``step`` to the right of it."""
    if fragment.bbox is None or plain(fragment.content.content).split(maxsplit=1)[:1] != [label]:
        return None
    box = fragment.bbox.bbox()
    held = [
        sorted((word for line in row for word in line.words), key=lambda word: word.bbox.x1)
        for row in rows([line for line in record.lines if box.holds(*line.bbox.center)])
    ]
    if not held or held[0][0].text != label or len(held[0]) < 2:
        return None
    first, *texts = held[0][:1], held[0][1:], *held[1:]
    if any(abs(words[0].bbox.x1 - first[0].bbox.x1 - step) > _FLUSH for words in texts):
        return None
    return _line(first), [_line(words) for words in texts]


def _line(words: list[Word]) -> TextLine:
    return TextLine(words, union_of([word.bbox for word in words]))


def _cell(row: int, column: int, lines: Sequence[TextLine], record: PageRecord) -> Cell:
    box = Box.of(union_of([line.bbox for line in lines]))
    place = MergedPlace(page_number=record.number, bbox=box)
    return Cell(row, column, 1, 1, text_of(lines), False, [place])
