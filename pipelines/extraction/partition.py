"""A document cut into the parts that each fill the schema once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from pipelines.documents.chunks.chunk import sections
from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from schemas.options import Partition, PartitionStrategy
from schemas.patterns import compiled

_Span = tuple[int, int]


def parts(evidence: Evidence, partition: Partition, *, paged: bool) -> list[Evidence]:
    """The parts of a document, in order; the whole of it where it has no pages to be cut at."""
    match partition.strategy:
        case PartitionStrategy.PAGE if paged:
            return [evidence.of_pages({page}) for page in evidence.pages]
        case PartitionStrategy.SECTION:
            cut = [list(section) for section in sections(evidence.blocks, lambda block: block.fragment)]
        case PartitionStrategy.FRAGMENT:
            cut = [[block] for block in evidence.blocks if block.text]
        case PartitionStrategy.PATTERNS:
            cut = _by_patterns(evidence.blocks, partition)
        case _:
            cut = []
    return [evidence.of_blocks(blocks) for blocks in cut] or [evidence]


def _by_patterns(blocks: Sequence[Block], partition: Partition) -> list[list[Block]]:
    """The blocks that patterns open and close, line by line; case counts unless nothing matches then."""
    lines = [_lines(block) for block in blocks]
    flat = list(chain.from_iterable(lines))
    for ignore_case in (False, True):
        starts = _matching(flat, partition.start_patterns, ignore_case=ignore_case)
        ends = _matching(flat, partition.end_patterns, ignore_case=ignore_case)
        if starts or ends:
            spans = list(_spans(len(flat), starts, ends, only_ends=not partition.start_patterns))
            return [_pieces(blocks, lines, span) for span in spans]
    return []


def _lines(block: Block) -> list[str]:
    """The lines of a block that may open or close a part; a table is never torn."""
    return [block.text] if block.fragment.fragment_type == "table" else block.text.split("\n")


def _matching(lines: Sequence[str], patterns: Sequence[str], *, ignore_case: bool) -> set[int]:
    """The indices of the lines in which one of the patterns is found."""
    found = [compiled(pattern, ignore_case=ignore_case) for pattern in patterns]
    return {i for i, line in enumerate(lines) if any(pattern.search(line) for pattern in found)}


def _spans(count: int, starts: set[int], ends: set[int], *, only_ends: bool) -> Iterator[_Span]:
    """The parts as ranges of lines. A start closes the part before it; both lines belong to the part.

    With start patterns only, a part runs to the next start; with end patterns only, parts end there.
    """
    begun: int | None = 0 if only_ends else None
    for i in range(count):
        if i in starts:
            if begun is not None:
                yield begun, i
            begun = i
        if i in ends and begun is not None:
            yield begun, i + 1
            begun = i + 1 if only_ends else None
    if begun is not None and begun < count:
        yield begun, count


def _pieces(blocks: Sequence[Block], lines: Sequence[Sequence[str]], span: _Span) -> list[Block]:
    """The blocks of some lines; one that is cut keeps the words of its lines."""
    kept = []
    at = 0
    for block, own in zip(blocks, lines, strict=True):
        first, last = max(span[0] - at, 0), min(span[1] - at, len(own))
        at += len(own)
        if first == 0 and last == len(own):
            kept.append(block)
        elif first < last:
            kept.append(_piece(block, own, first, last))
    return kept


def _piece(block: Block, lines: Sequence[str], first: int, last: int) -> Block:
    before, inside = "".join(lines[:first]), "".join(lines[first:last])
    words = _between(block.words, _letters(before), _letters(before) + _letters(inside))
    return Block(block.page, block.fragment, "\n".join(lines[first:last]), words)


def _between(words: Sequence[PlacedWord], begin: int, end: int) -> tuple[PlacedWord, ...]:
    """The words whose middle letter lies between two counts of letters: marks of Markdown are no letters."""
    kept = []
    at = 0
    for word in words:
        letters = _letters(word.text)
        if begin <= at + letters / 2 < end:
            kept.append(word)
        at += letters
    return tuple(kept)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
