"""What each blank of a form may be called, and how well words mean it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from pipelines.editing.words import is_somebody_else, meaning, numerals
from pipelines.extraction.embedded.lexicon import Concept, Phrase
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.words import bare
from schemas.forms import Blank
from schemas.reading import FieldKind

EXACT = 1.0
"""The likeness of the same words."""
FLOOR = 0.6
"""Below this likeness of what is said and what a blank is called, nothing is written."""
_SAME = 0.95
"""The likeness of other words that mean the same."""
_EXTRA, _LITTLE_EXTRA, _ELSEWHERE, _NUMBERED = 0.1, 0.05, 0.03, 0.05
"""What each thing costs that a blank is called and that was not said; that it was said to stand under and
does not; a number that was not said."""
_MOST_EXTRA = 3
_COMMON = 0.5
"""What stands over so many of a form's blanks tells none from another."""
_LEAST_COMMON = 4
_MOST_CANDIDATES = 150
"""Blanks that are compared with one label: forms whose fields all have one name are none to fill by words."""
HEADS = frozenset("name date number id code type amount value total".split())
"""Words that say what kind of thing is meant and not which: a date is not the date of birth."""
_SOFT = frozenset(
    "self subject permanent housenumber number id code name text value type personal line".split()
)
"""Words that a blank's name may have beside what was said, and the other way round."""

_WHO = frozenset("self permanent personal line".split())
"""Words that alone name nothing that could be written down."""

_INDEX = regex.compile(r"\[(\d+)\]")
_CONDITION = regex.compile(r"^(?i:if|wenn|si|se)\b[^,:]{1,60},\s*")
_NUMBERING = regex.compile(r"^\s*(?:\(?\d{1,3}\p{L}?[.)]\s*|\(?\d{1,3}\p{L}?\)?\s+(?=\p{L})|\(?\p{L}[.)]\s+)")
_ASIDE = regex.compile(r"\([^()]{0,300}\)|\[[^\[\]]{0,300}\]")
SENTENCE = regex.compile(r"(?<=\S\s.{0,200}[\p{L})]{2}[.:;])\s+(?=\p{Lu})")
_PATTERN = regex.compile(
    r"(?i)\b[dmytjhs]{1,4}(?:\s?[./-]\s?[dmyjths]{1,4}){1,2}\b|\bMMDDYYYY\b|\bDDMMYYYY\b|\bYYYYMMDD\b"
)
_OFFICE = regex.compile(
    r"(?i)\b(?:office|official|internal|agency|department|administrative) use\b|\bdo not write\b|\bamtlich"
)
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Called:
    """One name of a place: its letters, what it means, what is said beside that (in brackets, after it)."""

    text: str
    words: Phrase
    aside: Phrase


@dataclass(slots=True)
class Place:
    """A blank as it is called; or several boxes under one question, of which each is an answer.

    ``order`` is its place in the form; ``boxes``: the boxes, where it is a question.
    """

    order: int
    blank: Blank
    names: list[Called]
    context: Phrase
    exact: frozenset[str]
    boxes: list[Blank] = field(default_factory=list)
    is_office: bool = False

    @property
    def id(self) -> str:
        """Of the blank, or of the question's first box."""
        return self.blank.id

    def has_id(self, said: Said) -> bool:
        """Whether a label is its full name in the file, or the last part of that."""
        return not self.boxes and not set(_keys(self.blank.id)).isdisjoint(said.keys)

    def is_of_another(self, said: Said) -> bool:
        """Whether it stands under somebody else of whom nothing is said: a spouse, an employer."""
        return any(is_somebody_else(word) for word in self.context - said.words - said.above)

    @property
    def told(self) -> str:
        """What a person would call it, with what it stands under."""
        name = next(iter(self.blank.names), self.blank.id)
        above = self.blank.context[-1] if self.blank.context else ""
        told = above if self.boxes else f"{name} ({above})" if above else name
        return " ".join(told.split())[:_MOST_NAME]

    @property
    def words(self) -> Phrase:
        """All that it is called and stands under."""
        return self.context.union(*(name.words | name.aside for name in self.names))


@dataclass(frozen=True, slots=True)
class Said:
    """What a statement is about: its label, and what that stands under.

    ``keys`` are the letters by which a place may be named, the fullest first.
    """

    text: str
    words: Phrase
    above: Phrase
    keys: tuple[str, ...]

    @classmethod
    def of(cls, label: str, path: Sequence[str] = ()) -> Said:
        """Of a label and the headings above it."""
        whole = "".join(map(bare, (*path, label)))
        keys = tuple(dict.fromkeys(key for key in (whole, *_keys(label)) if key))
        return cls(label, meaning(label), meaning(" ".join(path)), keys)


class Places:
    """All places of a form, to be looked up by what they are called."""

    def __init__(self, blanks: Sequence[Blank]) -> None:
        self.all = [_place(order, blank) for order, blank in enumerate(blanks)]
        self.all += _questions(blanks)
        self._common = _common(self.all)
        self.repeats = _repeats(blanks)
        self._by_word: dict[Concept, list[Place]] = defaultdict(list)
        self._by_key: dict[str, list[Place]] = defaultdict(list)
        for place in self.all:
            for word in place.words:
                self._by_word[word].append(place)
            for key in place.exact:
                self._by_key[key].append(place)

    def named(self, said: Said) -> list[Place]:
        """The places that are called by the very letters of a label, or whose name in the file it is."""
        return next((self._by_key[key] for key in said.keys if key in self._by_key), [])

    def having(self, words: Iterable[Concept]) -> list[Place]:
        """The places with one of some words in a name or above: those of the rarest word first."""
        ranked = sorted((self._by_word[word] for word in set(words) if word in self._by_word), key=len)
        found: dict[int, Place] = {}
        for places in ranked:
            for place in places[: _MOST_CANDIDATES - len(found)]:
                found.setdefault(id(place), place)
        return list(found.values())

    def likeness(self, said: Said, place: Place) -> float:
        """How well what is said means a place, 0 to 1."""
        return max((self.of_name(said, name, place) for name in place.names), default=0.0)

    def of_name(self, said: Said, name: Called, place: Place, without: frozenset[str] = frozenset()) -> float:
        """How well what is said means one name of a place; concepts in ``without`` count on neither side."""
        own = _less(said.words, without)
        called = _less(name.words, without)
        shares = without or _tells(own & called)
        if not shares and not _tells(own & place.context):
            return 0.0
        around, all_said = place.context | name.aside | called, own | said.above
        if not shares and not (called | _strong(place.context)) <= all_said | self._common:
            return 0.0
        if own and not without and {one.name for one in own} <= _WHO:
            return 0.0
        lost = {one for one in own - around if one.name not in _SOFT and not one.name.isdecimal()}
        foreign = {one for one in said.above - around if is_somebody_else(one)}
        if lost or foreign or not _same_numbers(all_said, called | place.context | name.aside):
            return 0.0
        extra = {one for one in called - all_said - self._common if not one.name.isdecimal()}
        strong = {one for one in extra if one.name not in _SOFT}
        if any(one.tells_apart for one in strong) or (strong and {one.name for one in own} <= HEADS):
            return 0.0
        others = {one for one in place.context - all_said - self._common if is_somebody_else(one)}
        if others:
            return 0.0
        elsewhere = {one for one in said.above - around if not one.name.isdecimal() and one.name not in _SOFT}
        numbered = numerals(called | place.context) and not numerals(all_said)
        cost = _EXTRA * min(len(strong), _MOST_EXTRA) + _LITTLE_EXTRA * (
            len(extra) - len(strong) + len(own - around)
        )
        cost += _ELSEWHERE * min(len(elsewhere), _MOST_EXTRA) + _NUMBERED * bool(numbered)
        return _SAME - cost


def _less(words: Phrase, without: frozenset[str]) -> Phrase:
    return frozenset(one for one in words if one.name not in without) if without else words


def _strong(words: Phrase) -> Phrase:
    return frozenset(one for one in words if one.name not in _SOFT and not one.name.isdecimal())


def _tells(words: Phrase) -> bool:
    """Whether there is a word among words, and not only figures and single letters, as in ``f1_02``."""
    return any((len(one.name) > 1 and not one.name.isdecimal()) or not one.name.isascii() for one in words)


def _same_numbers(said: Phrase, called: Phrase) -> bool:
    """Whether no numbers are said that differ from those of the place."""
    ours, theirs = numerals(said), numerals(called)
    return not ours or not theirs or bool(ours & theirs)


def _repeats(blanks: Sequence[Blank]) -> int:
    """How many names stand on several pages."""
    pages: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for blank in blanks:
        pages[(*blank.names[:1], *blank.context)].add(blank.page)
    return sum(len(found) > 1 for found in pages.values())


def _common(places: Sequence[Place]) -> Phrase:
    """The words that stand over most blanks of the form."""
    counted = Counter(word for place in places for word in place.context)
    least = max(_LEAST_COMMON, _COMMON * len(places))
    return frozenset(word for word, count in counted.items() if count >= least)


def _place(order: int, blank: Blank) -> Place:
    texts = dict.fromkeys([*(name for name in blank.names if name != blank.id), _file_name(blank.id)])
    names = [called for text in texts if (called := _called(text)) is not None]
    if is_answer(blank):  # it is called by its question
        names = []
    exact = frozenset(key for text in (*blank.names, blank.id) for key in _keys(text)) - {""}
    office = any(_OFFICE.search(text[:_MOST_NAME]) for text in (*blank.names, *blank.context))
    return Place(order, blank, names, _context(blank.context), exact, is_office=office)


def _questions(blanks: Sequence[Blank]) -> Iterator[Place]:
    """Boxes to tick that stand under the same words, as one place that is called by these.

    One box alone is one, too, if it says yes or no.
    """
    groups: dict[tuple[str, ...], list[tuple[int, Blank]]] = defaultdict(list)
    for order, blank in enumerate(blanks):
        if blank.context and (blank.kind is FieldKind.CHECKBOX or is_answer(blank)):
            groups[tuple(blank.context)].append((order, blank))
    for context, boxes in groups.items():
        order, first = boxes[0]
        names = [called for text in context if (called := _called(text)) is not None]
        if names and (len(boxes) > 1 or is_answer(first)):
            exact = frozenset(key for text in context for key in _keys(text)) - {""}
            yield Place(order, first, names, _context(context), exact, [box for _, box in boxes])


def is_answer(blank: Blank) -> bool:
    """Whether it is a yes or a no to what it stands under: a box, or a place for a cross."""
    marked = blank.kind in (FieldKind.CHECKBOX, FieldKind.TEXT)
    return marked and bool(blank.context) and truth(next(iter(blank.names), "")) is not None


def _called(text: str) -> Called | None:
    """A name without what only stands around it: conditions, numbers of lines, brackets, what comes after."""
    text = _PATTERN.sub(" ", _CONDITION.sub("", text[:_MOST_NAME]))
    head = _ASIDE.sub(" ", SENTENCE.split(_NUMBERING.sub("", text), maxsplit=1)[0])
    words = meaning(head) or meaning(text)
    return Called(bare(text), words, meaning(text) - words) if words else None


def _context(texts: Iterable[str]) -> Phrase:
    return frozenset().union(*(meaning(text[:_MOST_NAME]) for text in texts))


def _file_name(full: str) -> str:
    """The last part of a full name in the file, with the number of its row."""
    return _INDEX.sub(_counted, full.rpartition(".")[2] if _is_path(full) else full)


def _is_path(text: str) -> bool:
    """Whether a text is a full name in a file: parts joined by points, some with an index."""
    return ("." in text or "[" in text) and not any(map(str.isspace, text))


def _counted(index: regex.Match[str]) -> str:
    """``[0]`` is there of anything; ``[1]`` is the second one."""
    return f" {int(index[1]) + 1} " if len(index[1]) < 6 and int(index[1]) else " "


def _keys(text: str) -> Iterator[str]:
    """The letters that name a place exactly: all of a name, and of a full name in the file its last part."""
    yield bare(text[:_MOST_NAME])
    if _is_path(text):
        yield bare(_INDEX.sub("", text.rpartition(".")[2]))
