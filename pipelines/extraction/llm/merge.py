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
    """All items in order. The same item of the same place at a border is one; two like payments are two.

    With ``alike``, the same text anywhere is one, too: a list of names has each once, however many parts
    name it.
    """
    joined: list[Node] = []
    seen: set[Hashable] = set()
    for items in arrays:
        if joined and items and _is_repeated(joined[-1], items[0]):
            items = items[1:]
        fresh = [item for item in items if not (alike and _is_text(item) and _key(item) in seen)]
        seen |= set(map(_key, fresh))
        joined += fresh
    return [item for item in joined if not is_empty(item)]


def _is_repeated(item: Node, again: Node) -> bool:
    """Whether a part began with what the part before ended with, of the same fragments or of unknown ones."""
    first, second = ({ref for answer in _answers(node) for ref in answer.said_at} for node in (item, again))
    return _key(item) == _key(again) and not (first and second and first.isdisjoint(second))


def _is_text(item: Node) -> bool:
    return isinstance(item, Answer) and isinstance(item.value, str)


def _key(node: Node) -> Hashable:
    """What is the same for nodes that hold the same values."""
    return tuple((path, bare(str(answer.value)) or str(answer.value)) for path, answer in _placed(node, ()))


def _answers(node: Node) -> Iterator[Answer]:
    return (answer for _, answer in _placed(node, ()))


def _placed(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Answer]]:
    """All answers in a node, with the names and numbers that lead to them."""
    match node:
        case Answer():
            yield path, node
        case dict():
            for name, child in node.items():
                yield from _placed(child, (*path, name))
        case list():
            for place, child in enumerate(node):
                yield from _placed(child, (*path, str(place)))
