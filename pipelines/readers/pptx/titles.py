"""Which text is the title of a slide."""

from __future__ import annotations

from pipelines.readers.pptx.blocks import Block, SlideBlocks
from pipelines.readers.pptx.contents import Piece, SheetContents, SlideSetting
from schemas.fragments import FragmentType, HeaderContent

# A text that stands for a title: its letters are larger than all others by this factor, and it is no longer.
_LARGER = 1.2
_PLAIN_SIZE = 1800.0
_LONGEST_TITLE, _MOST_TITLE_LINES = 200, 2


def settle_titles(found: SlideBlocks, contents: SheetContents, setting: SlideSetting) -> None:
    """Leaves a slide one title at most: there may be several placeholders for it, or none."""
    if len(found.titles) > 1:
        _choose_title(found)
    elif not found.titles:
        _promote_title(found, contents, setting)


def _choose_title(found: SlideBlocks) -> None:
    """The largest title is the slide's; the others, or all if several are as large, are headings in it.

    A number is no title beside one with letters.
    """
    named = [block for block in found.titles if _has_letters(block.pieces[-1])] or found.titles
    largest = max(block.size for block in named)
    first = [block for block in named if block.size == largest]
    level = 2 if len(first) == 1 else 1
    for block in found.titles:
        if len(first) > 1 or block is not first[0]:
            *others, title = block.pieces
            content = HeaderContent(content=title.content.content, level=level)
            heading = title._replace(kind=FragmentType.SECTION_HEADER, content=content)
            found.body.append(Block(block.shape, [*others, heading]))
    found.titles = first if len(first) == 1 else []


def _promote_title(found: SlideBlocks, contents: SheetContents, setting: SlideSetting) -> None:
    """Where no placeholder says which text is the title: the topmost one, if it is set off by its size."""
    written = [block for block in found.body if block.box is not None and block.size > 0]
    if len(found.body) < 2 or not written:
        return
    top = min(written, key=lambda block: block.box.y1 if block.box else 0.0)
    largest_other = max((block.size for block in written if block is not top), default=_PLAIN_SIZE)
    title = contents.title(top.shape)
    if (
        title is not None
        and len(top.pieces) <= _MOST_TITLE_LINES
        and all(piece.kind is FragmentType.TEXT for piece in top.pieces)
        and _has_letters(title)
        and len(title.content.content) <= _LONGEST_TITLE
        and top.size >= _LARGER * largest_other
        and top.box is not None
        and top.box.center[1] < setting.height / 2
    ):
        found.body.remove(top)
        found.titles.append(Block(top.shape, [title._replace(box=top.box)]))


def _has_letters(piece: Piece) -> bool:
    return any(character.isalpha() for character in piece.content.content)
