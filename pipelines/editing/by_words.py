"""The matcher that needs no language model: statements, and blanks that are called as they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from models.base import Engines
from pipelines.editing.compound import FAMILIES
from pipelines.editing.families import place_families
from pipelines.editing.meanings import place_by_meaning
from pipelines.editing.places import Place, Places, Said
from pipelines.editing.placing import Desk
from pipelines.editing.rows import by_rows
from pipelines.editing.statements.cues import is_name
from pipelines.editing.statements.reading import MOST_LETTERS, MOST_STATEMENTS, statements
from pipelines.editing.statements.statement import Statement
from pipelines.editing.truths import Truths
from pipelines.editing.words import is_form_word, is_somebody_else, meaning
from pipelines.extraction.values.conventions import conventions_of
from schemas.forms import Blank

_MOST_LOOKUPS = 2000
_PERSONS = frozenset({"self", "subject"})
_LONGEST_LABEL, _MOST_WORDS = 200, 32


def place_by_words(prompt: str, blanks: Sequence[Blank], engines: Engines, check: Callable[[], None]) -> Desk:
    """What a prompt says, placed; each thing at most once, and in one blank only if it says so of one."""
    desk = Desk(Places(blanks), conventions_of([prompt[:MOST_LETTERS]]), check)
    found = statements(prompt, _FormLabels(desk))
    truths = Truths(desk)
    labelled = by_rows([_of_person(one, desk) for one in found if one.label], desk)
    named = [one for one in labelled if _is_name(one, desk)]
    others = [one for one in labelled if one not in named]
    unknown = [one for one in [*named, *place_families(others, desk)] if not _place(one, desk, truths)]
    for one in place_by_meaning(unknown, desk, engines):
        desk.report(one.said, f"Nothing in the form is called {one.label!r}.")
    for one in found:
        if not one.label and not truths.place(one) and not one.loose:
            desk.report(one.said, "No field or box of the form was found for that.")
    if len(prompt) > MOST_LETTERS or len(found) == MOST_STATEMENTS:
        rest = prompt[MOST_LETTERS : MOST_LETTERS + _LONGEST_LABEL] or prompt[-_LONGEST_LABEL:]
        desk.report(rest, "The prompt is too long: the rest was not read.")
    return desk


def _place(one: Statement, desk: Desk, truths: Truths) -> bool:
    """Whether something in the form is called as a statement's label: then it is placed, or reported."""
    if one.value == "" and one.loose:
        _clear(one, desk)
        return True
    return truths.choose(one) or desk.place(one) or _place_truth(one, truths)


def _of_person(one: Statement, desk: Desk) -> Statement:
    """A statement that only says of whom it is and gives a name: it says that person's name."""
    said = Said.of(one.label, one.path)
    persons = all(is_somebody_else(word) or word.name in _PERSONS for word in said.words)
    if not said.words or not persons or len(desk.places.named(said)) == 1:
        return one
    names_one = isinstance(one.value, str) and is_name(one.value)
    return replace(one, label=f"{one.label} name") if names_one else one


def _is_name(one: Statement, desk: Desk) -> bool:
    """Whether a label is the very name of one blank; not of what may have to be taken apart."""
    said = Said.of(one.label, one.path)
    wholes = frozenset().union(*(family.whole for family in FAMILIES))
    return len(desk.places.named(said)) == 1 and not any(word.name in wholes for word in said.words)


def _place_truth(one: Statement, truths: Truths) -> bool:
    return truths.place(one) if isinstance(one.value, bool) else truths.answer(one)


def _clear(one: Statement, desk: Desk) -> None:
    """A part of the form is to stay empty: what stands there now is cleared."""
    for place in _under(one, desk):
        if place.blank.value and not place.boxes:
            desk.place(Statement(place.blank.id, "", one.said))


def _under(one: Statement, desk: Desk) -> Iterator[Place]:
    words = meaning(one.label)
    telling = {word for word in words if is_somebody_else(word)} or words
    return (place for place in desk.places.all if telling and telling <= place.words)


class _FormLabels:
    """See ``Labels``. Texts are compared with the form so many times; then only lists of words tell."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, bool] = {}

    def knows(self, text: str) -> bool:
        """See ``Labels``."""
        if self.names(text):
            return True
        if not _may_be_label(text) or (text not in self._known and len(self._known) == _MOST_LOOKUPS):
            return False
        if text not in self._known:
            self._desk.check()
            self._known[text] = any(True for _ in self._desk.likely(Said.of(text)))
        return self._known[text]

    def heads(self, text: str) -> bool:
        """See ``Labels``."""
        words = meaning(text)
        under = (place for place in self._desk.places.having(words) if words <= place.context)
        return _may_be_label(text) and bool(words) and len(list(islice(under, 2))) > 1

    def calls(self, text: str) -> bool:
        """See ``Labels``."""
        return _may_be_label(text) and bool(self._desk.places.named(Said.of(text)))

    def names(self, text: str) -> bool:
        """See ``Labels``."""
        return self.calls(text) or (_may_be_label(text) and is_form_word(text))


def _may_be_label(text: str) -> bool:
    return bool(text.strip()) and len(text) <= _LONGEST_LABEL and len(text.split()) <= _MOST_WORDS
