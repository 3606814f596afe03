"""What is so and what is not, as boxes to tick and choices of fields: "she is married, not a veteran"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

import regex

from pipelines.editing.choices import is_negated
from pipelines.editing.fit import Fit, fit
from pipelines.editing.places import SENTENCE, Place
from pipelines.editing.placing import Desk
from pipelines.editing.statements.statement import Statement
from pipelines.editing.words import meaning
from pipelines.extraction.embedded.lexicon import Concept, Phrase
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.words import bare
from schemas.reading import FieldKind

_MOST_CHOICES = 60
"""Lists that are longer are of countries or years: a word of prose hardly means one of them."""
_MOST_OPTIONS = 50_000
_MOST_LIKELY = 200
"""Where more boxes than that may be meant none is."""
_SURE, _LIKELY = 0.95, 0.85
_LEAST_COVERED = 0.5
"""Of the words of a clause so many are to be those of the boxes that it ticks;"""
_SEVERAL = 2
"""or at least so many words."""
_ASIDE = frozenset(
    "self subject name number not never nobody none without don didn doesn isn aren wasn won t ve".split()
)
"""Words that tell nothing apart, or only that something is not so."""
_SHORTEST = 2
_LONGEST = 300
_OR = regex.compile(r"/|;|\bor\b|\boder\b|\bou\b")
_VAGUE = frozenset("other others none unknown notapplicable na".split())


@dataclass(frozen=True, slots=True)
class _Option:
    """Something that can be so: its words, and what is written for yes and for no.

    ``no`` is None of what cannot be denied: one of several choices; ``denies``: its words say "not".
    """

    place: Place
    words: Phrase
    letters: str
    yes: str | bool
    no: str | bool | None
    denies: bool = False


@dataclass(slots=True)
class Truths:
    """All that can be ticked or chosen in a form, by its words."""

    desk: Desk
    _by_word: dict[Concept, list[_Option]] = field(default_factory=lambda: defaultdict(list))
    _by_letters: dict[str, list[_Option]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for option in islice(_options(self.desk.places.all), _MOST_OPTIONS):
            self._by_letters[option.letters].append(option)
            for word in option.words:
                self._by_word[word].append(option)

    def answer(self, statement: Statement) -> bool:
        """Ticks what a value names by its very words, where nothing is called as its label."""
        letters = bare(str(statement.value))
        named = self._by_letters.get(letters, []) if letters not in _VAGUE and truth(letters) is None else []
        if len({option.place.id for option in named}) != 1 or not isinstance(statement.value, str):
            return False
        return self._write(named[0], True, statement.said, _LIKELY)

    def choose(self, statement: Statement) -> bool:
        """Ticks what a label names by its very words, a choice too; False where nothing is called so."""
        named = self._by_letters.get(bare(statement.label), [])
        if len({option.place.id for option in named}) != 1 or not isinstance(statement.value, bool):
            return False
        return self._write(named[0], statement.value, statement.said, _SURE)

    def place(self, statement: Statement) -> bool:
        """Ticks and chooses what a clause says is so, or is not."""
        self.desk.check()
        text = (statement.label or statement.said)[:_LONGEST]
        said = _telling(meaning(text))
        likely: dict[int, _Option] = {}
        for option in chain.from_iterable(self._by_word.get(word, ()) for word in said):
            if option.words <= said:
                likely[id(option)] = option
            if len(likely) > _MOST_LIKELY:
                return False
        chosen = _apart(sorted(likely.values(), key=lambda option: -len(option.words)))
        covered = frozenset().union(*(option.words for option in chosen))
        if not chosen or len(covered) < min(_SEVERAL, _LEAST_COVERED * len(said)):
            return False
        is_so, is_denied = statement.value is True, is_negated(text)
        written = [
            self._write(one, is_denied if one.denies else is_so, statement.said, _LIKELY) for one in chosen
        ]
        return any(written)

    def _write(self, option: _Option, is_so: bool, said: str, likeness: float) -> bool:
        value = option.yes if is_so else option.no
        if value is None:
            return False
        if option.place.is_office or option.place.blank.hidden:
            return False
        found: Fit = fit(option.place, value, self.desk.conventions)
        if found.problem:
            self.desk.report(said, found.problem)
        else:
            self.desk.write(found, said, likeness)
        return True


def _apart(ranked: list[_Option]) -> list[_Option]:
    """The options of most words, each with some of its own; none where two of one question may be meant."""
    chosen: list[_Option] = []
    used: set[Concept] = set()
    taken: set[int] = set()
    for size in sorted({len(option.words) for option in ranked}, reverse=True):
        level = [
            o for o in ranked if len(o.words) == size and not o.words <= used and id(o.place) not in taken
        ]
        for option in level:
            rivals = [
                o for o in level if o is not option and (o.place is option.place or o.words == option.words)
            ]
            if not rivals:
                chosen.append(option)
        for option in level:
            used |= option.words
            taken.add(id(option.place))
    return chosen


def _options(places: list[Place]) -> Iterator[_Option]:
    for place in places:
        blank = place.blank
        if place.boxes:
            yield from _answers(place, [(box.id, next(iter(box.names), "")) for box in place.boxes])
        elif blank.kind is FieldKind.CHECKBOX and blank.names and truth(blank.names[0]) is None:
            denies = is_negated(blank.names[0])
            for text in _alternatives(blank.names[0]):
                yield _Option(place, _telling(meaning(text)), bare(text), yes=True, no=False, denies=denies)
        elif blank.kind in (FieldKind.RADIO, FieldKind.DROPDOWN) and len(blank.choices) <= _MOST_CHOICES:
            yield from _answers(
                place, [(choice.value, choice.label or choice.value) for choice in blank.choices]
            )


def _answers(place: Place, choices: list[tuple[str, str]]) -> Iterator[_Option]:
    """The choices of a question; of one that is answered by yes or no, the question itself."""
    answers = {truth(label): value for value, label in choices}
    if True in answers and False in answers:
        for text in (
            (*place.blank.names, *place.blank.context) if not place.boxes else place.blank.context[-1:]
        ):
            if words := _telling(meaning(text)):
                yield _Option(place, words, bare(text), yes="yes", no="no")
        return
    if place.boxes:
        return  # each box is an option of its own
    for value, label in choices:
        for text in _alternatives(label):
            yield _Option(place, _telling(meaning(text)), bare(text), yes=value, no=None)


def _alternatives(label: str) -> list[str]:
    """A label, and the parts of one that names several things: "Individual/sole proprietor"."""
    label = SENTENCE.split(label[:_LONGEST], maxsplit=1)[0]
    parts = [part.strip() for part in _OR.split(label) if part.strip()]
    return list(dict.fromkeys([label, *parts]))


def _telling(words: Phrase) -> Phrase:
    """The words that tell what is so; none where there are only figures and single letters."""
    told = frozenset(one for one in words if one.name not in _ASIDE and not one.name.isdecimal())
    return told if any(len(one.name) >= _SHORTEST for one in told) else frozenset()
