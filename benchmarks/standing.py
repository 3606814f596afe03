"""What stands in a report already: results of other days and machines stay until they are measured again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

Sections = dict[str, list[str]]
"""Paragraphs by title, in order; the first title is empty: what stands before all others."""

_KEYS = {"Goals": 2, "Before": 2}
"""So many cells name the row of a table; in other sections one does: the engine."""
_COMMAND = re.compile(r"`(python -m benchmarks [^`]*)`")


def sections(report: str) -> Sections:
    """The sections of a report in Markdown."""
    found: Sections = {"": []}
    title = ""
    for paragraph in filter(None, re.split(r"\n{2,}", report.strip())):
        if paragraph.startswith("## "):
            title = paragraph.removeprefix("## ")
            found[title] = []
        else:
            found[title].append(paragraph)
    return found


def joined(old: Mapping[str, list[str]], new: Mapping[str, list[str]], order: Sequence[str]) -> str:
    """The report with the sections of ``new`` put into those of ``old``, in ``order``, others after these."""
    titles = dict.fromkeys([*(t for t in order if t in old or t in new), *old, *new])
    parts: list[str] = []
    for title in titles:
        parts += [f"## {title}"] if title else []
        parts += _section(old.get(title, []), new.get(title, []), _KEYS.get(title, 1))
    return "\n\n".join(parts) + "\n"


def _section(old: Sequence[str], new: Sequence[str], keys: int) -> Iterable[str]:
    """``new`` with what it lacks: rows of its tables, and parts that another command measured."""
    if not new or not old:
        return new or old
    tables = {place: paragraph for place, paragraph in _placed(old) if place}
    kept: list[str] = []
    result: list[str] = []
    for place, paragraph in _placed(new):
        if place in tables:
            paragraph, more = _table(tables[place], paragraph, keys)
            kept += more
        result.append(paragraph)
    if tables:
        return [*result, *_commands_of(old, new)] if kept else result
    return [*result, *_parts_of_others(old, new)]


def _placed(paragraphs: Sequence[str]) -> Iterable[tuple[tuple[str, str] | None, str]]:
    """Each paragraph, with the heading above it and its first line if it is a table."""
    below = ""
    for paragraph in paragraphs:
        if paragraph.startswith("### "):
            below = paragraph
        yield ((below, paragraph.split("\n")[0]) if paragraph.startswith("| ") else None), paragraph


def _table(old: str, new: str, keys: int) -> tuple[str, list[str]]:
    """The table with the rows of both, those of ``new`` where both have them; and the rows that are old."""
    head, rule, *rows = new.split("\n")
    fresh = {_key(row, keys): row for row in rows}
    order = dict.fromkeys([*(_key(row, keys) for row in old.split("\n")[2:]), *fresh])
    stands = {_key(row, keys): row for row in old.split("\n")[2:]}
    kept = [stands[key] for key in order if key not in fresh]
    return "\n".join([head, rule, *(fresh.get(key) or stands[key] for key in order)]), kept


def _commands_of(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The circumstances of what is kept, unless the same command has measured it again."""
    again = {command for paragraph in new for command in _COMMAND.findall(paragraph)}
    lines = [paragraph for paragraph in old if _COMMAND.match(paragraph)]
    return [line for line in lines if set(_COMMAND.findall(line)) - again]


def _parts_of_others(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Of a section without tables the parts, each of which ends with its circumstances, of other commands."""
    again = {command for paragraph in new for command in _COMMAND.findall(paragraph)}
    parts: list[str] = []
    part: list[str] = []
    for paragraph in old:
        part.append(paragraph)
        if commands := _COMMAND.findall(paragraph):
            parts += part if set(commands) - again else []
            part = []
    return parts


def _key(row: str, keys: int) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.split("|")[1 : keys + 1])
