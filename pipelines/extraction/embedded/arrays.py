"""Arrays: the rows of a table as objects, the items of a list or of a labelled line as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.extraction.answers import Answer, Method, Node
from pipelines.extraction.embedded.arrays_fit import Fit, fits
from pipelines.extraction.embedded.arrays_lists import list_values
from pipelines.extraction.embedded.arrays_rows import item_rows
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.embedded.rows import Sheet, sheets
from pipelines.extraction.embedded.tables import Cell, grids
from pipelines.extraction.embedded.tables_aligned import aligned_grids
from pipelines.extraction.evidence import Evidence, PlacedWord
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar
from pipelines.extraction.values.conventions import UNKNOWN, Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.spans import spans
from pipelines.extraction.values.typed import typed

# A table holds items when its columns fit so well, and nearly as well as those of the best.
_FLOOR, _NEAR_BEST = 0.3, 0.75
# A table that fits so well is the one; else rows of text are tried, which must fit so much better.
_GOOD, _BETTER = 0.9, 0.1
# Tables of the same columns are told apart by their headings where one is so much more the array's name.
_NAMED, _MARGIN = 0.6, 0.3
# Kinds whose values may stand in a cell among other words.
_WITHIN = {Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT}


def array_items(
    field: Field,
    evidence: Evidence,
    matcher: Matcher,
    conventions: Conventions = UNKNOWN,
    pages: Sequence[Sheet] | None = None,
) -> list[Node]:
    """The items of an array in the order of the document, in the shape of its schema; none if not found.

    ``pages``: the rows of the document, where they are known already.
    """
    if not isinstance(field.target, ArrayOf):
        return []
    items = field.target.items
    if isinstance(items, Scalar):
        return list(list_values(field, items, evidence, matcher, conventions))
    if isinstance(items, ObjectOf):
        return _objects(field, items, evidence, matcher, conventions, pages)
    return []


def _objects(
    array: Field,
    items: ObjectOf,
    evidence: Evidence,
    matcher: Matcher,
    conventions: Conventions,
    pages: Sequence[Sheet] | None,
) -> list[Node]:
    columns = _columns(items)
    if not columns:
        return []
    runs = _runs(array, len(columns), fits(grids(evidence), columns, matcher), matcher)
    if _best(runs) < _GOOD:
        tables = aligned_grids(sheets(evidence) if pages is None else pages, columns, matcher)
        others = _runs(array, len(columns), fits(tables, columns, matcher), matcher)
        runs = others if _best(others) > _best(runs) + _BETTER else runs
    found = (_object(items, fit, row, conventions) for fit, row in item_rows(runs))
    return [item for item in found if item]


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
