"""What stages see on a page besides running text: words taken for it, and its place among the blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipelines.pages.blocks import Block
from pipelines.work import Find
from schemas.fragments import FragmentType
from schemas.geometry import BBox, union_of
from schemas.reading import Region, RegionKind, TextLine, Word

# A picture that lies in a find by this share is that find; around a barcode it has a quiet zone, and digits.
_SAME, _SAME_CODE = 0.5, 0.25
# A find that lies in a text by this share is of it.
_WITHIN = 0.8


def without_words(
    lines: Sequence[TextLine], is_taken: Callable[[Word], bool]
) -> tuple[list[TextLine], list[Word]]:
    """The lines with what is left in them, and the words that are taken, in line order."""
    left: list[TextLine] = []
    taken: list[Word] = []
    for line in lines:
        stay: list[Word] = []
        for word in line.words:
            (taken if is_taken(word) else stay).append(word)
        if len(stay) == len(line.words):
            left.append(line)
        elif stay:
            left.append(replace(line, words=stay, bbox=union_of([word.bbox for word in stay])))
    return left, taken


def without_found(
    regions: Sequence[Region], finds: Sequence[Find], lines: Sequence[TextLine]
) -> list[Region]:
    """The regions, less pictures that hold no word and show what was found."""
    words = [word.bbox for line in lines for word in line.words]
    return [
        region
        for region in regions
        if region.kind is not RegionKind.PICTURE
        or not is_found(region.bbox, finds)
        or any(region.bbox.holds(*word.center) for word in words)
    ]


def is_found(picture: BBox, finds: Sequence[Find]) -> bool:
    """Whether a picture shows something found and little else."""
    shares = ((find, picture.inside(find.bbox)) for find in finds)
    return any(share > (_SAME_CODE if f.kind is FragmentType.BARCODE else _SAME) for f, share in shares)


def found_blocks(finds: Sequence[Find], blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """A block for each find with a place of its own in the order (no signature, none inside a text).

    First the charts, which may have captions, then all others, which have none.
    """
    parts: tuple[list[Block], list[Block]] = ([], [])
    for find in finds:
        if _has_place(find, blocks):
            block = Block(RegionKind.PICTURE, find.bbox, find=find)
            parts[find.kind is not FragmentType.CHART].append(block)
    return parts


def with_inner_finds(ordered: Sequence[Block], finds: Sequence[Find]) -> list[Block]:
    """The blocks with the other finds: each after the text that it is in, signatures at the end."""
    placed = {id(block.find) for block in ordered if block.find}
    left = [find for find in finds if id(find) not in placed]
    return list(_with_inner(ordered, left))


def _with_inner(ordered: Sequence[Block], finds: list[Find]) -> Iterator[Block]:
    for block in ordered:
        yield block
        inner = [f for f in finds if f.kind is not FragmentType.SIGNATURE and _is_in(f, block)]
        finds = [f for f in finds if all(f is not other for other in inner)]
        for find in sorted(inner, key=lambda f: (f.bbox.y1, f.bbox.x1)):
            yield Block(RegionKind.PICTURE, find.bbox, find=find)
    yield from (Block(RegionKind.PICTURE, find.bbox, find=find) for find in finds)


def _has_place(find: Find, blocks: Sequence[Block]) -> bool:
    return find.kind is not FragmentType.SIGNATURE and not any(_is_in(find, block) for block in blocks)


def _is_in(find: Find, block: Block) -> bool:
    return bool(block.lines) and find.bbox.inside(block.bbox) > _WITHIN
