"""Regions of text that are no running text, taken apart: the boxes of a form, columns far from each other.

A detector that knows paragraphs draws one box around half a form. Read line by line, labels and values of
boxes that have nothing to do with each other would run together; a ruling line or wide room between two
pieces of text says that they are two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product

from pipelines.pages.blocks import Block, is_printed_matter
from pipelines.pages.paragraphs import is_marker, rows
from pipelines.pages.tables.values import is_value
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine

# A field has at most this many rows; a page with so many fields is a form.
_FIELD_ROWS, _LEAST_FIELDS = 6, 6
_NO_TEXT = {RegionKind.TABLE, RegionKind.PICTURE, RegionKind.FORMULA}
# Pieces on one line are apart from this gap (font sizes); a bullet is never apart from its text.
_WIDE = 3.0
# A region is no running text when this share of its rows has wide gaps.
_GAPPED = 0.35
# Texts of at most so many words, whose feet are level within this share of their height, are a pair.
_SHORT, _LEVEL = 4, 0.15
# Rows of one piece of text follow each other within this many line heights, and are alike in height.
_LEADING = 1.0
_ALIKE = 0.7
# More pieces than this are labels of a drawing: no form has so many, and each is held against many others.
_MOST_PIECES = 2000
# A line parts what stands on its two sides when it runs along this share of the narrower of them, and is
# longer than the text above it by this much (font sizes): else it underlines.
_ALONG, _LONGER = 0.6, 1.5


def parted(regions: Sequence[Region], lines: Sequence[TextLine], rules: Sequence[BBox]) -> list[Region]:
    """The regions, those of text that does not hold together as one for each part; and those no detector saw.

    All boxes are in units of the upright page; ``rules`` are its ruling lines.
    """
    found = [part for region in regions for part in _parts(region, lines, rules)]
    loose = [line for line in lines if not any(region.bbox.holds(*line.bbox.center) for region in found)]
    level = [line for line in loose if not line.quarter_turns and not is_marker(line.text)]
    if len(level) > _MOST_PIECES:
        return found
    return found + [_text(group) for group in _together(list(_cut(level)), rules)]


def with_fields(
    regions: Sequence[Region], lines: Sequence[TextLine], boxes: Sequence[BBox]
) -> tuple[list[Region], list[TextLine]]:
    """The regions of a form, each field one of them; and the lines that stand in no field.

    A field is a box (``boxes`` are what ruling lines close off) with a few rows of text. A page is a form
    when it has several, and then a field is one text, whatever a detector makes of it. Tables stay.
    """
    tables = [region.bbox for region in regions if region.kind is RegionKind.TABLE and region.grid]
    free = [line for line in lines if not any(table.holds(*line.bbox.center) for table in tables)]
    fields: list[tuple[BBox, list[TextLine]]] = []
    for box in sorted(boxes, key=lambda b: b.area):
        held = [line for line in free if box.holds(*line.bbox.center)]
        if held and len(rows(held)) <= _FIELD_ROWS and not any(line.quarter_turns for line in held):
            fields.append((box, held))
            free = [line for line in free if not any(line is one for one in held)]
    if len(fields) < _LEAST_FIELDS:
        return list(regions), list(lines)
    found = [Region(RegionKind.TEXT, union_of([line.bbox for line in held])) for _, held in fields]
    return [kept for region in regions for kept in _without_fields(region, fields, free)] + found, free


def _without_fields(
    region: Region, fields: Sequence[tuple[BBox, list[TextLine]]], free: Sequence[TextLine]
) -> Iterator[Region]:
    """What is left of a region when fields have taken their lines."""
    taken = any(region.bbox.holds(*line.bbox.center) for _, held in fields for line in held)
    if region.kind in _NO_TEXT or not taken:
        yield region
        return
    left = [line.bbox for line in free if region.bbox.holds(*line.bbox.center)]
    if left:
        yield replace(region, bbox=union_of(left))


def without_printed_matter(
    regions: Sequence[Region], lines: Sequence[TextLine], *, scanned: bool
) -> list[Region]:
    """The regions; a form or a notice that was taken for a picture is the text on it."""
    found = []
    for region in regions:
        held = [line for line in lines if region.bbox.holds(*line.bbox.center)]
        printed = is_printed_matter(Block(region.kind, region.bbox, held), scanned=scanned)
        found.append(replace(region, kind=RegionKind.TEXT) if printed else region)
    return found


def _parts(region: Region, lines: Sequence[TextLine], rules: Sequence[BBox]) -> Iterator[Region]:
    pieces = list(_pieces(region, lines)) if region.kind is RegionKind.TEXT else []
    near = [rule for rule in rules if _touches(rule, region.bbox)]
    if not 1 < len(pieces) <= _MOST_PIECES or not (_has_gaps(pieces) or _is_crossed(pieces, near)):
        yield region
        return
    for group in _together(pieces, near):
        yield replace(_text(group), score=region.score)


def _text(group: Sequence[TextLine]) -> Region:
    return Region(RegionKind.TEXT, union_of([piece.bbox for piece in group]))


def _pieces(region: Region, lines: Sequence[TextLine]) -> Iterator[TextLine]:
    """The lines in the region, cut; none when some stand on their side."""
    inside = [line for line in lines if region.bbox.holds(*line.bbox.center)]
    if any(line.quarter_turns for line in inside):
        return
    yield from _cut(inside)


def _cut(lines: Sequence[TextLine]) -> Iterator[TextLine]:
    """The lines cut at wide gaps."""
    for line in lines:
        words = [line.words[0]]
        for before, word in pairwise(line.words):
            if word.bbox.x1 - before.bbox.x2 > _WIDE * word.bbox.height:
                yield replace(line, words=words, bbox=union_of([w.bbox for w in words]))
                words = []
            words.append(word)
        yield replace(line, words=words, bbox=union_of([w.bbox for w in words]))


def _has_gaps(pieces: Sequence[TextLine]) -> bool:
    """Whether many rows consist of pieces far apart that are not a name and its value."""
    found = rows(pieces)
    gapped = sum(
        any(_are_apart(one, other) and not _is_pair(row) for one, other in pairwise(row)) for row in found
    )
    return gapped >= max(1.0, _GAPPED * len(found))


def _is_pair(row: Sequence[TextLine]) -> bool:
    """Whether a row is a name and what it is: ``Total 12.50``, or two short texts set on one line."""
    if len(row) != 2:
        return False
    name, what = row
    if is_value(what.text):
        return True
    off = abs(name.bbox.y2 - what.bbox.y2)
    short = max(len(name.words), len(what.words)) <= _SHORT
    return short and off <= _LEVEL * min(name.bbox.height, what.bbox.height)


def _are_apart(one: TextLine, other: TextLine) -> bool:
    """Whether neighbours in a row have nothing to do with each other; what ends in a colon goes on."""
    gap = other.bbox.x1 - one.bbox.x2
    asks = one.text.rstrip().endswith((":", "：")) or is_marker(one.text)
    return gap > _WIDE * min(one.bbox.height, other.bbox.height) and not asks


def _is_crossed(pieces: Sequence[TextLine], rules: Sequence[BBox]) -> bool:
    """Whether ruling lines run between pieces that stand next to each other."""
    found = rows(pieces)
    beside = [pair for row in found for pair in pairwise(row)]
    below = [pair for above, row in pairwise(found) for pair in product(above, row)]
    return any(_is_between(rule, one, other) for one, other in beside + below for rule in rules)


def _together(pieces: Sequence[TextLine], rules: Sequence[BBox]) -> list[list[TextLine]]:
    """The pieces in groups that nothing parts, in the order of their first rows."""
    groups: list[list[TextLine]] = []
    order: dict[int, int] = {}
    for row in rows(pieces):
        pair = _is_pair(row)
        above = [one for group in groups for one in group]
        for i, piece in enumerate(row):
            order[id(piece)] = len(order)
            before = row[i - 1] if i else None
            friends = [one for one in above if _goes_on(one, piece, rules)]
            if before and (pair or not _are_apart(before, piece)) and not _is_parted(before, piece, rules):
                friends.append(before)
            homes = [group for group in groups if any(one is friend for one in group for friend in friends)]
            joined = [one for group in homes for one in group] + [piece]
            groups = [group for group in groups if not any(group is home for home in homes)] + [joined]
    found = [sorted(group, key=lambda piece: order[id(piece)]) for group in groups]
    return sorted(found, key=lambda group: order[id(group[0])])


def _goes_on(above: TextLine, piece: TextLine, rules: Sequence[BBox]) -> bool:
    """Whether a piece goes on where another, of a row above, ends."""
    tall, small = sorted((piece.bbox.height, above.bbox.height), reverse=True)
    overlap = min(piece.bbox.x2, above.bbox.x2) - max(piece.bbox.x1, above.bbox.x1)
    close = piece.bbox.y1 - above.bbox.y2 < _LEADING * tall and small > _ALIKE * tall and overlap > 0
    return close and not _is_parted(above, piece, rules)


def _is_parted(one: TextLine, other: TextLine, rules: Sequence[BBox]) -> bool:
    return any(_is_between(rule, one, other) for rule in rules)


def _is_between(rule: BBox, one: TextLine, other: TextLine) -> bool:
    """Whether a ruling line parts two pieces: the first above or left of the second."""
    first, second = one.bbox, other.bbox
    if rule.width >= rule.height:
        shared = min(first.x2, second.x2) - max(first.x1, second.x1)
        along = min(rule.x2, max(first.x2, second.x2)) - max(rule.x1, min(first.x1, second.x1))
        return (
            shared > 0
            and first.center[1] < rule.center[1] < second.center[1]
            and along >= _ALONG * min(first.width, second.width)
            and rule.width > first.width + _LONGER * first.height
        )
    shared = min(first.y2, second.y2) - max(first.y1, second.y1)
    along = min(rule.y2, first.y2, second.y2) - max(rule.y1, first.y1, second.y1)
    return (
        shared > 0
        and first.center[0] < rule.center[0] < second.center[0]
        and along >= _ALONG * min(first.height, second.height)
    )


def _touches(rule: BBox, box: BBox) -> bool:
    return rule.x1 < box.x2 and rule.x2 > box.x1 and rule.y1 < box.y2 and rule.y2 > box.y1
