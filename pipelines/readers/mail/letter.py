"""A message as a page, whatever its file format: its subject, who wrote it to whom and when, and its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from models.base import Image
from pipelines.readers.base import FlowReader, ReaderSetup
from pipelines.readers.flow import as_fragments
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.html.illustrations import Illustrations
from pipelines.readers.html.reader import illustrated
from pipelines.readers.inline import Inline, Mark, one_line
from pipelines.readers.text import fragments_of_text, without_controls
from schemas.documents import DocumentWarning, WarningKind
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent
from schemas.reading import FlowPage, FlowView

# What Markdown takes for a link by itself (CommonMark §6.5) may stay as it is.
_ADDRESS = re.compile(r"&lt;([\w.+%=-]+@[\w.-]+)>", re.ASCII)
_LONGEST_VALUE = 10_000
"""Characters of a header; mailing lists of thousands do not drown the message."""

_CUT_OFF = DocumentWarning(
    kind=WarningKind.TRUNCATED,
    message="The message is cut off: text or attachments may be missing.",
)


@dataclass(slots=True)
class Body:
    """A part of a message's text: HTML, or plain text."""

    text: str
    is_html: bool = False


@dataclass(slots=True)
class Letter:
    """A message: its headers as names with values, the names of its attachments, its bodies in order.

    ``images`` are the files of the pictures that its HTML shows, by their addresses there (``cid:…``).
    """

    subject: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)
    is_cut_off: bool = False

    def __bool__(self) -> bool:
        """Whether it says anything beside what is attached to it."""
        return bool(self.subject or self.headers or self.bodies)


class LetterPage(FlowReader):
    """The page of a letter."""

    def __init__(self, letter: Letter, setup: ReaderSetup) -> None:
        self._letter = letter
        self._pictures = Illustrations(self._image, setup)
        self._hidden = HiddenTally()

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """The subject as the title, the headers as one paragraph, then the bodies."""
        fragments, images = self._content
        hidden = self._hidden.found()
        warnings = [_CUT_OFF] if self._letter.is_cut_off else []
        return FlowPage(list(fragments), warnings=warnings, pictures=list(images), hidden=hidden)

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``."""
        address = self._content[1].get(index)
        return self._pictures.pixels(address) if address else None

    @cached_property
    def _content(self) -> tuple[list[PageFragment], dict[int, str]]:
        """The fragments, and the addresses of the pictures by the indices of their figures."""
        fragments = as_fragments(self._head())
        pictures: dict[int, str] = {}
        for body in self._letter.bodies:
            if body.is_html:
                found, images = illustrated(
                    body.text, self._pictures.worth_showing, is_part=True, hidden=self._hidden
                )
                pictures |= {len(fragments) + index: address for index, address in images.items()}
                fragments += found
            else:
                fragments += fragments_of_text(body.text)
        return fragments, pictures

    def _image(self, address: str) -> bytes | None:
        images = self._letter.images
        return images.get(address) or images.get(unquote(address))

    def _head(self) -> list[tuple[FragmentType, HeaderContent | TextContent]]:
        head: list[tuple[FragmentType, HeaderContent | TextContent]] = []
        subject = one_line(without_controls(self._letter.subject)[:_LONGEST_VALUE])
        if subject:
            head.append((FragmentType.TITLE, HeaderContent(content=subject, level=0)))
        attachments = (
            [("Attachments", ", ".join(self._letter.attachments))] if self._letter.attachments else []
        )
        lines = [_header(name, value) for name, value in [*self._letter.headers, *attachments]]
        if lines:
            head.append((FragmentType.TEXT, TextContent(content="\n".join(lines))))
        return head


def _header(name: str, value: str) -> str:
    line = Inline()
    line.add(f"{name}:", (Mark("bold"),))
    line.add(f" {without_controls(value)[:_LONGEST_VALUE]}", ())
    return _ADDRESS.sub(r"<\1>", " ".join(line.markdown().split()))
