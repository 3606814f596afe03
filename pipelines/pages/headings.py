"""Headings that the layout took for text, in a block of their own or at an end of one; and the reverse."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipelines.pages.blocks import Block
from pipelines.pages.captions import label_kind
from pipelines.pages.paragraphs import Row, rows, text_of
from schemas.geometry import BBox, union_of
from schemas.reading import RegionKind, TextLine, Word

_BODY = {RegionKind.TEXT, RegionKind.LIST_ITEM, RegionKind.FOOTNOTE}
KINDS = {RegionKind.TITLE, RegionKind.SECTION_HEADER}
"""The regions that are headings."""

# Text this much larger than the body is a heading (sizes of scans are measured, not known).
_LARGER, _LARGER_ON_SCANS = 1.25, 1.45
_LONGEST, _MOST_ROWS = 120, 2
# A line at the head of the page this much larger than the body does not run on from page to page.
_DISPLAY = 1.6
# Text that was seen as text with this score is none for being larger or bolder.
_SURELY_TEXT = 0.8
# What was seen as a heading with less than this may be none.
_HARDLY = 0.5
# Sizes that differ by less than this share are one; on scans a line without tall letters seems smaller.
_SAME_SIZE, _SAME_ON_SCANS = 0.05, 0.4
# What is this much larger than the body is set apart from it.
_LARGER_THAN_BODY = 0.08
# Rows of one heading are this close (line heights), and a heading stands in the body's column.
_LEADING = 0.9
_ENDS_A_SENTENCE = re.compile(r"[.,;:!?…。，；：]$")
_TITLED = r"(?=[^\W\d_]*[A-ZÀ-ÖØ-ÞΑ-ΩА-Я\u3400-\u9fff])"
# ``2.3`` ``2.3.1.``: only headings are numbered so. ``2.`` ``IV.`` ``B.``: so are the items of lists.
_DEEP = re.compile(rf"^\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}\.?\s+{_TITLED}")
_SHALLOW = re.compile(rf"^(?:\d{{1,2}}\.?|[IVX]{{1,5}}\.|[A-Z]\.|§\s?\d{{1,3}}\.?)\s+{_TITLED}")
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?|[IVX]{1,5}\.|[A-Z]\.|§\s?\d{1,3}\.?)\s")


@dataclass(frozen=True, slots=True)
class _Body:
    """How the page's running text is set."""

    size: float
    light: bool
    upright: bool
    scanned: bool


def promoted(blocks: Sequence[Block], *, scanned: bool) -> list[Block]:
    """The blocks in reading order; headings cut from paragraphs, found by their looks, and put together."""
    same_size = _SAME_ON_SCANS if scanned else _SAME_SIZE
    body = _body(blocks, scanned=scanned)
    if body is None:
        return _whole(blocks, same_size)
    parted = [part for block in blocks for part in _parted(block, body)]
    larger = body.size * (_LARGER_ON_SCANS if scanned else _LARGER)
    found = []
    for before, block, after in zip([None, *parted[:-1]], parted, [*parted[1:], None], strict=True):
        if block.kind in {RegionKind.TEXT, RegionKind.LIST_ITEM} and _could_be_heading(block):
            stands_out = block.kind is RegionKind.TEXT and _stands_out(block, body, larger)
            if stands_out or _is_numbered_heading(block, before, after, body):
                block = replace(block, kind=RegionKind.SECTION_HEADER)
        elif block.kind is RegionKind.SECTION_HEADER and _is_running_text(block, body):
            block = replace(block, kind=RegionKind.TEXT)
        elif block.kind is RegionKind.PAGE_HEADER and _is_display(block, body):
            block = replace(block, kind=RegionKind.SECTION_HEADER)
        found.append(block)
    return _whole(found, same_size)


def _body(blocks: Sequence[Block], *, scanned: bool) -> _Body | None:
    words = [word for block in blocks if block.kind in _BODY for word in block.words]
    if not words:
        return None
    size = sorted(word.size for word in words)[len(words) // 2]
    bold, italic = (_share(words, style) for style in (_is_bold, _is_italic))
    return _Body(size, bold < 0.3, italic < 0.3, scanned)


def _is_bold(word: Word) -> bool:
    return word.bold


def _is_italic(word: Word) -> bool:
    return word.italic


def _share(words: Sequence[Word], style: Callable[[Word], bool]) -> float:
    """The share of the words with letters that are set in a style (bullets and numbers say little)."""
    spoken = [word for word in words if any(char.isalpha() for char in word.text)]
    return sum(style(word) for word in spoken) / len(spoken) if spoken else 0.0


def _stands_out(block: Block, body: _Body, larger: float) -> bool:
    if block.score is not None and block.score >= _SURELY_TEXT:
        return False
    bold = body.light and _share(block.words, _is_bold) == 1.0 and len(rows(block.lines)) == 1
    return _size(block.words) >= larger or bold


def _is_numbered_heading(block: Block, before: Block | None, after: Block | None, body: _Body) -> bool:
    """Whether a short block of its own has a heading's number, and the looks or the place of one."""
    text = text_of(block.lines)
    styled = _is_styled(block.words, body)
    if _DEEP.match(text) and styled:
        return True
    listed = any(b is not None and b.kind is RegionKind.LIST_ITEM for b in (before, after))
    if listed or after is None or after.kind is RegionKind.TABLE:
        return False
    if _DEEP.match(text):
        return block.kind is RegionKind.TEXT
    return bool(_SHALLOW.match(text)) and styled


def _is_styled(words: Sequence[Word], body: _Body) -> bool:
    """Whether words are set apart from the body: bold, italic, capitals, or another size."""
    letters = "".join(word.text for word in words)
    capitals = letters.upper() == letters and sum(char.isupper() for char in letters) > 3
    return (
        (body.light and _share(words, _is_bold) > 0.8)
        or (body.upright and _share(words, _is_italic) > 0.8)
        or capitals
        or _size(words) > (1 + _LARGER_THAN_BODY) * body.size
    )


def _could_be_heading(block: Block) -> bool:
    text = text_of(block.lines)
    if len(rows(block.lines)) > _MOST_ROWS or len(text) > _LONGEST or _ENDS_A_SENTENCE.search(text):
        return False
    return sum(char.isalpha() for char in text) > 0.5 * len(text) and not block.lines[0].quarter_turns


def _is_display(block: Block, body: _Body) -> bool:
    """Whether the line at the head of a page is too large to be a running one: a letterhead, a title."""
    text = text_of(block.lines)
    lettered = sum(char.isalpha() for char in text) > 0.5 * len(text)
    return lettered and len(text) <= _LONGEST and _size(block.words) >= _DISPLAY * body.size


def _is_running_text(block: Block, body: _Body) -> bool:
    """Whether a heading is the middle of a sentence that nobody saw, or sentences hardly seen as one."""
    text = text_of(block.lines)
    if _is_styled(block.words, body):
        return False
    unseen = block.score is None and text[:1].islower()
    return unseen or ((block.score or 0) < _HARDLY and len(text) > _LONGEST)


def _size(words: Sequence[Word]) -> float:
    sizes = sorted(word.size for word in words)
    return sizes[len(sizes) // 2] if sizes else 0.0


def _parted(block: Block, body: _Body) -> list[Block]:
    """A paragraph and the headings at its ends: whole rows, larger or not as wide, and set apart from it."""
    if block.kind is not RegionKind.TEXT or any(line.quarter_turns for line in block.lines):
        return [block]
    whole = rows(block.lines)
    if len(whole) < 2:
        return [block]
    first = _heading_rows(whole, block.bbox, body)
    last = _heading_rows(whole[::-1], block.bbox, body) if not first else 0
    if not first and not last:
        return [block]
    parts = (whole[:first], whole[first : len(whole) - last], whole[len(whole) - last :])
    kinds = (RegionKind.SECTION_HEADER, RegionKind.TEXT, RegionKind.SECTION_HEADER)
    return [_block(part, kind, block) for part, kind in zip(parts, kinds, strict=True) if part]


def _heading_rows(whole: Sequence[Row], box: BBox, body: _Body) -> int:
    """How many rows from the start (one or none, two if the second goes on) are a heading."""
    styled = [_is_apart(row, body) for row in whole]
    count = styled.index(False) if False in styled else len(whole)
    if not 0 < count <= _MOST_ROWS or count == len(whole):
        return 0
    lines = [line for row in whole[:count] for line in row]
    if not _could_be_heading(Block(RegionKind.TEXT, box, lines)):
        return 0
    larger = all(_is_larger(_words(row), body) for row in whole[:count])
    room = box.x2 - max(line.bbox.x2 for line in whole[count - 1])
    return count if larger or room > 2 * body.size else 0


def _is_apart(row: Row, body: _Body) -> bool:
    words = _words(row)
    bold = body.light and _share(words, _is_bold) == 1.0
    italic = body.upright and _share(words, _is_italic) == 1.0
    larger = _size(words) >= _LARGER * body.size
    numbered = bool(_NUMBERED.match(" ".join(word.text for word in words)))
    return bold or larger or (numbered and (italic or _is_larger(words, body)))


def _words(row: Row) -> list[Word]:
    return [word for line in row for word in line.words]


def _is_larger(words: Sequence[Word], body: _Body) -> bool:
    """Whether words are surely larger than the body: sizes of scans are measured."""
    return _size(words) > (_LARGER_ON_SCANS if body.scanned else 1 + _LARGER_THAN_BODY) * body.size


def _block(part: Sequence[Row], kind: RegionKind, whole: Block) -> Block:
    lines = [line for row in part for line in row]
    return replace(whole, kind=kind, bbox=union_of([line.bbox for line in lines]), lines=lines)


def _whole(blocks: Sequence[Block], same_size: float) -> list[Block]:
    """Headings over several rows in one block each."""
    found: list[Block] = []
    for block in blocks:
        if found and _goes_on(found[-1], block, same_size):
            above = found[-1]
            found[-1] = replace(above, bbox=above.bbox.union(block.bbox), lines=above.lines + block.lines)
        else:
            found.append(block)
    return found


def _goes_on(above: Block, below: Block, same_size: float) -> bool:
    """Whether a heading goes on in the next block: right below, set alike, without a number of its own."""
    rest = text_of(below.lines)
    ends = below.kind is RegionKind.TEXT and rest[:1].islower() and _could_be_heading(below)
    if above.kind not in KINDS or not (below.kind is above.kind or ends):
        return False
    last, first = above.lines[-1], below.lines[0]
    if last.quarter_turns or first.quarter_turns or _NUMBERED.match(rest) or label_kind(rest):
        return False
    if rest.endswith((":", "：")):  # it leads on to what is below
        return False
    alike = _is_set_alike(above.lines, below.lines, same_size)
    height = median(line.bbox.height for line in (last, first))
    gap = below.bbox.y1 - above.bbox.y2
    overlap = min(above.bbox.x2, below.bbox.x2) - max(above.bbox.x1, below.bbox.x1)
    beneath = -0.5 * height < gap < 0.5 * height and overlap > 0.5 * min(above.bbox.width, below.bbox.width)
    return alike and beneath


def _is_set_alike(one: Sequence[TextLine], other: Sequence[TextLine], same_size: float) -> bool:
    words, others = ([word for line in lines for word in line.words] for lines in (one, other))
    sizes = _size(words), _size(others)
    same = abs(sizes[0] - sizes[1]) <= same_size * max(sizes)
    return same and all((_share(words, s) > 0.5) == (_share(others, s) > 0.5) for s in (_is_bold, _is_italic))
