"""Labels of which no word is known: blanks by what sentence embeddings say they mean."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.base import Engines
from pipelines.editing.fit import fit
from pipelines.editing.places import HEADS, Place, Said
from pipelines.editing.placing import Desk
from pipelines.editing.statements.statement import Statement
from pipelines.editing.words import numerals
from pipelines.extraction.embedded.lexicon import Phrase
from schemas.reading import FieldKind

_LEAST = 0.72
"""MiniLM's cosine from which on short labels mean the same: "yearly income", "annual salary"."""
_AHEAD = 0.15
"""The likeliest blank is to be this much likelier than the next."""
_MOST_LABELS, _MOST_PLACES = 100, 2000
_LONGEST = 100
_HOW_OFTEN = frozenset("annual annually yearly monthly month weekly week daily day hourly hour".split())
"""Of these a label and a blank have the same: embeddings take the pay of a month for that of a year."""


def place_by_meaning(statements: Sequence[Statement], desk: Desk, engines: Engines) -> list[Statement]:
    """Places what has a label that surely means one blank; returns the statements that are left."""
    asked = [one for one in statements if _is_meaningful(one)][:_MOST_LABELS]
    places = [place for place in desk.places.all if _is_open(place, desk)][:_MOST_PLACES]
    if not asked or not places:
        return list(statements)
    desk.check()
    vectors = engines.embed([one.label[:_LONGEST] for one in asked] + [_name(place) for place in places])
    likeness = vectors[: len(asked)] @ vectors[len(asked) :].T
    done: set[int] = set()
    for one, row in zip(asked, likeness, strict=True):
        best = int(np.argmax(row))
        others = np.delete(row, best)
        sure = row[best] >= _LEAST and (not others.size or row[best] - others.max() >= _AHEAD)
        if sure and _agree(Said.of(one.label, one.path), places[best]):
            found = fit(places[best], one.value, desk.conventions)
            if not found.problem:
                desk.write(found, one.said, float(row[best]) * one.sure)
                done.add(id(one))
    return [one for one in statements if id(one) not in done]


def _is_meaningful(one: Statement) -> bool:
    """Whether a label says more than of what kind a thing is."""
    words = {word.name for word in Said.of(one.label).words}
    return one.value != "" and not words <= HEADS


def _is_open(place: Place, desk: Desk) -> bool:
    blank = place.blank
    closed = place.boxes or place.is_office or blank.hidden or blank.read_only or blank.id in desk.fillings
    return not closed and bool(blank.names) and blank.kind is not FieldKind.SIGNATURE


def _agree(said: Said, place: Place) -> bool:
    """Whether neither has a word that makes it something else than the other, nor another number."""
    ours, theirs = said.words | said.above, place.words
    own = place.names[0].words if place.names else frozenset()
    how_often = {word.name for word in ours} & _HOW_OFTEN == {word.name for word in theirs} & _HOW_OFTEN
    return (
        how_often
        and _telling(ours) <= theirs
        and _telling(own) <= ours
        and numerals(ours) <= numerals(theirs)
    )


def _telling(words: Phrase) -> Phrase:
    return frozenset(word for word in words if word.tells_apart)


def _name(place: Place) -> str:
    return place.blank.names[0][:_LONGEST]
