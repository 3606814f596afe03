"""Fragments as Markdown: what goes into chunks and into the Markdown of the whole document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.table_markup import TableModel
from schemas.documents import MergedTable, Page
from schemas.fragments import (
    FORMS,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
)
from schemas.options import TableOutputMode

_DEEPEST_HEADING = 6
_STEP = 4
_MARKER = re.compile(r"(\s*)([•‣◦▪▫●○■□∙·*+–—-]\s+)?")
_NUMBER = re.compile(r"\d{1,9}[.)]\s")


class _Indents(NamedTuple):
    """The spaces before an item: its ``own``, and those shown."""

    own: int
    shown: int


def ordered(page: Page) -> list[PageFragment]:
    """The fragments of a page in reading order; those without a place (signatures: -1) come last."""
    return sorted(page.page_fragments, key=_place)


def document_markdown(
    pages: Iterable[Page], table_mode: TableOutputMode, merged: Sequence[MergedTable] = ()
) -> str:
    """The whole document; blocks are parted by a blank line, the items of a list by a line end.

    Page headers, footers and numbers stay in, as in the chunks: ``ignore_sections`` takes them out. A merged
    table stands where its first piece is; what is between its pieces follows.
    """
    wholes = {table.element_ids[0]: table for table in merged if table.element_ids}
    rest = {name for table in merged for name in table.element_ids[1:]}
    fragments = (fragment for page in pages for fragment in ordered(page) if fragment.ref_id not in rest)
    return joined((_whole(fragment, wholes.get(fragment.ref_id or "")) for fragment in fragments), table_mode)


def _whole(fragment: PageFragment, table: MergedTable | None) -> PageFragment:
    """The fragment, as the whole table where it is the first piece of one."""
    if table is None:
        return fragment
    content = TableModel.of_merged(table.cells).content().model_copy(update={"summary": table.summary})
    return fragment.model_copy(update={"content": content})


def joined(fragments: Iterable[PageFragment], table_mode: TableOutputMode) -> str:
    """The Markdown of some fragments in the order given; those without content leave no trace."""
    parts: list[str] = []
    open_items: list[_Indents] = []
    after_item = False
    for fragment in fragments:
        text = fragment_markdown(fragment, table_mode)
        if not text:
            continue
        is_item = fragment.fragment_type is FragmentType.LIST_ITEM
        if is_item:
            text = _nested(text, open_items)
        elif not text.startswith(" "):  # indented text goes on in its item
            open_items.clear()
        if parts:
            parts.append("\n" if is_item and after_item else "\n\n")
        parts.append(text)
        after_item = is_item
    return "".join(parts)


def fragment_markdown(fragment: PageFragment, table_mode: TableOutputMode) -> str:
    """One fragment as Markdown, without a line end; empty for a figure that nothing is known of.

    Text is passed on as it is. An image that was asked for is linked by the fragment's ``ref_id``: its
    bytes are in the fragment, and would swamp the text.
    """
    content = fragment.content
    match content:
        case HeaderContent():
            return (
                f"{'#' * min(content.level + 1, _DEEPEST_HEADING)} {content.content}"
                if content.content
                else ""
            )
        case TableContent():
            mode = TableOutputMode.MARKDOWN if fragment.fragment_type in FORMS else table_mode
            table = _table(content, mode)
            return f"{table}\n\nTable Summary\n\n{content.summary}" if content.summary else table
        case FigureContent():
            is_chart = fragment.fragment_type is FragmentType.CHART
            return _chart(content, fragment.ref_id) if is_chart else _figure(content, fragment.ref_id)
    match fragment.fragment_type:
        case FragmentType.LIST_ITEM:
            return _list_item(content.content)
        case FragmentType.STRIKETHROUGH:
            return _struck(content.content)
        case FragmentType.BARCODE:  # anybody's lines: on one, none of them can begin a block
            return " ".join(content.content.split())
        case _:
            return content.content


def _place(fragment: PageFragment) -> tuple[bool, int]:
    order = -1 if fragment.reading_order is None else fragment.reading_order
    return (order < 0, order)


def _table(content: TableContent, mode: TableOutputMode) -> str:
    asked, other = content.html, content.markdown
    if mode is TableOutputMode.MARKDOWN:
        asked, other = other, asked
    return asked or content.content or other or ""


def _figure(content: FigureContent, ref_id: str | None) -> str:
    return _titled("Figure", [_image(content, ref_id), content.content, content.summary])


def _chart(content: FigureContent, ref_id: str | None) -> str:
    data = f"```json\n{content.content}\n```" if content.content else None
    return _titled("Chart", [_image(content, ref_id), data, content.summary])


def _image(content: FigureContent, ref_id: str | None) -> str | None:
    return f"![{ref_id}]({ref_id})" if content.image_base64 and ref_id else None


def _titled(title: str, parts: Sequence[str | None]) -> str:
    known = [part for part in parts if part]
    return "\n\n".join([f"### {title}", *known]) if known else ""


def _list_item(text: str) -> str:
    """``* `` and the text; its indentation and its own number are kept, another bullet is replaced."""
    if not text.strip():
        return ""
    marker = _MARKER.match(text)
    indent, bullet = marker.groups() if marker else ("", None)
    rest = text[marker.end() :] if marker else text
    return f"{indent}{rest}" if not bullet and _NUMBER.match(rest) else f"{indent}* {rest}"


def _nested(text: str, open_items: list[_Indents]) -> str:
    """An item at most one step below the one that it is in: Markdown takes what is deeper for code."""
    own = len(text) - len(text.lstrip(" "))
    while open_items and open_items[-1].own >= own:
        open_items.pop()
    shown = min(own, open_items[-1].shown + _STEP) if open_items else 0
    open_items.append(_Indents(own, shown))
    return re.sub(rf"^ {{0,{own - shown}}}", "", text, flags=re.MULTILINE)


def _struck(text: str) -> str:
    return text if not text.strip() or "~~" in text or "<del" in text else f"~~{text.strip()}~~"
