"""Page headers and footers that a document names once, on each page that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.readers.alignment import common, tokens
from pipelines.readers.laid_out import ShownWord
from schemas.fragments import FragmentType, TextContent

HEADS = frozenset({FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER})
# Heads stand in this share of the page at its top, feet at its bottom, in the outermost so many lines.
_BAND, _LINES = 0.3, 10
# A head takes at most so many lines.
_HIGHEST = 4
# This share of a head's words is in its lines, and of the words in its lines most are its own.
_FOUND, _OWN = 0.7, 0.6
_SAME_LINE = 0.5
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Head:
    """A header or footer: its index among the fragments, its kind and its tokens."""

    index: int
    kind: FragmentType
    tokens: list[str]


class _Line(NamedTuple):
    """Words on one height: each token with the index of its word."""

    tokens: list[tuple[str, int]]
    middle: float


def shown_heads(
    heads: Sequence[Head], words: Sequence[ShownWord], height: float
) -> Iterator[tuple[Head, list[int]]]:
    """The heads that a page shows, each with the indices of its words; ``height`` is the page's."""
    lines = _lines(words)
    top = [line for line in lines if line.middle < _BAND * height][:_LINES]
    bottom = [line for line in lines if line.middle > (1 - _BAND) * height][-_LINES:]
    taken: set[int] = set()
    # The longest first: a short one may be a part of it.
    for head in sorted(heads, key=lambda one: -len(one.tokens)):
        found: list[int] = []
        if head.kind is not FragmentType.PAGE_FOOTER:
            found = _found(head.tokens, top, taken)
        if head.kind is not FragmentType.PAGE_HEADER and not found:
            found = _found(head.tokens, bottom[::-1], taken)
        if found:
            taken.update(found)
            yield head, sorted(found)


def _found(head: Sequence[str], lines: Sequence[_Line], taken: set[int]) -> list[int]:
    """The words of a head in ``lines``, the outermost first, where they are most like it; or nothing."""
    wanted = _numberless(head)
    best, best_words = 0.0, list[int]()
    for start in range(len(lines)):
        held: list[tuple[str, int]] = []
        for line in lines[start : start + _HIGHEST]:
            free = [pair for pair in line.tokens if pair[1] not in taken]
            held = [*held, *free] if lines[0].middle <= lines[-1].middle else [*free, *held]
            own = _numberless(token for token, _ in held)
            pairs = common(wanted, own) if not set(wanted).isdisjoint(own) else []
            whole = len(pairs) == len(wanted) > 1 and pairs[-1][1] - pairs[0][1] == len(pairs) - 1
            alike = len(pairs) >= _FOUND * len(wanted) and len(pairs) >= _OWN * len(own)
            score = len(pairs) / len(wanted) + len(pairs) / max(1, len(own))
            if pairs and (whole or alike) and score > best:
                best, best_words = score, sorted({held[j][1] for _, j in pairs})
    return best_words


def renumbered(content: TextContent, shown: Sequence[str]) -> TextContent:
    """A head with the numbers that a page shows in it (``shown`` are its words): its own number, mostly."""
    numbers = _DIGITS.findall(" ".join(tokens(" ".join(shown))))
    if len(numbers) != len(_DIGITS.findall(content.content)):
        return content
    rest = iter(numbers)
    return content.model_copy(update={"content": _DIGITS.sub(lambda _: next(rest), content.content)})


def _lines(words: Sequence[ShownWord]) -> list[_Line]:
    """The page's lines from top to bottom."""
    rows: list[list[int]] = []
    for index in sorted(range(len(words)), key=lambda i: words[i].box.y1 + words[i].box.y2):
        box = words[index].box
        above = words[rows[-1][-1]].box if rows else None
        if above and abs(above.center[1] - box.center[1]) < _SAME_LINE * min(above.height, box.height):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [
        _Line(
            [(token, i) for i in sorted(row) for token in tokens(words[i].text)], words[row[0]].box.center[1]
        )
        for row in rows
    ]


def _numberless(text: Iterable[str]) -> list[str]:
    """Tokens with all numbers alike: those of pages differ."""
    return [_DIGITS.sub("#", token) for token in text]
