"""Statements of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import regex

from pipelines.editing.statements.statement import Statement

_BEGIN = regex.compile(r"\{\s*[\"}]|\[\s*[\[{\"]")
_MOST_TRIES = 5
_LABELS = ("label", "field", "name", "id", "key", "title", "question")
_VALUES = ("value", "values", "answer", "checked")
_LONGEST_SAID = 200

Path = tuple[str, ...]


def json_in(text: str) -> tuple[Any, int, int] | None:
    """The first JSON object or array in a text, with where it begins and ends; None where there is none."""
    decoder = json.JSONDecoder(parse_int=str, parse_float=str)
    for tried, begin in enumerate(_BEGIN.finditer(text)):
        if tried == _MOST_TRIES:
            break
        try:
            value, end = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            continue
        return value, begin.start(), end
    return None


def of_json(value: Any) -> Iterator[Statement]:
    """What each leaf says; keys above it are its path, its place in a list its row."""
    waiting: list[tuple[Path, int, Any]] = [((), 0, value)]
    while waiting:
        path, row, node = waiting.pop()
        if isinstance(node, dict):
            if record := _record(node):
                waiting.append(((*path, record[0]), row, record[1]))
            else:
                waiting += [((*path, str(key)), row, child) for key, child in reversed(node.items())]
        elif isinstance(node, list) and any(isinstance(item, dict | list) for item in node):
            rows = [((*path, str(i)) if path else path, i, item) for i, item in enumerate(node, 1)]
            if all(isinstance(item, dict) and _record(item) for item in node):  # a list of fields
                rows = [(path, row, item) for item in node]
            waiting += reversed(rows)
        elif path and (said := _leaf(node)) is not None:
            yield Statement(path[-1], said, _told(path, said), path[:-1], row)


def _record(node: dict[str, Any]) -> tuple[str, Any] | None:
    """The label and the value of an object that describes one field."""
    lowered = {str(key).lower(): child for key, child in node.items()}
    label = next((lowered[key] for key in _LABELS if isinstance(lowered.get(key), str)), None)
    value = next((lowered[key] for key in _VALUES if key in lowered), None)
    return (label, value) if label and value is not None else None


def _leaf(node: Any) -> str | bool | None:
    if isinstance(node, list):
        return "\n".join(str(item) for item in node if item is not None) or None
    return node if node is None or isinstance(node, bool) else str(node)


def _told(path: Path, said: str | bool) -> str:
    text = str(said).lower() if isinstance(said, bool) else said
    return f"{'.'.join(path)}: {text}"[:_LONGEST_SAID]
