"""Headings in several pieces: over lines that were not seen as one, or over the end of a page."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.looks import compare
from pipelines.documents.headings.names import key
from pipelines.documents.headings.numbering import readings
from pipelines.pages.joins import seam
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, PageFragment

_RUNS = {FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER}
# A heading has no more pieces, and they are no longer (characters).
_MOST_PIECES, _LONGEST = 4, 200
# The name under "Chapter 3" is this close (its sizes), and its size differs no more than by this factor.
_BELOW, _ALIKE = 2.5, 2.0
# Rows of one heading are this close (its sizes).
_LEADING = 0.8
# What cannot be the last word of a heading.
_OPEN = re.compile(
    r"(?:[,&–—\-\u00ad(/]|\b(?:and|or|of|the|for|in|to|with|by|on|und|oder|der|die|das|des|für|von|mit|zur|zum|"
    r"et|ou|de|du|la|le|les|à|aux|y|o|el|los|del|e|di|il|da|do|dos))$",
    re.IGNORECASE,
)


def joined(
    records: Sequence[PageRecord], found: Sequence[Candidate], names: Container[str]
) -> list[Candidate]:
    """The candidates, pieces of one heading being one candidate in the place of the first.

    ``names``: the keys of what bookmarks and tables of contents tell.
    """
    whole: list[Candidate] = []
    last = -1  # of those that do not run from page to page
    for one in found:
        if last >= 0 and _goes_on(records, whole[last], one, names):
            whole[last] = _with(whole[last], one)
            continue
        whole.append(one)
        if one.kind not in _RUNS:
            last = len(whole) - 1
    return whole


def _goes_on(records: Sequence[PageRecord], before: Candidate, one: Candidate, names: Container[str]) -> bool:
    if not before.is_heading or one.counts or len(before.pieces) == _MOST_PIECES - 1:
        return False
    if max(len(before.text), len(one.text)) > _LONGEST:
        return False
    last = before.pieces[-1] if before.pieces else before
    if one.kind in _RUNS or before.keys[0] in names or one.keys[0] in names:
        return False
    if not _are_neighbours(records, last, one):
        return False
    if key(_text(before, one)) in names:
        return True
    same_page = one.record == last.record
    if same_page and _is_bare(before):
        return one.is_heading and _is_name_of(before, one)
    is_open = one.text[:1].islower() or bool(_OPEN.search(before.text))
    return is_open and compare(before.look, one.look) == 0 and (_is_right_below(last, one) or one.is_heading)


def _is_right_below(above: Candidate, one: Candidate) -> bool:
    """Whether it stands as close to what is above it as rows of one heading do."""
    if above.record != one.record or above.box is None or one.box is None:
        return False
    return -_LEADING < (one.box.y1 - above.box.y2) / max(one.look.size, 1) < _LEADING


def _is_bare(one: Candidate) -> bool:
    """Whether it is a number with a word for what it counts, and nothing else: ``Chapter 3``."""
    return any(reading.named and not reading.rest.strip() for reading in one.readings)


def _is_name_of(before: Candidate, one: Candidate) -> bool:
    sizes = sorted((before.look.size, one.look.size))
    gap = one.y - before.y - before.rows * before.look.size
    return 0 < sizes[1] <= _ALIKE * sizes[0] and gap < _BELOW * sizes[1]


def _are_neighbours(records: Sequence[PageRecord], before: Candidate, one: Candidate) -> bool:
    """Whether nothing but running lines is between two candidates, on one page or over the end of one."""
    if one.record == before.record:
        between: list[PageFragment] = records[one.record].fragments[before.fragment + 1 : one.fragment]
    elif one.record == before.record + 1:
        after = records[before.record].fragments[before.fragment + 1 :]
        between = after + records[one.record].fragments[: one.fragment]
    else:
        return False
    return all(fragment.fragment_type in _RUNS for fragment in between)


def _with(before: Candidate, one: Candidate) -> Candidate:
    text = _text(before, one)
    return replace(before, text=text, readings=readings(text), pieces=[*before.pieces, one])


def _text(before: Candidate, one: Candidate) -> str:
    dropped, between = seam(before.text, one.text)
    return before.text[: len(before.text) - dropped] + between + one.text
