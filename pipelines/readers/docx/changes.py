"""Tracked changes: who inserted or deleted what, and which of it shows in a view of the document."""

from __future__ import annotations

from copy import deepcopy
from enum import Enum
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.names import M, W
from pipelines.readers.inline import Mark

INSERTIONS = {W + "ins", W + "moveTo"}
DELETIONS = {W + "del", W + "moveFrom"}
CHANGES = INSERTIONS | DELETIONS
# A name is written with each piece of a change.
_LONGEST_NAME = 200


class Change(NamedTuple):
    """An insertion (``ins``) or a deletion (``del``); a move is one of each."""

    kind: str
    author: str = ""
    date: str = ""

    @classmethod
    def of(cls, element: _Element) -> Change:
        """The change that an element of ``CHANGES`` (or a cell's or row's mark) tells of."""
        return cls("del" if element.tag in _DELETION_TAGS else "ins", *signature(element))

    @property
    def mark(self) -> Mark:
        """The change as a mark of running text."""
        said = (("data-author", self.author), ("data-date", self.date))
        return Mark(self.kind, attributes=tuple((name, text) for name, text in said if text))


class Revisions(Enum):
    """What is made of tracked changes: shown as such, all accepted, or all rejected."""

    MARKED = "marked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    def shows(self, change: Change | None) -> bool:
        """Whether text under a change is part of this view."""
        if change is None or self is Revisions.MARKED:
            return True
        return (change.kind == "ins") == (self is Revisions.ACCEPTED)

    def properties(self, element: _Element, name: str) -> _Element | None:
        """The properties (``pPr``, ``rPr``) of an element, as they were where changes are rejected."""
        found = element.find(W + name)
        if found is None or self is not Revisions.REJECTED:
            return found
        former = found.find(f"{W}{name}Change/{W}{name}")
        return found if former is None else former


_DELETION_TAGS = DELETIONS | {W + "cellDel"}
_ROW_MARKS = (W + "ins", W + "del")
_CELL_MARKS = (W + "cellIns", W + "cellDel")


def signature(element: _Element) -> tuple[str, str]:
    """The author and the date of a change or a comment, as the document spells them."""
    author, date = element.get(W + "author") or "", element.get(W + "date") or ""
    return author[:_LONGEST_NAME], date[:_LONGEST_NAME]


def mark_change(paragraph: _Element) -> Change | None:
    """The change of a paragraph's mark: once it is gone, the paragraph runs into the next one."""
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    return _first(properties, (W + "ins", W + "del", W + "moveTo", W + "moveFrom"))


def row_change(row: _Element) -> Change | None:
    """The change of a table's row as a whole."""
    return _first(row.find(W + "trPr"), _ROW_MARKS)


def cell_change(cell: _Element) -> Change | None:
    """The change of a table's cell as a whole."""
    return _first(cell.find(W + "tcPr"), _CELL_MARKS)


def _first(properties: _Element | None, tags: tuple[str, ...]) -> Change | None:
    if properties is None:
        return None
    return next((Change.of(child) for child in properties if child.tag in tags), None)


def formula_in(formula: _Element, view: Revisions) -> _Element:
    """A copy of an ``m:oMath`` as it stands in the accepted or rejected view."""
    copy = deepcopy(formula)
    copy.tail = None
    for mark in list(copy.iter(M + "ctrlPr")):
        # The mark stands for the structure (a fraction, a root…): without it only the arguments stay.
        properties = mark.getparent()
        owner = properties.getparent() if properties is not None else None
        gone = not all(view.shows(Change.of(change)) for change in mark.iter(*CHANGES))
        if gone and properties is not None and owner is not None and str(properties.tag).endswith("Pr"):
            _unwrap(owner, [part for argument in owner if argument is not properties for part in argument])
    for change in list(copy.iter(*CHANGES)):
        _unwrap(change, list(change) if view.shows(Change.of(change)) else [])
    return copy


def _unwrap(element: _Element, kept: list[_Element]) -> None:
    """Puts some of its descendants in an element's place."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    parent[place : place + 1] = kept
