"""Summaries of merged tables: made as those of tables on one page are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.base import Engines
from pipelines.documents.merge_tables.whole import Chain
from pipelines.pages.summaries.stage import Summarize
from pipelines.table_markup import TableModel
from pipelines.work import PageWork
from schemas.documents import MergedCell
from schemas.fragments import FragmentType, PageFragment, TableContent
from schemas.options import EnrichmentOptions


def summarized(
    wholes: Sequence[tuple[Chain, Sequence[MergedCell]]],
    options: EnrichmentOptions,
    engines: Engines,
    check: Callable[[], None],
) -> list[PageWork]:
    """For each table the page that it begins on as it would be with the whole table on it, summarised.

    Pictures of pages do not go with the questions: each shows only a piece.
    """
    tables_alone = options.model_copy(
        update={"figure_summarization": False, "include_full_page_image": False}
    )
    pages = [_page(chain, cells) for chain, cells in wholes]
    Summarize(None, engines, tables_alone, check)(pages)
    return pages


def summary_of(page: PageWork) -> str | None:
    """The summary of the table that ``summarized`` put last on the page."""
    content = page.fragments[-1].content if page.fragments else None
    return content.summary if isinstance(content, TableContent) else None


def _page(chain: Chain, cells: Sequence[MergedCell]) -> PageWork:
    """What stands before the table, and the whole of it."""
    whole = PageFragment(fragment_type=FragmentType.TABLE, content=TableModel.of_merged(cells).content())
    return PageWork(chain.pieces[0].page, fragments=[*chain.first.before, whole])
