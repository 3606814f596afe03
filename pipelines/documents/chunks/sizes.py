"""Pieces of a document brought to a size in tokens: long ones cut, short sections put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pipelines.tokens import BYTES_PER_TOKEN, tokens
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent

Placed = tuple[int, PageFragment]
"""A page's number and a fragment on it."""
Piece = list[Placed]

_CAPTIONS = {FragmentType.TABLE_CAPTION, FragmentType.FIGURE_CAPTION}
_NEVER_LAST = {FragmentType.TITLE, FragmentType.SECTION_HEADER, *_CAPTIONS}
# Where a text may end, the best places first.
_ENDS = tuple(
    re.compile(end) for end in (r"\n\s*\n", r"\n", r"[.!?…][\"')\]’”»]*\s+|[。！？][」』”]*", r"\s+")
)
# A cut leaves at least this share of the size, so that a better place does not make tiny pieces.
_LEAST = 0.4


def cut(piece: Piece, size: int, markdown: Callable[[PageFragment], str]) -> Iterator[Piece]:
    """The piece in parts of at most about ``size`` tokens, between fragments where possible.

    A heading stays with what follows it, a caption with its table. Text that is too long is cut between
    paragraphs, lines, sentences or words; a table, a form, a figure never is, however long.
    """
    part: Piece = []
    length = 0
    for unit in _units(_short(piece, size, markdown)):
        own = _tokens(unit, markdown)
        if part and length + own > size:
            yield part
            part, length = [], 0
        part += unit
        length += own
    if part:
        yield part


def joined(pieces: Iterable[Piece], size: int, markdown: Callable[[PageFragment], str]) -> Iterator[Piece]:
    """Sections that follow one another as one, while they fit and none stands above the first."""
    group: Piece = []
    length = 0
    for piece in pieces:
        own = _tokens(piece, markdown)
        first, level = _level(group), _level(piece)
        if group and (length + own > size or first is None or level is None or level < first):
            yield group
            group, length = [], 0
        group = group + piece
        length += own
    if group:
        yield group


def _tokens(piece: Piece, markdown: Callable[[PageFragment], str]) -> int:
    return sum(tokens(markdown(fragment)) for _, fragment in piece)


def _level(piece: Piece) -> int | None:
    """The level of the heading that a piece begins with; None without one."""
    content = piece[0][1].content if piece else None
    return content.level if isinstance(content, HeaderContent) else None


def _units(placed: Iterable[Placed]) -> Iterator[Piece]:
    """Fragments that stay together."""
    unit: Piece = []
    for one in placed:
        if unit and unit[-1][1].fragment_type not in _NEVER_LAST:
            yield unit
            unit = []
        unit.append(one)
    if unit:
        yield unit


def _short(piece: Piece, size: int, markdown: Callable[[PageFragment], str]) -> Iterator[Placed]:
    """The fragments of a piece, texts longer than ``size`` in several."""
    for number, fragment in piece:
        content = fragment.content
        if type(content) is not TextContent or tokens(markdown(fragment)) <= size:
            yield number, fragment
            continue
        for text in texts(content.content, size):
            yield number, fragment.model_copy(update={"content": TextContent(content=text)})


def texts(text: str, size: int) -> Iterator[str]:
    """A text in parts of at most about ``size`` tokens, each without space at its ends."""
    begin = 0
    while rest := len(text) - begin:
        most = _letters(text, begin, size)
        end = begin + (rest if most >= rest else _best_end(text[begin : begin + most]))
        if part := text[begin:end].strip():
            yield part
        begin = end


def _letters(text: str, begin: int, size: int) -> int:
    """How many characters from ``begin`` make about ``size`` tokens; at least one."""
    room = BYTES_PER_TOKEN * size - BYTES_PER_TOKEN
    window = text[begin : begin + room + 1].encode("utf-8", "replace")[:room]
    return max(1, len(window.decode("utf-8", "ignore")))


def _best_end(window: str) -> int:
    """Where the first part of a text that fills ``window`` ends: after the last good place in it."""
    least = int(_LEAST * len(window))
    for end in _ENDS:
        ends = [found.end() for found in end.finditer(window) if found.end() >= least]
        if ends:
            return ends[-1]
    return len(window)
