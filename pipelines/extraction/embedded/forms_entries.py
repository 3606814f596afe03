"""The fields of forms as names and values to be matched: parts joined, compound boxes taken apart."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from pipelines.extraction.embedded.forms_context import in_context
from pipelines.extraction.embedded.forms_items import FormItem, owner_of
from pipelines.extraction.embedded.forms_loose import Loose, Place, place_of
from pipelines.extraction.embedded.forms_questions import as_questions
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import Block, Evidence, PlacedEntry, PlacedWord
from schemas.fragments import FORMS, TableContent
from schemas.geometry import BBox, union_of
from schemas.reading import FieldKind

_TICK_KINDS = frozenset({FieldKind.CHECKBOX, FieldKind.RADIO})
_TICKS = {kind.value for kind in _TICK_KINDS}
# Fields for the parts of one number stand in a row, at most so many of their heights apart.
_APART = 3.0
_ADDRESS = {"address", "street", "city", "zip"}


def form_items(evidence: Evidence, pages: Sequence[Sheet]) -> list[FormItem]:
    """The fields of all forms, as pages keep them or as fragments that were made of them, in order."""
    found = [_of_entry(one) for one in evidence.entries]
    found += [item for block in evidence.blocks for item in _of_fragment(block)]
    whole = [part for item in _joined(found) for part in _taken_apart(item)]
    whole = list(as_questions(whole, pages))
    return list(in_context(whole, Loose(pages, whole)))


def tick_labels(evidence: Evidence) -> frozenset[Place]:
    """Where the print at boxes to tick stands: it is no value, the boxes say what is."""
    ticks = (one for one in evidence.entries if one.entry.kind in _TICK_KINDS)
    return frozenset(place_of(word) for one in ticks for word in one.label)


def _of_entry(one: PlacedEntry) -> FormItem:
    entry = one.entry
    is_tick = entry.kind in _TICK_KINDS
    nameless = not entry.name or entry.name == entry.in_file
    return FormItem(
        name="" if nameless else entry.name,
        text=entry.value if isinstance(entry.value, str) else "",
        page=one.page,
        bbox=entry.bbox,
        words=one.words,
        label=one.label,
        is_tick=is_tick,
        is_set=entry.value is True,
        is_interactive=bool(entry.in_file),
        is_framed=entry.framed,
    )


def _of_fragment(block: Block) -> Iterator[FormItem]:
    """The fields of a form's fragment; see ``pipelines.pages.forms.content``."""
    content = block.fragment.content
    if block.fragment.fragment_type not in FORMS or not isinstance(content, TableContent):
        return
    cells = iter(content.cells)
    for record in _records(content.content):
        place = next(cells, None) if record.get("box_id") else None
        box = place.bounding_box.bbox() if place else None
        value = record.get("value")
        yield FormItem(
            name=str(record.get("field_name") or ""),
            text=value if isinstance(value, str) else "",
            page=block.page,
            bbox=box,
            words=tuple(word for word in block.words if box and box.holds(*word.bbox.center)),
            is_tick=record.get("type") in _TICKS,
            is_set=value is True,
        )


def _records(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _joined(items: Sequence[FormItem]) -> list[FormItem]:
    """The items; fields in a row for the parts of one number, of which only the first is named, as one."""
    found: list[FormItem] = []
    for item in items:
        last = found[-1] if found else None
        if last and _goes_on(last, item):
            both = [box for box in (last.bbox, item.bbox) if box]
            text = "-".join(filter(None, (last.text, item.text)))
            found[-1] = replace(last, text=text, words=last.words + item.words, bbox=union_of(both))
        else:
            found.append(item)
    return found


def _goes_on(last: FormItem, item: FormItem) -> bool:
    if item.name or item.is_tick or last.is_tick or last.page != item.page or not (last.bbox and item.bbox):
        return False
    one, other = last.bbox, item.bbox
    level = min(one.y2, other.y2) - max(one.y1, other.y1) > 0.5 * min(one.height, other.height)
    return level and 0 <= other.x1 - one.x2 + 1 < _APART * one.height and item.is_interactive


def _taken_apart(item: FormItem) -> list[FormItem]:
    """A box for a name and an address as two: the first line is the name, the others are the address."""
    concepts = {concept.name for concept in phrase(item.name)}
    lines = _lines(item)
    if item.is_tick or "name" not in concepts or not concepts & _ADDRESS or len(lines) < 2:
        return [item]
    owner = owner_of(item.name)
    (name, name_words), rest = lines[0], lines[1:]
    address = tuple(word for _, words in rest for word in words)
    return [
        replace(item, name=f"{owner} name".strip(), text=name, words=name_words),
        replace(item, name=f"{owner} address".strip(), text="\n".join(t for t, _ in rest), words=address),
    ]


def _lines(item: FormItem) -> list[tuple[str, tuple[PlacedWord, ...]]]:
    """The lines of a value with their words; as the file has them, else as they stand on the page."""
    rows = [
        tuple(sorted(row, key=lambda word: word.bbox.x1)) for _, row in groupby(item.words, key=_Levels().of)
    ]
    texts = item.text.split("\n") if "\n" in item.text else [" ".join(w.text for w in row) for row in rows]
    if len(texts) != len(rows):
        return [(text, ()) for text in texts]
    return list(zip(texts, rows, strict=True))


class _Levels:
    """Numbers the lines of words that come in reading order."""

    def __init__(self) -> None:
        self._line = 0
        self._box: BBox | None = None

    def of(self, word: PlacedWord) -> int:
        if self._box and word.bbox.center[1] > self._box.y2:
            self._line += 1
        self._box = word.bbox
        return self._line
