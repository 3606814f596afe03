"""Rows of a form's tables that are said in one go: "Dependent 1: Tom Doe, 111-22-3333, son"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from pipelines.editing.fit import fit
from pipelines.editing.places import Place, Said
from pipelines.editing.placing import Desk
from pipelines.editing.statements.statement import Statement
from pipelines.editing.words import meaning, numerals
from pipelines.extraction.embedded.lexicon import Phrase
from schemas.reading import FieldKind

_NEXT = regex.compile(r"\s*[,;\t|]\s+|\s+(?=(?:from|to|since|until|von|bis|born)\s+[\p{Lu}\d])")
_LINK = regex.compile(r"(?i)(?:from|to|since|until|von|bis|born|aged?|his|her|and)\s+(?=\S)")
_SHAPES = (
    ("birth date start end hire issue expiry", regex.compile(r".*\d.*")),
    ("ssn tin number phone zip amount age account", regex.compile(r".*\d.*")),
    ("name first last employer", regex.compile(r".*\p{L}.*")),
    ("relationship", regex.compile(r"\D+")),
)
"""What a value of a column that is called so looks like."""
_MOST = 20


def by_rows(statements: Sequence[Statement], desk: Desk) -> list[Statement]:
    """The statements, those of a whole row as one for each of its cells."""
    found: list[Statement] = []
    for one in statements:
        found += _cells(one, desk) or [one]
    return found


def _cells(one: Statement, desk: Desk) -> list[Statement]:
    """A statement for each cell of the row that one names; none where parts and columns do not match."""
    if not one.row or not isinstance(one.value, str) or desk.places.named(Said.of(one.label, one.path)):
        return []
    parts = [part.strip() for part in _NEXT.split(one.value) if part.strip()]
    columns = list(_columns(one, desk))
    if len(parts) < 2 or len(parts) > _MOST or len(parts) != len(columns):
        return []
    texts = [_LINK.sub("", part, count=1) if _LINK.match(part) else part for part in parts]
    if not all(_suits(place, text, desk) for place, text in zip(columns, texts, strict=True)):
        return []
    return [
        replace(one, label=place.id, value=text, path=(), row=0)
        for place, text in zip(columns, texts, strict=True)
    ]


def _columns(one: Statement, desk: Desk) -> Iterator[Place]:
    """The blanks of the row, in the form's order: those that stand under its name and its number."""
    words = frozenset(word for word in meaning(one.label) if not word.name.isdecimal())
    under = [place for place in desk.places.having(words) if words <= place.context and _is_cell(place)]
    under.sort(key=lambda place: place.order)
    numbered = [place for place in under if str(one.row) in numerals(place.context)]
    if numbered or any(numerals(place.context) for place in under):
        yield from numbered
        return
    counts: dict[Phrase, int] = {}
    for place in under:
        name = place.names[0].words if place.names else frozenset()
        counts[name] = counts.get(name, 0) + 1
        if counts[name] == one.row:
            yield place


def _is_cell(place: Place) -> bool:
    return not place.boxes and place.blank.kind in (FieldKind.TEXT, FieldKind.DROPDOWN, FieldKind.RADIO)


def _suits(place: Place, text: str, desk: Desk) -> bool:
    """Whether a text may stand in a column: it fits, and looks like what the column is called."""
    words = {word.name for name in place.names for word in name.words}
    shapes = [shape for names, shape in _SHAPES if words & set(names.split())]
    return not fit(place, text, desk.conventions).problem and all(
        shape.fullmatch(text) for shape in shapes[:1]
    )
