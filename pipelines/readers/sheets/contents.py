"""What is on a sheet, in order: its blocks as tables, captions and text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipelines.readers.sheets.blocks import blocks
from pipelines.readers.sheets.cells import comment_markup, inline
from pipelines.readers.sheets.grid import Grid
from pipelines.readers.sheets.model import Cell, Row, ShownSheet
from schemas.fragments import Content, FragmentType, TextContent

Found = tuple[FragmentType, Content]

# A text of more characters is no entry of a table's only column, and below a table it is a note.
_LONG_TEXT = 40
_NOTE_MARKS = ("*", "†", "‡", "note", "source", "quelle", "anmerkung", "nota", "fuente", "remarque")
_MOST_TITLE_ROWS = 20
# Fewer texts below each other are lines (a letterhead, a title), more a list.
_LEAST_LISTED = 4
# More lines of text are a list, and a list of one column is a table.
_MOST_LINES = 50
# A sheet with more fragments is no page that anybody reads; so many texts are told as one then.
_MOST_FRAGMENTS = 2000
_PACKED = 200


def contents(sheet: ShownSheet) -> list[Found]:
    """The fragments of a sheet's cells, from top to bottom and from left to right.

    Where there are very many, texts that follow one another become one.
    """
    found = list(_contents(sheet))
    return found if len(found) <= _MOST_FRAGMENTS else list(_packed(found))


def _packed(found: list[Found]) -> Iterator[Found]:
    for is_text, run in groupby(found, key=lambda one: one[0] is FragmentType.TEXT):
        if not is_text:
            yield from run
            continue
        texts = [content.content for _, content in run]
        for start in range(0, len(texts), _PACKED):
            yield FragmentType.TEXT, TextContent(content="\n".join(texts[start : start + _PACKED]))


def _contents(sheet: ShownSheet) -> Iterator[Found]:
    waiting = list(blocks(sheet.rows))[::-1]
    while waiting:
        block = waiting.pop()
        grid = Grid.of(block, sheet)
        if not grid.rows:
            continue
        titles = _titles(grid)
        if titles:
            rest = list(blocks(block[block.index(grid.rows[titles]) :]))
            is_caption = len(rest) == 1
            for row in grid.rows[:titles]:
                yield _line(row, grid, FragmentType.TABLE_CAPTION if is_caption else FragmentType.TEXT)
            waiting.extend(reversed(rest))
        else:
            yield from _block(grid)


def _block(grid: Grid) -> Iterator[Found]:
    notes = _notes(grid)
    body = Grid.of(grid.rows[: len(grid.rows) - notes], grid.sheet)
    if grid.is_sparse or _is_text(body):
        for row in grid.rows:
            yield _line(row, grid)
        return
    for model in body.models():
        yield FragmentType.TABLE, model.content()
    for row in grid.rows[len(grid.rows) - notes :]:
        yield _line(row, grid)


def _titles(grid: Grid) -> int:
    """How many rows at the top are a title: a text alone in its row, at the left edge or over all columns."""
    if len(grid.columns) < 2 or _is_declared(grid.rows[0], grid):
        return 0
    count = 0
    for row in grid.rows[:-1]:
        cells = grid.cells(row)
        if len(cells) != 1 or cells[0][1].value or _is_declared(row, grid):
            break
        column = cells[0][0]
        down, across = grid.span(row, column)
        if down > 1 or (column != grid.columns[0] and across < len(grid.columns)):
            break
        count += 1
    return count if count <= _MOST_TITLE_ROWS else 0


def _notes(grid: Grid) -> int:
    """How many rows at the bottom are notes: a long or marked text alone in its row, at the left edge."""
    if len(grid.columns) < 2:
        return 0
    count = 0
    for row in reversed(grid.rows[1:]):
        cells = grid.cells(row)
        if len(cells) != 1 or cells[0][1].value or cells[0][0] != grid.columns[0]:
            break
        text = cells[0][1].text
        if len(text) <= _LONG_TEXT and not text.casefold().startswith(_NOTE_MARKS):
            break
        count += 1
    return count if count < len(grid.rows) - 1 else 0


def _is_declared(row: Row, grid: Grid) -> bool:
    return any(table.top == row.number for table in grid.sheet.tables)


def _is_text(grid: Grid) -> bool:
    """Whether a block is no table: one cell, or a few lines of text."""
    cells = [cell for row in grid.rows[:_MOST_LINES] for _, cell in grid.cells(row)]
    if len(grid.rows) == 1 and len(cells) == 1:
        return True
    if len(grid.columns) > 1 or len(grid.rows) > _MOST_LINES or _is_declared(grid.rows[0], grid):
        return False
    short = len(grid.rows) < _LEAST_LISTED and not any(cell.value for cell in cells)
    return short or any(len(cell.text) > _LONG_TEXT for cell in cells)


def _line(row: Row, grid: Grid, kind: FragmentType = FragmentType.TEXT) -> Found:
    texts = (
        paragraph(cell, grid.sheet.comments.get((row.number, column))) for column, cell in grid.cells(row)
    )
    return kind, TextContent(content="  ".join(texts))


def paragraph(cell: Cell, comment: str | None = None) -> str:
    """A cell's text as Markdown, line breaks kept, with the comment on it."""
    if cell.markdown is None:
        return inline([(cell.text, ())], comment).markdown()
    return cell.markdown if comment is None else f"{cell.markdown} {comment_markup(comment)}"
