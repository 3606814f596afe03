"""Words to regions: every word of the page goes into exactly one block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from pipelines.pages.paragraphs import is_marker, rows
from pipelines.pages.tables.cells import Table
from pipelines.work import Find
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TableGrid, TextLine, Word

# A bullet belongs to text that starts within this many line heights.
_FAR = 4.0
_RUNNING = {
    RegionKind.TEXT,
    RegionKind.LIST_ITEM,
    RegionKind.SECTION_HEADER,
    RegionKind.TITLE,
    RegionKind.FOOTNOTE,
}
_SENTENCE_END = re.compile(r"[.!?:;…。！？：；][\"'”’)\]]*$")
# A word without a region joins its neighbour on the line when the gap is below this many font sizes.
_NEAR = 1.5
# Lines without a region make one block when the gap between them is below this many line heights.
_LEADING = 0.8
# Words in a row this many of their heights apart are texts of their own where they are so many.
_APART, _LEAST_PARTS = 3.0, 3
# A picture that covers more of the page than this is its background.
_BACKGROUND = 0.6
# A picture with this many words in lines of three and more, and that share of its words in such lines, whose
# lines cover that share of it, is printed matter.
_PRINTED_LINE, _PRINTED_WORDS, _PRINTED_SHARE, _PRINTED_COVER = 3, 12, 0.4, 0.04
# On a digital page a picture, a chart with wordy labels too, is one unless its lines leave little else.
_PASTED_COVER = 0.3
# Pictures of the file that no region covers: smaller or thinner ones are ornaments.
_LEAST_PICTURE, _MOST_ASPECT = 0.01, 15.0


@dataclass(slots=True)
class Block:
    """A region with its text: the lines (or pieces of lines) whose words lie in it.

    ``grid`` is what the layout says of a table, ``table`` what came of it when the words were put in;
    ``score`` is how sure a detector is of the region. A block of a ``find`` has no lines.
    """

    kind: RegionKind
    bbox: BBox
    lines: list[TextLine] = field(default_factory=list)
    grid: TableGrid | None = None
    table: Table | None = None
    score: float | None = None
    find: Find | None = None

    @property
    def words(self) -> list[Word]:
        """All words, in line order."""
        return [word for line in self.lines for word in line.words]


def make_blocks(
    lines: Sequence[TextLine],
    regions: Sequence[Region],
    pictures: Sequence[BBox],
    width: float,
    height: float,
) -> list[Block]:
    """Blocks for the regions that hold text, for text in no region, and for pictures.

    Each word is in exactly one block. All boxes are in units of the ``width`` x ``height`` page.
    """
    page = BBox(0, 0, width, height)
    blocks = [Block(r.kind, r.bbox, grid=r.grid, score=r.score) for r in _kept(regions, page)]
    loose: list[TextLine] = []
    for line in lines:
        for index, piece in _pieces(line, blocks):
            if index is None:
                loose.append(piece)
            else:
                blocks[index].lines.append(piece)
    for block in blocks:
        loose += _drop_turned(block)
    blocks = [b for b in blocks if b.lines or b.kind is RegionKind.PICTURE]
    loose = [line for line in loose if not _joins_as_marker(line, blocks)]
    for block in blocks:
        _fit(block)
    return [*blocks, *clusters(loose), *_missed(pictures, blocks, page)]


def _drop_turned(block: Block) -> list[TextLine]:
    """Takes writing on its side, a watermark or a margin's note, out of a block of upright text."""
    turned = [line for line in block.lines if line.quarter_turns]
    if block.kind in {RegionKind.TABLE, RegionKind.PICTURE} or 2 * len(turned) >= len(block.lines):
        return []
    block.lines = [line for line in block.lines if not line.quarter_turns]
    return turned


def _kept(regions: Sequence[Region], page: BBox) -> list[Region]:
    """Regions on the page: no backgrounds, no tables without a grid, nothing inside a table or twice."""
    inside = [replace(r, bbox=r.bbox.clipped(page.x2, page.y2)) for r in regions]
    inside = [r for r in inside if r.bbox.area > 0 and (r.grid or r.kind is not RegionKind.TABLE)]
    inside = [r for r in inside if r.kind is not RegionKind.PICTURE or r.bbox.area < _BACKGROUND * page.area]
    tables = [r for r in inside if r.grid is not None]
    kept: list[Region] = []
    for region in sorted(inside, key=lambda r: -r.bbox.area):
        in_table = any(region is not t and region.bbox.inside(t.bbox) > 0.8 for t in tables)
        twice = any(region.kind is k.kind and region.bbox.inside(k.bbox) > 0.9 for k in kept)
        if not (in_table or twice):
            kept.append(region)
    return [r for r in inside if r in kept]


def _pieces(line: TextLine, blocks: Sequence[Block]) -> list[tuple[int | None, TextLine]]:
    """The line cut where its words change regions."""
    homes = [_home(word, blocks) for word in line.words]
    _join_neighbours(line.words, homes, blocks)
    pieces = []
    for index, group in groupby(zip(homes, line.words, strict=True), key=lambda pair: pair[0]):
        words = [word for _, word in group]
        pieces.append((index, replace(line, words=words, bbox=union_of([w.bbox for w in words]))))
    return pieces


def _home(word: Word, blocks: Sequence[Block]) -> int | None:
    """The region for a word: the smallest one over its centre (a picture last), else one over half of it."""
    over = [i for i, b in enumerate(blocks) if b.bbox.holds(*word.bbox.center)]
    over = over or [i for i, b in enumerate(blocks) if word.bbox.inside(b.bbox) > 0.5]
    if not over:
        return None
    return min(over, key=lambda i: (blocks[i].kind is RegionKind.PICTURE, blocks[i].bbox.area))


def _join_neighbours(words: Sequence[Word], homes: list[int | None], blocks: Sequence[Block]) -> None:
    """Words in no region follow the word beside them into its region, if they stand close to it."""
    apart = {RegionKind.TABLE, RegionKind.PICTURE}
    last = len(words) - 1
    neighbours = [(i, i - 1) for i in range(1, last + 1)] + [(i, i + 1) for i in range(last - 1, -1, -1)]
    for here, there in neighbours:
        home = homes[there]
        if homes[here] is not None or home is None or blocks[home].kind in apart:
            continue
        first, second = sorted((words[here], words[there]), key=lambda w: w.bbox.x1)
        if second.bbox.x1 - first.bbox.x2 < _NEAR * max(first.size, second.size):
            homes[here] = home


def _joins_as_marker(line: TextLine, blocks: Sequence[Block]) -> bool:
    """A bullet or number that stands alone goes to the text right of it on its line, if there is any."""
    if not is_marker(line.text) or line.quarter_turns:
        return False
    found: list[tuple[float, Block]] = []
    for block in blocks:
        for other in block.lines:
            gap = other.bbox.x1 - line.bbox.x2
            level = other.bbox.y1 <= line.bbox.center[1] <= other.bbox.y2
            if level and 0 <= gap < _FAR * other.bbox.height and block.kind in _RUNNING:
                found.append((gap, block))
    if found:
        min(found, key=lambda pair: pair[0])[1].lines.append(line)
    return bool(found)


def _fit(block: Block) -> None:
    """Makes a block of text as tight as its words; tables and pictures only grow to hold theirs."""
    boxes = [word.bbox for word in block.words]
    if block.kind in {RegionKind.TABLE, RegionKind.PICTURE}:
        boxes.append(block.bbox)
    block.bbox = union_of(boxes)


def clusters(lines: Sequence[TextLine]) -> list[Block]:
    """Lines without regions, as paragraphs: one below the other, alike in height, close."""
    clusters: list[Block] = []
    for line in sorted(lines, key=lambda one: (one.bbox.y1, one.bbox.x1)):
        home = next((c for c in reversed(clusters) if _continues(line, c.lines[-1])), None)
        if home is None:
            clusters.append(Block(RegionKind.TEXT, line.bbox, [line]))
        else:
            home.lines.append(line)
            home.bbox = home.bbox.union(line.bbox)
    return clusters


def _continues(line: TextLine, above: TextLine) -> bool:
    if line.quarter_turns or above.quarter_turns:
        return False
    tall, small = max(line.bbox.height, above.bbox.height), min(line.bbox.height, above.bbox.height)
    overlap = min(line.bbox.x2, above.bbox.x2) - max(line.bbox.x1, above.bbox.x1)
    gap = line.bbox.y1 - above.bbox.y2
    alike = small > 0.7 * tall
    beside = gap < -0.5 * small and -overlap < _NEAR * small
    below = -0.5 * small <= gap < _LEADING * tall and overlap > 0.5 * min(line.bbox.width, above.bbox.width)
    return alike and (beside or below)


def whole_paragraphs(blocks: Sequence[Block]) -> list[Block]:
    """Blocks in reading order, pieces of one paragraph put together.

    A paragraph goes on in the block right below when its sentence does; a first line that was taken for
    a heading, though set like the rest, is no heading then.
    """
    found: list[Block] = []
    for block in blocks:
        if found and _is_same_paragraph(found[-1], block):
            above = found[-1]
            box, lines = above.bbox.union(block.bbox), above.lines + block.lines
            found[-1] = replace(above, kind=block.kind, bbox=box, lines=lines)
        else:
            found.append(block)
    return found


def _is_same_paragraph(above: Block, below: Block) -> bool:
    if above.kind not in {RegionKind.TEXT, RegionKind.SECTION_HEADER} or below.kind is not RegionKind.TEXT:
        return False
    last, first = above.lines[-1], below.lines[0]
    if above.kind is RegionKind.SECTION_HEADER and not _is_set_alike(last.words[-1], first.words[0]):
        return False
    if last.quarter_turns or first.quarter_turns:
        return False
    height = max(last.bbox.height, first.bbox.height)
    overlap = min(above.bbox.x2, below.bbox.x2) - max(above.bbox.x1, below.bbox.x1)
    gap = below.bbox.y1 - above.bbox.y2
    beneath = -0.5 * height < gap < height and overlap > 0.5 * min(above.bbox.width, below.bbox.width)
    alike = min(last.bbox.height, first.bbox.height) > 0.7 * height
    goes_on = not _SENTENCE_END.search(last.text) and first.text[:1].islower()
    return beneath and alike and goes_on


def _is_set_alike(one: Word, other: Word) -> bool:
    return one.bold == other.bold and abs(one.size - other.size) < 0.05 * max(one.size, other.size)


def parted_row(block: Block) -> list[Block]:
    """A row of three and more texts far apart, as so many blocks: names under pictures, places to sign."""
    words = sorted(block.words, key=lambda word: word.bbox.x1)
    if block.kind is not RegionKind.TEXT or len(rows(block.lines)) != 1:
        return [block]
    parts: list[list[Word]] = []
    for word in words:
        if parts and word.bbox.x1 - parts[-1][-1].bbox.x2 < _APART * word.bbox.height:
            parts[-1].append(word)
        else:
            parts.append([word])
    if len(parts) < _LEAST_PARTS or block.lines[0].quarter_turns:
        return [block]
    boxes = [union_of([word.bbox for word in part]) for part in parts]
    return [
        replace(block, bbox=box, lines=[replace(block.lines[0], words=part, bbox=box)])
        for part, box in zip(parts, boxes, strict=True)
    ]


def is_printed_matter(block: Block, *, scanned: bool) -> bool:
    """Whether a picture is none, but text: a form or a notice."""
    if block.kind is not RegionKind.PICTURE or any(w.source is Source.DIGITAL for w in block.words):
        return False
    words = sum(len(line.words) for line in block.lines)
    running = sum(len(line.words) for line in block.lines if len(line.words) >= _PRINTED_LINE)
    cover = sum(line.bbox.area for line in block.lines)
    return (
        running >= _PRINTED_WORDS
        and running >= _PRINTED_SHARE * words
        and cover >= (_PRINTED_COVER if scanned else _PASTED_COVER) * block.bbox.area
    )


def _missed(pictures: Sequence[BBox], blocks: Sequence[Block], page: BBox) -> list[Block]:
    """Pictures of the file that no picture or table covers."""
    covers = [b.bbox for b in blocks if b.kind in {RegionKind.PICTURE, RegionKind.TABLE}]
    found: list[Block] = []
    for box in sorted((p.clipped(page.x2, page.y2) for p in pictures), key=lambda p: -p.area):
        sides = sorted((box.width, box.height))
        sensible = _LEAST_PICTURE * page.area < box.area < _BACKGROUND * page.area
        if not sensible or sides[1] > _MOST_ASPECT * sides[0]:
            continue
        if any(box.inside(c) > 0.5 or c.inside(box) > 0.5 for c in covers):
            continue
        if any(b.lines and b.bbox.inside(box) > 0.8 for b in blocks):
            continue  # what has text on it is its background
        covers.append(box)
        found.append(Block(RegionKind.PICTURE, box))
    return found
