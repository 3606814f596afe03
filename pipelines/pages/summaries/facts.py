"""What is to be summarised on a page, what stands beside it, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.extraction.embedded.tables import grid_of
from pipelines.extraction.evidence import Block
from pipelines.pages.summaries import charts, rows
from pipelines.work import PageWork
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TableContent
from schemas.options import EnrichmentOptions

_CAPTIONS = {
    FragmentType.TABLE: FragmentType.TABLE_CAPTION,
    FragmentType.FIGURE: FragmentType.FIGURE_CAPTION,
    FragmentType.CHART: FragmentType.FIGURE_CAPTION,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A table, figure or chart: its place among the fragments of its page, its caption, the heading above."""

    page: PageWork
    index: int
    fragment: PageFragment
    caption: str = ""
    heading: str = ""

    @property
    def kind(self) -> FragmentType:
        """Table, figure or chart."""
        return self.fragment.fragment_type

    @property
    def text(self) -> str:
        """Its content: a table's Markdown, a chart's data, what is known of a figure."""
        content = self.fragment.content
        return (content.markdown or content.content) if isinstance(content, TableContent) else content.content

    def _count(self) -> int:
        """How many rows a table has, however many of them a grid holds."""
        content = self.fragment.content
        return (content.html or "").count("<tr") if isinstance(content, TableContent) else 0

    def facts(self) -> str | None:
        """A summary without a model; None where nothing is known."""
        if self.kind is FragmentType.TABLE:
            grid = grid_of(Block(self.page.number, self.fragment, ""))
            return rows.summary(grid, self.caption or self.heading, self._count()) if grid else None
        if self.kind is FragmentType.CHART:
            return charts.summary(self.text, self.caption)
        return self.caption or None


def subjects(page: PageWork, options: EnrichmentOptions) -> Iterator[Subject]:
    """The tables, and the figures and charts, of a page, as far as their summaries are asked for."""
    fragments = page.fragments or []
    wanted = {FragmentType.TABLE} if options.table_summarization else set[FragmentType]()
    wanted |= {FragmentType.FIGURE, FragmentType.CHART} if options.figure_summarization else set()
    heading, taken = "", set[int]()
    for index, fragment in enumerate(fragments):
        if isinstance(fragment.content, HeaderContent):
            heading = fragment.content.content
        if fragment.fragment_type in wanted:
            yield Subject(page, index, fragment, _caption(fragments, index, taken), heading)


def _caption(fragments: Sequence[PageFragment], index: int, taken: set[int]) -> str:
    """The caption just before or after a table or figure that is no other's: the nearer one of two."""
    one = fragments[index]
    # Where nothing tells the gaps: captions stand above tables and below figures.
    beside = (index - 1, index + 1) if one.fragment_type is FragmentType.TABLE else (index + 1, index - 1)
    captions = [
        place
        for place in beside
        if 0 <= place < len(fragments)
        and place not in taken
        and fragments[place].fragment_type is _CAPTIONS[one.fragment_type]
    ]
    nearest = min(captions, key=lambda place: _gap(fragments[place], one), default=None)
    if nearest is None:
        return ""
    taken.add(nearest)
    return fragments[nearest].content.content.strip()


def _gap(one: PageFragment, other: PageFragment) -> float:
    """How far apart two fragments are, down the page; 0 without geometry."""
    if one.bbox is None or other.bbox is None:
        return 0.0
    return max(one.bbox.y1 - other.bbox.y2, other.bbox.y1 - one.bbox.y2, 0.0)
