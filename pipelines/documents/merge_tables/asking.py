"""A language model's word on tables whose signs are even."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from models.base import Engines
from models.prompts import prompt
from pipelines.asking import ask_llm
from pipelines.documents.merge_tables.link import Link
from pipelines.documents.merge_tables.pieces import Piece
from pipelines.documents.merge_tables.standing import Standing
from pipelines.extraction.llm.passages import Passage, mark_of, written
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import LlmFailed
from schemas.fragments import PageFragment
from schemas.llm import LlmName, Question

_MOST_ASKED = 64
"""Of a document: where the signs are even so often, the tables are not what they seem."""
_ROWS, _LONGEST_TEXT, _LONGEST_ROW = 6, 300, 1200
"""What is shown: so many rows on either side of the break, so many letters of a text, of a row."""
_MOST_TEXTS = 4
_SCHEMA = {
    "type": "object",
    "properties": {"reason": {"type": "string"}, "same_table": {"type": "boolean"}},
    "required": ["reason", "same_table"],
    "additionalProperties": False,
}

Pair = tuple[str, str]
"""Two neighbouring pieces, by their ``ref_id``."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two neighbouring pieces whose signs are even."""

    first: Standing
    second: Standing
    link: Link

    @property
    def pair(self) -> Pair:
        """What they are called."""
        return self.first.piece.ref_id, self.second.piece.ref_id


@dataclass(slots=True)
class Answered:
    """The pairs that the model takes for one table, and what it took."""

    same: frozenset[Pair] = frozenset()
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


def asked(doubts: Sequence[Doubt], engines: Engines, check: Callable[[], None]) -> Answered:
    """What the model says of each pair; one that it does not answer for stays two tables."""
    doubts = doubts[:_MOST_ASKED]
    questions = [_question(doubt) for doubt in doubts]
    answered, same = Answered(), set()
    for doubt, reply in zip(doubts, ask_llm(engines, questions, LlmName.TENSORLAKE, check), strict=True):
        answered.input_tokens += reply.input_tokens
        answered.output_tokens += reply.output_tokens
        if isinstance(reply, LlmFailed):
            answered.warnings.append(_fallback(doubt, reply))
        elif reply.finished and reply.data["same_table"] is True:
            same.add(doubt.pair)
    answered.same = frozenset(same)
    return answered


def _question(doubt: Doubt) -> Question:
    first, second = doubt.first, doubt.second
    head = min(doubt.link.head.rows, second.piece.rows)
    parts = [
        _passage("before the first table", first.piece.page, first.lead[-_MOST_TEXTS:]),
        _passage("first table, its head", first.piece.page, _rows(first.piece, 0, max(1, first.piece.head))),
        _passage(
            "first table, its end", first.piece.page, _rows(first.piece, first.piece.rows - _ROWS, None)
        ),
        _passage("below the first table", first.piece.page, _texts(first.after)),
        _passage("above the second table", second.piece.page, _texts(second.before)),
        _passage("second table, its beginning", second.piece.page, _rows(second.piece, 0, head + _ROWS)),
        _passage("below the second table", second.piece.page, _texts(second.after)),
    ]
    shown = [part for part in parts if part.text]
    mark = mark_of(shown)
    rules = prompt(__package__, "continues.v1").substitute(mark=mark)
    return Question(rules, written(shown, mark), _SCHEMA)


def _passage(kind: str, page: int, lines: Sequence[str]) -> Passage:
    return Passage(f"page {page}", page, kind, "\n".join(lines), ())


def _texts(fragments: Sequence[PageFragment]) -> list[str]:
    return [one.content.content[:_LONGEST_TEXT] for one in fragments[:_MOST_TEXTS]]


def _rows(piece: Piece, first: int, last: int | None) -> list[str]:
    """Rows as lines of cells."""
    return list(_lines(piece, range(piece.rows)[max(first, 0) : last]))


def _lines(piece: Piece, rows: Sequence[int]) -> Iterator[str]:
    for row in rows:
        texts = (" ".join(text.split()) for text in piece.texts(row))
        yield f"| {' | '.join(texts)} |"[:_LONGEST_ROW]


def _fallback(doubt: Doubt, failed: LlmFailed) -> DocumentWarning:
    first, second = doubt.first.piece.page, doubt.second.piece.page
    message = f"{failed.message} Tables of pages {first} and {second} that may be one are left apart."
    return DocumentWarning(kind=WarningKind.FALLBACK, message=message, page_number=second)
