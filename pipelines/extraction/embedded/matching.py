"""How well the words of a label mean a field of a schema: by their concepts, and by sentence embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.base import Engines, Vectors
from pipelines.extraction.embedded.lexicon import Concept, Phrase, is_listed, phrase, plain
from pipelines.extraction.targets import Field

Scores = NDArray[np.float32]
"""``(fields, labels)``, each 0 (nothing in common) to 1 (the same words)."""

_PAPERS = frozenset("invoice receipt document statement contract letter form deliverynote".split())
"""What a field's name may say of the paper it stands on; the label does not repeat it."""
_PAPER_WEIGHT = 0.2
_NUMBERS = frozenset({"number", "id", "code"})
_KINDS = {
    **dict.fromkeys(("number", "id", "code", "vatid", "taxid", "registration"), "code"),
    **dict.fromkeys(("date", "birth"), "date"),
    **{kind: kind for kind in ("name", "address", "phone", "email", "website", "percent", "signature")},
}
"""Concepts that say of what kind a value is: a customer's number is not the customer's name."""
_NEAR = {
    ("total", "payable"): 0.85,
    ("amount", "total"): 0.9,
    ("amount", "payable"): 0.85,
    ("total", "gross"): 0.9,
    ("subtotal", "amount"): 0.3,
    ("vatid", "tax"): 0.5,
    ("vatid", "taxid"): 0.8,
    ("taxid", "vatid"): 0.8,
    ("issue", "date"): 1.0,
    ("due", "payable"): 0.9,
    ("carrier", "insurer"): 0.8,
    ("term", "period"): 0.8,
    ("seller", "name"): 0.3,
    ("invoice", "document"): 0.8,
    ("receipt", "document"): 0.8,
    ("invoice", "receipt"): 0.7,
    ("receipt", "invoice"): 0.9,
}
"""Concepts of a field that others on paper stand for, and how well."""
_OTHER_VALUE = 0.35
"""What is left of a likeness when the label has a word that tells it apart and the field has not."""
_RECALL = 0.7
"""How much more it counts that the field's words are in the label than the other way round."""
_OF_DESCRIPTION = 0.7
_COSINE_OF_STRANGERS, _COSINE_OF_TWINS = 0.35, 0.8
"""MiniLM's likeness of short texts that mean different things, and of two that mean the same."""
_BY_MEANING = 0.8
_LABEL = 0.75
"""A text that is so much like a field's name is its label."""


@dataclass(slots=True)
class Matcher:
    """Fields of a schema against labels. Texts are embedded once and kept as long as the matcher."""

    engines: Engines
    _vectors: dict[str, Vectors] = field(default_factory=dict)

    def scores(self, fields: Sequence[Field], labels: Sequence[str], most: int | None = None) -> Scores:
        """How well each label means each field: by words, or by meaning where words fail.

        At most ``most`` labels are embedded, those whose words are known first.
        """
        if not fields or not labels:
            return np.zeros((len(fields), len(labels)), np.float32)
        asked = [_Asked.of(one) for one in fields]
        said = [phrase(label) for label in labels]
        scores = np.array([[one.likeness(words) for words in said] for one in asked], np.float32)
        chosen = sorted(range(len(labels)), key=lambda i: -_known_share(said[i]))[:most]
        chosen = [i for i in chosen if said[i]]
        if chosen:
            meant = _BY_MEANING * self.meanings(
                [_told(one) for one in fields], [plain(labels[i]) for i in chosen]
            )
            barred = np.array([[one.differs(said[i]) for i in chosen] for one in asked], bool)
            meant[barred] *= _OTHER_VALUE
            found = scores[:, chosen]
            scores[:, chosen] = np.maximum(found, np.maximum(meant, (found + meant) / 2))
        return scores

    def is_label(self, text: str, fields: Sequence[Field]) -> bool:
        """Whether a text is rather the label of one of the fields than a value."""
        said = phrase(text)
        return any(_Asked.of(one).likeness(said) >= _LABEL for one in fields)

    def meanings(self, texts: Sequence[str], others: Sequence[str]) -> Scores:
        """How alike in meaning two lists of texts are, ``(texts, others)``, 0 to 1."""
        cosines = self.vectors(texts) @ self.vectors(others).T
        span = _COSINE_OF_TWINS - _COSINE_OF_STRANGERS
        likeness: Scores = np.clip((cosines - _COSINE_OF_STRANGERS) / span, 0, 1).astype(np.float32)
        return likeness

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The embeddings of some texts, ``(texts, dimensions)``."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self.engines.embed(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field as the concepts of its names, of its description, and of all that is told of it."""

    names: tuple[Phrase, ...]
    described: Phrase
    told: Phrase

    @classmethod
    def of(cls, one: Field) -> _Asked:
        names = tuple(found for name in (one.name, one.title) if name and (found := _named(name, one.above)))
        described = phrase(one.description)
        return cls(names, described, phrase(" ".join(one.above)).union(described, *names))

    def likeness(self, said: Phrase) -> float:
        """How many of their concepts the field's name, title or description shares with a label, 0 to 1."""
        said = frozenset(one for one in said if not one.name.isdigit() or one in self.told)
        if not said:
            return 0.0
        best = max((_shared(name, said) for name in self.names), default=0.0)
        if _strong(said & self.described):
            best = max(best, _OF_DESCRIPTION * _part(said, self.described))
        return best * _OTHER_VALUE if self.differs(said) else best

    def differs(self, said: Phrase) -> bool:
        """Whether the label has a word that makes it the label of another value than the field's."""
        if any(concept.tells_apart and concept not in self.told for concept in said):
            return True
        asked = {_KINDS.get(concept.name) for name in self.names for concept in name} - {None}
        kinds = {_KINDS.get(concept.name) for concept in said} - {None}
        return bool(asked and kinds and not asked & kinds)


def _named(name: str, above: Sequence[str]) -> Phrase:
    """The concepts of a name; of one that says little (name, number) those of the object that has it, too."""
    own = phrase(name)
    return own | phrase(above[-1]) if own and above and not _strong(own) else own


def likeness(one: Field, label: str) -> float:
    """How many of their concepts a field's name, title or description shares with a label, 0 to 1."""
    return _Asked.of(one).likeness(phrase(label))


def one_to_one(scores: Scores, floor: float, margin: float = 0.0) -> list[tuple[int, int]]:
    """Pairs of rows and columns, the best first, each used once; a pair needs ``floor``.

    With a ``margin`` a row stays alone if another column that is still free is nearly as good.
    """
    left = scores.astype(np.float32, copy=True)
    pairs = []
    while left.size and left.max() >= floor:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        others = np.delete(left[row], column)
        if not margin or not others.size or left[row, column] - others.max() >= margin:
            pairs.append((int(row), int(column)))
            left[:, column] = -1
        left[row] = -1
    return pairs


def _shared(wanted: Phrase, said: Phrase) -> float:
    if not wanted:
        return 0.0
    weights = {one: _weight(one, wanted) for one in wanted | said}
    recall = sum(weights[one] * _stands(one, said) for one in wanted) / sum(weights[one] for one in wanted)
    backwards = sum(weights[one] * _stands_back(one, wanted) for one in said)
    return _RECALL * recall + (1 - _RECALL) * backwards / sum(weights[one] for one in said)


def _part(said: Phrase, described: Phrase) -> float:
    """The share of a label's concepts, by weight, that a description has."""
    return sum(one.weight for one in said & described) / sum(one.weight for one in said)


def _stands(one: Concept, said: Phrase) -> float:
    """How well a label says a concept of a field: by itself, or by one that stands for it."""
    return 1.0 if one in said else max(_NEAR.get((one.name, other.name), 0.0) for other in said)


def _stands_back(one: Concept, wanted: Phrase) -> float:
    return 1.0 if one in wanted else max(_NEAR.get((other.name, one.name), 0.0) for other in wanted)


def _weight(one: Concept, wanted: Phrase) -> float:
    """What a concept says: that it is the paper's goes without saying, of all but its number."""
    if one.name not in _PAPERS:
        return one.weight
    return 1.0 if any(other.name in _NUMBERS for other in wanted) else _PAPER_WEIGHT


def _strong(concepts: Phrase) -> bool:
    return any(one.weight >= 1 for one in concepts)


def _known_share(said: Phrase) -> float:
    return sum(map(is_listed, said)) / len(said) if said else 0.0


def _told(one: Field) -> str:
    """A field in plain words, for an embedding."""
    name = plain(one.title or one.name)
    return f"{name}: {one.description}" if one.description else name
