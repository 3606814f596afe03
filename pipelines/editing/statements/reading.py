"""All that a prompt says, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import regex

from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.lines import of_lines
from pipelines.editing.statements.statement import Statement
from pipelines.editing.statements.structured import json_in, of_json

MOST_LETTERS = 100_000
"""Of a prompt; what comes after is not read."""
MOST_STATEMENTS = 2000
_LONGEST_GAP = 100
_GAP = regex.compile(rf"[^\S\n\r]{{{_LONGEST_GAP},}}+")
"""More white space on a line tells nothing, and patterns would be tried from each of its characters on."""


def statements(prompt: str, labels: Labels) -> list[Statement]:
    """What a prompt says about a form whose things have such labels."""
    text = _GAP.sub(" " * _LONGEST_GAP, prompt[:MOST_LETTERS])
    said = _all(text, labels)
    return list(dict.fromkeys(islice(said, MOST_STATEMENTS)))


def _all(text: str, labels: Labels) -> Iterator[Statement]:
    found = json_in(text)
    if found is None:
        yield from of_lines(text, labels)
        return
    value, begin, end = found
    yield from chain(of_lines(text[:begin], labels), of_json(value), of_lines(text[end:], labels))
