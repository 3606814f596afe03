"""Document stage: which tables of a document are pieces of one, and that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from models.base import Engines
from pipelines.documents.merge_tables.asking import Doubt, Pair, asked
from pipelines.documents.merge_tables.between import gap_of, lines_of_pages
from pipelines.documents.merge_tables.columns import paired
from pipelines.documents.merge_tables.heads import Relation, head_of
from pipelines.documents.merge_tables.link import EVEN, MERGED, Link, link
from pipelines.documents.merge_tables.pieces import MOST_COLUMNS, Piece
from pipelines.documents.merge_tables.reason import reason_of
from pipelines.documents.merge_tables.room import above_in_column, room_below
from pipelines.documents.merge_tables.standing import Standing, standings
from pipelines.documents.merge_tables.summary import summarized, summary_of
from pipelines.documents.merge_tables.whole import Chain, cells_of, merged_cells
from pipelines.table_markup import TableModel
from pipelines.work import PageRecord, RunContext
from schemas.documents import DocumentWarning, MergeActions, MergedCell, MergedTable, Page
from schemas.llm import LlmName
from schemas.options import EnrichmentOptions


@dataclass(slots=True)
class Merged:
    """The merged tables in the order of their first pieces, and what they took."""

    tables: list[MergedTable] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    summary_input_tokens: int = 0
    summary_output_tokens: int = 0


def merge_tables(
    records: Sequence[PageRecord],
    pages: Sequence[Page],
    engines: Engines,
    context: RunContext,
    options: EnrichmentOptions | None = None,
) -> Merged:
    """The merged tables of a document; ``pages`` are the finished pages of ``records``.

    The pieces stay in the pages as they are. Where the signs are even, a language model is asked, if there is
    one. ``options`` say whether the tables get summaries.
    """
    repeated = lines_of_pages(records)
    runs = list(standings(records, pages))
    chains, doubts = _chains(runs, repeated, frozenset(), context)
    merged = Merged()
    if doubts and LlmName.TENSORLAKE in engines.llms:
        answered = asked(doubts, engines, context.check)
        merged = Merged([], answered.warnings, answered.input_tokens, answered.output_tokens)
        chains, _ = _chains(runs, repeated, answered.same, context)
    wholes = [(chain, merged_cells(cells_of(chain))) for chain in chains]
    summaries: list[str | None] = [None] * len(wholes)
    if options is not None and options.table_summarization:
        done = summarized(wholes, options, engines, context.check)
        summaries = [summary_of(page) for page in done]
        merged.warnings += [warning for page in done for warning in page.warnings]
        merged.summary_input_tokens = sum(page.summary_input_tokens for page in done)
        merged.summary_output_tokens = sum(page.summary_output_tokens for page in done)
    names: Counter[str] = Counter()
    merged.tables = [
        _merged(chain, cells, summary, names)
        for (chain, cells), summary in zip(wholes, summaries, strict=True)
    ]
    return merged


def _chains(
    runs: Sequence[Sequence[Standing]], repeated: frozenset[str], same: frozenset[Pair], context: RunContext
) -> tuple[list[Chain], list[Doubt]]:
    """The tables of more than one piece, and the neighbours whose signs are even.

    ``same`` are those that a language model takes for one table.
    """
    chains: list[Chain] = []
    doubts: list[Doubt] = []
    for run in runs:
        chain: Chain | None = None
        for found in run:
            context.check()
            standing, own = _linked(chain, found, repeated) if chain else (found, None)
            score = own.score if own and own.score is not None else EVEN - 1
            doubt = Doubt(chain.last, standing, own) if chain and own and EVEN <= score < MERGED else None
            if chain and own and (score >= MERGED or (doubt and doubt.pair in same)):
                chain.add(standing, own, asked=doubt is not None)
                continue
            doubts += [doubt] if doubt else []
            chain = Chain.of(found)
            chains.append(chain)
    return [chain for chain in chains if chain.links], doubts


def _linked(chain: Chain, standing: Standing, repeated: frozenset[str]) -> tuple[Standing, Link | None]:
    """What a table is to the piece before it; None where it cannot follow upon that.

    A head that repeats nothing, or holds the rest of a broken row, may have been read wrongly.
    """
    standing, own = _link(chain, standing, repeated)
    if own is None or own.gap.blocked:
        return standing, own
    for piece, relation in _otherwise(chain, standing.piece, own):
        other, again = _link(chain, replace(standing, piece=piece), repeated)
        if again and again.head.relation is relation and (again.broken or not own.repeats):
            return other, again
    return standing, own


def _otherwise(chain: Chain, piece: Piece, own: Link) -> Iterator[tuple[Piece, Relation]]:
    """How a piece may have to be read, and what its head is then.

    Names over several columns, or rows, may be the rest of a broken row; names may have been read together
    with the row below them.
    """
    head = [cell for cell in piece.cells if cell.row < piece.head]
    if not own.repeats and any(cell.row_span > 1 or cell.column_span > 1 for cell in head):
        yield piece.without_head(), Relation.ABSENT
    start = chain.pieces[0]
    if start.head == 1:
        places = [chain.to_start[i] if i is not None else None for i in own.pairing.of]
        names = start.names(0, 1)
        parted = piece.parted([names[place] if place is not None else "" for place in places])
        if parted is not None:
            yield parted, Relation.REPEATED


def _link(chain: Chain, standing: Standing, repeated: frozenset[str]) -> tuple[Standing, Link | None]:
    """The same, the head taken as it is; columns of the piece that only repeated names fill are left out."""
    last = chain.last
    room = room_below(last, standing, chain.lead)
    if room is None:
        return standing, None
    gap = gap_of(last, standing, chain.lead, repeated, above_in_column(last, standing))
    pairing = paired(last.piece, standing.piece)
    if chain.columns + pairing.of.count(None) > MOST_COLUMNS:
        return standing, None
    to_start = [chain.to_start[i] if i is not None else None for i in pairing.of]
    head = head_of(chain.pieces[0], last.piece, standing.piece, to_start, pairing)
    lacking = {j for j, place in enumerate(pairing.of) if place is None}
    if head.relation is Relation.REPEATED and (empty := lacking & standing.piece.only_named(head.rows)):
        standing = replace(standing, piece=standing.piece.without_columns(empty))
        pairing = paired(last.piece, standing.piece)
    return standing, link(last, standing, gap, pairing, head, room=room)


def _merged(chain: Chain, cells: list[MergedCell], summary: str | None, names: Counter[str]) -> MergedTable:
    numbers = [piece.page for piece in chain.pieces]
    start, end = numbers[0], numbers[-1]
    model = TableModel.of_merged(cells)
    return MergedTable(
        merged_table_id=_name(start, end, names),
        merged_table_html=model.html(),
        start_page=start,
        end_page=end,
        pages_merged=len(set(numbers)),
        summary=summary,
        merge_actions=MergeActions(pages=numbers, target_columns=model.columns),
        merged_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        cells=cells,
        element_ids=[name for piece in chain.pieces for name in (piece.ref_id, *piece.more) if name],
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
