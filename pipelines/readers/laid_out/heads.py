"""Page headers and footers that a document names once, on each page that shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.readers.laid_out.alignment import common, tokens
from pipelines.readers.laid_out.document import ShownWord
from schemas.fragments import FragmentType, TextContent

HEADS = frozenset({FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER})
# Heads stand in this share of the page at its top, feet at its bottom, in the outermost so many lines.
_BAND, _LINES = 0.3, 10
# A head takes at most so many lines, and lines of no more than so many times its words.
_HIGHEST, _MOST = 4, 3
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
    """Words on one height: their tokens, the same with all numbers alike, and each token's word."""

    tokens: list[str]
    numberless: list[str]
    words: list[int]
    middle: float


def shown_heads(
    heads: Sequence[Head], words: Sequence[ShownWord], height: float
) -> Iterator[tuple[Head, list[int]]]:
    """The heads that a page shows, each with the indices of its words; ``height`` is the page's.

    Those that are there word for word come first, then those with other numbers or a few other words.
    """
    outside = [i for i, one in enumerate(words) if not _BAND <= one.box.center[1] / height <= 1 - _BAND]
    lines = _lines(words, outside)
    top = [line for line in lines if line.middle < _BAND * height][:_LINES]
    bottom = [line for line in reversed(lines) if line.middle > (1 - _BAND) * height][:_LINES]
    taken: set[int] = set()
    # The longest first: a short one may be a part of it.
    left = sorted(heads, key=lambda one: -len(one.tokens))
    for exact in (True, False):
        missing: list[Head] = []
        for head in left:
            bands = [] if head.kind is FragmentType.PAGE_FOOTER else [top]
            bands += [] if head.kind is FragmentType.PAGE_HEADER else [bottom]
            found = next(
                (own for band in bands if (own := _found(head.tokens, band, taken, exact=exact))), []
            )
            taken.update(found)
            if found:
                yield head, found
            else:
                missing.append(head)
        left = missing


def _found(head: Sequence[str], lines: Sequence[_Line], taken: set[int], *, exact: bool) -> list[int]:
    """The words of a head in ``lines``, the outermost first, where they are most like it; or nothing."""
    wanted = list(head) if exact else _numberless(head)
    least = len(wanted) if exact else _FOUND * len(wanted)
    best, best_words = 0.0, list[int]()
    for start in range(len(lines)):
        for count in range(1, _HIGHEST + 1):
            # Lines of a foot come from the bottom; their words are read from the top.
            rows = sorted(lines[start : start + count], key=lambda line: line.middle)
            held = [(row, at) for row in rows for at, word in enumerate(row.words) if word not in taken]
            own = [row.tokens[at] if exact else row.numberless[at] for row, at in held]
            if count > 1 and len(own) > _MOST * len(wanted):
                break
            pairs = common(wanted, own) if len(set(wanted).intersection(own)) * 2 >= len(set(wanted)) else []
            if not pairs or len(pairs) < least:
                continue
            whole = len(pairs) == len(wanted) > 1 and pairs[-1][1] - pairs[0][1] == len(pairs) - 1
            score = len(pairs) / len(wanted) + len(pairs) / len(own)
            if (whole or len(pairs) >= _OWN * len(own)) and score > best:
                best, best_words = score, sorted({held[j][0].words[held[j][1]] for _, j in pairs})
    return best_words


def renumbered(content: TextContent, shown: Sequence[str]) -> TextContent:
    """A head with the numbers that a page shows in it (``shown`` are its words): its own number, mostly."""
    numbers = _DIGITS.findall(" ".join(tokens(" ".join(shown))))
    if len(numbers) != len(_DIGITS.findall(content.content)):
        return content
    rest = iter(numbers)
    return content.model_copy(update={"content": _DIGITS.sub(lambda _: next(rest), content.content)})


def _lines(words: Sequence[ShownWord], indices: Sequence[int]) -> list[_Line]:
    """The lines that some of the words make, from top to bottom."""
    rows: list[list[int]] = []
    for index in sorted(indices, key=lambda i: words[i].box.y1 + words[i].box.y2):
        box = words[index].box
        above = words[rows[-1][-1]].box if rows else None
        if above and abs(above.center[1] - box.center[1]) < _SAME_LINE * min(above.height, box.height):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [_line(sorted(row), words) for row in rows]


def _line(row: Sequence[int], words: Sequence[ShownWord]) -> _Line:
    pairs = [(token, index) for index in row for token in tokens(words[index].text)]
    found = [token for token, _ in pairs]
    return _Line(found, _numberless(found), [index for _, index in pairs], words[row[0]].box.center[1])


def _numberless(text: Iterable[str]) -> list[str]:
    """Tokens with all numbers alike: those of pages differ."""
    return [_DIGITS.sub("#", token) for token in text]
