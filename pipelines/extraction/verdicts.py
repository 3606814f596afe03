"""Every answer with its proof: the tree of what was found, each leaf looked up in the document."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.grounding import Ground, Order, Place
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar, Target
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.typed import same

Words = tuple[PlacedWord, ...]

# Distances in page units: another page is further than any place on the page, a row below is further than
# a column beside, and a place that another field has taken is unlikely.
_PAGE, _DOWN, _TAKEN = 100_000.0, 3.0, 500.0
# Text of more words than this sums something up: it need not stand in the document.
_SUMMARY = 12
# So many words of what is beside tell where a thing stands.
_MOST_NEAR = 12


@dataclass(slots=True)
class Verdict:
    """An answer that was looked up; ``name`` is the field's path with the items counted from 1.

    ``proven``: the value stands in the document, at ``answer.words``; where the format has no geometry
    there are none.
    """

    name: str
    target: Scalar
    kind: Kind
    answer: Answer
    proven: bool = False

    @property
    def derived(self) -> bool:
        """Whether the value is concluded, not copied: a yes or no, a choice, a text that sums up."""
        value = self.answer.value
        summed_up = self.kind is Kind.TEXT and len(str(value).split()) > _SUMMARY
        return isinstance(value, bool) or bool(self.target.choices) or summed_up


Found = Verdict | None | dict[str, "Found"] | list["Found"]


def verdicts(found: Found) -> Iterator[Verdict]:
    """All leaves of a tree."""
    if isinstance(found, Verdict):
        yield found
    elif isinstance(found, dict):
        for child in found.values():
            yield from verdicts(child)
    elif isinstance(found, list):
        for child in found:
            yield from verdicts(child)


@dataclass(slots=True)
class _Nearby:
    """What stands beside a value that is looked for, and the places that are taken."""

    words: list[PlacedWord] = field(default_factory=list)
    taken: set[Words] = field(default_factory=set)
    order: Order = (0, 0)

    def inner(self) -> _Nearby:
        """The same, for what is inside an object."""
        return _Nearby(list(self.words), self.taken, self.order)


class Judge:
    """Looks answers up in one document."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._kinds: dict[tuple[str, ...], Kind] = {}

    def judged(self, target: ObjectOf, node: Node) -> dict[str, Found]:
        """The tree of answers as a tree of verdicts in the same shape."""
        return self._object(target, node, _Nearby(), "")

    def _object(self, target: ObjectOf, node: Node, near: _Nearby, prefix: str) -> dict[str, Found]:
        known = node if isinstance(node, dict) else {}
        found: dict[str, Found] = {
            one.name: self._leaves(one, one.target, known.get(one.name), prefix + one.name)
            for one in target.fields
        }
        self._settle(list(verdicts(found)), near)
        for one in target.fields:
            if found[one.name] is None and not isinstance(one.target, Scalar):
                found[one.name] = self._inner(one, one.target, known.get(one.name), near, prefix + one.name)
        return found

    def _inner(self, one: Field, target: Target, node: Node, near: _Nearby, name: str) -> Found:
        """Objects, and arrays of them: each item is looked for near the one before."""
        if isinstance(target, ObjectOf):
            return self._object(target, node, near.inner(), name + ".")
        leaves = self._leaves(one, target, node, name)
        if leaves is not None or not isinstance(target, ArrayOf) or not isinstance(node, list):
            self._settle(list(verdicts(leaves)), near)
            return leaves
        along = near.inner()
        return [self._item(one, target.items, item, along, f"{name}[{n}]") for n, item in enumerate(node, 1)]

    def _item(self, one: Field, target: Target, node: Node, along: _Nearby, name: str) -> Found:
        if isinstance(target, ObjectOf):
            return self._object(target, node, along, name + ".")
        return self._inner(one, target, node, along, name)

    def _leaves(self, one: Field, target: Target, node: Node, name: str) -> Found:
        """The verdicts of a scalar, or an array of scalars, not looked up yet; None of anything else."""
        if isinstance(target, Scalar) and isinstance(node, Answer):
            return Verdict(name, target, self._kind(one), node)
        if isinstance(target, ArrayOf) and isinstance(target.items, Scalar) and isinstance(node, list):
            return [self._leaves(one, target.items, item, f"{name}[{n}]") for n, item in enumerate(node, 1)]
        return None

    def _kind(self, one: Field) -> Kind:
        if one.path not in self._kinds:
            self._kinds[one.path] = kind_of(one)
        return self._kinds[one.path]

    def _settle(self, leaves: Sequence[Verdict], near: _Nearby) -> None:
        """Values that stand at one place only are settled first: the others stand nearest to them."""
        beside: list[PlacedWord] = []
        several = []
        for leaf in leaves:
            own = _own_words(leaf)
            found = [] if own else self._places(leaf, near)
            if own:
                beside += _take(leaf, own, near)
            elif len(found) == 1:
                beside += _take(leaf, found[0].words, near, found[0].order)
            elif found:
                several.append(leaf)
            else:
                leaf.answer = replace(leaf.answer, words=())
        for leaf in several:
            beside += self._nearest(leaf, beside or near.words, near)
        if beside:
            near.words = beside[:_MOST_NEAR]

    def _nearest(self, leaf: Verdict, beside: Sequence[PlacedWord], near: _Nearby) -> Words:
        found = self._places(leaf, near)
        chosen = min(found, key=lambda place: _distance(place, beside, near.taken))
        return _take(leaf, chosen.words, near, chosen.order)

    def _places(self, leaf: Verdict, near: _Nearby) -> list[Place]:
        """Where a value may stand: in the fragments that were named for it, or else anywhere."""
        answer = leaf.answer
        return self._ground.places(
            answer.value, leaf.target, leaf.kind, said_at=answer.said_at, near=near.order
        )


def _own_words(leaf: Verdict) -> Words:
    """Of the words that an answer came with those that say it; none where they do not."""
    answer, target, kind = leaf.answer, leaf.target, leaf.kind
    if not answer.words:
        return ()
    within = Ground.of_words(answer.words).places(answer.value, target, kind)
    if within:
        return within[0].words
    said = " ".join(word.text for word in answer.words)
    marked = isinstance(answer.value, bool) or bool(target.choices)  # words of a box, not of its value
    return answer.words if marked or same(said, answer.value, target, kind) else ()


def _take(leaf: Verdict, words: Words, near: _Nearby, order: Order | None = None) -> Words:
    leaf.answer = replace(leaf.answer, words=words)
    leaf.proven = True
    near.taken.add(words)
    near.order = order or near.order
    return words


def _distance(place: Place, beside: Sequence[PlacedWord], taken: Collection[Words]) -> float:
    """From a place to the nearest of some words; 0 where there are none to go by."""
    if not place.words:
        return 0.0
    x, y = place.words[0].bbox.center
    page = place.words[0].page
    away = (
        abs(word.page - page) * _PAGE + abs(word.bbox.center[0] - x) + _DOWN * abs(word.bbox.center[1] - y)
        for word in beside[:_MOST_NEAR]
    )
    return min(away, default=0.0) + _TAKEN * (place.words in taken)
