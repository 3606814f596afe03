"""Blocks as Markdown and as plain text, without what stands around the text of each page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from api.docling.blocks import FURNITURE, Block, Kind

PLACEHOLDER = "<!-- image -->"
_DEEPEST_HEADING = 6
_STEP = "    "


def markdown_of(blocks: Iterable[Block], images: dict[int, str], page_break: str = "") -> str:
    """The document; items of a list are parted by a line end, all else by a blank line.

    ``images`` is the address of each picture by the block's ``id()``; others are a comment that says that a
    picture is there. ``page_break`` stands between pages, if it is not empty.
    """
    return _joined(((block, _block(block, images.get(id(block)))) for block in blocks), page_break)


def text_of(blocks: Iterable[Block]) -> str:
    """The document without any marks."""
    return _joined(((block, _plain(block)) for block in blocks), "")


def _joined(written: Iterable[tuple[Block, str]], page_break: str) -> str:
    parts: list[str] = []
    before: Block | None = None
    for block, text in written:
        if block.kind in FURNITURE or not text:
            continue
        if before is not None:
            if page_break and block.page != before.page:
                parts.append(f"\n\n{page_break}\n\n")
            else:
                parts.append("\n" if block.kind is before.kind is Kind.ITEM else "\n\n")
        parts.append(text)
        before = block
    return "".join(parts)


def _block(block: Block, image: str | None) -> str:
    match block.kind:
        case Kind.TITLE:
            return f"# {block.markdown}"
        case Kind.HEADING:
            return f"{'#' * min(block.level + 1, _DEEPEST_HEADING)} {block.markdown}"
        case Kind.ITEM:
            indent = _STEP * block.depth
            marker = block.marker if block.enumerated else "-"
            first, *rest = block.markdown.split("\n")
            return "\n".join([f"{indent}{marker} {first}", *(f"{indent}  {line.strip()}" for line in rest)])
        case Kind.PICTURE:
            return "\n\n".join(_picture(block, image))
        case Kind.TABLE | Kind.FORMULA:
            captions = [caption.markdown for caption in block.captions]
            return "\n\n".join(part for part in [*captions, block.markdown, block.summary] if part)
        case _:
            return block.markdown


def _picture(block: Block, image: str | None) -> Iterator[str]:
    yield from (caption.markdown for caption in block.captions)
    yield f"![Image]({image})" if image else PLACEHOLDER
    if block.markdown:
        yield block.markdown
    if block.summary:
        yield block.summary


def _plain(block: Block) -> str:
    captions = [caption.text for caption in block.captions]
    text = block.text
    if block.kind is Kind.ITEM:
        text = f"{_STEP * block.depth}{block.marker} {text}"
    return "\n\n".join(part for part in [*captions, text, block.summary] if part)
