"""XML: known vocabularies of prose read like HTML, feeds entry by entry, all other as data."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from lxml import etree

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage
from pipelines.readers.html.reader import declared_charset, fragments_of_html, fragments_of_tree
from pipelines.readers.text import read_text
from pipelines.readers.xml.data import outline
from pipelines.readers.xml.feed import feed_html, is_feed
from pipelines.readers.xml.prose import as_html, is_prose
from schemas.errors import DocumentUnreadable
from schemas.fragments import PageFragment

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>")
# Not in what is taken as it stands.
_ENTITY = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)|&([A-Za-z][\w.-]*);", re.DOTALL)
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}


class XmlReader(OnePage):
    """An XML file; what is damaged in it is skipped. Entities of its own are shown by name, never resolved.

    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._root = _parsed(read_text(path, declared_charset(path)))

    def fragments(self) -> list[PageFragment]:
        """Headings, paragraphs, lists and tables, or an outline with tables."""
        if is_feed(self._root):
            return fragments_of_html(feed_html(self._root))
        if is_prose(self._root):
            return fragments_of_tree(as_html(self._root))
        return fragments_of_html(outline(self._root))


def _parsed(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    bare = _ENTITY.sub(_resolved, _DECLARATION.sub("", text, count=1).lstrip())
    try:
        root = etree.fromstring(bare.encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentUnreadable(
            "The XML nests its elements too deeply to be read whole (more than two thousand levels)."
        )
    if root is None:
        raise DocumentUnreadable(
            "The file is said to be XML but has no element that can be read. Send it as plain text instead."
        )
    return root


def _resolved(found: re.Match[str]) -> str:
    """A character that HTML knows by name; the name itself where only the document's type would tell."""
    literal, name = found.groups()
    if literal or name in _OF_XML:
        return found.group()
    known = unescape(found.group())
    return known if known != found.group() else f"&amp;{name};"
