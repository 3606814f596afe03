"""What was to be paid, told by sums that come out: money given less the change, a total and its rounding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from pipelines.extraction.embedded.candidates import values_on
from pipelines.extraction.embedded.lexicon import is_listed, phrase
from pipelines.extraction.embedded.rows import Row, Sheet
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import typed

_GIVEN, _BACK, _ROUNDING = "cash", "change", "rounding"
_CHANGE = frozenset({_BACK, "balance"})
_TOTALS = frozenset({"total", "payable", "gross"})
_LARGEST_ROUNDING = Decimal(1)
_NUMBER = Scalar("number")


def asks_for_total(one: Field, kind: Kind) -> bool:
    """Whether a field is for the sum of the whole paper, by its names."""
    told = [concept for concept in phrase(f"{one.name} {one.title}") if is_listed(concept)]
    strong = {concept.name for concept in told if concept.weight >= 1}
    return kind in (Kind.MONEY, Kind.NUMBER) and bool(strong) and strong <= _TOTALS


def paid(pages: Sequence[Sheet], totals: Collection[Decimal], conventions: Conventions) -> Decimal | None:
    """Which of some totals was paid, or what one of them was rounded to; None where no sums tell.

    ``totals``: what may be the total by its label, the likeliest first.
    """
    rows = [row for sheet in pages for row in sheet.rows]
    told = [_role(row) for row in rows]
    if not any(told):
        return None
    amounts = [_amounts(row, conventions) for row in rows]
    given, back = (
        [found[-1] for found, role in zip(amounts, told, strict=True) if role == kind and found]
        for kind in (_GIVEN, _BACK)
    )
    left = {one - abs(other) for one in given for other in back if one > abs(other)}
    return next((one for one in totals if one in left), None) or _rounded(totals, amounts, told)


def amount_of(text: str, conventions: Conventions) -> Decimal | None:
    """The number that an amount of money is."""
    value = typed(text, _NUMBER, Kind.MONEY, conventions)
    return None if value is None else Decimal(str(value))


def _rounded(
    totals: Collection[Decimal], amounts: Sequence[Sequence[Decimal]], told: Sequence[str]
) -> Decimal | None:
    """What is printed below a total and its rounding, and is the sum of both."""
    for at, role in enumerate(told):
        if role != _ROUNDING or not amounts[at] or not 0 < abs(cents := amounts[at][-1]) < _LARGEST_ROUNDING:
            continue
        above = {one for row in amounts[:at] for one in row}
        below = {one for row in amounts[at + 1 :] for one in row}
        sums = (one + step for one in totals if one in above for step in (cents, -cents))
        if after := next((one for one in sums if one in below), None):
            return after
    return None


def _role(row: Row) -> str:
    """What a row tells: money given, money given back, a rounding, or nothing of these."""
    told = {concept.name for concept in phrase(row.text)}
    if told & _CHANGE:
        return _BACK
    if _ROUNDING in told:
        return "" if told & _TOTALS else _ROUNDING
    return _GIVEN if _GIVEN in told else ""


def _amounts(row: Row, conventions: Conventions) -> list[Decimal]:
    """The amounts of money on a row, in order."""
    found = (amount_of(span.text, conventions) for span in values_on(row, Kind.MONEY))
    return [one for one in found if one is not None]
