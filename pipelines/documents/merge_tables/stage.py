"""Document stage: which tables of a document are pieces of one, and that one."""

from __future__ import annotations

from collections.abc import Sequence

from models.base import Engines
from pipelines.work import PageRecord, RunContext
from schemas.documents import MergedTable, Page


def merge_tables(
    records: Sequence[PageRecord], pages: Sequence[Page], engines: Engines, context: RunContext
) -> list[MergedTable]:
    """The merged tables of a document, in the order of their first pieces.

    ``pages`` are the finished pages of ``records``; the pieces stay in them as they are.
    """
    return []
