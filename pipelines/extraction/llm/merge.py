"""What was found in the parts of a document as one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.llm.form import is_empty
from pipelines.extraction.targets import ArrayOf, ObjectOf, Scalar, Target
from pipelines.extraction.values.words import bare


def merged(target: Target, found: Sequence[Node], texts: Mapping[str, str]) -> Node:
    """One tree of the parts' trees, which are in the document's order.

    Of a value the first that stands where it is said to, else the first; others become its rivals. Items
    follow one another; those that the next part repeats are dropped. ``texts``: fragments by ``ref_id``.
    """
    match target:
        case ObjectOf():
            objects = [node for node in found if isinstance(node, dict)]
            return {
                one.name: merged(one.target, [node.get(one.name) for node in objects], texts)
                for one in target.fields
            }
        case ArrayOf():
            arrays = [node for node in found if isinstance(node, list)]
            return _joined(arrays, alike=isinstance(target.items, Scalar))
        case Scalar():
            return _first([node for node in found if isinstance(node, Answer)], texts)


def filled(found: Node, other: Node) -> Node:
    """What was found, and where nothing was, what another reader found there."""
    if isinstance(found, dict) and isinstance(other, dict):
        return {name: filled(node, other.get(name)) for name, node in found.items()}
    return other if is_empty(found) else found


def _first(answers: Sequence[Answer], texts: Mapping[str, str]) -> Answer | None:
    if len(answers) == 1:
        return answers[0]
    ordered = sorted(answers, key=lambda answer: not _is_grounded(answer, texts))
    if not ordered:
        return None
    first, *others = ordered
    rivals = {_key(other): other for other in reversed(others) if _key(other) != _key(first)}
    return replace(first, rivals=tuple(reversed(rivals.values())))


def _is_grounded(answer: Answer, texts: Mapping[str, str]) -> bool:
    """Whether one of the fragments that a value is said to stand in holds its letters."""
    letters = bare(str(answer.value))
    return any(letters in bare(texts.get(ref, "")) for ref in answer.said_at)


def _joined(arrays: Sequence[list[Node]], *, alike: bool) -> list[Node]:
    """All items in order. The same item at a border is one; so is, with ``alike``, the same text anywhere.

    A list of names has each once, however many parts name it; two payments of the same amount are two.
    """
    joined: list[Node] = []
    seen: set[Hashable] = set()
    for items in arrays:
        if joined and items and _key(joined[-1]) == _key(items[0]):
            items = items[1:]
        fresh = [item for item in items if not (alike and _is_text(item) and _key(item) in seen)]
        seen |= set(map(_key, fresh))
        joined += fresh
    return [item for item in joined if not is_empty(item)]


def _is_text(item: Node) -> bool:
    return isinstance(item, Answer) and isinstance(item.value, str)


def _key(node: Node) -> Hashable:
    """What is the same for nodes that hold the same values."""
    return tuple(_values(node, ()))


def _values(node: Node, path: tuple[str, ...]) -> Iterator[Hashable]:
    match node:
        case Answer():
            text = str(node.value)
            yield path, bare(text) or text
        case dict():
            for name, child in node.items():
                yield from _values(child, (*path, name))
        case list():
            for place, child in enumerate(node):
                yield from _values(child, (*path, str(place)))
