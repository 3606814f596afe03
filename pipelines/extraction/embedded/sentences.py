"""Values that sentences tell: an amount, a date, a rate among words that say what it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.extraction.answers import Answer, Method, Value
from pipelines.extraction.embedded.lexicon import Phrase, phrase
from pipelines.extraction.embedded.solve import Path
from pipelines.extraction.embedded.typewriter import typewritten
from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import same, typed
from schemas.fragments import FORMS, FragmentType

_TOLD = frozenset({Kind.DATE, Kind.MONEY, Kind.PERCENT, Kind.DURATION, Kind.NUMBER, Kind.INTEGER})
_GOES_WITHOUT = {
    Kind.DATE: frozenset({"date", "day"}),
    Kind.MONEY: frozenset({"amount", "value", "price", "sum"}),
    Kind.PERCENT: frozenset({"percent", "rate"}),
    Kind.DURATION: frozenset({"term", "period", "time", "length"}),
    Kind.NUMBER: frozenset({"number", "quantity"}),
    Kind.INTEGER: frozenset({"number", "quantity"}),
}
"""What a field's name says of its kind: the value's look says that, no word needs to."""
_HEADINGS = frozenset({FragmentType.SECTION_HEADER, FragmentType.TITLE})
_NO_PROSE = frozenset({FragmentType.TABLE, FragmentType.FIGURE, FragmentType.CHART, *FORMS})
_SHORTEST, _WORDS, _SMALL = 6, 0.6, 0.35
"""Of a sentence: its words, the share of them without figures, and the share of these in small letters."""
_BEFORE, _AFTER = 12, 7
_STEP = 0.02
"""What a word is worth less for each word between it and the value."""
_SAME_SENTENCE, _HEADING, _LATER = 0.5, 0.9, 0.4
"""What a word counts that is farther off in the sentence; in the heading, for its first value and others."""
_STANDS_FOR = {"start": ("opening", "effective"), "end": ("closing", "maturity")}
"""Concepts of fields that sentences put in words of others: a term ending on a day."""
_DESCRIBED = 0.8
_FLOOR = 0.7
_SURE = 0.85
_RIVAL = 0.95
_RIVALS = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence under a heading (``""`` if it has none)."""

    words: tuple[PlacedWord, ...]
    heading: str
    begins_section: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """A value with the concepts around it: how much each counts for what the value is."""

    text: str
    words: tuple[PlacedWord, ...]
    around: Mapping[str, float]


def sentence_answers(
    fields: Sequence[Field], evidence: Evidence, conventions: Conventions
) -> dict[Path, Answer]:
    """The answers of fields with one value of a shape (a date, an amount…) whose names sentences repeat."""
    kinds = {one.path: kind_of(one) for one in fields}
    asked = [one for one in fields if kinds[one.path] in _TOLD]
    if not asked:
        return {}
    prose = list(sentences(evidence))
    told = {kind: list(_told(prose, kind)) for kind in {kinds[one.path] for one in asked}}
    fits = [
        (fit, one, found)
        for one in asked
        for found in told[kinds[one.path]]
        if (fit := _fit(one, kinds[one.path], found.around)) >= _FLOOR
    ]
    answers: dict[Path, Answer] = {}
    taken: set[int] = set()
    for fit, one, found in sorted(fits, key=lambda one: -one[0]):
        if one.path in answers or id(found.words[0]) in taken:
            continue
        if answer := _answer(one, kinds[one.path], found, fit, conventions):
            others = [other for f, o, other in fits if o is one and f >= _RIVAL * fit]
            answers[one.path] = _with_rivals(answer, one, kinds[one.path], others, conventions)
            taken.add(id(found.words[0]))
    return answers


def sentences(evidence: Evidence) -> Iterator[Sentence]:
    """The sentences of running text in reading order, with the headings that they stand under."""
    heading, first = "", True
    words_of = _words(evidence)
    for index, block in enumerate(evidence.blocks):
        if block.fragment.fragment_type in _HEADINGS:
            heading, first = block.text, True
        elif block.fragment.fragment_type not in _NO_PROSE:
            for words in sentences_of(words_of.get(index, ())):
                if _is_prose(words):
                    yield Sentence(words, heading, first)
                    first = False


def _words(evidence: Evidence) -> dict[int, Sequence[PlacedWord]]:
    """The words of each block, by its index; of pages without geometry as if typed."""
    words: dict[int, list[PlacedWord]] = {i: list(block.words) for i, block in enumerate(evidence.blocks)}
    by_page: dict[int, list[tuple[int, Block]]] = {}
    for index, block in enumerate(evidence.blocks):
        by_page.setdefault(block.page, []).append((index, block))
    for page, blocks in by_page.items():
        if not any(block.words for _, block in blocks):
            for index, word in typewritten(page, blocks):
                words[index].append(word)
    return {index: found for index, found in words.items() if found}


def sentences_of(words: Sequence[PlacedWord]) -> Iterator[tuple[PlacedWord, ...]]:
    """Sentences end with a full stop or semicolon that a capital follows, not after an abbreviation."""
    begin = 0
    for index, (word, following) in enumerate(pairwise(words), 1):
        ends = word.text.rstrip(')”"»“')
        if ends.endswith((".", ";")) and len(ends) > 4 and not following.text[:1].islower():
            yield tuple(words[begin:index])
            begin = index
    if begin < len(words):
        yield tuple(words[begin:])


def _is_prose(words: Sequence[PlacedWord]) -> bool:
    plain = [word.text for word in words if not any(map(str.isdigit, word.text))]
    small = sum(text[:1].islower() for text in plain)
    return len(words) >= _SHORTEST and len(plain) >= _WORDS * len(words) and small >= _SMALL * len(plain)


def _told(prose: Sequence[Sentence], kind: Kind) -> Iterator[_Told]:
    for sentence in prose:
        found = spans(sentence.words, kind)
        for number, span in enumerate(found):
            begin = found[number - 1].last + 1 if number else 0
            end = found[number + 1].first if number + 1 < len(found) else len(sentence.words)
            around = _around(sentence, begin, span.first, span.last + 1, end)
            shown = _HEADING if sentence.begins_section and not number else _LATER
            for concept in phrase(sentence.heading):
                around[concept.name] = max(around.get(concept.name, 0.0), shown)
            yield _Told(span.text.strip("()"), sentence.words[span.first : span.last + 1], around)


def _around(sentence: Sentence, begin: int, first: int, after: int, end: int) -> dict[str, float]:
    """The concepts of a sentence by how near they stand to the value on its words ``first`` to ``after``.

    Near is what stands before the value, from the one before it (``begin``) on, and behind it up to a comma
    if no other (``end``) is named by that.
    """
    whole = phrase(" ".join(word.text for word in sentence.words))
    worth = {concept.name: _SAME_SENTENCE for concept in whole}
    before = sentence.words[max(begin, first - _BEFORE) : first]
    behind = _clause(sentence.words[after : after + _AFTER])
    if len(behind) > end - after:  # what comes before the next value names that
        behind = ()
    for words, steps in ((before, range(len(before) - 1, -1, -1)), (behind, range(len(behind)))):
        near = phrase(" ".join(word.text for word in words))
        for word, step in zip(words, steps, strict=True):
            for concept in phrase(word.text):
                worth[concept.name] = max(worth.get(concept.name, 0.0), 1 - _STEP * step)
        for concept in near:  # phrases of several words
            worth[concept.name] = max(worth.get(concept.name, 0.0), 1 - _STEP * len(words))
    return worth


def _clause(words: Sequence[PlacedWord]) -> Sequence[PlacedWord]:
    """The words up to a comma."""
    ends = (i for i, word in enumerate(words, 1) if word.text.endswith((",", ";")))
    return words[: next(ends, len(words))]


def _fit(one: Field, kind: Kind, around: Mapping[str, float]) -> float:
    """How much of what a field's name or description says stands around a value, 0 to 1."""
    without = _GOES_WITHOUT[kind]
    best = max(_recall(phrase(name), around, without) for name in (one.name, one.title))
    return max(best, _DESCRIBED * _recall(phrase(one.description), around, without))


def _recall(wanted: Phrase, around: Mapping[str, float], without: Collection[str]) -> float:
    asked = [concept for concept in wanted if concept.name not in without]
    if not asked:
        return 0.0
    found = sum(concept.weight * _stands(concept.name, around) for concept in asked)
    return found / sum(concept.weight for concept in asked)


def _stands(name: str, around: Mapping[str, float]) -> float:
    return max(around.get(one, 0.0) for one in (name, *_STANDS_FOR.get(name, ())))


def _answer(one: Field, kind: Kind, found: _Told, fit: float, conventions: Conventions) -> Answer | None:
    if not isinstance(one.target, Scalar):
        return None
    value = typed(found.text, one.target, kind, conventions)
    return None if value is None else Answer(value, Method.PROSE, found.words, _SURE * min(1.0, fit))


def _with_rivals(
    answer: Answer, one: Field, kind: Kind, others: Sequence[_Told], conventions: Conventions
) -> Answer:
    """The answer and what else is as near to being the field's value."""
    rivals: list[Answer] = []
    for other in others:
        rival = _answer(one, kind, other, answer.score, conventions)
        known = [answer.value, *(found.value for found in rivals)]
        if rival and not any(_same(one, kind, rival.value, value) for value in known):
            rivals.append(rival)
    return replace(answer, rivals=tuple(rivals[:_RIVALS]))


def _same(one: Field, kind: Kind, a: Value, b: Value) -> bool:
    return isinstance(one.target, Scalar) and same(a, b, one.target, kind)
