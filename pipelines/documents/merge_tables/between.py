"""The tables of a document in order, and what stands between two that follow each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.documents.markdown import ordered
from pipelines.documents.merge_tables.pieces import Piece, piece_of
from pipelines.documents.merge_tables.words import is_note, letters, likeness, without_mark
from pipelines.work import PageRecord
from schemas.documents import Page
from schemas.fragments import FragmentType, HeaderContent, PageFragment
from schemas.geometry import BBox
from schemas.reading import Word

_RUNS = {FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER}
_MARGIN = 0.07
"""What stands in this share of the page's height at its head or foot is no part of its body."""
_FOOT = 0.6
"""Footnotes stand below this share of the page's height."""
_LONGEST_LINE = 200
"""Characters of what may stand at every page in the same words, or be a caption that is repeated."""
_LEAD = 8
"""So many fragments before a table may be its captions and headings."""
_HEADINGS = 3
_ALIKE = 0.9
_FOOTNOTE = re.compile(
    r"^\W{0,2}(?:[*†‡§¶#]+|[¹²³⁴⁵⁶⁷⁸⁹⁰]+|<sup>|\(?[0-9a-z]{1,2}[).]\s|[0-9a-z]\s|notes?\b|注|註)", re.I
)
_IN_BRACKETS = re.compile(r"^[(（\[].{1,60}[)）\]]$")
_NUMBERS = re.compile(r"\d+")


@dataclass(slots=True)
class Standing:
    """A piece where it stands: what comes before it on its page, up to another table, and after it.

    ``lead`` are the texts that may be its captions and headings; ``above`` and ``below`` are the ends of the
    page's body, ``height`` that of the page, in page units; None without geometry.
    """

    piece: Piece
    before: list[PageFragment]
    after: list[PageFragment]
    lead: list[str]
    above: float | None = None
    below: float | None = None
    height: float | None = None
    boxes: list[BBox] = field(default_factory=list)


@dataclass(slots=True)
class Gap:
    """What is known of what stands between two pieces.

    ``blocked``: something that parts them. ``continued``: it says that the table goes on; ``captioned``: the
    caption or heading of the first stands above the second again; ``noted``: there are footnotes.
    """

    blocked: bool = False
    continued: bool = False
    captioned: bool = False
    noted: bool = False


def standings(records: Sequence[PageRecord], pages: Sequence[Page]) -> Iterator[list[Standing]]:
    """The tables that could be pieces, in reading order, in runs: no piece goes on beyond its run.

    ``pages`` are the finished pages of ``records``: what was left out of them counts all the same.
    """
    run: list[Standing] = []
    headings: list[str] = []
    ends = _bodies(records)
    before: PageRecord | None = None
    for record, page in zip(records, pages, strict=True):
        is_next = before is not None and record.number == before.number + 1 and record.part == before.part
        if run and (not is_next or record.begins):
            yield run
            run = []
        run += [] if record.ready or record.fault else list(_on_page(record, page, ends, headings))
        before = record
    if run:
        yield run


def _on_page(
    record: PageRecord, page: Page, ends: dict[tuple[int, int], tuple[float, float]], headings: list[str]
) -> Iterator[Standing]:
    """The page's tables; ``headings`` are the last ones before it, and are brought up to its end."""
    tables = [fragment for fragment in ordered(page) if fragment.fragment_type is FragmentType.TABLE]
    places = [i for i, f in enumerate(record.fragments) if f.fragment_type is FragmentType.TABLE]
    if len(tables) != len(places):  # tables are left out
        return
    size = (record.size.width, record.size.height) if record.size else None
    seen = 0
    for i, (table, place) in enumerate(zip(tables, places, strict=True)):
        piece = piece_of(page.page_number, table)
        begin = places[i - 1] + 1 if i else 0
        end = places[i + 1] if i + 1 < len(places) else len(record.fragments)
        headings += _headings(record.fragments[seen:place])
        del headings[:-_HEADINGS]
        seen = place
        if piece is None:
            continue
        piece.bold = _bold(piece, record)
        before = record.fragments[begin:place]
        texts = [f.content.content for f in before if f.fragment_type not in _RUNS][-_LEAD:]
        standing = Standing(piece, before, record.fragments[place + 1 : end], [*headings, *texts])
        if size is not None and size in ends:
            standing.above, standing.below = ends[size]
            standing.height = size[1]
        standing.boxes = [f.bbox.bbox() for f in record.fragments if f.bbox and f.fragment_type not in _RUNS]
        yield standing
    headings += _headings(record.fragments[seen:])


def _headings(fragments: Sequence[PageFragment]) -> list[str]:
    return [one.content.content for one in fragments if isinstance(one.content, HeaderContent)]


def _bodies(records: Sequence[PageRecord]) -> dict[tuple[int, int], tuple[float, float]]:
    """Where the text of pages of each size begins and ends at most."""
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for record in records:
        if record.size is None:
            continue
        size = (record.size.width, record.size.height)
        for fragment in record.fragments:
            if fragment.bbox is None or is_running(fragment, size[1]):
                continue
            top, bottom = found.get(size, (fragment.bbox.y1, fragment.bbox.y2))
            found[size] = (min(top, fragment.bbox.y1), max(bottom, fragment.bbox.y2))
    return found


def _bold(piece: Piece, record: PageRecord) -> list[float | None]:
    """The share of bold words in each row; None where it is not known."""
    if piece.box is None or not record.lines:
        return []
    words = [w for line in record.lines for w in line.words if piece.box.holds(*w.bbox.center)]
    words.sort(key=lambda word: word.bbox.center[1])
    found: list[float | None] = []
    at = 0
    for row in range(piece.rows):
        box = piece.row_box(row)
        held: list[Word] = []
        while box and at < len(words) and words[at].bbox.center[1] <= box.y2:
            held += [words[at]] if words[at].bbox.center[1] >= box.y1 else []
            at += 1
        found.append(sum(word.bold for word in held) / len(held) if held else None)
    return found


def is_running(fragment: PageFragment, height: float | None) -> bool:
    """Whether a fragment is a running head or foot, by its kind or its place."""
    if fragment.fragment_type in _RUNS:
        return True
    if fragment.bbox is None or height is None or fragment.fragment_type is FragmentType.TABLE:
        return False
    return fragment.bbox.y2 < _MARGIN * height or fragment.bbox.y1 > (1 - _MARGIN) * height


def lines_of_pages(records: Sequence[PageRecord]) -> frozenset[str]:
    """Short texts that stand on several pages in the same words."""
    pages: defaultdict[str, set[int]] = defaultdict(set)
    for record in records:
        for fragment in record.fragments:
            text = fragment.content.content
            if fragment.fragment_type is not FragmentType.TABLE and len(text) <= _LONGEST_LINE:
                pages[letters(text)].add(record.number)
    return frozenset(text for text, numbers in pages.items() if text and len(numbers) > 1)


def gap_of(first: Standing, second: Standing, lead: Sequence[str], repeated: frozenset[str]) -> Gap:
    """What stands between two pieces; ``lead`` are the captions and headings of the table up to the first."""
    gap = Gap()
    same_page = first.piece.page == second.piece.page
    for fragment in [] if same_page else first.after:
        _pass_below(fragment, first, gap, repeated)
    for fragment in second.before:
        _pass_above(fragment, second, gap, lead, repeated)
    return gap


def _pass_below(fragment: PageFragment, first: Standing, gap: Gap, repeated: frozenset[str]) -> None:
    """What stands after the first piece on its page."""
    text = fragment.content.content.strip()
    if is_note(text):
        gap.continued = True
    elif is_running(fragment, first.height) or not text or _is_repeated(fragment, repeated):
        pass
    elif _is_footnote(fragment, first):
        gap.noted = True
    else:
        gap.blocked = True


def _pass_above(
    fragment: PageFragment, second: Standing, gap: Gap, lead: Sequence[str], repeated: frozenset[str]
) -> None:
    """What stands before the second piece on its page."""
    text = fragment.content.content.strip()
    shorter, marked = without_mark(text)
    if is_note(text):
        gap.continued = True
    elif len(text) <= _LONGEST_LINE and any(_is_same(shorter, without_mark(one)[0]) for one in lead):
        gap.captioned = True
        gap.continued |= marked
    elif marked and len(text) <= _LONGEST_LINE:
        gap.continued = True
    elif is_running(fragment, second.height) or not text or _IN_BRACKETS.match(text):
        pass
    elif not _is_repeated(fragment, repeated):
        gap.blocked = True


def _is_repeated(fragment: PageFragment, repeated: frozenset[str]) -> bool:
    """Whether it is a line that stands on several pages; a caption or heading belongs to one table."""
    own = fragment.fragment_type is FragmentType.TABLE_CAPTION or isinstance(fragment.content, HeaderContent)
    return not own and letters(fragment.content.content) in repeated


def _is_same(one: str, other: str) -> bool:
    """Whether two captions are the same: as texts, and in their numbers."""
    return _NUMBERS.findall(one) == _NUMBERS.findall(other) and likeness(one, other) >= _ALIKE


def _is_footnote(fragment: PageFragment, first: Standing) -> bool:
    if fragment.fragment_type not in (FragmentType.TEXT, FragmentType.LIST_ITEM) or fragment.bbox is None:
        return False
    box = first.piece.box
    below = box is not None and fragment.bbox.y1 >= box.y2 - 1
    low = first.height is not None and fragment.bbox.y1 >= _FOOT * first.height
    return below and low and bool(_FOOTNOTE.match(fragment.content.content))
