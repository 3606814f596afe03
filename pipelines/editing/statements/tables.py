"""Statements of tables: Markdown, comma-, semicolon- and tab-separated lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

import regex

from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.statement import Statement

Row = list[str]

_RULE = regex.compile(r"\s*+\|?\s*+:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+\|?\s*+")
_CELL_END = regex.compile(r"(?<!\\)\|")
_VALUE_HEADS = frozenset(
    "value values wert valor valeur valore waarde answer entry content input data fill".split()
)
_LONGEST_HEAD = 120


def markdown_rows(lines: Sequence[str]) -> tuple[list[Row], bool]:
    """The cells of a table's lines, without its rule, and whether it has one below its first row."""
    ruled = len(lines) > 1 and _RULE.fullmatch(lines[1]) is not None
    rows = [_cells(line) for line in lines if not _RULE.fullmatch(line)]
    return rows, ruled


def is_markdown_row(line: str) -> bool:
    """Whether a line is one of a Markdown table."""
    plain = line.strip()
    return plain.startswith("|") and plain.count("|") > 1


def separated_rows(lines: Sequence[str], labels: Labels) -> list[Row]:
    """Lines as rows of cells, where they are a table whose heads or first cells name things in the form."""
    for mark in "\t;,":
        if len(lines) < 2 or any(mark not in line for line in lines):
            continue
        try:
            rows = list(csv.reader(lines, delimiter=mark, skipinitialspace=True))
        except csv.Error:
            continue
        if len({len(row) for row in rows}) == 1 and _is_table(rows, labels):
            return rows
    return []


def of_rows(rows: Sequence[Row], path: tuple[str, ...], labels: Labels) -> Iterator[Statement]:
    """What a table says: each line a label and its value, or each row values of what the first row names."""
    if not rows:
        return
    head, *body = rows
    if len(head) == 2 and not _is_records(head, body, labels):
        lines = (
            body if body and (head[1].strip().lower() in _VALUE_HEADS or not labels.knows(head[0])) else rows
        )
        for label, value in (row for row in lines if len(row) == 2):
            if label.strip() and value.strip():
                yield Statement(label.strip(), value.strip(), f"{label.strip()}: {value.strip()}", path)
        return
    for number, row in enumerate(body, 1):
        place = (*path, str(number)) if len(body) > 1 else path
        for label, value in zip(head, row, strict=False):
            if label.strip() and value.strip():
                said = f"{label.strip()}: {value.strip()}"
                yield Statement(label.strip(), value.strip(), said, place, number if len(body) > 1 else 0)


def _is_records(head: Row, body: Sequence[Row], labels: Labels) -> bool:
    """Whether two columns are values under two heads, rather than labels beside values."""
    return all(map(labels.knows, head)) and not any(row and labels.knows(row[0]) for row in body)


def _is_table(rows: Sequence[Row], labels: Labels) -> bool:
    head = rows[0]
    if len(head) < 2 or any(len(cell) > _LONGEST_HEAD for cell in head):
        return False
    heads = sum(map(labels.knows, head))
    firsts = sum(1 for row in rows if labels.knows(row[0]))
    return (2 * heads >= len(head) and heads > 1) or (len(head) == 2 and 2 * firsts >= len(rows))


def _cells(line: str) -> Row:
    plain = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|").strip("*_`") for cell in _CELL_END.split(plain)]
