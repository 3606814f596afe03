"""Arrays of single values: the items of a list, or what follows a label, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.extraction.answers import Answer, Method, Value
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.kinds import kind_of
from pipelines.extraction.values.typed import typed
from schemas.fragments import FragmentType

# A heading or label means the array from this likeness on.
_FLOOR = 0.6
# What a label is not longer than (words).
_LABEL = 8
_LABELLED = re.compile(r"^\W*([^:\n]{2,80}?)\s*[:：]\s*(.*)$", re.DOTALL)
_PARTED = re.compile(r"\s*[;•\n]\s*|\s*,\s+|\s+(?:and|und|et|y|e|en|&)\s+")
_MARK = re.compile(r"^(?:[-*•‣▪–]|\(?\w{1,3}[.)])\s+")


def list_values(
    field: Field, items: Scalar, evidence: Evidence, matcher: Matcher, conventions: Conventions
) -> list[Answer]:
    """What stands in the list below the heading, or after the label, that means the field best."""
    labelled = list(_labelled(evidence.blocks))
    if not labelled:
        return []
    scores = matcher.scores([field], [label for label, _ in labelled])[0]
    for score, (_, parts) in sorted(zip(scores.tolist(), labelled, strict=True), key=lambda one: -one[0]):
        answers = [_answer(field, items, text, words, score, conventions) for text, words in parts]
        found = [answer for answer in answers if answer is not None]
        if score >= _FLOOR and found:
            return found
    return []


_Part = tuple[str, tuple[PlacedWord, ...]]


def _labelled(blocks: Sequence[Block]) -> Iterator[tuple[str, list[_Part]]]:
    """Labels and headings, each with the texts that follow: the list below, or the parts of its line."""
    for i, block in enumerate(blocks):
        listed = _list_after(blocks, i)
        text = block.text.lstrip("# ").strip("*_ ")
        label = _LABELLED.match(text)
        if listed and len(text.split()) <= 2 * _LABEL:
            yield text.rstrip(":： "), [_item(one) for one in listed]
        elif label and label[2].strip() and len(label[1].split()) <= _LABEL:
            yield label[1], list(_parts(block, label[2]))[::-1]


def _list_after(blocks: Sequence[Block], at: int) -> list[Block]:
    if blocks[at].fragment.fragment_type is FragmentType.LIST_ITEM:
        return []
    end = at + 1
    while end < len(blocks) and blocks[end].fragment.fragment_type is FragmentType.LIST_ITEM:
        end += 1
    return list(blocks[at + 1 : end])


def _item(block: Block) -> _Part:
    text = _MARK.sub("", block.text.strip())
    marked = len(block.words) > 1 and _MARK.match(f"{block.words[0].text} ")
    return text, block.words[1:] if marked else block.words


def _parts(block: Block, rest: str) -> Iterator[_Part]:
    """The parts of a text from the last, with the words of each: those whose letters are its own."""
    words = list(block.words)
    for part in reversed([part for part in _PARTED.split(rest) if part.strip()]):
        letters, own = _letters(part), []
        while words and letters.endswith(_letters(words[-1].text)) and letters:
            letters = letters[: len(letters) - len(_letters(words[-1].text))]
            own.append(words.pop())
        while words and _letters(words[-1].text) in ("", "and", "und", "et", "y", "e", "en"):
            words.pop()
        yield part.strip(), tuple(reversed(own))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _answer(
    field: Field,
    items: Scalar,
    text: str,
    words: tuple[PlacedWord, ...],
    score: float,
    conventions: Conventions,
) -> Answer | None:
    value: Value | None = typed(text, items, kind_of(field), conventions)
    return None if value is None else Answer(value, Method.LABEL, words, score)
