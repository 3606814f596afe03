"""Flat and scanned forms: labels with what is written at them, boxes with what they stand for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from pipelines.pages.certainty import certainty, main_source
from pipelines.pages.finds import without_words
from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.boxed import boxed
from pipelines.pages.forms.flat.drawn import Drawn, drawn
from pipelines.pages.forms.flat.labels import labels, whole_names, without_tables
from pipelines.pages.forms.flat.marks import Tick, ticks
from pipelines.pages.forms.flat.options import options
from pipelines.pages.forms.flat.pieces import COLONS, Piece, pieces
from pipelines.pages.forms.flat.sheet import Sheet
from pipelines.pages.forms.flat.unnamed import unnamed
from pipelines.pages.forms.flat.values import values
from pipelines.work import PageWork
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import CheckBox, FieldKind, RegionKind

# On a page with so many fields a label without a value is an empty one; elsewhere it may introduce a text.
_FORM = 6
# What names a whole page, or a table: colons in it ask nothing.
_NAMES = {RegionKind.CAPTION, RegionKind.TITLE}
# No form has more texts: each is held against all others.
_MOST_PIECES = 1000

Field = tuple[Piece, list[Piece]]


def flat_entries(page: PageWork, boxes: Sequence[CheckBox], known: Sequence[Entry]) -> list[Entry]:
    """The fields of a page that are only drawn or printed, in units of the upright page, top to bottom.

    ``boxes`` are the boxes to tick that are seen on it, ``known`` the interactive fields already taken.
    """
    taken = {id(word) for entry in known for word in entry.words}
    lines, _ = without_words(page.lines or [], lambda word: id(word) in taken)
    width, height = page.pose.upright_size
    shapes = drawn(page.rules, [line.bbox for line in lines], width, height)
    marks = ticks(lines, boxes)
    texts = pieces(lines, shapes, [mark.bbox for mark in marks])
    if len(texts) > _MOST_PIECES:
        return []
    ticked = options(marks, texts)
    named = {id(word) for _, text in ticked if text for word in text.words}
    names = [region.bbox for region in page.regions or [] if region.kind in _NAMES]
    # "Other:" beside a box to tick asks for a text, too.
    others = [t for t in texts if (t.asks or not _has(t, named)) and not _is_in(t, names)]
    tables = [region.bbox for region in page.regions or [] if region.kind is RegionKind.TABLE and region.grid]
    found = [_tick_entry(mark, text) for mark, text in ticked]
    fields = _fields(others, shapes, tables, width)
    found += [_entry(label, value) for label, value in fields if value or not _has(label, named)]
    taken |= {id(word) for entry in found for word in entry.words}
    found += [_unnamed_entry(value) for value in unnamed(Sheet.of(others, shapes, width), taken)]
    return _each_word_once(sorted(found, key=_top_left))


def _fields(texts: Sequence[Piece], shapes: Drawn, tables: Sequence[BBox], width: float) -> list[Field]:
    """Labels with their values: those of a form of boxes, then those of what is left."""
    sheet = Sheet.of(texts, shapes, width)
    found = boxed(sheet)
    taken = {id(word) for label, value in found for piece in (label, *value) for word in piece.words}
    free = [text for text in texts if not any(id(word) in taken for word in text.words)]
    sheet = Sheet.of(whole_names(Sheet.of(free, shapes, width)), shapes, width)
    sheet = Sheet.of(without_tables(sheet, tables), shapes, width)
    return found + _likely(sheet, values(sheet, labels(sheet)))


def _has(text: Piece, words: Container[int]) -> bool:
    return any(id(word) in words for word in text.words)


def _is_in(text: Piece, boxes: Sequence[BBox]) -> bool:
    return any(box.holds(*text.bbox.center) for box in boxes)


def _likely(sheet: Sheet, found: Sequence[Field]) -> list[Field]:
    """The fields, less labels of nothing: without a value they need a line, a frame, or many others."""
    sure = [
        (label, value)
        for label, value in found
        if value or sheet.line_after(label) is not None or sheet.frame(label) is not None
    ]
    likely = len(sure) + sum(label.asks for label, _ in found) - sum(label.asks for label, _ in sure)
    return list(found) if likely >= _FORM else sure


def _each_word_once(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, a word that two have a share in (``Date:12No:5``) with the first of them."""
    seen: set[int] = set()
    for entry in entries:
        words = {id(word): word for word in entry.words if id(word) not in seen}
        entry.words = list(words.values())
        seen |= words.keys()
    return list(entries)


def _top_left(entry: Entry) -> tuple[float, float]:
    box = entry.extent
    return (box.y1, box.x1) if box else (0.0, 0.0)


def _tick_entry(tick: Tick, label: Piece | None) -> Entry:
    kind = FieldKind.RADIO if tick.round else FieldKind.CHECKBOX
    words = (label.words if label else []) + tick.words
    source = main_source(words) or Source.DIGITAL
    name, place = (_name(label), label.bbox) if label else ("", None)
    return Entry(kind, name, tick.checked, tick.bbox, place, words, tick.score, source)


def _name(label: Piece) -> str:
    return label.text.rstrip("".join(COLONS) + " ")


def _unnamed_entry(value: Sequence[Piece]) -> Entry:
    return replace(_entry(value[0], value), name="", label_box=None)


def _entry(label: Piece, value: Sequence[Piece]) -> Entry:
    text = " ".join(piece.text for piece in value).lstrip("".join(COLONS) + " ")
    box = union_of([piece.bbox for piece in value]) if value else None
    words = label.words + [word for piece in value for word in piece.words]
    source = main_source(words) or Source.DIGITAL
    return Entry(FieldKind.TEXT, _name(label), text, box, label.bbox, words, certainty(words, None), source)
