"""Values that need no label: by their look and place a paper's issuer, its date, its largest sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.extraction.answers import Method
from pipelines.extraction.embedded.candidates import Candidate
from pipelines.extraction.embedded.head import addresses, issuers
from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import typed

_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)")
_SUM = frozenset({"total", "payable", "amount", "gross"})
_ISSUER = frozenset({"seller"})
_ANY = frozenset(
    "address name number date time amount value issue invoice receipt document statement letter form "
    "contract sales phone email website iban currency".split()
)
"""What a field's name may say without asking for more than the paper's own date, number, address."""
_DAY = Scalar("string", format="date")
_UNIQUE = frozenset({Kind.EMAIL, Kind.URL, Kind.IBAN, Kind.PHONE})
_BY_LOOK = 0.5


def alone(pages: Sequence[Sheet], one: Field, kind: Kind) -> Iterator[Candidate]:
    """The values that may be a field's by their look and place alone, the likeliest first."""
    if not pages:
        return
    meant = {concept.name for concept in phrase(" ".join((one.name, one.title, *one.above)))}
    listed = {concept.name for concept in phrase(one.description) if is_listed(concept)}
    if kind is Kind.NAME and meant & _ISSUER:
        yield from (_candidate(line.words, line.text, kind) for line in issuers(pages[0]))
    elif kind is Kind.ADDRESS and meant <= _ANY | _ISSUER and listed <= _ANY | _ISSUER:
        yield from (_candidate(line.words, line.text, kind) for line in addresses(pages[0]))
    elif kind is Kind.DATE and meant <= _ANY and listed <= _ANY | _ISSUER:
        yield from (found for found in _first(pages, kind) if typed(found.text, _DAY, kind))
    elif kind in (Kind.MONEY, Kind.NUMBER) and meant & _SUM and meant <= _ANY | _SUM:
        sums = [found for found in _first(pages, Kind.MONEY) if _CENTS.search(found.text)]
        yield from sorted(sums, key=lambda found: -_amount(found.text))
    elif kind in _UNIQUE and meant <= _ANY | _ISSUER and listed <= _ANY | _ISSUER:
        yield from _first(pages, kind)


def _first(pages: Sequence[Sheet], kind: Kind) -> Iterator[Candidate]:
    for sheet in pages:
        for row in sheet.rows:
            for span in spans(row.words, kind):
                yield _candidate(row.words[span.first : span.last + 1], span.text, kind)


def _amount(text: str) -> float:
    value = typed(text, Scalar("number"), Kind.MONEY)
    return float(value) if value is not None else 0.0


def _candidate(words: Sequence[PlacedWord], text: str, kind: Kind) -> Candidate:
    return Candidate(tuple(words), text, kind, "", _BY_LOOK, Method.TYPE, 0.0)
