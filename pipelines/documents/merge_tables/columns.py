"""Which columns of two pieces are the same: by where they stand, or by their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.documents.merge_tables.extents import Extent, shared
from pipelines.documents.merge_tables.pieces import Piece

_SHARED = 0.35
"""Columns are the same when they share so much of the narrower one…"""
_LEVEL = 0.012
"""… or when they begin, end or have their middle within this share of the table's width."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """``of[j]`` is the column of the first piece that column ``j`` of the second is; None of one it lacks.

    ``fit``: the share of the columns of both that have a partner. ``aligned``: the share of the pairs whose
    edges or middles stand at the same place; None where the places are not known. ``shift``: how far to the
    right the second piece was moved for it.
    """

    of: list[int | None]
    fit: float
    aligned: float | None
    shift: float = 0.0


def paired(first: Piece, second: Piece) -> Pairing:
    """The columns of the second piece among those of the first, in order."""
    if first.box is None or second.box is None or not any(first.extents) or not any(second.extents):
        same = first.columns == second.columns
        of: list[int | None] = [j if same else None for j in range(second.columns)]
        return Pairing(of, float(same), None)
    width = max(first.box.width, second.box.width, 1.0)
    tries = [_at(first, second, shift, width) for shift in _shifts(first, second, width)]
    return max(tries, key=lambda one: (one.fit, one.aligned or 0.0))


def _shifts(first: Piece, second: Piece, width: float) -> Iterator[float]:
    """How far the second piece may be moved: margins of pages differ, and columns of text."""
    assert first.box is not None  # noqa: S101 - asked by ``paired``
    assert second.box is not None  # noqa: S101
    yield 0.0
    left, right = first.box.x1 - second.box.x1, first.box.x2 - second.box.x2
    for shift in (left, right, (left + right) / 2):
        if abs(shift) > _LEVEL * width:
            yield shift


def _at(first: Piece, second: Piece, shift: float, width: float) -> Pairing:
    """The pairing with the second piece moved by ``shift``: each column with the one it shares most with."""
    moved: list[Extent | None] = [(e[0] + shift, e[1] + shift) if e else None for e in second.extents]
    of: list[int | None] = []
    level = 0
    last = 0
    for own in moved:
        shares = [
            (shared(other, own), _is_level(other, own, width), -j)
            for j, other in enumerate(first.extents[last:], start=last)
            if other and own
        ]
        share, is_level, place = max(
            shares, default=(0.0, False, 0), key=lambda one: (one[0] + one[1], one[2])
        )
        if share >= _SHARED or is_level:
            last = -place
            of.append(last)
            level += is_level
        else:
            of.append(None)
    _fill(of, first, second)
    pairs = [i for i in of if i is not None]
    fit = (len(set(pairs)) + len(pairs)) / (first.columns + second.columns)
    return Pairing(of, fit, level / len(pairs) if pairs else 0.0, shift)


def _fill(of: list[int | None], first: Piece, second: Piece) -> None:
    """Gives columns without a known place the one that their neighbours leave for them."""
    for j, extent in enumerate(second.extents):
        if of[j] is None and extent is None:
            before = of[j - 1] if j else -1
            after = of[j + 1] if j + 1 < len(of) else first.columns
            if before is not None and after is not None and after - before == 2:
                of[j] = before + 1


def _is_level(one: Extent, other: Extent, width: float) -> bool:
    """Whether two columns begin, end or have their middle at the same place."""
    starts, ends = one[0] - other[0], one[1] - other[1]
    return min(abs(starts), abs(ends), abs(starts + ends) / 2) <= _LEVEL * width


def merged_order(pairings: Sequence[Pairing], columns: int) -> list[list[int]]:
    """For each piece, the place of each of its columns in the whole table.

    ``columns`` are the first piece's; each pairing is of a piece with the one before it. A column that the
    piece before lacks comes after the one on its left.
    """
    order = list(range(columns))  # names of columns, in their order across the page
    named = [list(order)]
    for pairing in pairings:
        before, own = named[-1], list[int]()
        for of in pairing.of:
            if of is not None:
                own.append(before[of])
                continue
            new = len(order)
            at = order.index(own[-1]) + 1 if own else 0
            order.insert(at, new)
            own.append(new)
        named.append(own)
    place = {name: i for i, name in enumerate(order)}
    return [[place[name] for name in own] for own in named]
