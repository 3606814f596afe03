"""Two detectors, one set of regions: what is written (on the text) and what is seen (on the picture).

They fail in different ways. The one that works on the text has exact edges and grids, but takes first lines
for headings and knows few pictures; the one that looks at the page has whole paragraphs, list items, captions
and pictures, but coarse edges, no grid, and it misses what is small. Words decide: each goes to the surest
region over it, and a region of text is as large as its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np

from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word

# What a region on the text, which has no score, is worth beside the scores of those seen.
_WRITTEN = 0.55
# The least score at which a seen region counts: words bear witness to text, nothing else to a picture.
_LEAST_TEXT, _LEAST_PICTURE, _LEAST_TABLE = 0.25, 0.25, 0.4
# A table of which the eye is not sure, nor where it ends, has more rows or columns than this.
_SMALL = 2
# A region of which surer ones have this share of the words is none of its own.
_TAKEN = 0.5
# Boxes are one thing when the smaller lies in the larger by this share, the same when their IoU passes it.
_ONE, _SAME = 0.5, 0.6
# Photographs in a row are at least so many and this much as high as what was seen as one picture, their
# heights and feet no more uneven than this, their widths so much alike: their pale sides show no edges.
_ROW, _TALL, _UNEVEN, _ALIKE = 3, 0.4, 0.15, 0.6
# A shape is a picture of its own when no region covers more of it than this.
_APART = 0.2
# Text on a picture stands for itself when the eye is this sure of it, or when it is this much larger than
# the page's usual text: a title on a photograph, not a label in a chart.
_SURE_TEXT, _LARGE_ON_PICTURE = 0.5, 1.8
# A picture of which the words of one line cover this share is that line; one that was not seen, and where
# nothing is drawn, is text from this share on.
_LETTERED, _WORDY = 0.6, 0.1
# Words are on one line when the box around them is no higher than this many of them.
_LINE = 1.5
# What is left of a region belongs to the one that took the rest within this many line heights.
_LEADING = 0.8
_HEADINGS = {RegionKind.TITLE, RegionKind.SECTION_HEADER}
_WITHOUT_WORDS = {RegionKind.PICTURE, RegionKind.TABLE}


class _Words:
    """The page's words, and which of them have their middle in a box."""

    def __init__(self, lines: Sequence[TextLine]) -> None:
        self.all = [word for line in lines for word in line.words]
        self._middles = np.array([word.bbox.center for word in self.all], dtype=float).reshape(-1, 2)

    def inside(self, box: BBox) -> set[int]:
        x, y = self._middles.T
        within = (box.x1 <= x) & (x <= box.x2) & (box.y1 <= y) & (y <= box.y2)
        return set(np.flatnonzero(within).tolist())

    def box(self, places: set[int]) -> BBox:
        return union_of([self.all[i].bbox for i in places])

    def is_piece(self, places: set[int], among: set[int]) -> bool:
        """Whether words are a part of a line, which goes on with others ``among`` these."""
        if not places:
            return True
        box = self.box(places)
        if box.height > _LINE * median(self.all[i].bbox.height for i in places):
            return False
        _, y = self._middles[sorted(among - places)].T
        return bool(((box.y1 < y) & (y < box.y2)).any())


@dataclass(slots=True)
class _Candidate:
    """A region of text, and which of the page's words are its own."""

    region: Region
    words: set[int]

    @property
    def worth(self) -> float:
        return _worth(self.region)


def fused(
    written: Sequence[Region],
    seen: Sequence[Region],
    lines: Sequence[TextLine],
    files: Sequence[BBox] = (),
    shapes: Sequence[BBox] = (),
) -> list[Region]:
    """One set of regions from those on the text and those that were ``seen``; these have scores.

    All boxes are in one unit. Regions of text are as tight as their words and share none; a table that was
    only seen has no grid, and the text in it has regions of its own. ``files`` are the boxes of the file's
    pictures, whose edges are exact; ``shapes`` are boxes of what looks like a picture (``models.layout``)
    and is one where no detector found anything.
    """
    words = _Words(lines)
    tables = _tables(written, seen, words)
    texts = [r for r in written if r.kind not in _WITHOUT_WORDS]
    texts += [r for r in seen if r.kind not in _WITHOUT_WORDS and _worth(r) >= _LEAST_TEXT]
    candidates = [_Candidate(r, words.inside(r.bbox)) for r in texts]
    drawn = [*files, *shapes]
    pictures = [part for p in _pictures(written, seen) for part in _rowed(p, shapes)]
    pictures = [_snapped(p, files) for p in pictures if not _is_text(p, candidates, words, drawn)]
    candidates = [c for c in candidates if c.words and not _is_label(c, pictures, words)]
    held = {i for table in tables if table.grid for i in words.inside(table.bbox)}
    chosen = _chosen(candidates, held, words)
    texts = [replace(c.region, bbox=words.box(c.words)) for c in chosen]
    found = [*tables, *pictures, *texts]
    return [*found, *_lone(shapes, found)]


def _lone(shapes: Sequence[BBox], found: Sequence[Region]) -> list[Region]:
    """Shapes on none of the regions that were found."""
    free = [shape for shape in shapes if all(r.bbox.intersection(shape) < _APART * shape.area for r in found)]
    return [Region(RegionKind.PICTURE, shape) for shape in free]


def _worth(region: Region) -> float:
    return _WRITTEN if region.score is None else region.score


def _tables(written: Sequence[Region], seen: Sequence[Region], words: _Words) -> list[Region]:
    """Tables on the text, with the scores of those seen in their places; and those only seen."""
    eyed = [r for r in seen if r.kind is RegionKind.TABLE]
    sure = [r for r in eyed if _worth(r) >= _LEAST_TABLE]
    read = [r for r in seen if r.kind not in _WITHOUT_WORDS and _worth(r) >= _LEAST_TEXT]
    found: list[Region] = []
    for table in (r for r in written if r.kind is RegionKind.TABLE):
        within = words.inside(table.bbox)
        texts = [words.inside(r.bbox) & within for r in read]
        prose = set().union(*(t for t in texts if _is_small(table) or not words.is_piece(t, within)))
        here = [r for r in eyed if _overlap(r.bbox, table.bbox) > _ONE]
        if not here and len(prose) > _TAKEN * len(within):
            continue  # what the eye reads as text, and nowhere as a table
        scores = [_worth(r) for r in sure if r.bbox.iou(table.bbox) >= _SAME]
        if scores or not (here and _is_small(table)):
            found.append(replace(table, score=max(scores, default=table.score)))
    return found + [r for r in sure if all(_overlap(r.bbox, t.bbox) < _ONE for t in found)]


def _is_small(table: Region) -> bool:
    """Whether a table has two rows and columns at most: texts side by side have as many."""
    return table.grid is not None and max(table.grid.rows, table.grid.columns) <= _SMALL


def _pictures(written: Sequence[Region], seen: Sequence[Region]) -> list[Region]:
    """Pictures, each once. Those seen have the better edges: a drawing's text is around its lines."""
    drawn = [r for r in written if r.kind is RegionKind.PICTURE]
    found: list[Region] = []
    for region in sorted((r for r in seen if r.kind is RegionKind.PICTURE), key=lambda r: -_worth(r)):
        known = _worth(region) >= _LEAST_PICTURE or any(d.bbox.inside(region.bbox) > _SAME for d in drawn)
        if known and all(_overlap(region.bbox, other.bbox) < _ONE for other in found):
            found.append(region)
    for region in drawn:
        parts = [f.bbox for f in found if f.bbox.inside(region.bbox) > _ONE]
        if len(parts) == 1 and parts[0].area < _ONE * region.bbox.area:
            found = [f for f in found if f.bbox is not parts[0]]  # only a piece of it was seen
        elif any(_overlap(region.bbox, f.bbox) >= _ONE for f in found):
            continue
        found.append(region)
    return found


def _rowed(picture: Region, shapes: Sequence[BBox]) -> list[Region]:
    """A row of photographs, all of one size and side by side, as several pictures; else the one."""
    inside = sorted(s for s in shapes if s.inside(picture.bbox) > _SAME)
    inside = [s for s in inside if s.height > _TALL * picture.bbox.height]
    wide, high = ([getattr(s, side) for s in inside] for side in ("width", "height"))
    apart = all(one.x2 < other.x1 for one, other in pairwise(inside))
    level = all(abs(s.y2 - inside[0].y2) < _UNEVEN * s.height for s in inside)
    if len(inside) < _ROW or not (apart and level) or sum(wide) < _ONE * picture.bbox.width:
        return [picture]
    if min(wide) < _ALIKE * max(wide) or min(high) < (1 - _UNEVEN) * max(high):
        return [picture]
    return [replace(picture, bbox=shape) for shape in inside]


def _overlap(one: BBox, other: BBox) -> float:
    """The larger share of either box that lies in the other."""
    return max(one.inside(other), other.inside(one))


def _snapped(picture: Region, files: Sequence[BBox]) -> Region:
    """The picture with the edges of the file's own, if it is one."""
    twin = max(files, key=picture.bbox.iou, default=None)
    same = twin is not None and picture.bbox.iou(twin) >= _SAME
    return replace(picture, bbox=twin) if same and twin else picture


def _is_text(picture: Region, candidates: Sequence[_Candidate], words: _Words, drawn: Sequence[BBox]) -> bool:
    """Whether a picture is text: one line of it, or seen as text where only the text's detector finds it."""
    within = words.inside(picture.bbox)
    if _is_a_line([words.all[i] for i in within], picture.bbox):
        return True
    if picture.score is not None or not within:
        return False
    held = sum(words.all[i].bbox.intersection(picture.bbox) for i in within)
    if held > _WORDY * picture.bbox.area and not any(_overlap(picture.bbox, box) > _ONE for box in drawn):
        return True
    read = {i for c in candidates if c.region.score is not None for i in c.words & within}
    return len(read) > _TAKEN * len(within)


def _is_a_line(words: Sequence[Word], box: BBox) -> bool:
    """Whether words on one level fill a box (a lone letter that does is a shape mistaken for one)."""
    if sum(len(word.text) for word in words) < 2:
        return False
    middles = [word.bbox.center[1] for word in words]
    level = max(middles) - min(middles) < _LEADING * min(word.bbox.height for word in words)
    return level and sum(word.bbox.intersection(box) for word in words) > _LETTERED * box.area


def _is_label(candidate: _Candidate, pictures: Sequence[Region], words: _Words) -> bool:
    """Whether text lies on a picture and belongs to it."""
    box = words.box(candidate.words)
    if candidate.region.score is not None and candidate.worth >= _SURE_TEXT:
        return False
    if not any(box.inside(picture.bbox) > _TAKEN for picture in pictures):
        return False
    usual = median(word.size for word in words.all)
    return median(words.all[i].size for i in candidate.words) < _LARGE_ON_PICTURE * usual


def _chosen(candidates: Sequence[_Candidate], held: set[int], words: _Words) -> list[_Candidate]:
    """The surest regions over the words that no table holds; no word is in two."""
    chosen: list[_Candidate] = []
    taken = set(held)
    for candidate in sorted(candidates, key=lambda c: -c.worth):
        free = candidate.words - taken
        if not free:
            continue
        owners = [c for c in chosen if c.words & candidate.words]
        if (
            len(free) <= _TAKEN * len(candidate.words)
            and len(owners) == 1
            and _adjoin(free, owners[0], words)
        ):
            owners[0].words |= free
        else:
            chosen.append(replace(candidate, words=free))
        taken |= free
    return chosen


def _adjoin(free: set[int], owner: _Candidate, words: _Words) -> bool:
    """Whether words that are left over stand right beside, above or below the owner's, or among them."""
    rest, box = words.box(free), words.box(owner.words)
    down = max(rest.y1 - box.y2, box.y1 - rest.y2)
    across = max(rest.x1 - box.x2, box.x1 - rest.x2)
    if owner.region.kind in _HEADINGS and down > 0:
        return False  # what follows a heading is seldom part of it
    return max(down, across) < _LEADING * median(words.all[i].bbox.height for i in free)
