"""Classes told without a language model: by words, by meaning, and by what is on the page.

Meaning alone has no scale: how alike a page and a class are is held against how alike the page is to other
kinds of pages (``kinds.txt``). What is more like one of these belongs to no class.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.base import Engines, Vectors
from pipelines.documents.classify.kinds import Kind, kinds
from pipelines.documents.classify.sheets import Line, Sheet
from pipelines.documents.classify.sights import Sight, is_all, spoken_of
from pipelines.documents.classify.terms import (
    Weights,
    codes,
    coverage,
    family,
    name_weights,
    terms,
    text_weights,
)
from pipelines.extraction.embedded.lexicon import folded
from schemas.options import PageClassification

_HEAD_LINES = 8
_HEADED = 0.85
"""The rank of lines that may be headings."""
_CLOSEST = 3
"""Windows of a page whose likeness to a class counts."""
_ALIKE = 0.35
"""A page that is less like anything is like nothing much: which it is most like means the less."""
_SCATTERED = 0.35
"""What a name counts whose words stand on the page, but nowhere together."""
_FORM = re.compile(r"\bform(?:ular|ulaire|ulario)?\s+(?=\S*\d)")
"""What stands before the code of a form."""
_TOLD = 0.5
"""What it counts that a description, rather than the name, is that of a kind."""
_SAME_KIND, _NEXT = 0.5, 0.05
"""A kind so much like a class is that class, not a rival; so are those nearly as like it as the nearest."""


_BIAS, _SURE = -1.8, 2.0
_WEIGHTS = {
    "name": 3.8,
    "words": 0.7,
    "meaning": 1.6,
    "over_rivals": 9.0,
    "heading_over_rivals": 2.0,
    "coded": 3.0,
    "kind": 6.0,
    "rival": -3.0,
    "sight": 0.7,
}
"""By logistic regression on pages of forms, bills, contracts, papers and reports, rounded."""

Found = Sequence[tuple[Line, frozenset[str]]]
"""Lines with their terms."""
Families = Sequence[tuple[str, re.Pattern[str]]]
"""The codes in a class's name, and what each matches."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a class on a page, each about 0 to 1; ``sight`` is -1 if it lacks what it should have.

    ``quotes`` are the lines that say most, ``nearest`` is the piece of the text whose meaning is nearest.
    """

    name: float = 0.0
    coded: float = 0.0
    words: float = 0.0
    meaning: float = 0.0
    over_rivals: float = 0.0
    heading_over_rivals: float = 0.0
    kind: float = 0.0
    rival: float = 0.0
    sight: float = 0.0
    only_sights: bool = False
    sights: tuple[tuple[Sight, int], ...] = ()
    quotes: tuple[str, ...] = ()
    nearest: str = ""


class Judge:
    """Holds pages against the classes of one request; the classes are embedded once.

    Where a class is one of the kinds that are known (“invoice”), what is known of it counts too.
    """

    def __init__(self, classes: Sequence[PageClassification], engines: Engines) -> None:
        self._engines = engines
        names = [one.name for one in classes]
        self._texts = [
            f"{one.name}: {one.description}" if one.description.strip() else one.name for one in classes
        ]
        self._sights = [spoken_of(text) for text in self._texts]
        self._only_sights = [is_all(one.name, one.description) for one in classes]
        self._families = [_families(name, names) for name in names]
        self._about = text_weights([one.description for one in classes])
        self._same = np.array([[_sameness(kind, one) for kind in kinds()] for one in classes])
        self._names = _all_names(names, self._same)
        vectors = engines.embed([*self._texts, *names, *(kind.text for kind in kinds())])
        self._meant, self._called, self._kinds = np.split(vectors, [len(classes), 2 * len(classes)])
        alike = self._meant @ self._kinds.T
        self._rivals = (self._same == 0) & (
            alike < np.minimum(_SAME_KIND, alike.max(axis=1, keepdims=True) - _NEXT)
        )

    def signals(self, sheets: Sequence[Sheet]) -> list[list[Signals]]:
        """For each page what speaks for each class."""
        heads = [_heads(sheet) for sheet in sheets]
        windows = [sheet.windows() for sheet in sheets]
        texts = [
            text
            for pieces in (*windows, *([line.text for line in head] for head in heads))
            for text in pieces
        ]
        rows = iter(self._engines.embed(texts)) if texts else iter(())
        of_windows = [[next(rows) for _ in pieces] for pieces in windows]
        of_heads = [[next(rows) for _ in head] for head in heads]
        return [
            self._of_sheet(sheet, pieces, np.array(vectors), head, np.array(lines))
            for sheet, pieces, vectors, head, lines in zip(
                sheets, windows, of_windows, heads, of_heads, strict=True
            )
        ]

    def _of_sheet(
        self, sheet: Sheet, pieces: Sequence[str], windows: Vectors, head: Sequence[Line], lines: Vectors
    ) -> list[Signals]:
        found = [(line, terms(line.text)) for line in sheet.lines]
        everything = frozenset(term for _, its in found for term in its)
        shares = np.array([kind.share(everything, sheet) for kind in kinds()])
        kind = (self._same * shares).max(axis=1)
        rival = np.where(self._rivals, shares, 0.0).max(axis=1)
        meaning, over = self._likeness(windows)
        headed = self._headed(head, lines)
        return [
            Signals(
                name=max(share * _named(name, self._families[c], found) for name, share in self._names[c]),
                coded=_coded(self._families[c], found),
                words=coverage(self._about[c], everything),
                meaning=meaning[c],
                over_rivals=over[c],
                heading_over_rivals=headed[c],
                kind=float(kind[c]),
                rival=float(rival[c]),
                sight=_sight(self._sights[c], sheet),
                only_sights=self._only_sights[c],
                sights=tuple(
                    (sight, sheet.sights[sight]) for sight in sorted(self._sights[c]) if sheet.sights[sight]
                ),
                quotes=_quotes(self._names[c][0][0], self._about[c], found),
                nearest=pieces[int((windows @ self._meant[c]).argmax())] if pieces else "",
            )
            for c in range(len(self._texts))
        ]

    def _likeness(self, vectors: Vectors) -> tuple[list[float], list[float]]:
        """How alike a page is to each class, and by how much more than to its nearest rival."""
        if not len(vectors):
            return [0.0] * len(self._texts), [-1.0] * len(self._texts)
        rivals = _closest(vectors @ self._kinds.T)
        known = np.where(self._same == 1, rivals, -1.0).max(axis=1)
        alike = np.maximum(_closest(vectors @ self._meant.T), known)
        nearest = np.where(self._rivals, rivals, -1.0).max(axis=1)
        certainty = np.clip(np.maximum(alike, nearest) / _ALIKE, 0.0, 1.0)
        return alike.tolist(), ((alike - nearest) * certainty).tolist()

    def _headed(self, head: Sequence[Line], vectors: Vectors) -> list[float]:
        """The same of the line at the head of the page that is most like the class's name."""
        if not head:
            return [-1.0] * len(self._texts)
        alike = (vectors @ self._called.T).max(axis=0)
        rivals = (vectors @ self._kinds.T).max(axis=0)
        over: list[float] = (alike - np.where(self._rivals, rivals, -1.0).max(axis=1)).tolist()
        return over


def _sameness(kind: Kind, one: PageClassification) -> float:
    return max(kind.sameness(one.name), _TOLD * kind.sameness(one.description))


def _all_names(names: Sequence[str], same: NDArray[np.float64]) -> list[list[tuple[Weights, float]]]:
    """Each class's own name, and those of the kinds that it is, with how much these say of it."""
    known = [
        [
            (name_weights([name])[0], share)
            for kind, share in zip(kinds(), row, strict=True)
            if share
            for name in kind.names
        ]
        for row in same
    ]
    return [[(own, 1.0), *others] for own, others in zip(name_weights(names), known, strict=True)]


def _families(name: str, names: Sequence[str]) -> Families:
    others = frozenset(code for other in names for code in codes(other))
    return [(code, family(code, others)) for code in codes(name)]


def _coded(families: Families, found: Found) -> float:
    """How plainly a page bears the code in a class's name, 0 to 1; -1 if not, or if another heads it."""
    if not families:
        return 0.0
    own = {code for code, _ in families}
    heads = [line.text for line, _ in found if line.rank >= _HEADED and _FORM.search(folded(line.text))]
    if heads and not any(own <= _as_named(codes(head), families) for head in heads):
        return -1.0
    ranks = (
        line.rank / max(1, len(codes(line.text))) for line, its in found if own <= _as_named(its, families)
    )
    return max(ranks, default=-1.0)


def _closest(alike: Vectors) -> Vectors:
    """The mean of the few windows that are most like each column's text."""
    best: Vectors = np.sort(alike, axis=0)[-_CLOSEST:].mean(axis=0)
    return best


def _heads(sheet: Sheet) -> list[Line]:
    return [line for line in sheet.lines if line.rank >= _HEADED][:_HEAD_LINES]


def _named(weights: Weights, families: Families, found: Found) -> float:
    """How plainly the page says the name: in one line, best a heading of its own, or scattered over it."""
    said, everything = 0.0, set[str]()
    for line, its in found:
        known = _as_named(its, families)
        everything |= known
        share = coverage(weights, known)
        if share:
            told = sum(term in weights for term in known) / len(known)
            said = max(said, line.rank * share * (0.5 + 0.5 * told))
    return max(said, _SCATTERED * coverage(weights, everything))


def _as_named(its: frozenset[str], families: Families) -> frozenset[str]:
    """The terms of a line, and the codes of the class that theirs belong to."""
    return its | {code for code, family in families if any(family.fullmatch(term) for term in its)}


def _sight(wanted: frozenset[Sight], sheet: Sheet) -> float:
    if not wanted:
        return 0.0
    return 1.0 if any(sheet.sights[sight] for sight in wanted) else -1.0


def _quotes(name: Weights, about: Weights, found: Found) -> tuple[str, ...]:
    """The lines that say most of the class, the best first."""
    rated = [(line.rank * coverage(name, its) + 0.5 * coverage(about, its), line.text) for line, its in found]
    best = sorted({text: rate for rate, text in sorted(rated) if rate > 0}.items(), key=lambda one: -one[1])
    return tuple(text for text, _ in best[:3])


def odds(signals: Signals) -> float:
    """The logarithm of the odds that a page belongs to a class that these signals speak for."""
    if signals.only_sights:
        return _SURE if signals.sight > 0 else -_SURE
    return _BIAS + sum(weight * float(getattr(signals, name)) for name, weight in _WEIGHTS.items())
