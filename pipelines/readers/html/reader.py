"""HTML: parsed without network or entities, read by structure alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import lxml.html
from lxml import etree

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage, as_fragments
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.blocks import Block, blocks_of
from pipelines.readers.text import decode, read_text
from schemas.errors import DocumentUnreadable
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TextContent,
)

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_XHTML = re.compile(r"\s*<\?xml|<html[^>]*http://www\.w3\.org/1999/xhtml", re.IGNORECASE)
_EMPTY_ELEMENT = re.compile(r"<([A-Za-z][\w:-]*+)([^<>]*)/>")
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
}  # fmt: skip


class HtmlReader(OnePage):
    """A web page or any other HTML file; the charset is that of its mark, its text or its ``meta``.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._html = read_text(path, declared_charset(path))

    def fragments(self) -> list[PageFragment]:
        """Headings, paragraphs, list items, tables, figures… as the document orders them."""
        return fragments_of_html(self._html, self.hidden)


def declared_charset(path: Path) -> str | None:
    """The charset that a markup file names at its beginning, as it is written there."""
    with path.open("rb") as file:
        return _charset_in(file.read(_HEAD_BYTES))


def html_of(data: bytes, declared: str | None = None) -> str:
    """The characters of an HTML file; ``declared`` is the charset that was said beside it, if any was."""
    return decode(data, declared or _charset_in(data[:_HEAD_BYTES]))


def _charset_in(head: bytes) -> str | None:
    declared = _CHARSET.search(head)
    return declared.group(1).decode("ascii") if declared else None


def fragments_of_html(html: str, hidden: HiddenTally | None = None) -> list[PageFragment]:
    """The fragments of an HTML text; what does not show is counted in ``hidden``.

    Raises:
        DocumentUnreadable: it is nested beyond all measure.
    """
    root = _parsed(html)
    return fragments_of_tree(root, hidden) if root is not None else []


def fragments_of_tree(root: etree._Element, hidden: HiddenTally | None = None) -> list[PageFragment]:
    """The fragments of a tree of HTML elements, without namespaces; ``hidden`` as above."""
    return as_fragments(_contents(blocks_of(root, hidden=hidden)))


def illustrated(
    html: str,
    has_picture: Callable[[str], bool],
    *,
    is_part: bool = False,
    hidden: HiddenTally | None = None,
) -> tuple[list[PageFragment], dict[int, str]]:
    """The fragments of an HTML text, and the addresses of the pictures of its figures, by their indices.

    An image of which ``has_picture`` says that there is something to see is a figure even within a text.
    In a part of a document (a mail's text, a chapter) an ``h1`` has level 1, and there is no title.
    ``hidden`` as above.
    """
    root = _parsed(html)
    blocks = blocks_of(root, has_picture, hidden) if root is not None else []
    images = {i: block.image for i, block in enumerate(blocks) if block.image and has_picture(block.image)}
    return as_fragments(_contents(blocks, is_part=is_part)), images


def _parsed(html: str) -> etree._Element | None:
    if _XHTML.search(html[:_HEAD_BYTES]):
        html = _EMPTY_ELEMENT.sub(_with_end_tag, html)
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = lxml.html.document_fromstring(html.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentUnreadable(
            "The HTML nests its elements too deeply to be read whole (more than two thousand levels). "
            "Close the elements that are left open, or save the page again from a browser."
        )
    return root


def _with_end_tag(match: re.Match[str]) -> str:
    """XHTML may end any element in its start tag; an HTML parser would take it for open."""
    name, rest = match.groups()
    return match.group() if name.lower() in _VOID else f"<{name}{rest}></{name}>"


def _contents(blocks: list[Block], *, is_part: bool = False) -> Iterator[tuple[FragmentType, Content]]:
    """Contents by kind; the first ``h1`` is the title, level 0, and the other headings start at 1.

    Where several ``h1`` divide the text, an ``h2`` is a level below them, not beside them.
    """
    tops = sum(block.level == 1 for block in blocks)
    has_title = is_part
    for block in blocks:
        if block.level == 1 and not has_title:
            has_title = True
            yield FragmentType.TITLE, HeaderContent(content=block.markdown, level=0)
        elif block.level:
            level = block.level if is_part or tops > 1 else max(1, block.level - 1)
            yield block.kind, HeaderContent(content=block.markdown, level=level)
        elif block.table:
            yield block.kind, block.table.content()
        elif block.kind is FragmentType.FIGURE:
            yield block.kind, FigureContent(content=block.markdown)
        else:
            yield block.kind, TextContent(content=block.markdown)
