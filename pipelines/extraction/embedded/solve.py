"""Which candidate is which field's value: labels against fields, types against values, one to one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.extraction.answers import Answer, Value
from pipelines.extraction.embedded.alone import alone
from pipelines.extraction.embedded.candidates import BY_SHAPE, Candidate, labelled
from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.embedded.matching import Matcher, Scores
from pipelines.extraction.embedded.paid import amount_of, asks_for_total, paid
from pipelines.extraction.embedded.parties import is_told_by_block, parties
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.typed import same, typed

Path = tuple[str, ...]

FLOOR = 0.5
"""Below this likeness of label and field, nothing is better than the value."""
_RIVAL = 0.85
"""A candidate this near to the best one, with another value, might be meant as well."""
_RIVALS = 3
_WRONG_END = 0.9
"""What is left of a date for a field that asks for a beginning if it is the second on its row."""
_KEPT = 30
"""Candidates of a field that are typed and compared: more are never close."""
_PLACE = 0.04
"""How much it counts where on the paper a value stands: sums at the end, everything else at its beginning."""
_LAST = frozenset({Kind.MONEY})
_MOST_MEANT = 150
"""Labels that are embedded, the likeliest first: a document of ten pages takes a tenth of a second."""
_NO_LABEL = 0.4
"""What is left of a likeness to a text of which no word names things: it is no label."""
_WORDED = frozenset({Kind.NAME, Kind.TEXT, Kind.ADDRESS})
_BARE, _LONGEST_BARE = 0.6, 6
"""What is left of a likeness to a number without decimals, or a sign of a currency, on a paper whose amounts
have decimals; with more figures it is none at all."""
_AMOUNT = re.compile(r"\d{1,3}(?:[., ]?\d{3})*[.,]\d{2}")
_SHORTEST_CODE = 3
_LETTERS = re.compile(r"[^\W\d_]")
_MOST_WORDS = {Kind.NAME: 12, Kind.TEXT: 40, Kind.CHOICE: 12, Kind.BOOLEAN: 3, Kind.ADDRESS: 40}


@dataclass(frozen=True, slots=True)
class _Fit:
    """A candidate as the value of a field."""

    field: Field
    kind: Kind
    candidate: Candidate
    value: Value
    score: float


def solve(
    fields: Sequence[Field], pages: Sequence[Sheet], matcher: Matcher, conventions: Conventions
) -> dict[Path, Answer]:
    """The answers of fields that hold one value, by path; without those that nothing passes for."""
    kinds = {one.path: kind_of(one) for one in fields}
    blocks = parties(pages[0]) if pages else []
    by_block = [one for one in fields if is_told_by_block(one, blocks)]
    open_fields = [one for one in fields if one not in by_block]
    pool = list(labelled(pages, {_pool_of(kinds[one.path]) for one in open_fields}))
    fits = _by_label(open_fields, kinds, pool, matcher, conventions)
    answers = _one_to_one(_with_paid(fits, pool, pages, conventions))
    for one in fields:
        if one.path not in answers:
            kind = kinds[one.path]
            looks = [_fit(one, kind, c, c.sure, conventions) for c in alone(pages, one, kind, blocks)]
            if known := [fit for fit in looks if fit]:
                answers[one.path] = _answer(known[0], known[1:])
    return answers


def _with_paid(
    fits: Sequence[_Fit], pool: Sequence[Candidate], pages: Sequence[Sheet], conventions: Conventions
) -> list[_Fit]:
    """The same, but where the paper's sums tell what was paid this is the total rather than others."""
    totals = [fit for fit in fits if fit.score >= FLOOR and asks_for_total(fit.field, fit.kind)]
    totals.sort(key=lambda fit: -fit.score)
    amounts = dict.fromkeys(amount_of(fit.candidate.text, conventions) for fit in totals)
    amount = paid(pages, [one for one in amounts if one is not None], conventions) if totals else None
    if amount is None:
        return list(fits)
    meant = [c for c in pool if c.kind is Kind.MONEY and amount_of(c.text, conventions) == amount]
    best = {fit.field.path: fit for fit in reversed(totals)}
    found = [
        _fit(one.field, one.kind, c, one.score, conventions) for one in best.values() for c in meant[-1:]
    ]
    return [*(fit for fit in found if fit), *fits]


def _pool_of(kind: Kind) -> Kind:
    """Texts of all kinds that have no shape are the same candidates."""
    return kind if kind in BY_SHAPE or kind is Kind.ADDRESS else Kind.TEXT


def _by_label(
    fields: Sequence[Field],
    kinds: Mapping[Path, Kind],
    pool: Sequence[Candidate],
    matcher: Matcher,
    conventions: Conventions,
) -> list[_Fit]:
    labels = list(dict.fromkeys(candidate.label for candidate in pool))
    scores = matcher.scores(fields, labels, most=_MOST_MEANT)
    scores *= _labelness(fields, labels)
    column = {label: index for index, label in enumerate(labels)}
    fits: list[_Fit] = []
    for row, one in enumerate(fields):
        kind = kinds[one.path]
        own = [c for c in pool if c.kind is _pool_of(kind) and scores[row, column[c.label]] >= FLOOR]
        ranked = sorted(own, key=lambda c: -_worth(c, scores[row, column[c.label]], one, kind))[:_KEPT]
        for candidate in ranked:
            fit = _fit(
                one,
                kind,
                candidate,
                _worth(candidate, scores[row, column[candidate.label]], one, kind),
                conventions,
            )
            if fit and not (kind in _WORDED and matcher.is_label(candidate.text, fields)):
                fits.append(fit)
    return fits


def _labelness(fields: Sequence[Field], labels: Sequence[str]) -> Scores:
    """How much each text is made of words that name things; one that ends with a colon is a label anyway."""
    own = phrase(" ".join(text for one in fields for text in (one.name, one.title, one.description)))
    shares = []
    for label in labels:
        said = phrase(label)
        share = sum(is_listed(one) or one in own for one in said) / len(said) if said else 0.0
        shares.append(1.0 if label.rstrip().endswith((":", "：")) else _NO_LABEL + (1 - _NO_LABEL) * share)
    return np.array(shares, np.float32)


def _worth(candidate: Candidate, likeness: float, one: Field, kind: Kind) -> float:
    """The likeness, less what speaks against the candidate: how it stands to its label, and where."""
    place = candidate.at if kind in _LAST else 1 - candidate.at
    worth = float(likeness) * candidate.sure * (1 - _PLACE + _PLACE * place)
    return worth if _of_range(one, kind) in (None, candidate.rank) else worth * _WRONG_END


def _of_range(one: Field, kind: Kind) -> int | None:
    """Which of two dates on a row is a field's that asks for a beginning or an end."""
    if kind is not Kind.DATE:
        return None
    told = {concept.name for concept in phrase(f"{one.name} {one.title}")}
    return 0 if "start" in told else 1 if "end" in told else None


def _fit(one: Field, kind: Kind, candidate: Candidate, score: float, conventions: Conventions) -> _Fit | None:
    """The candidate as the field's value, if it can be that."""
    if not isinstance(one.target, Scalar) or not _plausible(candidate, kind):
        return None
    value = typed(candidate.text, one.target, kind, conventions)
    if kind is Kind.MONEY and conventions.decimal and candidate.text.isdecimal():
        score *= _BARE if len(candidate.text) <= _LONGEST_BARE else 0.0
    return None if value is None else _Fit(one, kind, candidate, value, score)


def _plausible(candidate: Candidate, kind: Kind) -> bool:
    """Whether words without a shape can be a value: not too many, and no label themselves."""
    if kind is Kind.CODE:
        return not _AMOUNT.fullmatch(candidate.text) and len(candidate.text) >= _SHORTEST_CODE
    if kind in BY_SHAPE:
        return True
    if len(candidate.words) > _MOST_WORDS[kind] or candidate.text.rstrip().endswith(":"):
        return False
    if kind is Kind.NAME and not _may_name(candidate.text):
        return False
    if kind is Kind.ADDRESS and not _may_be_address(candidate.words, candidate.text):
        return False
    return kind in (Kind.BOOLEAN, Kind.CHOICE) or not all(map(is_listed, phrase(candidate.text)))


def _may_be_address(words: Sequence[PlacedWord], text: str) -> bool:
    """Whether words have letters, and no amount is among them."""
    return any(map(str.isalpha, text)) and not any(_AMOUNT.fullmatch(word.text) for word in words)


def _may_name(text: str) -> bool:
    """Whether a text begins with a letter or figure and has more letters than figures."""
    return text[:1].isalnum() and 2 * len(_LETTERS.findall(text)) > sum(map(str.isalnum, text))


def _one_to_one(fits: Iterable[_Fit]) -> dict[Path, Answer]:
    """The best fits first; a value at a label answers one field."""
    ranked = sorted(fits, key=lambda fit: -fit.score)
    answers: dict[Path, Answer] = {}
    taken: set[tuple[int, str]] = set()
    for fit in ranked:
        key = (id(fit.candidate.words[0]), fit.candidate.label)
        if fit.field.path in answers or key in taken or fit.score < FLOOR:
            continue
        taken.add(key)
        others = [other for other in ranked if other.field is fit.field and other.score >= _RIVAL * fit.score]
        answers[fit.field.path] = _answer(fit, others)
    return answers


def _answer(fit: _Fit, others: Sequence[_Fit]) -> Answer:
    rivals: list[Answer] = []
    for other in others:
        known = [fit.value, *(rival.value for rival in rivals)]
        if not any(_same(fit, other.value, value) for value in known):
            rivals.append(_plain(other))
    return replace(_plain(fit), rivals=tuple(rivals[:_RIVALS]))


def _same(fit: _Fit, one: Value, other: Value) -> bool:
    return isinstance(fit.field.target, Scalar) and same(one, other, fit.field.target, fit.kind)


def _plain(fit: _Fit) -> Answer:
    return Answer(fit.value, fit.candidate.method, fit.candidate.words, min(1.0, fit.score))
