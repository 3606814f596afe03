"""Books (EPUB 2 and 3): the files of the spine, one page each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.flow import as_fragments
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.illustrations import Illustrations
from pipelines.readers.html.reader import html_of, illustrated
from pipelines.readers.ooxml.package import Package, PartMissing
from pipelines.readers.text import without_controls
from schemas.errors import DocumentEmpty, DocumentEncrypted, DocumentUnreadable, PageUnreadable
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent
from schemas.reading import FlowPage, FlowView, HiddenText

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
# Fonts may be scrambled in a way that everybody can undo; anything else that is encrypted needs a key.
_FONT_SCRAMBLING = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
_PAGES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}
# A cover is often a picture within a drawing.
_DRAWN_PICTURE = re.compile(
    r"""<(?:\w+:)?svg\b[^<>]*>\s*<(?:\w+:)?image\b[^<>]*?\bhref\s*=\s*["']([^"'<>]+)["'][^<>]*>(?:\s*</(?:\w+:)?(?:image|svg)\s*>)*""",
    re.IGNORECASE,
)
# Links from chapter to chapter lead nowhere in a text.
_INNER_LINK = re.compile(
    r"""(<a\b[^<>]*?)\shref\s*=\s*(["'])(?![A-Za-z][\w+.-]*:)[^"'<>]*\2""", re.IGNORECASE
)


class EpubReader(FlowReader):
    """A book; its title is the title, and an ``h1`` in its chapters a heading of level 1.

    Raises:
        DocumentEncrypted: it is protected against copying.
        DocumentUnreadable: it is no EPUB, or damaged.
        DocumentEmpty: it has no pages.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._package = Package(path, setup.max_unpacked_bytes)
        self._setup = setup
        self._refuse_protected()
        try:
            book = self._package.xml(self._book_file())
        except PartMissing as error:
            raise DocumentUnreadable(
                "The EPUB is damaged: the list of its chapters is missing. Get it again, or convert it anew."
            ) from error
        self._title, self._authors = _metadata(book)
        self._chapters = list(dict.fromkeys(self._spine(book)))
        if not self._chapters:
            raise DocumentEmpty("The EPUB has no chapters to read.")
        self._page = lru_cache(maxsize=2)(self._read)

    def page_count(self) -> int:
        """The files of the spine."""
        return len(self._chapters)

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """A file of the spine; on the first one stand the book's title and authors."""
        fragments, pictures, hidden = self._page(number)
        return FlowPage(list(fragments), pictures=list(pictures), hidden=list(hidden))

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``."""
        address = self._page(number)[1].get(index)
        return self._pictures(self._chapters[number - 1]).pixels(address) if address else None

    def close(self) -> None:
        """See ``FlowReader``."""
        self._package.close()

    def _refuse_protected(self) -> None:
        try:
            root = self._package.xml(_ENCRYPTION)
        except PartMissing:
            return
        methods = {element.get("Algorithm") for element in _named(root, "EncryptionMethod")}
        if methods - _FONT_SCRAMBLING:
            raise DocumentEncrypted(
                "The EPUB is protected against copying (DRM). Send a copy that is not, or the pages as PDF."
            )

    def _book_file(self) -> str:
        """The name of the package document; damaged books have it, too."""
        try:
            root = self._package.xml(_CONTAINER)
            stated = (element.get("full-path") for element in _named(root, "rootfile"))
            return next(filter(None, stated))
        except (PartMissing, StopIteration):
            found = (name for name in self._package.names() if name.endswith(".opf"))
            return next(found, "")

    def _spine(self, book: _Element) -> Iterator[str]:
        """The names of the files that can be read, in order; for another one that which stands in for it."""
        folder = posixpath.dirname(self._book_file())
        items = {element.get("id"): element for element in _named(book, "item")}
        for reference in _named(book, "itemref"):
            item = items.get(reference.get("idref"))
            for _ in items:  # stand-ins may go round in a circle
                if item is None or _is_page(item):
                    break
                item = items.get(item.get("fallback"))
            if item is not None and _is_page(item):
                yield _resolved(folder, item.get("href") or "")

    def _read(self, number: int) -> tuple[list[PageFragment], dict[int, str], list[HiddenText]]:
        """The fragments of a page, the addresses of pictures by their figures' indices, what is hidden."""
        name = self._chapters[number - 1]
        try:
            html = html_of(self._package.read(name))
        except (PartMissing, DocumentUnreadable) as error:
            raise PageUnreadable(f"Chapter file {number} of the EPUB is missing or damaged.") from error
        html = _INNER_LINK.sub(r"\1", _DRAWN_PICTURE.sub(r'<img src="\1">', html))
        tally = HiddenTally()
        fragments, pictures = illustrated(
            html, self._pictures(name).worth_showing, is_part=True, hidden=tally
        )
        if number > 1:
            return fragments, pictures, tally.found()
        at, head = self._head(fragments)
        shifted = {i + len(head) * (i >= at): address for i, address in pictures.items()}
        return fragments[:at] + head + fragments[at:], shifted, tally.found()

    def _head(self, first: list[PageFragment]) -> tuple[int, list[PageFragment]]:
        """The book's title and authors, if its first page does not say them, and where they belong there.

        A heading that is the title becomes it.
        """
        texts = [_plain(fragment.content.content) for fragment in first]
        head: list[tuple[FragmentType, HeaderContent | TextContent]] = []
        at = 0
        if _plain(self._title) in texts:
            at = texts.index(_plain(self._title)) + 1
            title = HeaderContent(content=first[at - 1].content.content, level=0)
            first[at - 1] = first[at - 1].model_copy(
                update={"fragment_type": FragmentType.TITLE, "content": title}
            )
        elif self._title:
            head.append((FragmentType.TITLE, HeaderContent(content=self._title, level=0)))
        if self._authors and not any(_plain(self._authors) in text for text in texts):
            head.append((FragmentType.TEXT, TextContent(content=f"**Author:** {self._authors}")))
        return at, as_fragments(head)

    def _pictures(self, chapter: str) -> Illustrations:
        folder = posixpath.dirname(chapter)

        def find(address: str) -> bytes | None:
            try:
                return self._package.read(_resolved(folder, address))
            except PartMissing:
                return None

        return Illustrations(find, self._setup)


def _named(root: _Element, name: str) -> Iterator[_Element]:
    """The elements of a name in any namespace: old books have odd ones."""
    return root.iter(f"{{*}}{name}")


def _metadata(book: _Element) -> tuple[str, str]:
    """The title and the authors, each on one line."""
    titles, authors = (
        [text for element in _named(book, name) if (text := " ".join("".join(element.itertext()).split()))]
        for name in ("title", "creator")
    )
    return without_controls(titles[0]) if titles else "", without_controls(", ".join(authors))


def _is_page(item: _Element) -> bool:
    return (item.get("media-type") or "").strip().lower() in _PAGES


def _resolved(folder: str, address: str) -> str:
    """The name of a part that lies at an address relative to a folder."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
