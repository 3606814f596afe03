"""JSON: shown as it is, in a code block, one value a line."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage, as_fragments, fenced
from pipelines.readers.text import read_text
from schemas.errors import DocumentEmpty
from schemas.fragments import FragmentType, PageFragment, TextContent


class JsonReader(OnePage):
    """A JSON text, or one a line; names, numbers and their order stay as they are written.

    A text on one line is laid out in several. What is no JSON is shown as it stands. Raises
    ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._text = read_text(path).strip()
        if not self._text:
            raise DocumentEmpty("The JSON file holds nothing but white space.")

    def fragments(self) -> list[PageFragment]:
        """One ``text`` fragment, a fenced code block."""
        content = TextContent(content=fenced(_laid_out(self._text), "json"))
        return as_fragments([(FragmentType.TEXT, content)])


def _laid_out(text: str) -> str:
    if "\n" in text:
        return text
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, RecursionError):
        return text
