"""Values that need no label: what a paper's head says of who issued it, its date, its largest sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.extraction.answers import Method
from pipelines.extraction.embedded.candidates import Candidate
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.rows import Row, Sheet
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.names import is_company
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import typed

_HEAD_ROWS = 12
"""The head of a paper: rows in which its issuer is told."""
_SHORTEST_HEAD = 3
_CUSTOMER = frozenset({"customer", "shipping", "billing"})
_OF_PAPER = frozenset({"invoice", "receipt", "date", "cashier", "item", "quantity"})
_NO_NAME = frozenset("invoice receipt statement phone date page vatid email website cash address".split())
_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)")
_REGISTERED = re.compile(r"\(?[A-Z]{0,3}\d{4,}[-\w]*\)?$")
_SUM = frozenset({"total", "payable", "amount", "gross"})
_ISSUER = frozenset({"seller", "store"})
_OTHERS = frozenset(
    "customer shipping billing payer employer employee bank holder owner patient insured insurer agent party person cashier".split()
)
"""Whose name, address or number a field's is, if not the issuer's."""
"""What is left when nothing but the look of a value speaks for it."""
_BY_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A run of words of the head, a line of it."""

    words: tuple[PlacedWord, ...]
    text: str
    height: float


def alone(pages: Sequence[Sheet], field: Field, kind: Kind) -> Iterator[Candidate]:
    """The values that may be a field's by their look and place alone, the likeliest first."""
    if not pages:
        return
    meant = {concept.name for concept in phrase(f"{field.name} {field.title}")}
    told = meant | {concept.name for concept in phrase(" ".join((field.description, *field.above)))}
    apart = any(c.tells_apart for c in phrase(" ".join((field.name, field.title, *field.above))))
    others = bool(told & _OTHERS - {"person"} and not meant & _ISSUER)
    if kind is Kind.NAME and not others and meant & _ISSUER:
        yield from _issuer(pages[0])
    elif kind is Kind.ADDRESS and not others and not apart:
        yield from _in_head(pages[0], kind)
    elif kind is Kind.DATE and not apart:
        yield from _first(pages, kind)
    elif kind in (Kind.MONEY, Kind.NUMBER) and meant & _SUM and not apart:
        yield from _largest(pages)
    elif kind in (Kind.EMAIL, Kind.URL, Kind.IBAN, Kind.PHONE) and not others and "fax" not in told:
        yield from _first(pages, kind)


def _issuer(sheet: Sheet) -> Iterator[Candidate]:
    """The lines of the head that look like a name, best first: a legal form, large letters, high up."""
    lines = list(_head(sheet))
    usual = median(line.height for line in lines) if lines else 1.0
    worths = [(_as_name(line, index, usual), line) for index, line in enumerate(lines) if _may_name(line)]
    for _, line in sorted(worths, key=lambda one: -one[0]):
        words = _without_number(line.words)
        yield _candidate(words, " ".join(word.text for word in words), Kind.NAME, 0.0)


def _as_name(line: Line, index: int, usual: float) -> float:
    named = _without_number(line.words)
    return (
        -index / _HEAD_ROWS
        + 0.6 * is_company(" ".join(word.text for word in named))
        + 0.4 * (len(named) < len(line.words))
        + 0.4 * min(1.0, max(0.0, line.height / usual - 1))
    )


def _head(sheet: Sheet) -> Iterator[Line]:
    """The lines down to where the customer, or after some rows the paper's own data, are told."""
    for index, row in enumerate(sheet.rows[:_HEAD_ROWS]):
        told = {concept.name for concept in phrase(row.text)}
        if told & _CUSTOMER or (index >= _SHORTEST_HEAD and told & _OF_PAPER):
            return
        for piece in row.pieces:
            yield Line(piece.words, piece.text, max(word.bbox.height for word in piece.words))


def _may_name(line: Line) -> bool:
    """Whether a line may be a name: letters, no label with a colon, no word of papers, dates, addresses."""
    letters = sum(c.isalpha() for c in line.text)
    if letters < 3 or letters < 0.5 * len(line.text.replace(" ", "")) or ":" in line.text:
        return False
    return not _NO_NAME & {concept.name for concept in phrase(line.text)}


def _without_number(words: tuple[PlacedWord, ...]) -> tuple[PlacedWord, ...]:
    """A company's name without its registration number behind it."""
    if len(words) > 1 and _REGISTERED.fullmatch(words[-1].text):
        return words[:-1]
    return words


def _in_head(sheet: Sheet, kind: Kind) -> Iterator[Candidate]:
    for words in _blocks(sheet.rows[:_HEAD_ROWS]):
        for span in spans(words, kind):
            yield _candidate(words[span.first : span.last + 1], span.text, kind, 0.0)


def _blocks(rows: Sequence[Row]) -> Iterator[tuple[PlacedWord, ...]]:
    """Lines one below the other, as one run of words each."""
    pieces = [piece for row in rows for piece in row.pieces]
    stacks: list[list[PlacedWord]] = []
    bottoms = []
    for piece in pieces:
        if _REGISTERED.fullmatch(piece.text):
            continue
        box = piece.bbox
        for i, bottom in enumerate(bottoms):
            over = min(bottom.x2, box.x2) - max(bottom.x1, box.x1)
            if (
                over > 0.3 * min(bottom.width, box.width)
                and -0.5 * box.height < box.y1 - bottom.y2 < 1.5 * box.height
            ):
                stacks[i] += piece.words
                bottoms[i] = box
                break
        else:
            stacks.append(list(piece.words))
            bottoms.append(box)
    return (tuple(stack) for stack in stacks)


def _first(pages: Sequence[Sheet], kind: Kind) -> Iterator[Candidate]:
    whole = sum(len(sheet.rows) for sheet in pages)
    done = 0
    for sheet in pages:
        for row in sheet.rows:
            for span in spans(row.words, kind):
                yield _candidate(row.words[span.first : span.last + 1], span.text, kind, done / whole)
            done += 1


def _largest(pages: Sequence[Sheet]) -> Iterator[Candidate]:
    found = [(_amount(one.text), one) for one in _first(pages, Kind.MONEY) if _CENTS.search(one.text)]
    return (one for _, one in sorted(found, key=lambda pair: -pair[0]))


def _amount(text: str) -> float:
    value = typed(text, Scalar("number"), Kind.MONEY)
    return float(value) if value is not None else 0.0


def _candidate(words: Sequence[PlacedWord], text: str, kind: Kind, at: float) -> Candidate:
    return Candidate(tuple(words), text, kind, "", _BY_LOOK, Method.TYPE, at)
