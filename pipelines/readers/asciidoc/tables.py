"""AsciiDoc's tables as HTML."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_CELL = re.compile(
    r"(?:(?:(?<=\s)|^)(?:(?P<across>\d{1,4})?(?:\.(?P<down>\d{1,5}))?(?P<sign>[+*]))?"
    r"(?:[<^>])?(?:\.[<^>])?(?P<style>[adehlmsv])?)?(?<!\\)(?P<bar>[|])",
    re.MULTILINE,
)
_COLUMN = re.compile(r"(?:(\d{1,4})\*)?[<^>.\d%~]*([adehlmsv])?")
_MOST_COLUMNS = 1000
# Most cells that ``3*|`` may make of one.
_MOST_COPIES = 100


@dataclass(slots=True)
class _Cell:
    text: str
    line: int
    across: int = 1
    down: int = 1
    style: str = ""


def table_html(
    lines: list[str],
    separator: str,
    options: Iterable[str],
    columns: str,
    cell_html: Callable[[str, str], str],
) -> str:
    """A table as HTML.

    ``separator`` is ``|``, ``!`` (in a cell) or what parts values: comma, colon, tab… ``options`` may name
    the ``header``, ``columns`` is the attribute ``cols``; ``cell_html`` makes HTML of a cell's text and
    style letter.
    """
    cells = _cells(lines, separator) if separator in "|!" else _delimited(lines, separator)
    styles = _column_styles(columns)
    first_line = [cell for cell in cells if cell.line == cells[0].line] if cells else []
    width = len(styles) or sum(cell.across for cell in first_line)
    rows = _rows(cells, width, by_line=not styles)
    header = "header" in options or (bool(rows) and "noheader" not in options and _sets_off_first(lines))
    parts = ["<table>"]
    for n, row in enumerate(rows):
        is_head = header and n == 0
        inner = "".join(_cell_html(cell, styles, c, is_head, cell_html) for c, cell in enumerate(row))
        parts.append(f"<thead><tr>{inner}</tr></thead>" if is_head else f"<tr>{inner}</tr>")
    return "\n".join([*parts, "</table>"])


def bar_lines(lines: list[str]) -> bool:
    """Whether these are rows of a table without the lines that should stand around it."""
    return all(line.lstrip().startswith("|") and line.count("|") > 1 for line in lines)


def _cells(lines: list[str], bar: str) -> list[_Cell]:
    text = "\n".join(lines)
    pattern = _CELL if bar == "|" else re.compile(_CELL.pattern.replace("[|]", "[!]"), re.MULTILINE)
    found = list(pattern.finditer(text))
    cells = []
    line, counted = 0, 0
    for n, match in enumerate(found):
        line += text.count("\n", counted, match.end())
        counted = match.end()
        end = found[n + 1].start() if n + 1 < len(found) else len(text)
        content = text[match.end() : end].strip().replace(f"\\{bar}", bar)
        across, down = int(match.group("across") or 1), int(match.group("down") or 1)
        style = match.group("style") or ""
        if match.group("sign") == "*":
            cells += [_Cell(content, line, style=style) for _ in range(min(across, _MOST_COPIES))]
        else:
            cells.append(_Cell(content, line, max(1, min(across, _MOST_COLUMNS)), max(1, down), style))
    return cells


def _delimited(lines: list[str], separator: str) -> list[_Cell]:
    rows = csv.reader((line + "\n" for line in lines), delimiter=separator, skipinitialspace=True)
    return [_Cell(field.strip(), n) for n, row in enumerate(rows) for field in row]


def _column_styles(columns: str) -> list[str]:
    styles: list[str] = []
    for part in re.split(r"[,;]", columns) if columns.strip() else []:
        found = _COLUMN.fullmatch(part.strip())
        times = int(found.group(1) or 1) if found else 1
        styles += [found.group(2) or "" if found else ""] * min(times, _MOST_COLUMNS)
    return styles[:_MOST_COLUMNS]


def _rows(cells: list[_Cell], width: int, *, by_line: bool) -> list[list[_Cell]]:
    """The cells in rows: one a line where each line has a whole row, else as many as fill the columns."""
    lines: dict[int, list[_Cell]] = {}
    for cell in cells:
        lines.setdefault(cell.line, []).append(cell)
    is_plain = all(cell.down == 1 for cell in cells)
    if by_line and is_plain and all(sum(c.across for c in line) >= width for line in lines.values()):
        # A last bar closes the row here, as in Markdown.
        return [line[:-1] if len(line) > width and not line[-1].text else line for line in lines.values()]
    rows: list[list[_Cell]] = [[]]
    held: list[int] = [0] * max(1, width)
    column = 0
    for cell in cells:
        while column < width and held[column]:
            column += 1
        if column >= width:
            rows.append([])
            held = [max(0, n - 1) for n in held]
            column = next((c for c, n in enumerate(held) if not n), 0)
        rows[-1].append(cell)
        for c in range(column, min(width, column + cell.across)):
            held[c] = cell.down
        column += cell.across
    return rows if rows[0] else []


def _sets_off_first(lines: list[str]) -> bool:
    """Whether an empty line parts the first line, which names the columns, from the others."""
    return len(lines) > 2 and bool(lines[0].strip()) and not lines[1].strip()


def _cell_html(
    cell: _Cell, styles: list[str], column: int, is_head: bool, cell_html: Callable[[str, str], str]
) -> str:
    style = cell.style or (styles[column] if column < len(styles) and not is_head else "")
    tag = "th" if is_head or style == "h" else "td"
    spans = (f' colspan="{cell.across}"' if cell.across > 1 else "") + (
        f' rowspan="{cell.down}"' if cell.down > 1 else ""
    )
    return f"<{tag}{spans}>{cell_html(cell.text, style)}</{tag}>"
