"""Values that need no label: by their look and place a paper's issuer, its date, its largest sum."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from pipelines.extraction.answers import Method
from pipelines.extraction.embedded.addresses import PARTS, part_of_address
from pipelines.extraction.embedded.candidates import Candidate, values_on
from pipelines.extraction.embedded.head import Line
from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.embedded.parties import Party, party_of
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.evidence import PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import typed
from pipelines.extraction.values.words import bare

_CENTS = re.compile(r"\d[.,]\d{2}(?!\d)")
_SUM = frozenset({"total", "payable", "amount", "gross"})
_TENDERED = frozenset({"cash", "change", "card", "quantity", "phone", "vatid", "account"})
_ISSUER = frozenset({"seller"})
_OTHERS = frozenset(
    "customer shipping billing payer employer employee bank holder patient insured agent".split()
)
_ANY = frozenset(
    "address name number date time amount value issue invoice receipt document statement letter form "
    "contract sales phone email website iban currency".split()
)
"""What a field's name may say without asking for more than the paper's own date, number, address."""
_DIALLED = re.compile(r"\+\d|\(\+?\d|\d{3}[-. ]\d{3}[-. ]\d{4}$")
_DAY = Scalar("string", format="date")
_UNIQUE = frozenset({Kind.EMAIL, Kind.URL, Kind.IBAN, Kind.PHONE})
_TOP, _LARGE = 30, 1.2
"""A title is among so many of the first pieces of the page, in letters so much larger than usual."""
_BY_LOOK, _BY_PLACE, _BY_LABEL = 0.5, 0.7, 0.9


def alone(pages: Sequence[Sheet], one: Field, kind: Kind, blocks: Sequence[Party]) -> Iterator[Candidate]:
    """The values that may be a field's by their look and place alone, the likeliest first.

    ``blocks``: who stands on the first page.
    """
    own = {concept.name for concept in phrase(f"{one.name} {one.title}")}
    meant = own | {concept.name for concept in phrase(" ".join(one.above))}
    listed = {concept.name for concept in phrase(one.description) if is_listed(concept)}
    plain = meant <= _ANY | _ISSUER and listed <= _ANY | _ISSUER
    part = next((part for part in PARTS if part in own), None)
    if part or kind in (Kind.NAME, Kind.ADDRESS):
        yield from _of_party(one, kind, part, blocks, plain=plain)
    elif kind is Kind.DATE and plain:
        yield from (found for found in _first(pages, kind) if typed(found.text, _DAY, kind))
    elif kind in (Kind.MONEY, Kind.NUMBER) and meant & _SUM and meant <= _ANY | _SUM:
        sums = [found for found in _first(pages, Kind.MONEY, but=_TENDERED) if _CENTS.search(found.text)]
        yield from sorted(sums, key=lambda found: -_amount(found.text))
    elif kind is Kind.CHOICE and "type" in own and own <= _ANY | {"type"}:
        yield from _by_title(pages, one)
    elif kind is Kind.CURRENCY:
        yield from _commonest(list(_first(pages, kind)))
    elif kind in _UNIQUE and not meant & _OTHERS:
        found_all = list(_first(pages, kind))
        if plain or len({found.text for found in found_all}) == 1:
            yield from found_all


def _of_party(
    one: Field, kind: Kind, part: str | None, blocks: Sequence[Party], *, plain: bool
) -> Iterator[Candidate]:
    """The name or (a part of) the address of whom the field speaks, else of who issued the paper."""
    block = party_of(one, blocks)
    if block is None and plain and part:
        block = next((block for block in blocks if block.role == "seller"), None)
    if block is None:
        return
    if part or kind is Kind.ADDRESS:
        words = part_of_address(block.address, part or "address")
    else:
        words = block.name.words if block.name else ()
    if words:
        sure = _BY_LABEL if block.labelled else _BY_PLACE
        yield _candidate(words, " ".join(word.text for word in words), kind, sure)


def _by_title(pages: Sequence[Sheet], one: Field) -> Iterator[Candidate]:
    """The choices that the title of the paper names, in large letters near its top, the largest first."""
    choices = one.target.choices if isinstance(one.target, Scalar) else ()
    pieces = [Line(piece.words) for sheet in pages[:1] for row in sheet.rows for piece in row.pieces]
    usual = median(piece.height for piece in pieces) if pieces else 0.0
    titles = [piece for piece in pieces[:_TOP] if piece.height > _LARGE * usual]
    for title in sorted(titles, key=lambda piece: -piece.height):
        said = {choice: phrase(str(choice)) for choice in choices}
        meant = [choice for choice in choices if said[choice] and said[choice] <= phrase(title.text)]
        for choice in sorted(meant, key=lambda choice: -len(said[choice])):
            yield _candidate(title.words, str(choice), Kind.CHOICE, _BY_PLACE)


def _commonest(found: Sequence[Candidate]) -> list[Candidate]:
    """The first of each text, those that are there most often first."""
    times = Counter(one.text for one in found)
    return sorted({one.text: one for one in reversed(found)}.values(), key=lambda one: -times[one.text])


def _first(pages: Sequence[Sheet], kind: Kind, but: frozenset[str] = frozenset()) -> Iterator[Candidate]:
    """The values of a kind in their order, without those on rows that speak of something else."""
    for sheet in pages:
        for row in sheet.rows:
            if but and but & {concept.name for concept in phrase(row.text)}:
                continue
            for span in values_on(row, kind):
                words = row.words[span.first : span.last + 1]
                if kind not in _UNIQUE or _is_plain(words, span.text, kind):
                    yield _candidate(words, span.text, kind)


def _is_plain(words: Sequence[PlacedWord], text: str, kind: Kind) -> bool:
    """Whether words are a value and nothing else: the end of a longer number is no telephone number.

    Without a label a number is one that is dialled only if it is written like that.
    """
    whole = bare(text) == bare("".join(word.text for word in words))
    return whole and (kind is not Kind.PHONE or _DIALLED.match(text) is not None)


def _amount(text: str) -> float:
    value = typed(text, Scalar("number"), Kind.MONEY)
    return float(value) if value is not None else 0.0


def _candidate(words: Sequence[PlacedWord], text: str, kind: Kind, sure: float = _BY_LOOK) -> Candidate:
    method = Method.LABEL if sure >= _BY_LABEL else Method.TYPE
    return Candidate(tuple(words), text, kind, "", sure, method, 0.0)
