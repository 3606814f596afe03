"""Displayed formulas that a layout has torn into pieces, or taken for text or a drawing."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.pages.formulas.latex import NUMBER
from pipelines.pages.formulas.symbols import RELATIONS
from pipelines.readers.pdf.glyphs import is_math_font
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word

# Pieces of a formula stand this close (font sizes), across and down.
_ACROSS, _DOWN = 1.2, 0.6
# Text this close beside (font sizes) makes it a formula in the line, not a displayed one.
_BESIDE = 2.0
# The share of a line's letters in fonts of mathematics that makes it one of a formula.
_LETTERS = 0.6
# What lies in a formula by this share is a piece of it; a formula in another region by that is known.
_PIECE, _KNOWN = 0.7, 0.8
# Italics of text fonts are variables where so few letters stand together.
_VARIABLE = 3
# A page of more lines than this is no text that people read.
_MOST_LINES = 2000
# A formula that was taken for a picture covers this share of it; on a plot, writing covers less.
_COVERS = 0.25
_WHOLE = {RegionKind.TABLE, RegionKind.FORMULA}


def with_formulas(regions: Sequence[Region], lines: Sequence[TextLine]) -> list[Region]:
    """The regions, with one for each displayed formula that stands clear of text, in place of its pieces.

    Only lines whose letters are variables, or set in fonts of mathematics, count: other formulas are the
    layout's to find. A number in parentheses beside a formula belongs to it.
    """
    if len(lines) > _MOST_LINES:
        return list(regions)
    return _with_numbers(_with_clusters(regions, lines), lines)


def _with_clusters(regions: Sequence[Region], lines: Sequence[TextLine]) -> list[Region]:
    shares = [_math_share(line) for line in lines]
    if not any(share is not None and share > _LETTERS for share in shares):
        return list(regions)
    pieces = [line for line, share in zip(lines, shares, strict=True) if share is None or share > _LETTERS]
    text = [
        line for line, share in zip(lines, shares, strict=True) if share is not None and share <= _LETTERS
    ]
    found = list(regions)
    for group in _clusters(pieces):
        box = union_of([line.bbox for line in group])
        if not _is_formula(group) or any(_stands_by(line, box, group) for line in text):
            continue
        if any(region.kind in _WHOLE and box.inside(region.bbox) > _KNOWN for region in found):
            continue
        if any(_is_label(box, region) for region in found):
            continue
        found = _replaced(found, box)
    return found


def _with_numbers(regions: list[Region], lines: Sequence[TextLine]) -> list[Region]:
    numbers = [line for line in lines if NUMBER.match(line.text) and not line.quarter_turns]
    for number in numbers:
        formulas = [
            r for r in regions if r.kind is RegionKind.FORMULA and _is_numbered(r.bbox, number, lines)
        ]
        if len(formulas) == 1:
            regions = _replaced(regions, formulas[0].bbox.union(number.bbox))
    return regions


def _is_numbered(box: BBox, number: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether a number stands level with a formula, outside it, and nothing else is between or beside."""
    if number.bbox.inside(box) > 0 or not box.y1 < number.bbox.center[1] < box.y2:
        return False
    around = box.union(number.bbox)
    return not any(
        around.holds(*line.bbox.center) and line is not number and not box.holds(*line.bbox.center)
        for line in lines
    )


def _replaced(regions: Sequence[Region], box: BBox) -> list[Region]:
    """The regions with a formula in a box, in place of what lies in it."""
    parts = [r for r in regions if r.bbox.inside(box) > _PIECE and r.kind is not RegionKind.TABLE]
    whole = Region(RegionKind.FORMULA, union_of([box, *(r.bbox for r in parts)]))
    return [*(r for r in regions if r not in parts), whole]


def _is_label(box: BBox, region: Region) -> bool:
    """Whether a formula is only written on a picture: a plot's legend, say."""
    on_it = region.kind is RegionKind.PICTURE and box.inside(region.bbox) > _KNOWN
    return on_it and box.area < _COVERS * region.bbox.area


def _math_share(line: TextLine) -> float | None:
    """The share of a line's letters that are mathematics, by font or as variables; None without letters."""
    if line.quarter_turns:
        return 0.0
    letters = [(_is_variable(word), sum(map(str.isalpha, word.text))) for word in line.words]
    total = sum(count for _, count in letters)
    return sum(count for math, count in letters if math) / total if total else None


def _is_variable(word: Word) -> bool:
    return is_math_font(word.font) or (word.italic and len(word.text) <= _VARIABLE)


def is_covered(box: BBox, lines: Sequence[TextLine]) -> bool:
    """Whether lines fill a box as a formula's fill its own, and not as the labels of a plot."""
    return sum(line.bbox.area for line in lines) > _COVERS * box.area


def _clusters(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    clusters: list[list[TextLine]] = []
    for line in lines:
        near = [cluster for cluster in clusters if any(_is_near(line, other) for other in cluster)]
        clusters = [cluster for cluster in clusters if not any(cluster is one for one in near)]
        clusters.append([line, *(other for cluster in near for other in cluster)])
    return clusters


def _is_near(one: TextLine, other: TextLine) -> bool:
    size = max(one.words[0].size, other.words[0].size)
    across = max(one.bbox.x1, other.bbox.x1) - min(one.bbox.x2, other.bbox.x2)
    down = max(one.bbox.y1, other.bbox.y1) - min(one.bbox.y2, other.bbox.y2)
    return across < _ACROSS * size and down < _DOWN * size


def _is_formula(lines: Sequence[TextLine]) -> bool:
    words = [word for line in lines for word in line.words]
    related = any(char in RELATIONS for word in words for char in word.text)
    return related and any(is_math_font(w.font) and any(map(str.isalpha, w.text)) for w in words)


def _stands_by(line: TextLine, box: BBox, group: Sequence[TextLine]) -> bool:
    """Whether a line of text runs into a formula, or right beside it."""
    size = max(one.words[0].size for one in group)
    level = min(line.bbox.y2, box.y2) - max(line.bbox.y1, box.y1) > 0.3 * line.bbox.height
    return level and max(line.bbox.x1, box.x1) - min(line.bbox.x2, box.x2) < _BESIDE * size
