"""Entries as a fragment's content: JSON, Markdown, HTML, and a cell for each box."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from pipelines.pages.forms.entries import Entry
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import TableCell, TableContent
from schemas.geometry import Box


def form_content(entries: Sequence[Entry]) -> TableContent:
    """The entries in the order given; boxes stay in the entries' units.

    ``content`` is a JSON array of ``{box_id, field_name, type, value}``, the Markdown has a line
    ``[box] **name** (type): value`` for each. The i-th entry that has a box has the i-th cell; boxes are
    called ``a`` to ``z``, ``aa``, ``ab``…
    """
    names = _box_names()
    rows = [(next(names) if entry.box else None, entry) for entry in entries]
    records = [
        {"box_id": box_id, "field_name": entry.name, "type": entry.kind.value, "value": entry.value}
        for box_id, entry in rows
    ]
    return TableContent(
        content=json.dumps(records, ensure_ascii=False),
        cells=[
            TableCell(text=_shown(e), bounding_box=Box.of(e.box), confidence=e.score, source=e.source)
            for e in entries
            if e.box
        ],
        html=_table(entries).html(),
        markdown="\n".join(_line(box_id, entry) for box_id, entry in rows),
    )


def _line(box_id: str | None, entry: Entry) -> str:
    place = f"[{box_id}] " if box_id else ""
    name, value = _on_one_line(entry.name), _on_one_line(_shown(entry))
    return f"{place}**{name}** ({entry.kind.value}): {value}".rstrip()


def _table(entries: Sequence[Entry]) -> TableModel:
    """Two columns, names and values: no row of it is a header."""
    return TableModel(
        MarkupCell(row, column, text=text)
        for row, entry in enumerate(entries)
        for column, text in enumerate((entry.name, _shown(entry)))
    )


def _shown(entry: Entry) -> str:
    """The value as text; of a box to tick as JSON has it."""
    if isinstance(entry.value, bool):
        return "true" if entry.value else "false"
    return entry.value or ""


def _on_one_line(text: str) -> str:
    return "<br>".join(" ".join(line.split()) for line in text.strip().split("\n"))


def _box_names() -> Iterator[str]:
    """a, b, … z, aa, ab, … without end."""
    names = [""]
    while True:
        names = [name + letter for name in names for letter in ascii_lowercase]
        yield from names
