"""Interactive fields as entries: what the file says of each, and the print beside it that names it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.pages.finds import without_words
from pipelines.pages.forms.beside import COLONS, Phrase, Print, Side
from pipelines.pages.forms.entries import Entry
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField, TextLine, Word

_TO_TICK = {FieldKind.CHECKBOX, FieldKind.RADIO}
# How far from its field a label stands at most, in line heights, the likeliest place first.
_BESIDE = (
    (Side.LEFT, 4.0),
    (Side.ABOVE, 1.2),
    (Side.LEFT, 25.0),
    (Side.ABOVE, 2.5),
    (Side.BELOW, 0.8),
    (Side.RIGHT, 1.5),
)
# The same where labels stand under their fields.
_UNDER = (Side.BELOW, 0.8)
_SET_BELOW = (_BESIDE[0], _UNDER, *_BESIDE[1:])
# So many fields say whether they do, this share of them; none that has print above it so near (line heights).
_LEAST_VOTES, _MOST, _FAR_ABOVE = 3, 0.6, 6.0
_BESIDE_TICKED, _OVER_TICKED = 3.0, ((Side.ABOVE, 1.5), (Side.BELOW, 1.0))
_BESIDE_GROUP = ((Side.LEFT, 25.0), (Side.ABOVE, 1.5))
# Print so near (line heights) at both sides of a field is a sentence.
_IN_SENTENCE = 1.0
_LEADERS = re.compile(r"[._]{3}|…")
# A text says what another does if it has so many of its words.
_MOST_WORDS = 0.6
# A tick is a sign or two of any font.
_MARK = 2
# Only so many fields of a page get labels by geometry; real pages have some hundreds.
_MOST_PLACED = 2_000


def field_entries(fields: Sequence[FormField], lines: Sequence[TextLine]) -> list[Entry]:
    """An entry for each field, in the same order; boxes of both are in units of the upright page.

    A field is named by its tooltip and the print beside it, by one of them where they say the same, else by
    its name in the file. Of a group of boxes to tick each is named after the group and what stands at it.
    The words that name or fill a field are its entry's.
    """
    found = field_labels(fields, lines)
    labels, inside = found.labels, found.inside
    names = {id(field): _name(field.label, labels.get(id(field)), field.name) for field in fields}
    groups = defaultdict[str, list[FormField]](list)
    for field in fields:
        groups[field.name].append(field)
    for group in groups.values():
        if len(group) > 1 and group[0].kind in _TO_TICK:
            names |= _group_names(found, group)
    return [_entry(field, names[id(field)], inside.get(id(field), [])) for field in fields]


@dataclass(frozen=True, slots=True)
class FieldLabels:
    """The print beside fields and in them, by the field's identity, and the page's print around them all.

    ``of_boxes`` are the words of all labels of boxes to tick, by identity. ``are_below``: on this page labels
    stand under their fields.
    """

    page: Print
    labels: dict[int, Phrase]
    inside: dict[int, list[Word]]
    of_boxes: frozenset[int]
    are_below: bool

    def heading(self, group: Sequence[FormField]) -> Phrase | None:
        """The print beside the first box of a group that is no box's own: what the group asks."""
        first = group[0]
        if first.bbox is None or first.hidden:
            return None
        found = (self.page.beside(first.bbox, side, reach)[0] for side, reach in _BESIDE_GROUP)
        return next((p for p in found if p and not any(id(word) in self.of_boxes for word in p.words)), None)


def field_labels(fields: Sequence[FormField], lines: Sequence[TextLine]) -> FieldLabels:
    """What is printed at fields; boxes of both are in units of the upright page."""
    shown = [field for field in fields if field.bbox and not field.hidden][:_MOST_PLACED]
    inside = _inside(shown, lines)
    taken = {id(word) for words in inside.values() for word in words}
    around, _ = without_words(lines, lambda word: id(word) in taken)
    page = Print(around, [field.bbox for field in shown if field.bbox])
    below = _are_below(page, [f.bbox for f in shown if f.bbox and f.kind not in _TO_TICK])
    labels = {id(field): label for field, label in _labels(page, shown, inside, below)}
    named = [labels[id(field)] for field in shown if field.kind in _TO_TICK and id(field) in labels]
    of_boxes = frozenset(id(word) for label in named for word in label.words)
    return FieldLabels(page, labels, inside, of_boxes, below)


@dataclass(slots=True)
class _Name:
    """What an entry is called, and the print that says so."""

    text: str
    label: Phrase | None = None
    heading: Phrase | None = None


def _entry(field: FormField, name: _Name, inside: list[Word]) -> Entry:
    words = [word for phrase in (name.heading, name.label) if phrase for word in phrase.words]
    hint = [word for word in inside if not _is_of(word, field)]
    if 2 * len(hint) <= len(inside):
        hint = []  # a value, some of it badly set
    if any(_LEADERS.search(word.text) for word in hint) and name.label is None:
        inside, hint = [word for word in inside if _is_of(word, field)], []  # a blank in running text
    return Entry(
        kind=field.kind,
        name=_with_hint(name.text, hint),
        value=field.is_set if field.kind in _TO_TICK else field.value,
        box=field.bbox,
        label_box=name.label.bbox if name.label else None,
        words=words + inside,
        source=Source.FORM,
    )


def _name(tooltip: str, label: Phrase | None, name: str) -> _Name:
    """The print, and what the tooltip adds to it; with neither the name in the file."""
    if label is None:
        return _Name(tooltip or name)
    if tooltip and _says(tooltip, label.text):
        return _Name(tooltip, label)
    return _Name(label.text if _says(label.text, tooltip) else f"{label.text} ({tooltip})", label)


def _with_hint(name: str, print_inside: Sequence[Word]) -> str:
    """The name, and what is printed in the field: how a date is written, a unit."""
    hint = " ".join(word.text for word in print_inside if _plain(word.text) or _is_currency(word.text))
    return name if not hint or _says(name, hint) else f"{name} ({hint})"


def _group_names(found: FieldLabels, group: list[FormField]) -> dict[int, _Name]:
    """The names of the boxes of a group, ``group: own``; a tooltip that all of them have is the group's."""
    first = group[0]
    common = first.label if all(field.label == first.label for field in group) else ""
    heading = found.heading(group)
    if heading and common and not _says(common, heading.text):
        heading = None
    title = common or (heading.text if heading else first.name)
    names = {}
    for field in group:
        own = _name("" if common else field.label, found.labels.get(id(field)), " ".join(field.options))
        own.text = f"{title}: {own.text}" if own.text and own.text != title else title
        own.heading = heading if field is first else None
        names[id(field)] = own
    return names


def _labels(
    page: Print, fields: Sequence[FormField], inside: Mapping[int, Sequence[Word]], are_below: bool
) -> Iterator[tuple[FormField, Phrase]]:
    """The fields that print stands beside, with it; text that goes on over a blank in it names none."""
    of_boxes = list(_box_labels(page, [field for field in fields if field.kind in _TO_TICK]))
    yield from of_boxes
    taken = {id(word) for _, phrase in of_boxes for word in phrase.words}
    sides = _SET_BELOW if are_below else _BESIDE
    for field in fields:
        if field.bbox and field.kind not in _TO_TICK:
            dotted = any(_LEADERS.search(word.text) for word in inside.get(id(field), ()))
            runs_on = dotted or _in_sentence(page, field.bbox)
            phrase = _first(page, field.bbox, _BESIDE[:1] if runs_on else sides, taken)
            if phrase and (not runs_on or phrase.printed.endswith(COLONS)):
                yield field, phrase


def _are_below(page: Print, boxes: Sequence[BBox]) -> bool:
    """Whether the labels of a page stand under its fields, as most do that have print at one side only.

    Print far above a field may be its label, too: it is at the top of the field's frame.
    """
    votes = []
    for box in boxes:
        if page.beside(box, *_BESIDE[0])[0] is None:
            above, below = page.beside(box, Side.ABOVE, _FAR_ABOVE)[1], page.beside(box, *_UNDER)[0]
            is_above = below is None and above <= _BESIDE[1][1]
            votes += [below is not None] if is_above or (below is not None and above > _FAR_ABOVE) else []
    return len(votes) >= _LEAST_VOTES and sum(votes) > _MOST * len(votes)


def _box_labels(page: Print, fields: Sequence[FormField]) -> Iterator[tuple[FormField, Phrase]]:
    """The boxes to tick that print stands beside, with it: those of a group at the same side."""
    ticks = defaultdict[str, list[FormField]](list)
    for field in fields:
        ticks[field.name].append(field)
    groups = [group for group in ticks.values() if len(group) > 1]
    rows = _rows([group[0] for group in ticks.values() if len(group) == 1])
    groups += [row for row in rows if len(row) > 1]
    groups.append([field for row in rows if len(row) == 1 for field in row])
    for group in groups:
        side = _side(page, group)
        for field in group:
            places = ((side, _BESIDE_TICKED), *_OVER_TICKED)
            if field.bbox and (phrase := _first(page, field.bbox, places)):
                yield field, phrase


def _rows(fields: Sequence[FormField]) -> list[list[FormField]]:
    """Fields that stand level with one another, from the top."""
    rows: list[list[FormField]] = []
    last: BBox | None = None
    shown = [(field, field.bbox) for field in fields if field.bbox]
    for field, box in sorted(shown, key=lambda one: one[1].center[1]):
        if last is None or not last.y1 < box.center[1] < last.y2:
            rows.append([])
        rows[-1].append(field)
        last = box
    return rows


def _in_sentence(page: Print, box: BBox) -> bool:
    """Whether print stands close at both sides of a field."""
    return all(page.beside(box, side, _IN_SENTENCE)[0] for side in (Side.LEFT, Side.RIGHT))


def _first(
    page: Print, box: BBox, places: Sequence[tuple[Side, float]], taken: Collection[int] = ()
) -> Phrase | None:
    """The first phrase at one of the places; one with words (by identity) that are ``taken`` is none."""
    found = (page.beside(box, side, reach)[0] for side, reach in places)
    return next((p for p in found if p and not any(id(word) in taken for word in p.words)), None)


def _side(page: Print, fields: Sequence[FormField]) -> Side:
    """At which side of their boxes to tick the labels stand: where more of them are the nearer ones.

    In a row of boxes the print after the last one can only be its label, and where nothing stands before the
    first, labels do not; what stands there may be the question.
    """
    boxes = sorted((field.bbox for field in fields if field.bbox), key=lambda box: box.x1)
    gaps = [[page.beside(box, side, _BESIDE_TICKED)[1] for side in (Side.LEFT, Side.RIGHT)] for box in boxes]
    if len(boxes) > 1 and all(box.y1 < boxes[0].center[1] < box.y2 for box in boxes):
        nothing_before, last = gaps[0][0] > _BESIDE_TICKED, gaps[-1][1]
        return Side.RIGHT if nothing_before or last <= _BESIDE_TICKED else Side.LEFT
    return Side.LEFT if sum(left < right for left, right in gaps) * 2 > len(gaps) else Side.RIGHT


def _inside(fields: Sequence[FormField], lines: Sequence[TextLine]) -> dict[int, list[Word]]:
    """The words in each field's box, by the field's identity; a word is in the smallest field around it."""
    found = defaultdict[int, list[Word]](list)
    by_size = sorted(fields, key=lambda field: field.bbox.area if field.bbox else 0.0)
    boxes = np.array([field.bbox for field in by_size], dtype=np.float64).reshape(-1, 4)
    for line in lines:
        for word in line.words:
            x, y = word.bbox.center
            around = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
            if around.any():
                found[id(by_size[int(around.argmax())])].append(word)
    return found


def _is_of(word: Word, field: FormField) -> bool:
    """Whether a word in a field's box is of what was filled in, and not print that was there before."""
    if field.kind in _TO_TICK:
        return len(word.text) <= _MARK
    if word.source is Source.OCR:
        return field.is_set
    text = _plain(word.text)
    if not text:
        return bool(field.value.strip())
    return any(text in _plain(value) for value in (field.value, *field.options))


def _says(text: str, other: str) -> bool:
    """Whether a text says what another does: it has most of its words."""
    whole, words = _plain(text), [word for part in other.split() if (word := _plain(part))]
    return sum(word in whole for word in words) >= _MOST_WORDS * len(words)


def _is_currency(text: str) -> bool:
    return all(unicodedata.category(char) == "Sc" for char in text)


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
