"""Arrays: the rows of a table as objects, the items of a list or of a labelled line as values."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.extraction.answers import Answer, Method, Node
from pipelines.extraction.embedded.arrays_fit import Fit, fits
from pipelines.extraction.embedded.arrays_lists import list_values
from pipelines.extraction.embedded.arrays_rows import item_rows
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.embedded.rows import Sheet, sheets
from pipelines.extraction.embedded.tables import Cell, Row, grids
from pipelines.extraction.embedded.tables_aligned import aligned_grids
from pipelines.extraction.evidence import Evidence, PlacedWord
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar
from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import typed
from schemas.geometry import BBox

# A table holds items when its columns fit so well, and nearly as well as those of the best.
_FLOOR, _NEAR_BEST = 0.3, 0.75
# A table that fits so well is the one; else rows of text are tried, which must fit so much better.
_GOOD, _BETTER = 0.9, 0.1
# Tables of the same columns are told apart by their headings where one is so much more the array's name.
_NAMED, _MARGIN = 0.6, 0.3
# Kinds whose values may stand in a cell among other words.
_WITHIN = {Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT}


def array_items(
    fields: Sequence[Field],
    evidence: Evidence,
    matcher: Matcher,
    conventions: Conventions = UNKNOWN,
    pages: Sequence[Sheet] | None = None,
) -> dict[Field, list[Node]]:
    """The items of each array in the order of the document, in the shape of its schema; none if not found.

    The rows of a table are items of one array only, of that whose fields they fill best. ``pages``: the rows
    of the document, where they are known already.
    """
    pages = sheets(evidence) if pages is None else pages
    found: dict[Field, list[Node]] = {}
    tables: list[_Tables] = []
    for one in fields:
        items = one.target.items if isinstance(one.target, ArrayOf) else None
        found[one] = (
            list(list_values(one, items, evidence, matcher, conventions)) if isinstance(items, Scalar) else []
        )
        if isinstance(items, ObjectOf) and (columns := _columns(items)):
            tables.append(_Tables(one, items, columns, evidence, matcher, pages))
    taken: set[_Mark] = set()
    for table in sorted(tables, key=lambda table: -_filled(table.runs(taken))):
        rows = item_rows(table.runs(taken))
        taken.update(mark for fit, row in rows for mark in _marks(fit, row))
        objects = (_object(table.items, fit, row, conventions) for fit, row in rows)
        found[table.array] = [item for item in objects if item]
    return found


_Mark = tuple[int, BBox | str]
"""A page with the place of a word, or with a row's text where there are no places: how rows are known again,
as the same table may be read in several ways."""


@dataclass
class _Tables:
    """The tables that may hold the items of an array whose items have ``columns``."""

    array: Field
    items: ObjectOf
    columns: Sequence[Field]
    evidence: Evidence
    matcher: Matcher
    pages: Sequence[Sheet]

    def runs(self, taken: Set[_Mark]) -> list[Fit]:
        """The runs of rows that are the array, without those that others have taken.

        Rows of text are tried where no table fits well.
        """
        runs = self._of(self._ruled, taken)
        if _best(runs) < _GOOD:
            others = self._of(self._aligned, taken)
            runs = others if _best(others) > _best(runs) + _BETTER else runs
        return runs

    def _of(self, fits: Sequence[Fit], taken: Set[_Mark]) -> list[Fit]:
        free = [fit for fit in fits if not any(taken & _marks(fit, row) for row in fit.body)]
        return _runs(self.array, len(self.columns), free, self.matcher)

    @cached_property
    def _ruled(self) -> list[Fit]:
        return fits(grids(self.evidence), self.columns, self.matcher)

    @cached_property
    def _aligned(self) -> list[Fit]:
        return fits(aligned_grids(self.pages, self.columns, self.matcher), self.columns, self.matcher)


def _marks(fit: Fit, row: Row) -> set[_Mark]:
    places: set[_Mark] = {(word.page, word.bbox) for cell in row for word in cell.words}
    return places or {(fit.grid.page, "".join("".join(cell.text.split()) for cell in row))}


def _filled(runs: Sequence[Fit]) -> float:
    """How many fields the best run has columns for, by how sure they are."""
    return max((sum(fit.scores.values()) for fit in runs), default=0.0)


def _best(runs: Sequence[Fit]) -> float:
    return max((fit.score for fit in runs), default=0.0)


def _columns(items: ObjectOf) -> list[Field]:
    """The fields that a row's cells may hold: scalars, those of objects in the item, too."""
    found: list[Field] = []
    for one in items.fields:
        if isinstance(one.target, Scalar):
            found.append(one)
        elif isinstance(one.target, ObjectOf):
            found += _columns(one.target)
    return found


def _runs(array: Field, columns: int, found: Sequence[Fit], matcher: Matcher) -> list[Fit]:
    """The runs of rows that are the array: all that fit nearly as well as the best, or the one so called."""
    enough = [fit for fit in found if len(fit.fields) >= min(2, columns)]
    best = max((fit.score for fit in enough), default=0.0)
    near = [fit for fit in enough if fit.score >= max(_FLOOR, _NEAR_BEST * best)]
    headings = list(dict.fromkeys(fit.grid.heading for fit in near if fit.grid.heading))
    if len(near) < 2 or not headings:
        return near
    named = dict(zip(headings, matcher.scores([array], headings)[0].tolist(), strict=True))
    top = max(named.values())
    if top < _NAMED:
        return near
    return [fit for fit in near if named.get(fit.grid.heading, 0.0) >= top - _MARGIN]


def _object(items: ObjectOf, fit: Fit, row: Sequence[Cell], conventions: Conventions) -> dict[str, Node]:
    """The item of a row, in the shape of ``items``; empty where no cell holds a value."""
    found: dict[str, Node] = {}
    columns = {id(one): column for column, one in fit.fields.items()}
    for one in items.fields:
        if isinstance(one.target, ObjectOf):
            if inner := _object(one.target, fit, row, conventions):
                found[one.name] = inner
        elif id(one) in columns:
            column = columns[id(one)]
            answer = cell_answer(one, row[column], fit.scores[column], conventions)
            if answer is not None:
                found[one.name] = answer
    return found


def cell_answer(field: Field, cell: Cell, score: float, conventions: Conventions) -> Answer | None:
    """The value of a cell; a date or a number may have other words beside it, which are not cited."""
    target, kind = field.target, kind_of(field)
    if not cell.text or not isinstance(target, Scalar):
        return None
    value = typed(cell.text, target, kind, conventions)
    words = cell.words
    inner = _inner(words, target, kind, conventions) if kind in _WITHIN and len(words) > 1 else None
    if inner and value in (None, inner[0]):
        value, words = inner
    return None if value is None else Answer(value, Method.TABLE, words, score)


def _inner(
    words: Sequence[PlacedWord], target: Scalar, kind: Kind, conventions: Conventions
) -> tuple[Any, tuple[PlacedWord, ...]] | None:
    """The only value of a kind among words, and the words that say it."""
    found = spans(words, kind)
    if len(found) != 1:
        return None
    value = typed(found[0].text, target, kind, conventions)
    return None if value is None else (value, tuple(words[found[0].first : found[0].last + 1]))
