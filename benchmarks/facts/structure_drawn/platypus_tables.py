# mypy: disable-error-code="no-untyped-call"
"""Tables for Platypus, whose later pieces may have another title and other head rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, Flowable, LongTable, Paragraph

from benchmarks.facts.structure_drawn.blocks import Grid, Head, Look, Row

_LEAST = 90.0
"""Points below a title that a table needs to begin on the same page."""
_DARK, _LIGHT, _SHADE = HexColor("#333333"), HexColor("#999999"), HexColor("#eef1f5")


def grid_flowables(grid: Grid, look: Look, width: float, font: str) -> Iterator[Flowable]:
    """The title, the table and what stands below it."""
    if grid.title:
        yield CondPageBreak(_LEAST)
        yield _title(grid.title, look, font, spaceBefore=look.size)
    yield _Pieces(grid, list(grid.body), grid.head, look, width, font)
    if grid.foot:
        yield Paragraph(escape(grid.foot), _style(look, font))


def _title(text: str, look: Look, font: str, **changes: Any) -> Paragraph:
    return Paragraph(f"<b>{escape(text)}</b>", _style(look, font, spaceAfter=3, **changes))


class _Pieces(Flowable):  # type: ignore[misc]
    """A table that breaks where the page ends; ``again`` of the grid stands over what follows."""

    def __init__(
        self,
        grid: Grid,
        rows: list[Row],
        head: Head,
        look: Look,
        width: float,
        font: str,
    ) -> None:
        super().__init__()
        self.spaceAfter = look.size
        self._given = (grid, rows, head, look, width, font)
        self._table = _table(grid, rows, head, look, width, font)

    def wrap(self, width: float, height: float) -> Any:
        """The size of the whole."""
        return self._table.wrap(width, height)

    def draw(self) -> None:
        """Draws the whole."""
        self._table.drawOn(self.canv, 0, 0)

    def split(self, width: float, height: float) -> list[Flowable]:
        """As many rows as fit, then the rest under its own head; a row may break inside."""
        grid, rows, head, look, across, font = self._given
        self._table.wrap(width, height)
        parts = self._table.split(width, height)
        done = len(parts[0]._cellvalues) - len(head) if len(parts) == 2 else 0  # noqa: SLF001
        if done < 1:
            return []
        if _goes_on_alike(grid):
            parts[1].spaceAfter = look.size
            return list(parts)
        later = [*_group(grid, rows[:done], rows[done]), *rows[done:]]
        rest: list[Flowable] = [_Pieces(grid, later, grid.again, look, across, font)]
        if grid.title_again:
            rest.insert(0, _title(grid.title_again, look, font))
        return [_Pieces(grid, rows[:done], head, look, across, font), *rest]


def _goes_on_alike(grid: Grid) -> bool:
    """Whether Platypus can break the table by itself."""
    return grid.again in {grid.head, ()} and not grid.title_again and not grid.group_again


def _group(grid: Grid, done: Sequence[Row], following: Row) -> list[Row]:
    """The subhead of the group that goes on after the break, where the document repeats it."""
    last = next((row for row in reversed(done) if row.spans or row.total), None)
    if not grid.group_again or last is None or not last.spans or following.spans:
        return []
    name = last.cells[0].removesuffix(f" ({grid.group_again})")
    return [replace(last, cells=(f"{name} ({grid.group_again})", *last.cells[1:]))]


def _table(grid: Grid, rows: list[Row], head: Head, look: Look, width: float, font: str) -> LongTable:
    cells: list[list[Any]] = []
    marks: list[Any] = []
    for r, line in enumerate(head):
        is_last = r == len(head) - 1
        right = [is_number and is_last for is_number in grid.numeric]
        cells.append(_cells([text or "" for text in line], right, look, font, bold=True))
        marks += [("SPAN", (start, r), (end, r)) for start, end in merged(line)]
    for r, row in enumerate(rows, start=len(head)):
        cells.append(_cells(row.cells, grid.numeric, look, font, bold=row.total or row.spans))
        if row.spans:
            marks.append(("SPAN", (0, r), (-1, r)))
        if row.total:
            marks.append(("LINEABOVE", (0, r), (-1, r), 0.8, _DARK))
    total = sum(grid.shares)
    return LongTable(
        cells,
        colWidths=[width * share / total for share in grid.shares],
        repeatRows=len(head) if grid.again == head else 0,
        splitInRow=int(look.justified and _goes_on_alike(grid)),
        style=[*_lines(look, len(head)), *marks],
    )


def merged(line: tuple[str | None, ...]) -> list[tuple[int, int]]:
    """The first and last columns of head cells that go over several."""
    found = []
    for start, text in enumerate(line):
        end = start
        while end + 1 < len(line) and line[end + 1] is None:
            end += 1
        if text is not None and end > start:
            found.append((start, end))
    return found


def _cells(
    texts: Sequence[str], right: Sequence[bool], look: Look, font: str, *, bold: bool
) -> list[Paragraph]:
    size = {"fontSize": look.table_size, "leading": look.table_size * 1.2}
    marks = ("<b>", "</b>") if bold else ("", "")
    return [
        Paragraph(escape(text).join(marks), _style(look, font, alignment=TA_RIGHT if is_right else 0, **size))
        for text, is_right in zip(texts, right, strict=True)
    ]


def _style(look: Look, font: str, **changes: Any) -> ParagraphStyle:
    usual = {"fontName": font, "fontSize": look.size - 0.5, "leading": look.size * 1.2}
    return ParagraphStyle("cell", **(usual | changes))


def _lines(look: Look, head: int) -> list[Any]:
    """The style commands of the look's rules."""
    first, last = (0, 0), (-1, -1)
    usual: list[Any] = [
        ("TOPPADDING", first, last, 2),
        ("BOTTOMPADDING", first, last, 3),
        ("VALIGN", first, last, "TOP"),
    ]
    below = ("LINEBELOW", (0, head - 1), (-1, head - 1), 0.6, _DARK)
    shaded = ("BACKGROUND", first, (-1, head - 1), _SHADE)
    drawn: dict[str, list[Any]] = {
        "grid": [("GRID", first, last, 0.5, _LIGHT), *([shaded] if head else [])],
        "rows": [("LINEBELOW", first, last, 0.4, _LIGHT)],
        "head": [
            ("LINEABOVE", first, (-1, 0), 1, _DARK),
            ("LINEBELOW", (0, -1), last, 1, _DARK),
            *([below] if head else []),
        ],
        "zebra": [("ROWBACKGROUNDS", (0, head), last, [None, _SHADE])],
    }
    return usual + drawn.get(look.rules, [])
