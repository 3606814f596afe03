"""How flow readers hand over what they found: contents in reading order become fragments."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.hidden import HiddenTally
from schemas.fragments import Content, FragmentType, PageFragment, Source
from schemas.reading import FlowPage, FlowView


def as_fragments(found: Iterable[tuple[FragmentType, Content]]) -> list[PageFragment]:
    """The fragments of a page without geometry."""
    return [
        PageFragment(fragment_type=kind, content=content, source=Source.DIGITAL) for kind, content in found
    ]


class OnePage(FlowReader):
    """A flow that knows no pages: its fragments are those of page 1. ``hidden`` counts what does not show."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._path, self._setup = path, setup
        self.hidden = HiddenTally()

    @abstractmethod
    def fragments(self) -> list[PageFragment]:
        """The whole document, in order, without boxes."""

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``FlowReader``."""
        self.hidden = HiddenTally()
        fragments = self.fragments()
        return FlowPage(fragments, hidden=self.hidden.found())


def fenced(text: str, language: str = "") -> str:
    """``text`` as a fenced code block (CommonMark §4.5), the fence longer than any run of backticks in it."""
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
