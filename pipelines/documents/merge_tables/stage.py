"""Document stage: which tables of a document are pieces of one, and that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from models.base import Engines
from pipelines.documents.merge_tables.between import Standing, gap_of, lines_of_pages, standings
from pipelines.documents.merge_tables.columns import paired
from pipelines.documents.merge_tables.heads import head_of
from pipelines.documents.merge_tables.link import MERGED, Link, link
from pipelines.documents.merge_tables.reason import reason_of
from pipelines.documents.merge_tables.room import room_below
from pipelines.documents.merge_tables.whole import Chain, cells_of, merged_cells
from pipelines.table_markup import TableModel
from pipelines.work import PageRecord, RunContext
from schemas.documents import MergeActions, MergedTable, Page


def merge_tables(
    records: Sequence[PageRecord], pages: Sequence[Page], engines: Engines, context: RunContext
) -> list[MergedTable]:
    """The merged tables of a document, in the order of their first pieces.

    ``pages`` are the finished pages of ``records``; the pieces stay in them as they are.
    """
    repeated = lines_of_pages(records)
    chains = [chain for run in standings(records, pages) for chain in _chains(run, repeated, context)]
    names: Counter[str] = Counter()
    return [_merged(chain, names) for chain in chains]


def _chains(run: Sequence[Standing], repeated: frozenset[str], context: RunContext) -> list[Chain]:
    """The tables of more than one piece among those of neighbouring pages."""
    found: list[Chain] = []
    chain: Chain | None = None
    for i, standing in enumerate(run):
        context.check()
        own = _link(chain, run[i - 1], standing, repeated) if chain else None
        if chain and own and own.score is not None and own.score >= MERGED:
            chain.add(standing, own)
            continue
        chain = Chain(
            [standing.piece], lead=list(standing.lead), to_start=list(range(standing.piece.columns))
        )
        found.append(chain)
    return [chain for chain in found if chain.links]


def _link(chain: Chain, last: Standing, standing: Standing, repeated: frozenset[str]) -> Link | None:
    """What a table is to the piece before it; None where it cannot follow upon that."""
    room = room_below(last, standing)
    if room is None:
        return None
    gap = gap_of(last, standing, chain.lead, repeated)
    pairing = paired(last.piece, standing.piece)
    to_start = [chain.to_start[i] if i is not None else None for i in pairing.of]
    head = head_of(chain.pieces[0], last.piece, standing.piece, to_start, pairing)
    return link(last, standing, gap, pairing, head, room=room)


def _merged(chain: Chain, names: Counter[str]) -> MergedTable:
    numbers = [piece.page for piece in chain.pieces]
    start, end = numbers[0], numbers[-1]
    cells = merged_cells(cells_of(chain))
    model = TableModel.of_merged(cells)
    return MergedTable(
        merged_table_id=_name(start, end, names),
        merged_table_html=model.html(),
        start_page=start,
        end_page=end,
        pages_merged=len(set(numbers)),
        merge_actions=MergeActions(pages=numbers, target_columns=model.columns),
        merged_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        cells=cells,
        element_ids=[piece.ref_id for piece in chain.pieces],
        reason=reason_of(chain),
    )


def _name(start: int, end: int, names: Counter[str]) -> str:
    """``cross_page_merge_<start>_<end>`` or ``same_page_merge_<page>_<n>``, each only once."""
    if start == end:
        names[f"{start}"] += 1
        return f"same_page_merge_{start}_{names[f'{start}']}"
    name = f"cross_page_merge_{start}_{end}"
    names[name] += 1
    return name if names[name] == 1 else f"{name}_{names[name]}"
