"""LaTeX's tables as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Cell:
    html: str
    across: int
    down: int


@dataclass(slots=True)
class Table:
    """Takes the cells of a table in their order; ``across`` and ``down`` are the spans of the next one."""

    across: int = 1
    down: int = 1
    caption: str = ""
    _rows: list[list[_Cell]] = field(default_factory=lambda: [[]])
    _rules: list[int] = field(default_factory=list)
    _header: int = 0
    _kept: int = 0

    def end_cell(self, html: str) -> None:
        """A cell is at its end: ``&``."""
        self._rows[-1].append(_Cell(html.strip(), self.across, self.down))
        self.across = self.down = 1

    def end_row(self, html: str) -> None:
        r"""The last cell of a row is at its end: ``\\``."""
        self.end_cell(html)
        if len(self._rows[-1]) == 1 and not self._rows[-1][0].html:
            self._rows[-1].clear()
        else:
            self._rows.append([])

    def take_caption(self, html: str) -> str:
        """Keeps the caption, which a long table has in a row; leaves nothing there."""
        self.caption = html
        return ""

    def rule(self, command: str) -> None:
        """A line across the table; one that is called ``midrule`` parts its header from its body."""
        rows = len(self._rows) - 1
        if command == "midrule" and not self._header:
            self._header = rows
        self._rules.append(rows)

    def end_part(self, command: str) -> None:
        """A long table says that what came is its header or footer, which may be given twice."""
        rows = len(self._rows) - 1
        if command in {"endfirsthead", "endhead"} and not self._kept:
            self._header = self._kept = rows
        else:
            del self._rows[self._kept : rows]

    def html(self, last: str) -> str:
        """The table, with ``last`` as what stands behind the last end of a row."""
        if last.strip():
            self.end_row(last)
        rows = [row for row in self._rows if row]
        header = self._header or int(len(rows) > 1 and self._rules.count(1) > 0 and 2 not in self._rules)
        held: dict[int, int] = {}
        parts = [f"<table><caption>{self.caption}</caption>" if self.caption else "<table>"]
        for n, row in enumerate(rows):
            inner = _row(row, held, "th" if n < header else "td")
            parts.append(f"<tr>{inner}</tr>")
        return "\n".join([*parts, "</table>"])


def _row(row: list[_Cell], held: dict[int, int], tag: str) -> str:
    """A row; ``held`` has the columns that cells above reach into: LaTeX leaves them empty there."""
    parts = []
    column = 0
    reaching = {c: left - 1 for c, left in held.items() if left > 1}
    for cell in row:
        is_held = held.get(column, 0) > 0 and not cell.html
        if not is_held:
            spans = f' colspan="{cell.across}"' if cell.across > 1 else ""
            spans += f' rowspan="{cell.down}"' if cell.down > 1 else ""
            parts.append(f"<{tag}{spans}>{cell.html}</{tag}>")
            if cell.down > 1:
                reaching.update(dict.fromkeys(range(column, column + cell.across), cell.down - 1))
        column += cell.across
    held.clear()
    held.update(reaching)
    return "".join(parts)
