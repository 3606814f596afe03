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

    def shows(self, *changes: Change) -> bool:
        """Whether text under these changes is part of this view."""
        if self is Revisions.MARKED:
            return True
        return all((change.kind == "ins") == (self is Revisions.ACCEPTED) for change in changes)

    def properties(self, element: _Element, name: str) -> _Element | None:
        """The properties (``pPr``, ``rPr``) of an element, as they were where changes are rejected."""
        found = element.find(W + name)
        if found is None or self is not Revisions.REJECTED:
            return found
        former = found.find(f"{W}{name}Change/{W}{name}")
        return found if former is None else former


_DELETION_TAGS = DELETIONS | {W + "cellDel"}
_CELL_CHANGES = {W + "cellIns", W + "cellDel"}


def signature(element: _Element) -> tuple[str, str]:
    """The author and the date of a change or a comment, as the document spells them."""
    author, date = element.get(W + "author") or "", element.get(W + "date") or ""
    return author[:_LONGEST_NAME], date[:_LONGEST_NAME]


def changes_in(properties: _Element | None) -> list[Change]:
    """The changes of what these are the properties of: a paragraph's mark, a numbering, a row, a cell."""
    found = properties if properties is not None else ()
    return [Change.of(child) for child in found if child.tag in CHANGES or child.tag in _CELL_CHANGES]


def formula_in(formula: _Element, view: Revisions) -> _Element:
    """A copy of an ``m:oMath`` as it stands in the accepted or rejected view."""
    copy = deepcopy(formula)
    copy.tail = None
    for mark in list(copy.iter(M + "ctrlPr")):
        # The mark stands for the structure (a fraction, a root…): without it only the arguments stay.
        properties = mark.getparent()
        owner = properties.getparent() if properties is not None else None
        gone = not view.shows(*(Change.of(change) for change in mark.iter(*CHANGES)))
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
