"""Who stands on a paper, and where they live: blocks of a name and the lines of an address below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.extraction.embedded.addresses import PARTS, POSTAL, is_country
from pipelines.extraction.embedded.head import Line, addresses, issuers, stacked
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.row_parts import Part, parts_of
from pipelines.extraction.embedded.rows import Sheet
from pipelines.extraction.targets import Field

ROLES = (
    "seller customer shipping payer holder employer employee bank patient insured insurer agent owner".split()
)
"""Concepts of those who stand on papers, by the names of fields and of the blocks' labels."""
RECIPIENT = "recipient"
"""The block without a label that a letter is sent to: the customer, the holder of an account."""
_RECIPIENTS = frozenset("customer holder payer insured employee patient".split())
_ISSUERS = frozenset({"seller", "bank", "employer", "insurer"})
_OF_LABELS = frozenset("name address invoice billing party person".split())
_REACH = frozenset("phone fax email website vatid registration person date number account".split())
_ROWS = 25
_LINES = 7
_NEXT = 1.3
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Party:
    """A block: whose it is (``ROLES`` or ``RECIPIENT``), by a label or not; its name and address."""

    role: str
    name: Line | None
    address: tuple[Line, ...]
    labelled: bool


def parties(sheet: Sheet) -> list[Party]:
    """The blocks of a page: those below or after a label, the issuer's, that of a letter's recipient."""
    split = [parts_of(row) for row in sheet.rows]
    found = [
        _party(role, lines, labelled=True)
        for index, row in enumerate(split)
        for part in row
        if (role := _role_of_label(part)) and (lines := list(_below(split, index, part)))
    ]
    return [party for party in (*found, *_unlabelled(sheet)) if party.name or party.address]


def party_of(one: Field, blocks: Sequence[Party]) -> Party | None:
    """The block of whom a field's names, or its description, speak; None if it speaks of none."""
    role = role_of(one)
    if role is None:
        return None
    stand_in = "seller" if role in _ISSUERS else RECIPIENT if role in _RECIPIENTS else role
    exact = next((block for block in blocks if block.role == role), None)
    return exact or next((block for block in blocks if block.role == stand_in), None)


def is_told_by_block(one: Field, blocks: Sequence[Party]) -> bool:
    """Whether a field is (a part of) the address of someone by name, and a block tells where they live."""
    own = {concept.name for concept in phrase(f"{one.name} {one.title}")}
    told = {concept.name for concept in phrase(" ".join((*one.above, one.name, one.title)))}
    block = party_of(one, blocks) if own & set(PARTS) and told & set(ROLES) else None
    return bool(block and block.address)


def role_of(one: Field) -> str | None:
    """Of whom a field speaks: by its name and those above it, else by its description."""
    for text in (" ".join((*one.above, one.name, one.title)), one.description):
        told = {concept.name for concept in phrase(text)}
        if role := next((role for role in ROLES if role in told), None):
            return role
        if "billing" in told:
            return "customer"
    return None


def _role_of_label(part: Part) -> str | None:
    told = part.concepts
    role = next((role for role in ROLES if role in told), None)
    if role is None and {"invoice", "address"} <= told:
        role = "customer"
    return role if role and told <= _OF_LABELS | set(ROLES) else None


def _below(split: Sequence[Sequence[Part]], index: int, label: Part) -> Iterator[Line]:
    """What stands after a label with a colon, and line for line below it, down to the next label."""
    at = list(split[index]).index(label)
    left, low = label.bbox.x1, label.bbox.y2
    if label.names and at + 1 < len(split[index]) and not split[index][at + 1].names:
        beside = split[index][at + 1]
        yield Line(beside.words)
        left = beside.bbox.x1
    for row in split[index + 1 : index + 1 + _LINES]:
        under: Sequence[Part] = [
            p for p in row if min(abs(p.bbox.x1 - x) for x in (left, label.bbox.x1)) < _height(p)
        ]
        if under and under[0].names and "address" in under[0].concepts:
            under = row[row.index(under[0]) + 1 :]
        if not under or any(part.names for part in under) or _role_of_label(under[0]):
            return
        if under[0].bbox.y1 - low > _NEXT * _height(under[0]):
            return
        yield Line(under[0].words)
        low = under[0].bbox.y2


def _height(part: Part) -> float:
    return part.bbox.height


def _unlabelled(sheet: Sheet) -> Iterator[Party]:
    """The issuer by the head of the page, and blocks near the top whose last lines have a postal code."""
    name = next(iter(issuers(sheet)), None)
    lines = next(addresses(sheet), [])
    yield Party("seller", name, tuple(lines), labelled=False)
    taken = {id(word) for line in (*lines, *([name] if name else ())) for word in line.words}
    pieces = [Line(piece.words) for row in sheet.rows[:_ROWS] for piece in row.pieces]
    for block in stacked([line for line in pieces if not taken & {id(word) for word in line.words}]):
        # above the window of an envelope the issuer is named again
        issuer = name.text if name else None
        kept = [line for line in block if not line.concepts & _REACH and line.text != issuer]
        ends = next((i for i, line in enumerate(kept) if i and POSTAL.search(line.text)), None)
        if ends is None or not 1 < ends < _LINES:
            continue
        if not _DIGIT.search(kept[0].text) and not kept[0].only_names:
            yield _party(RECIPIENT, kept[: ends + 2], labelled=False)


def _party(role: str, lines: Sequence[Line], *, labelled: bool) -> Party:
    """A name, if the first line looks like one, and the lines of an address up to its end."""
    kept = [line for line in lines if not line.concepts & _REACH]
    named = bool(kept) and not _DIGIT.search(kept[0].text) and not kept[0].only_names
    rest = kept[1:] if named else kept
    last = max((i for i, line in enumerate(rest) if POSTAL.search(line.text) or is_country(line)), default=-1)
    return Party(role, kept[0] if named else None, tuple(rest[: last + 1]), labelled)
